"""Gate G13 of what others have made: each part is confirmed along the agreement of the qualified persons (section 17).

EU GMP Annex 16, 1.7 and appendix I.
"""

from collections.abc import Iterator
from typing import NamedTuple

from domain.batch.batch import Relation
from domain.batch.gate.results import Found
from domain.policy.market_rule import DecisionRule
from domain.release.confirmation_facts import Along, ConfirmationFacts, PartFacts
from domain.release.evidence import BatchEvidence, Member


class Part(NamedTuple):
    """What one site has done of one batch of the family."""

    member: Member
    facts: PartFacts
    is_certifiers: bool
    """Whether whoever certifies is on the licence of the site that answers for it, and says so by that."""


def confirmed(evidence: BatchEvidence) -> Found:
    """G13: every confirmation that the agreements ask for is on record, of the batch and of all that it comes from.

    Where no agreement says otherwise each site in the area of the market confirms what it has done. One that rests on
    another agreement, or is of other work or of another site, does not count, nor one under an appointment that had
    ended. Who certifies on the licence of the very site answers for it by that. No exception opens this: the agreement
    is amended for what is made from then on, or the confirmation is given. Of a batch that was registered before this
    was asked for a person judges.
    """
    if evidence.needs is not DecisionRule.QP:
        return Found("")
    parts = [*_parts(evidence)]
    lines = [_part_line(each) for each in parts]
    faults = [fault for each in parts if not _is_undecided(each) and (fault := _fault_of(each)) is not None]
    if not evidence.by_authorisation:
        return Found("", lines, doubtful=faults)
    return Found("", lines, faults)


def awaited(evidence: BatchEvidence) -> Found:
    """G12: whose decision on bulk that it comes from is awaited, and by which article.

    What was divided is confirmed part by part.
    """
    if evidence.needs is not DecisionRule.QP:
        return Found("")
    waiting = [each for each in _parts(evidence) if _is_undecided(each) and each.member.relations != {Relation.SPLIT}]
    faults = [fault for each in waiting if (fault := _fault_of(each)) is not None]
    return Found("", [], faults, held=faults)


def _is_undecided(part: Part) -> bool:
    """Whether nobody has confirmed it whose decision on the batch that is: G12 waits for that."""
    return part.facts.by_decision and part.member.depth > 0 and not _of_it(part.facts)


def answered_for(evidence: BatchEvidence, site_id: str) -> list[Along]:
    """What the agreements have the qualified person of a site answer for in the batch itself."""
    return [each.along for each in evidence.parts if each.by_site_id == site_id and each.along is not None]


def _parts(evidence: BatchEvidence) -> Iterator[Part]:
    for member in (evidence, *evidence.ancestors):
        if not (member.is_worked_again or member.is_corrected):
            yield from (Part(member, each, _is_certifiers(evidence, each)) for each in member.parts)


def _is_certifiers(evidence: BatchEvidence, part: PartFacts) -> bool:
    """The decision on bulk is one of its own, whoever takes it."""
    return part.by_site_id in evidence.licensed_at and not part.by_decision


def _fault_of(part: Part) -> str | None:
    if part.is_certifiers or part.facts.by_site_id is None or that_counts(part.facts) is not None:
        return None
    others = [
        f"{each.number} of {each.by_name} does not count: {why}"
        for each in _of_it(part.facts)
        if (why := _why_not(part.facts, each)) is not None
    ]
    missing = f"{part.member.name}, {part.facts.place}, is not confirmed by a qualified person of {_whose(part.facts)}"
    other_way = [] if part.facts.by_decision else ["who certifies on its licence needs no other to confirm it"]
    return "; ".join([f"{missing}, {_as_agreed(part.facts)}", *others, *other_way])


def _of_it(part: PartFacts) -> list[ConfirmationFacts]:
    """The confirmations of the work; one of other work of the same batch says nothing of it."""
    return [each for each in part.confirmations if each.rests_on(part.scope_id) is not None]


def that_counts(part: PartFacts) -> ConfirmationFacts | None:
    """The confirmation by which a part is confirmed; `None` while it is not."""
    if part.along is None:
        return None
    return next((each for each in _of_it(part) if _why_not(part, each) is None), None)


def _why_not(part: PartFacts, confirmation: ConfirmationFacts) -> str | None:
    """Why a confirmation of the work is none along the agreement; `None` if it is one."""
    if confirmation.site_id != part.by_site_id:
        return f"it is of a qualified person of {confirmation.site} ({confirmation.site_id})"
    if confirmation.under_none is not None:
        return f"it was signed under {confirmation.under_none}, which did not count by then"
    rests_on = confirmation.rests_on(part.scope_id)
    if rests_on is not None and part.along is not None and not rests_on.is_along(part.along):
        return f"it rests on {rests_on.words}"
    return None


def _whose(part: PartFacts) -> str:
    return f"{part.by_site} ({part.by_site_id})" if part.by_site else str(part.by_site_id)


def _as_agreed(part: PartFacts) -> str:
    if part.along is None:
        return "and no agreement is in force that says by whom"
    if part.along.article is None:
        return f"as each site is that does it; {part.along.words} names no other"
    return f"as {part.along.words} asks"


def _part_line(part: Part) -> str:
    facts = part.facts
    what = f"{part.member.name}, {facts.place}"
    if facts.by_site_id is None:
        assert facts.along is not None, "Without an agreement the site confirms."
        return f"{what}: by {facts.along.words} covered by whoever certifies ({facts.statement})"
    given = that_counts(facts)
    if given is None and part.is_certifiers:
        return f"{what}: whoever certifies is on the licence of {_whose(facts)}, {_as_agreed(facts)}"
    if given is None:
        return f"{what}: to be confirmed by {_whose(facts)}, {_as_agreed(facts)}"
    under = f", under {'; '.join(given.under)}" if given.under else ""
    by = f"confirmed by {given.by_name} of {_whose(facts)} on {given.on} ({given.number}){under}"
    return f"{what}: {by}, {_as_agreed(facts)}"
