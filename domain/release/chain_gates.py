"""Gates G10 and G12: under which changes a member of the family was made, and from what (domain specification, 19)."""

from domain.batch.batch import Relation
from domain.batch.gate.batch_facts import ChangeFacts
from domain.batch.gate.chain_facts import LotInDoubtFacts, MaterialFacts, ParentFacts, ReleaseFacts, TransportFacts
from domain.batch.gate.reasons import Kind, Reason
from domain.batch.gate.results import Ask, Found, Needed
from domain.batch.gate.site_facts import ScopeFacts
from domain.batch.making.lots_in_doubt import is_never_used
from domain.batch.making.shelf_life import uses_as_it_is
from domain.batch.relations import OTHER_CONTAINERS
from domain.change.decision import Filing
from domain.release.evidence import BatchEvidence, Member
from domain.release.gate_words import words

_WORKED_AGAIN = {
    Relation.REPROCESS: "reprocessed",
    Relation.REWORK: "reworked",
    Relation.CORRECTION: "the same goods, wrongly rejected before",
}


def changes(member: Member) -> Found:
    """G10: every change that a batch was made under is approved and, where needed, registered in the market.

    The records know that a variation was filed, not that the authority has approved it: the certifier says so.
    """
    wrong = []
    doubtful = []
    for each in member.changes:
        if each.may_be_first is not None:
            first = f"{each.change_id} was first used in {each.may_be_first}, which may be {member.number}"
            doubtful.append(member.reason(first, Kind.FIRST_USE, each.change_id, since=each.known_on))
        elif (fault := _not_approved(member, each)) is not None:
            wrong.append(fault)
        elif each.filing is Filing.VARIATION:
            filed = f"{each.change_id} needs variation {each.reference} to be approved in {member.market}"
            doubtful.append(member.reason(filed, Kind.VARIATION, each.change_id, since=each.known_on))
        elif each.filing is None and each.touches_registration:
            touches = f"{each.change_id} touches the registration in {member.market} and was not assessed"
            doubtful.append(member.reason(touches, Kind.NOT_ASSESSED, each.change_id, since=each.known_on))
    lines = [_change_line(each) for each in member.changes]
    return Found("No change stands against the batch.", lines or ["changes: none"], wrong, doubtful)


def _not_approved(member: Member, change: ChangeFacts) -> Reason | None:
    """What nobody may use: a change that was never notified, is not approved yet, or was rejected."""
    if change.case_id is None:
        text, kind, since = f"{change.change_id} was never notified", Kind.NOT_APPROVED, change.known_on
    elif change.rejected_on is not None:
        said = f"{change.change_id} ({change.case_id}) was rejected on {change.rejected_on}"
        text, kind, since = said, Kind.REJECTED, max(change.rejected_on, change.known_on or change.rejected_on)
    elif not change.approved:
        said = f"{change.change_id} ({change.case_id}) is not approved"
        text, kind, since = said, Kind.NOT_APPROVED, change.known_on
    else:
        return None
    return member.reason(text, kind, change.change_id, since=since)


def _change_line(change: ChangeFacts) -> str:
    state = "approved" if change.approved else "not approved" if change.rejected_on is None else "rejected"
    filing = words(change.filing) if change.filing is not None else "no filing stated"
    return f"{change.change_id}: {change.case_id or 'no case'}, {state}, {filing}"


def supply(member: Member) -> Found:
    """G12: what a batch comes from is known and might be used, and what was shipped stayed within its limits."""
    lots = _lots(member)
    transports = [each for each in member.transports if each.market in (None, member.market)]
    wrong = open_to_permission(member)
    wrong += [fault for each in member.parents for fault in _parent_faults(each, member.market)]
    waits = [wait for each in member.parents for wait in _waits_for(each, member.market)]
    waits += [fault for each in member.parents for fault in _taken_beyond(each, member.market)]
    asked = [doubt for each in member.parents for doubt in _use_doubts(each, member)]
    doubtful = [doubt for each in member.parents for doubt in _standing_doubts(each, member.market)]
    if member.no_samples is not None:
        doubtful.append(f"no retained samples are known: {member.no_samples}")
    lines = [
        *(_parent_line(each, member.market) for each in member.parents),
        *(f"subcontractor: {_does(each)}" for each in member.scopes if each.is_subcontractor),
        *(f"shipment: {each.shipment_id}" for each in transports),
    ]
    asks = frozenset({Needed(Ask.DEVIATION, member.batch_id)} if asked else ())
    well = "What it comes from is known and released, and transport within limits."
    return lots.beside(Found(well, lines, [*wrong, *waits], [*asked, *doubtful], held=waits, asks=asks))


def open_to_permission(member: Member) -> list[str]:
    """What of that is wrong an authority may permit: what is not known of the start, and of the transport.

    All else that is wrong at G12 nobody permits: what is falsified, rejected, over, or not confirmed or released yet.
    """
    wrong = [] if member.materials or member.parents else ["no starting material is known"]
    for each in member.transports:
        if each.market not in (None, member.market):
            continue
        if each.within_limits is False:
            wrong.append(f"{each.shipment_id} was outside its transport conditions")
        elif each.within_limits is None and _is_waited_for(each, member):
            wrong.append(f"the logger data of {each.shipment_id} are not there")
    return wrong


def _is_waited_for(transport: TransportFacts, member: Member) -> bool:
    """Whether the logger data of goods say something of the batch, or of what was made of it, that is not known yet.

    A part that was released before and is on its way says nothing of a further part. What was made of a batch waits for
    the goods that it was made of alone.
    """
    if not transport.is_measured:
        return False
    if member.depth == 0:
        return transport.is_in_quarantine or transport.received_at is not None
    return any(use.may_be_of(transport, member.transports) for use in member.uses)


def _lots(member: Member) -> Found:
    """What is known of the lots that a batch was made with, and of its own. What is falsified nobody can judge."""
    in_doubt = [each for each in member.lots_in_doubt if each.cleared is None]
    judged = [each for each in in_doubt if not is_never_used(each.type)]
    wrong = [f"{each.lot} is {each.is_own}, an own batch" for each in member.materials if each.is_own is not None]
    wrong += [f"{each.lot} is falsified, as {each.event} says" for each in in_doubt if is_never_used(each.type)]
    doubtful = [f"{each.lot} is a lot that {each.event} names" for each in judged]
    doubtful += [doubt for each in member.materials for doubt in _lot_doubts(each)]
    doubtful += [
        f"{each.lot} may be a lot that {each.event_id} ({each.type.words} at {each.site}) names"
        for each in member.lots_alike
    ]
    lines = [
        *map(_lot_line, member.materials),
        *(f"{each.lot}: {each.comparator}" for each in member.materials if each.comparator is not None),
        *(f"{each.lot}: {_said_of(each)}" for each in member.lots_in_doubt),
    ]
    return Found("", lines, wrong, doubtful, names=frozenset(each.event_id for each in judged))


def _said_of(lot: LotInDoubtFacts) -> str:
    return f"{lot.event}, {'in doubt' if lot.cleared is None else f'not concerned by {lot.cleared}'}"


def _does(scope: ScopeFacts) -> str:
    activity = words(scope.activity) if scope.activity is not None else "activity not known"
    return f"{scope.site} ({scope.site_id}), {activity}"


def _lot_doubts(lot: MaterialFacts) -> list[str]:
    doubts = [f"{lot.lot} of {lot.maker} may be {each}, an own batch" for each in lot.may_be]
    doubts += [f"{lot.lot} of {lot.maker} is not accounted for: its {each} is not known" for each in lot.unknown]
    if lot.chain and lot.certificate is None and lot.comparator is None:
        doubts.append(f"the certificate of the original manufacturer of {lot.lot} is not on file")
    return doubts


def _lot_line(lot: MaterialFacts) -> str:
    way = f", by {' > '.join(lot.chain)}" if lot.chain else ""
    shown = f", certificate {lot.certificate}" if lot.certificate is not None else ""
    return f"{lot.lot}: {lot.maker}{way}{shown}"


def use(evidence: BatchEvidence) -> Found:
    """G12: the shelf life of the batch goes on, no retest is due, and its whole ancestry was looked at."""
    life = evidence.shelf_life
    stopped = life.stopped_on(evidence.today) if life is not None else None
    wrong = [stopped] if stopped is not None else []
    if evidence.ancestry_beyond is not None:
        wrong.append(f"it comes from more than {evidence.ancestry_beyond} batches, which cannot all be looked at")
    lines = []
    if life is not None and life.last_day is not None:
        lines.append(f"last day of use: {life.last_day} ({life.zone})")
    if life is not None and life.retest_by is not None:
        lines.append(f"retest by: {life.retest_by} ({life.zone})")
    return Found("", lines, wrong)


def _parent_faults(parent: ParentFacts, market: str) -> list[str]:
    """What nobody can judge: goods that must not be used.

    What was reprocessed or reworked was not released, and is not used as it is. The record of a wrong rejection is
    rejected; but where its goods were taken back no correction helps. What the plan of a recall says is not concerned
    by it is judged.
    """
    if parent.release.taken_back_at is not None and not _is_cleared(parent):
        day = parent.release.taken_back_at.date()
        return [f"the release of {parent.name} for {market} was taken back on {day}"] if _counts(parent) else []
    if not uses_as_it_is(parent.relation):
        return []
    faults = []
    if parent.release.rejected or parent.is_rejected:
        faults.append(f"{parent.name} is rejected for {market}")
    if parent.release.since is not None and not parent.release.is_for_this_use:
        faults.append(f"{parent.name} is released for {market} for {_purposes(parent)} alone")
    if parent.used_over:
        faults.append(f"{parent.name} was used after its last day, {parent.last_day}")
    elif parent.over_now and parent.relation in OTHER_CONTAINERS:
        faults.append(f"the shelf life of {parent.name} ended on {parent.last_day}")
    faults += parent.outlasted
    if parent.other_strength is not None:
        faults.append(f"its strength is another than that of what it comes from: {parent.other_strength}")
    if parent.relation is Relation.BLEND and not _had_met_its_specification(parent):
        faults.append(f"{parent.name} had not met its specification before it was blended")
    return faults


def _counts(parent: ParentFacts) -> bool:
    return uses_as_it_is(parent.relation) or parent.relation is Relation.CORRECTION


def _is_cleared(parent: ParentFacts) -> bool:
    return parent.release.cleared and uses_as_it_is(parent.relation)


def _had_met_its_specification(parent: ParentFacts) -> bool:
    """Whether its site had released it, on its certificate of analysis, before it was used (ICH Q7, 8.41)."""
    met = parent.site_released_at
    return met is not None and (parent.used_at is None or met <= parent.used_at)


def _is_gone(parent: ParentFacts) -> bool:
    release = parent.release
    return release.rejected or parent.is_rejected or release.taken_back_at is not None


def _waits_for(parent: ParentFacts, market: str) -> list[str]:
    """What is over once the parent is decided on. Of goods that are divided the parts may be decided on before."""
    if not uses_as_it_is(parent.relation) or parent.release.since is not None or _is_gone(parent):
        return []
    return [] if _is_divided(parent) else [f"{parent.name} is not released for {market}"]


def _taken_beyond(parent: ParentFacts, market: str) -> list[str]:
    """What is over once a further part of the parent is released, or confirmed."""
    counts = parent.release.since is not None and uses_as_it_is(parent.relation)
    said = parent.release.beyond if counts else None
    return [f"of {parent.name} for {market} {said}"] if said is not None else []


def _is_divided(parent: ParentFacts) -> bool:
    return parent.relation is Relation.SPLIT and parent.site_released_at is not None


def _use_doubts(parent: ParentFacts, member: Member) -> list[str]:
    """Departures in how the parent was used: each is a deviation to judge."""
    if parent.used_at is None or not uses_as_it_is(parent.relation):
        return []
    doubts = [f"{parent.name} was used while {each} stood on it" for each in parent.held_at_use]
    if parent.retest_due is not None:
        doubts.append(f"{parent.name} was used on {parent.used_at:%Y-%m-%d}; its retest was due on {parent.retest_due}")
    since = parent.release.since
    early = since is not None and since > parent.used_at and parent.relation is not Relation.SPLIT
    if early and not _is_arranged(parent, member):
        doubts.append(f"{parent.name} was used on {parent.used_at:%Y-%m-%d}, before its release for {member.market}")
    return doubts


def _is_arranged(parent: ParentFacts, member: Member) -> bool:
    """Whether it might be used at risk, before its release. Of a starting material the row of the market says it."""
    never = parent.is_starting_material and not member.asks.starting_materials_at_risk
    return parent.release.at_risk is not None and not never


def _standing_doubts(parent: ParentFacts, market: str) -> list[str]:
    if not uses_as_it_is(parent.relation) or (_is_gone(parent) and not _is_cleared(parent)):
        return []
    doubts = [f"{parent.name}: {each}" for each in parent.release.elsewhere]
    if parent.release.since is not None and _is_in_words_alone(parent.release):
        doubts.append(f"{parent.name} is released for {market} for this: {parent.release.purpose_in_words}")
    if parent.release.since is None and not _is_gone(parent) and _is_divided(parent):
        doubts.append(f"{parent.name} is not released for {market}; this part of it is decided on before")
    return doubts


def _is_in_words_alone(release: ReleaseFacts) -> bool:
    """Whether only words say what it is released for: no gate compares them."""
    return release.purpose_in_words is not None and not release.purposes and not release.is_for_named_sites


def _purposes(parent: ParentFacts) -> str:
    return ", ".join(words(each) for each in parent.release.purposes)


def _released_for(parent: ParentFacts) -> str:
    said = (_purposes(parent), parent.release.purpose_in_words)
    return f" for {': '.join(filter(None, said))}" if any(said) else ""


def _parent_line(parent: ParentFacts, market: str) -> str:
    release = parent.release
    if not uses_as_it_is(parent.relation):
        state = _WORKED_AGAIN[parent.relation]
    elif release.since is not None:
        state = f"released for {market} on {release.since:%Y-%m-%d} ({release.shown_by}){_released_for(parent)}"
    else:
        state = "rejected" if release.rejected or parent.is_rejected else f"not released for {market}"
    used = f", used on {parent.used_at:%Y-%m-%d}" if parent.used_at is not None else ""
    risk = f", at risk under {release.at_risk}" if release.at_risk is not None else ""
    plan = f", use date to {parent.last_day} under the plan of {parent.extended_for}" if parent.extended_for else ""
    return f"comes from: {parent.name}, {state}{used}{risk}{plan}"
