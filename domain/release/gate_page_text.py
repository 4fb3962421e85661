"""What the gate page says beside the gates: markets, ancestors, results, events, judgements, the decision."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from domain.batch.views import GreenLightView
from domain.core.people import Role
from domain.policy.rejection_grounds import in_words
from domain.release.gate_page import GrantedException, LiftedHold, MarketState, OpenEvent, RelativeState, ResultLine
from domain.release.gate_report import DecisionView, GateReport
from domain.release.gate_words import measured, words


class Line(NamedTuple):
    """A line before it is broken to the width of the page."""

    text: str
    first: str = ""
    """What stands before it."""
    then: str = ""
    """What stands before what is broken off."""


def field(name: str, text: str) -> Line:
    """A field with its name."""
    return Line(f"{name:<12} {text}", then=" " * 13)


def block(name: str, items: Iterable[Iterable[str]]) -> Iterator[Line]:
    """Several things under one name, each with what is said of it below."""
    label = name
    for head, *more in items:
        yield field(label, head)
        yield from (Line(each, first=f"{' ' * 15}- ", then=" " * 17) for each in more)
        label = ""
    if label:
        yield field(label, "none")


def beside(report: GateReport) -> Iterator[Line]:
    """All that stands below the gates."""
    if not report.as_signed:
        yield from _known(report)
    if report.judgements:
        yield from block("Judged", ((each.words(),) for each in report.judgements))
    yield field("Gates shown", f"SHA-256 {report.sha256}")
    yield from _decision(report)


def _known(report: GateReport) -> Iterator[Line]:
    yield _list("Markets", map(_market, report.other_markets))
    yield from block("Comes from", map(_relative, report.parents))
    yield _list("Results", map(_result, report.analysis))
    if report.replaced or report.differed:
        differed = (f"differed in {each}" for each in report.differed)
        yield _list("Replaced", [*(each.words() for each in report.replaced), *differed])
    yield _list(
        "Deviations", (f"{d.deviation_id} {words(d.deviation_class)}: {words(d.state)}" for d in report.deviations)
    )
    yield _list(
        "OOS, OOT", (f"{r.oos_id} {r.test} {measured(r.result, r.unit)}: {words(r.state)}" for r in report.results)
    )
    yield _list("Events", map(_event, report.events))
    yield from block("Lifted holds", map(_lifted, report.lifted))
    yield _list("Exceptions", map(_exception, report.exceptions))
    if report.supplied:
        yield from block("Supplied under exception", ((each.words(),) for each in report.supplied))
    yield _list("In words", (f"{each.about}: {each.text} ({each.by_name})" for each in report.said))
    yield _list("Signed by", (f"{r.title}: {r.by_name}, {r.at:%Y-%m-%d}" for r in report.reviewers))


def _decision(report: GateReport) -> Iterator[Line]:
    decision = report.decision
    if decision.decision is None:
        yield field("Decision", f"open, by {words(decision.rule)}")
        return
    when = f"{decision.decided_at:%Y-%m-%d %H:%M} UTC" if decision.decided_at is not None else "-"
    yield field("Decision", f"{words(decision.decision)} by {_decider(decision)}, {when}")
    if decision.certificate_number is not None:
        released = measured(decision.quantity, report.batch.unit)
        yield field("Certificate", f"{decision.certificate_number}, {released}{_trial(decision)}")
    if decision.awaits_official_release:
        yield field("Goods", "in quarantine until the official batch release is on record")
    if decision.trial is not None:
        yield _list("Green lights", map(_green_light, report.green_lights))
    if decision.review_waits_for:
        yield field("Review", f"waits for {_roles(decision.review_waits_for)}")
    if decision.withdrawn_at is not None:
        yield field("Taken back", f"{decision.withdrawn_at:%Y-%m-%d %H:%M} UTC")


def _trial(decision: DecisionView) -> str:
    if decision.trial is None:
        return ""
    phase = f", {words(decision.trial_phase)}" if decision.trial_phase is not None else ""
    return f", for trial {decision.trial}{phase}"


def _green_light(given: GreenLightView) -> str:
    until = f", valid to {given.valid_to}" if given.valid_to is not None else ""
    papers = f"{given.authorisation}, {given.ethics}{until}"
    gone = f", withdrawn {given.withdrawn_at:%Y-%m-%d} by {given.withdrawn_by}" if given.withdrawn_at else ""
    by = f"{given.given_by}, {given.given_at:%Y-%m-%d}"
    return f"{given.version} {given.destination}, {given.address}, trial {given.trial} ({papers}; {by}{gone})"


def _event(event: OpenEvent) -> str:
    state = "decided" if event.is_decided else "not decided"
    cases = f", open for it: {', '.join(event.followed_by)}" if event.followed_by else ""
    what = f"{event.event_id} {words(event.type)}, {words(event.severity)}"
    return f"{what}, at {event.site} ({event.site_id}), {state}{cases}"


def _market(state: MarketState) -> str:
    why = f" ({in_words(state.grounds)})" if state.grounds else ""
    review = f", its review waits for {_roles(state.review_waits_for)}" if state.review_waits_for else ""
    return f"{state.market} {state.state}{why}{''.join(f', {each}' for each in state.judged)}{review}"


def _roles(roles: Iterable[Role]) -> str:
    return " or ".join(words(each) for each in roles)


def _relative(relative: RelativeState) -> Iterator[str]:
    """An ancestor: where it stands, how long it lasts, what was found in it, what its own deciders have judged."""
    stage = words(relative.stage) if relative.stage is not None else None
    what = ", ".join(filter(None, [stage, relative.product, relative.strength]))
    markets = ", ".join(map(_market, relative.markets)) or "-"
    yield f"{relative.number} ({relative.batch_id}), {what}, at {relative.site}: {markets}"
    lasts = f"last day {relative.expiry_on or '-'}"
    retest = f", retest {relative.retest_on}" if relative.retest_on is not None else ""
    until = f", use until {relative.retested_until} after a retest" if relative.retested_until is not None else ""
    yield f"{lasts}{retest}{until}"
    came = f"{measured(relative.quantity, relative.unit)}, " if relative.quantity is not None else ""
    percent = f"yield {relative.yield_percent} %" if relative.yield_percent is not None else "yield not stated"
    yield "; ".join([f"{came}{percent}", *(each.words() for each in relative.taken)])
    yield from (f"result: {_result(each)}" for each in relative.analysis)
    yield from (f"judged: {each.words()}" for each in relative.judgements)


def _result(line: ResultLine) -> str:
    compared = "".join(f", {each}" for each in line.compared_by[-1:])
    report = f"{words(line.source)} {line.certificate}"
    return f"{line.test} {line.result} (limit {line.limit or '-'}, {report}{compared})"


def _exception(exception: GrantedException) -> str:
    what = f"{exception.exception_id} of {exception.gate} ({exception.authority_letter})"
    if exception.reasons is None:
        return f"{what}, whose reasons were not recorded: it excuses what can have been known when it was signed"
    return f"{what}, for: {'; '.join(exception.reasons)}"


def _lifted(hold: LiftedHold) -> Iterator[str]:
    where = f" for {hold.market}" if hold.market is not None else ""
    stood = f"{hold.placed_on} to {hold.lifted_on}"
    what = f"{hold.hold_id} ({words(hold.type)}) of {hold.batch}{where}"
    yield f"{what}, {stood}, lifted by {hold.lifted_by}: {hold.reason}"
    if hold.impact is not None:
        yield f"assessed: {hold.impact} [{', '.join(hold.evidence) or 'no record named'}]"


def _decider(decision: DecisionView) -> str:
    """Nobody is shown as a qualified person who is none, or who has acted for another."""
    as_what = f" ({words(decision.capacity)})" if decision.capacity is not None else ""
    for_whom = f", for {decision.on_behalf_of} under a delegation" if decision.on_behalf_of is not None else ""
    under = f", under {'; '.join(decision.signed_under)}" if decision.signed_under else ""
    return f"{decision.decided_by}{as_what}{for_whom}{under}"


def _list(name: str, items: Iterable[str]) -> Line:
    return field(name, "; ".join(items) or "none")
