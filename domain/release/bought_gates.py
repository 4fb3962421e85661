"""Gate G13 of products that were bought: a comparator, a placebo or the solvent of a kit is imported like a batch.

Directive 2001/83/EC, Article 40(3); Regulation (EU) 536/2014, Article 61; EU GMP Annex 16 and 21. An active substance
or excipient is no such import.
"""

from collections.abc import Iterator

from domain.batch.gate.results import Found
from domain.core.countries import country_name
from domain.importation.consigned import import_faults
from domain.importation.facts import BoughtGoodsFacts, ConsignmentFacts, ImportRule
from domain.release.evidence import BatchEvidence, Member
from domain.release.import_gates import dosage_forms, no_more, rule_for, steps_on, words_of


def bought_goods(evidence: BatchEvidence) -> Found:
    """G13: a product that was bought outside the area of the market, and goes into something inside, was imported.

    The lot has arrived at a site whose authorisation covers import, was cleared by customs, and was not used up before.
    Bought inside the area it was imported or made there under its own marketing authorisation; what is made with it
    outside is imported in its place. Where nobody has said from where it came the decider judges, until that is
    corrected; so of a batch that was registered before imports were asked for.
    """
    rule = rule_for(evidence)
    if rule is None:
        return Found("")
    goods = [*bought(evidence)]
    doubts = [
        f"from which country {each.name} came, which {member.name} was made with, is not on record"
        for member, each in goods
        if each.came_from is None
    ]
    from_outside = [*bought_outside(evidence, rule)]
    faults = [fault for member, each in from_outside for fault in _faults(member, each, rule)]
    doubts += [doubt for _, each in from_outside for doubt in no_more(each.name, each.consignments)]
    lines = [words_of(each.name, one) for _, each in from_outside for one in each.consignments]
    lines += [f"{each.name} was bought in {country_name(each.came_from)}" for _, each in goods if each.came_from]
    if not rule.is_asked_for:
        return Found("", lines, doubtful=[*faults, *doubts])
    return Found("", lines, faults, doubts)


def bought(evidence: BatchEvidence) -> Iterator[tuple[Member, BoughtGoodsFacts]]:
    """The products that went into a dosage form of the family inside the area of the market."""
    rule = rule_for(evidence)
    for member in dosage_forms(evidence):
        if rule is not None and any(each.country in rule.area for each in steps_on(member)):
            yield from ((member, each) for each in member.bought)


def bought_outside(evidence: BatchEvidence, rule: ImportRule) -> Iterator[tuple[Member, BoughtGoodsFacts]]:
    """Those of them that came from outside that area."""
    return (
        (member, each)
        for member, each in bought(evidence)
        if each.came_from is not None and each.came_from not in rule.area
    )


def arrived_as_they_must(evidence: BatchEvidence) -> Iterator[tuple[str, ConsignmentFacts]]:
    """The consignments of what was bought outside that brought it into the area, each with what it is of."""
    rule = rule_for(evidence)
    if rule is None or not rule.is_asked_for:
        return
    for member, goods in bought_outside(evidence, rule):
        for each in goods.consignments:
            if not [*_consignment_faults(member, each, rule)]:
                yield goods.name, each


def _faults(member: Member, goods: BoughtGoodsFacts, rule: ImportRule) -> list[str]:
    if not goods.consignments:
        came = f"which {member.name} was made with, and which came from {country_name(goods.came_from or '')}"
        return [f"no arrival is recorded of {goods.name}, {came}"]
    by_number = {each.number: [*_consignment_faults(member, each, rule)] for each in goods.consignments}
    faults = [f"consignment {number} of {goods.name} {said}" for number, found in by_number.items() for said in found]
    return faults if all(by_number.values()) else []


def _consignment_faults(member: Member, consignment: ConsignmentFacts, rule: ImportRule) -> Iterator[str]:
    yield from import_faults(consignment, rule.area)
    if member.last_day is not None and member.last_day < consignment.day:
        yield f"arrived after {member.name} had been made with it"
