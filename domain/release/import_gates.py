"""Gate G13 of what is imported: arrival, importer and customs (domain specification, section 18).

Directive 2001/83/EC, Articles 40(3) and 51(1)(b); EU GMP Annex 16 and 21.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from domain.batch.gate.chain_facts import UseFacts
from domain.batch.gate.results import Found
from domain.batch.gate.site_facts import ScopeFacts
from domain.core.countries import country_name
from domain.importation.consigned import import_faults
from domain.importation.facts import ConsignmentFacts, ImportRule, TakenFacts
from domain.importation.inside import ReleasedBefore, inside
from domain.policy.market_rule import DecisionRule
from domain.release.evidence import BatchEvidence, Member
from domain.release.site_words import place
from domain.site.site import Activity

_NO_STEPS = frozenset({Activity.TESTING, Activity.API_MFG, Activity.INTERMEDIATE})
"""What is done to no dosage form: a laboratory's work, and that on the substance."""


class Entry(NamedTuple):
    """Goods of a batch that have to be imported into the area of the market."""

    member: Member
    why: str
    """Why, in words."""
    since: datetime | None = None
    """When they left the area; only what arrives later brings them back."""


def imports(evidence: BatchEvidence) -> Found:
    """G13: what was made, packed or stored outside the area of the market has arrived there, and customs cleared it.

    Every dosage form of the family is looked at, even if the pack was made inside: what was made outside is imported
    where it is used or sold inside. It arrives at a site whose authorisation covers import. Goods that left again,
    before they were decided on, are imported anew. A laboratory's work is no step on the dosage form, and an active
    substance is no such import. An authorisation that counts no more is left to judgement, and so is a batch that was
    registered before imports were asked for.
    """
    rule = rule_for(evidence)
    if rule is None:
        return Found("")
    unknown = [
        f"the country of {place(scope)} is not on record, and whether it is an import is not known"
        for member in dosage_forms(evidence)
        for scope in steps_on(member)
        if scope.country is None
    ]
    entries = [*entries_of(evidence, rule)]
    faults = [fault for entry in entries for fault in _entry_faults(entry, rule)]
    lines = [words_of(entry.member.name, each) for entry in entries for each in entry.member.consignments]
    faults += unknown
    doubts = [doubt for entry in entries for doubt in no_more(entry.member.name, entry.member.consignments)]
    if not rule.is_asked_for:
        return Found("", lines, doubtful=[*faults, *doubts])
    return Found("", lines, faults, doubts)


def is_imported(evidence: BatchEvidence, rule: ImportRule) -> bool:
    """Whether any step on the dosage form, of it or of what it comes from, was outside the area."""
    forms = [*dosage_forms(evidence)]
    return any(done_outside(each, rule) or [*_left_again(evidence, each, rule)] for each in forms)


def importing_places(evidence: BatchEvidence) -> Iterator[tuple[Member, ConsignmentFacts]]:
    """Where what has to be imported has arrived as it must, for the market that is decided for."""
    rule = rule_for(evidence)
    if rule is None or not rule.is_asked_for:
        return
    members = {entry.member.batch_id: entry.member for entry in entries_of(evidence, rule)}
    for member in members.values():
        for each in member.consignments:
            if not [*_consignment_faults(member, each, rule)]:
                yield member, each


def imported_quantity(evidence: BatchEvidence, before: ReleasedBefore | None = None) -> Decimal | None:
    """How much of the batch itself has been imported as it must be and lies inside; `None` where it need not be.

    What was split off of it inside, or is worked again there, is no part of what is decided on. `before` is what the
    market had released of it before.
    """
    rule = rule_for(evidence)
    if rule is None or not done_outside(evidence, rule):
        return None
    good = [each for each in evidence.consignments if not [*_consignment_faults(evidence, each, rule)]]
    split = [each.quantity for each in evidence.taken if each.is_decided_by_itself and each.country in rule.area]
    return inside(evidence, good, rule, before) - sum(split, Decimal(0))


def rule_for(evidence: BatchEvidence) -> ImportRule | None:
    """What the market asks of imports where a dosage form is decided on; else `None`.

    What is released for further processing need not have arrived anywhere yet.
    """
    is_decided = evidence.needs is not DecisionRule.PROCESSING and _is_dosage_form(evidence)
    return evidence.imports if is_decided else None


def _is_dosage_form(member: Member) -> bool:
    return member.supply_stage is not None and member.supply_stage.is_dosage_form


def dosage_forms(evidence: BatchEvidence) -> Iterator[Member]:
    """All of the family that is a dosage form."""
    return (each for each in (evidence, *evidence.ancestors) if _is_dosage_form(each))


def steps_on(member: Member) -> list[ScopeFacts]:
    """The steps on the dosage form, wherever they were done."""
    return [each for each in member.scopes if each.activity not in _NO_STEPS]


def done_outside(member: Member, rule: ImportRule) -> list[ScopeFacts]:
    """The steps on it that were done outside the area."""
    return [each for each in steps_on(member) if each.country is not None and each.country not in rule.area]


def entries_of(evidence: BatchEvidence, rule: ImportRule) -> Iterator[Entry]:
    """What of the family has to be imported."""
    for member in dosage_forms(evidence):
        used_in = {use.country for use in member.uses}
        if member is not evidence and used_in.isdisjoint(rule.area):
            continue  # what is made of it outside is imported in its place
        outside = done_outside(member, rule)
        if outside:
            made = ", ".join(f"{place(each)} in {country_name(each.country or '')}" for each in outside)
            yield Entry(member, f"which comes from {made}")
        yield from _left_again(evidence, member, rule)


def _left_again(evidence: BatchEvidence, member: Member, rule: ImportRule) -> Iterator[Entry]:
    """Goods that lie outside the area before they are decided on, and are not used there."""
    used_at = {site_id for use in member.uses for site_id in use.site_ids}
    for each in member.transports:
        is_of_it = each.is_in_quarantine and each.market == evidence.market and each.to_site_id not in used_at
        if is_of_it and each.to_country is not None and each.to_country not in rule.area:
            why = f"which left with delivery {each.shipment_id} for {country_name(each.to_country)}"
            yield Entry(member, why, each.dispatched_at)


def _entry_faults(entry: Entry, rule: ImportRule) -> list[str]:
    member = entry.member
    known = [each for each in member.consignments if entry.since is None or each.arrived_at > entry.since]
    by_number = {each.number: [*_consignment_faults(member, each, rule)] for each in known}
    good = [each for each in known if not by_number[each.number]]
    faults: list[str] = []
    if not known:
        faults.append(f"no arrival is recorded of {member.name}, {entry.why}")
    elif not good:
        faults += [
            f"consignment {number} of {member.name} {said}" for number, each in by_number.items() for said in each
        ]
    elif (short := _short_of(entry, good, rule)) is not None:
        faults.append(short)
    if member.arrived_beyond is not None:
        faults.append(f"of {member.name} {member.arrived_beyond}")
    return faults


def _short_of(entry: Entry, good: list[ConsignmentFacts], rule: ImportRule) -> str | None:
    """What is used inside of a batch, by whatever batch and for whatever market, has arrived there.

    Whoever began first took first; what comes later is a consignment of its own.
    """
    member = entry.member
    uses = [use for use in member.uses if use.country in rule.area and use.quantity is not None]
    used = sum((use.quantity or Decimal(0) for use in uses), Decimal(0))
    arrived = inside(member, good, rule) if entry.since is None else sum((each.quantity for each in good), Decimal(0))
    before = [each for each in member.taken if each.country in rule.area and _took_before(each, uses)]
    taken = sum((each.quantity for each in before), Decimal(0))
    if not used or used + taken <= arrived:
        return None
    if not before:
        return f"of {member.name} {used:f} were used, and {arrived:f} have arrived and not left again"
    others = ", ".join(f"{each.quantity:f} by {each.name}" for each in before)
    return f"of {member.name} {used:f} were used, and {others} before; {arrived:f} have arrived and not left again"


def _took_before(taken: TakenFacts, uses: list[UseFacts]) -> bool:
    """Whether another batch was begun before the last of the family that was made with it."""
    began = [(use.began_at, use.batch_id) for use in uses if use.began_at is not None]
    return len(began) < len(uses) or (taken.began_at, taken.batch_id) < max(began, default=(taken.began_at, ""))


def _consignment_faults(member: Member, consignment: ConsignmentFacts, rule: ImportRule) -> Iterator[str]:
    """Why a consignment brings nothing into the area."""
    yield from import_faults(consignment, rule.area, rule.licences)
    ends = [use.ended_at for use in member.uses if use.country in rule.area]
    if ends and all(end is not None and end < consignment.arrived_at for end in ends):
        yield "arrived after it had been used"


def no_more(name: str, consignments: Iterable[ConsignmentFacts]) -> list[str]:
    """The import was lawful on its day, and what it stood on counts no more: the decider judges."""
    return [
        f"consignment {each.number} of {name} arrived at {each.place} under authorisation "
        f"{each.importer.number}, which {each.importer.no_more}"
        for each in consignments
        if each.importer is not None and each.importer.not_in_force is None and each.importer.no_more is not None
    ]


def words_of(name: str, consignment: ConsignmentFacts) -> str:
    """What is on record of an import, in a line."""
    cleared = f"cleared {consignment.cleared_on} ({consignment.customs_reference})"
    customs = cleared if consignment.cleared_on is not None else "not cleared"
    paper = consignment.importer
    under = f" under authorisation {paper.number}" if paper is not None else ""
    sent = f"from {country_name(consignment.from_country)}"
    arrived = f"{consignment.arrived_at:%Y-%m-%d} at {consignment.place}{under}"
    return f"import of {name}: consignment {consignment.number} {sent}, {arrived}, {customs}"
