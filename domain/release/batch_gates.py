"""Gates G6 to G8: how a batch was made and what went wrong (domain specification, section 8)."""

from collections.abc import Iterable, Mapping

from domain.batch.batch import DeviationClass, DeviationState, OosState
from domain.batch.gate.batch_facts import (
    DepartureFacts,
    DeviationFacts,
    OosFacts,
    OpenEventFacts,
    ProcessFacts,
    ValueFacts,
)
from domain.batch.gate.results import Found
from domain.batch.results.oos import counts_against
from domain.core.names import name_key
from domain.release.evidence import BatchEvidence, Member
from domain.release.gate_words import measured, words


def process(evidence: BatchEvidence) -> Found:
    """G6: made under the parameters that were effective; every critical one reported and within its proven range.

    What lies outside the normal range has a deviation. What lies outside the proven range is judged by the decider,
    once it is assessed; of a registered parameter only what EU GMP Annex 16, section 3 allows.
    """
    facts = evidence.process
    if facts.instruction is not None and facts.set_id is None and facts.effective_set_id is None:
        lines = [f"master instruction: {facts.instruction}"]
        return Found("This step has no critical parameters; its master instruction is bound.", lines, applies=False)
    departures = {name_key(each.parameter): each for each in facts.departures}
    lines = [
        f"parameters: {_set(facts.set_id, facts.set_version)}",
        *(_value_line(each) for each in facts.values),
        *(_departure_line(each) for each in facts.departures),
    ]
    wrong = _process_faults(facts, departures)
    reported = [each for each in facts.departures if each.deviation_id is not None]
    wrong += [fault for each in reported for fault in _departure_faults(each, evidence.market)]
    return Found(
        "All critical parameters lie within their proven ranges.", lines, wrong, _to_judge(reported, evidence.market)
    )


def departures(origin: Member) -> Found:
    """G6, of a batch that others come from: who certifies the product judges what was outside its proven range.

    Whoever released the batch, or confirmed its manufacture, has not judged it for the product. Where nobody was asked
    for an assessment, or for the market, before the batch was decided on, that is judged too: it may be asked no more.
    What failed in a batch that was worked again is why.
    """
    counting = () if origin.is_worked_again else origin.departures
    reported = [each for each in counting if each.deviation_id is not None]
    wrong = [
        f"{each.parameter} is outside its proven acceptable range without a deviation that is major or worse"
        for each in counting
        if each not in reported
    ]
    stated = [each for each in reported if each.assessed_by is not None and each.filing is not None]
    wrong += [fault for each in stated for fault in _departure_faults(each, origin.market)]
    doubtful = _to_judge(reported, origin.market)
    doubtful += [fault for each in reported if each not in stated for fault in _departure_faults(each, origin.market)]
    lines = [_departure_line(each) for each in origin.departures]
    return Found("All critical parameters lie within their proven ranges.", lines, wrong, doubtful)


def _to_judge(reported: Iterable[DepartureFacts], market: str) -> list[str]:
    return [
        f"{each.parameter} was outside its proven acceptable range: {each.deviation_id}, assessed by {each.assessed_by}"
        for each in reported
        if not _departure_faults(each, market)
    ]


def _set(set_id: str | None, version: str | None) -> str:
    """A parameter set by its version, as people know it."""
    if set_id is None:
        return "none"
    return f"version {version} ({set_id})" if version is not None else set_id


def _process_faults(facts: ProcessFacts, departures: Mapping[str, DepartureFacts]) -> list[str]:
    if facts.set_id is None:
        return ["the batch is bound to no parameter set"]
    faults = []
    if facts.set_id != facts.effective_set_id:
        effective = _set(facts.effective_set_id, facts.effective_version)
        faults.append(f"bound to {_set(facts.set_id, facts.set_version)}, but {effective} was effective at the start")
    counting = [each for each in facts.values if not each.is_superseded]
    reported = {name_key(each.parameter) for each in counting}
    deviating = set(map(name_key, facts.deviations))
    if missing := [name for name in facts.critical if name_key(name) not in reported]:
        faults.append(f"no value of {', '.join(missing)}")
    for each in counting:
        shown, key = f"{each.parameter} {measured(each.value, each.unit)}", name_key(each.parameter)
        departure = departures.get(key)
        if not each.in_par and (each.is_critical or each.is_key):
            if departure is None or departure.deviation_id is None:
                faults.append(
                    f"{shown} is outside its proven acceptable range without a deviation that is major or worse"
                )
        elif not each.in_nor and key not in deviating:
            faults.append(f"{shown} is outside its normal range without a deviation")
    return faults


def _departure_faults(departure: DepartureFacts, market: str) -> list[str]:
    """What keeps the decider from judging a departure that was reported."""
    faults = []
    if not departure.accepted:
        faults.append("is not accepted")
    if departure.without_data:
        faults.append(f"gives no data on {', '.join(departure.without_data)}")
    if departure.assessed_by is None:
        faults.append("is not assessed by process development")
    if departure.filing is None:
        faults.append(f"regulatory affairs has not stated what it means in {market}")
    if departure.limit_missed:
        faults.append(f"misses a limit that is registered in {market}: an unmet specification")
    if departure.registered:
        faults += _beyond_section_3(departure)
    return [f"{departure.deviation_id} ({departure.parameter}): {fault}" for fault in faults]


def _beyond_section_3(departure: DepartureFacts) -> list[str]:
    """A registered parameter: only what was unexpected, with all specifications met and the cause corrected."""
    faults = []
    if departure.known_since is not None:
        faults.append(f"is not unexpected, known before the batch was begun by {departure.known_since}")
    elif not departure.unexpected:
        faults.append("is not unexpected")
    if not departure.specifications_met:
        faults.append("a registered specification is not met")
    if not departure.cause_corrected:
        faults.append("its cause is not corrected")
    return faults


def _departure_line(departure: DepartureFacts) -> str:
    assessed = f"assessed by {departure.assessed_by}" if departure.assessed_by else "not assessed"
    told = f"{departure.deviation_id or 'no deviation'}, {assessed}, filing {_filing(departure)}"
    return f"outside its proven acceptable range: {departure.parameter}, {told}"


def _filing(departure: DepartureFacts) -> str:
    return words(departure.filing) if departure.filing is not None else "not stated"


def _value_line(value: ValueFacts) -> str:
    where = "outside its proven acceptable range"
    if value.in_par:
        where = f"within its {'normal' if value.in_nor else 'proven acceptable'} range"
    corrected = ", corrected since" if value.is_superseded else ""
    return f"{value.parameter}: {measured(value.value, value.unit)}, {where}{corrected}"


def deviations(member: Member) -> Found:
    """G7: every deviation is closed; a critical or major one accepted by the decider (Annex 16, section 3).

    On the record of a wrong rejection nothing can be accepted any more: there the decider judges. Of what was worked
    again only what is open counts: the rest is why. Of an open event at the site in the period of manufacture, tied to
    a batch or not, the decider says by its id that it does not concern the batch.
    """
    counting = [each for each in member.deviations if not member.is_worked_again or each.state is DeviationState.OPEN]
    faults = [(each, fault) for each in counting if (fault := _deviation_fault(each)) is not None]
    left = [fault for each, fault in faults if member.is_corrected and each.state is not DeviationState.ACCEPTED]
    wrong = [fault for _, fault in faults if fault not in left]
    events = [_event(each) for each in member.open_events if not each.is_decided]
    followed = [_event(each) for each in member.open_events if each.is_decided]
    lines = [_deviation_line(each) for each in member.deviations]
    return Found(
        "Every deviation is closed or accepted.",
        [*(lines or ["deviations: none"]), *(f"open at the site: {each}" for each in (*events, *followed))],
        wrong,
        [*left, *events],
        names=frozenset(each.event_id for each in member.open_events if not each.is_decided),
    )


def _deviation_line(deviation: DeviationFacts) -> str:
    by = f" by {deviation.accepted_by_name}, {deviation.accepted_on}" if deviation.accepted_by_name is not None else ""
    why = f": {deviation.assessment}" if by and deviation.assessment is not None else ""
    return f"{deviation.deviation_id}: {words(deviation.deviation_class)}, {words(deviation.state)}{by}{why}"


def _event(event: OpenEventFacts) -> str:
    what = f"{event.event_id} ({words(event.type)}, {words(event.severity)})"
    cases = f", {', '.join(event.followed_by)} open for it" if event.followed_by else ""
    state = "is decided" if event.is_decided else "is not decided"
    return f"{what} of {event.detected_on} at {event.site} ({event.site_id}) {state}{cases}"


def _deviation_fault(deviation: DeviationFacts) -> str | None:
    if deviation.state is DeviationState.OPEN:
        return f"{deviation.deviation_id} is open"
    accepted = deviation.state is DeviationState.ACCEPTED
    if deviation.deviation_class is not DeviationClass.MINOR and not accepted:
        return f"{deviation.deviation_id} is {words(deviation.deviation_class)} and not accepted"
    if deviation.deviation_class is DeviationClass.MINOR and not deviation.is_seen:
        return f"{deviation.deviation_id} (minor) was not looked at by the sponsor"
    if accepted and not deviation.specifications_met:
        return f"{deviation.deviation_id}: a registered specification is not met"
    if accepted and not deviation.unexpected:
        return f"{deviation.deviation_id} was planned; that is a change"
    return None


def oos_results(member: Member) -> Found:
    """G8: no result outside its specification is confirmed, open or inconclusive (21 CFR 211.165(f)).

    What counts is said in `counts_against`. A certificate that replaces another one erases none of its results. A
    confirmed result is why a batch was reprocessed or reworked; it does not count against what came of that.
    """
    wrong = [
        f"{each.oos_id} ({each.test}) is {words(each.state)}"
        for each in member.oos
        if each.market in (None, member.market)
        and counts_against(each.kind, each.state)
        and not (member.is_worked_again and each.state is OosState.CONFIRMED)
    ]
    unexplained = [f"{each} was never investigated" for each in member.unexplained]
    lines = [_oos_line(each) for each in member.oos] or ["results outside specification: none"]
    # a result that is investigated has held the batch when it became known
    return Found("No result stands against the batch.", lines, [*wrong, *unexplained], held=wrong)


def _oos_line(oos: OosFacts) -> str:
    shown = " ".join(filter(None, [oos.test, oos.result]))
    only = f" ({oos.market} only)" if oos.market is not None else ""
    cause = words(oos.cause) if oos.cause is not None else ""
    because = "".join(f", {each}" for each in (cause, oos.because) if each)
    return f"{oos.oos_id}: {words(oos.kind)}, {shown}{only}, {words(oos.state)}{because}"
