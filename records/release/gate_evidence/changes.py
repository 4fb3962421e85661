"""G10: the changes that each batch was made under, and what they mean for the registration in a market."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from sqlmodel import col, or_, select

from domain.batch.deviations.deviation import BatchChange
from domain.batch.gate.batch_facts import ChangeFacts
from domain.change.decision import ChangeRegulatoryAssessment, ChangeVerdict
from domain.change.site_change import ChangeImplementation, ChangeNotification, RegisteredImpact
from domain.core.names import likenesses, likenesses_in, name_key
from records.batch.tables.process import BatchChangeRow
from records.change.tables import ChangeRow
from records.core.tables.cases import CaseRow, RecordRow
from records.release.gate_evidence.context import GateContext, Relative
from records.release.gate_evidence.named_lots import own_numbers
from records.release.gate_evidence.submitted import Submitted

Change = tuple[ChangeRow, CaseRow]
Reported = Mapping[str, Sequence[BatchChangeRow]]


def changes_of(
    context: GateContext, reported: Reported, changes: Sequence[Change], submitted: Submitted
) -> dict[str, tuple[ChangeFacts, ...]]:
    """By batch: what was reported on it, and the changes of its scopes that were in use before it was finished."""
    markets = context.policy.codes_counting_in(context.market)
    facts = {
        case.case_id: _fact(markets, row, case, submitted.of(case.case_id, ChangeRegulatoryAssessment))
        for row, case in changes
    }
    found = {each.batch_id: _of(each, reported.get(each.batch_id, ()), changes, facts) for each in context.family}
    return {
        batch_id: tuple(_dated(each, batch_id, submitted) for each in of_batch) for batch_id, of_batch in found.items()
    }


async def reported_changes(context: GateContext) -> Reported:
    """The changes that were reported on the batches of the family, by batch."""
    query = select(BatchChangeRow).where(col(BatchChangeRow.batch_id).in_(context.batch_ids))
    found: dict[str, list[BatchChangeRow]] = defaultdict(list)
    for row in (await context.session.exec(query.order_by(col(BatchChangeRow.change_id)))).all():
        found[row.batch_id].append(row)
    return found


async def changes_at(context: GateContext, reported: Reported) -> Sequence[Change]:
    """The changes at all sites of the family, and those that were reported on a batch wherever they are."""
    named = {row.case_id for rows in reported.values() for row in rows if row.case_id is not None}
    query = (
        select(ChangeRow, CaseRow)
        .join(CaseRow, col(CaseRow.case_id) == col(ChangeRow.case_id))
        .where(or_(col(ChangeRow.site_id).in_(context.site_ids), col(ChangeRow.case_id).in_(sorted(named))))
        .order_by(col(CaseRow.number))
    )
    return (await context.session.exec(query)).all()


def _of(
    member: Relative,
    reported: Sequence[BatchChangeRow],
    changes: Sequence[Change],
    facts: Mapping[str, ChangeFacts],
) -> tuple[ChangeFacts, ...]:
    unknown = [ChangeFacts(change_id=row.change_id) for row in reported if row.case_id is None]
    case_ids = [row.case_id for row in reported if row.case_id is not None]
    here = [(row, case.case_id) for row, case in changes if _concerns(row, member)]
    case_ids += [case_id for row, case_id in here if _is_used(row, member)]
    others = [(row, case_id) for row, case_id in here if case_id not in case_ids]
    alike = {case_id: row.first_batch for row, case_id in others if _may_be_first(row, member)}
    return (
        *unknown,
        *(facts.get(each) or ChangeFacts(change_id=each) for each in dict.fromkeys(case_ids)),
        *(facts[each].model_copy(update={"may_be_first": told}) for each, told in alike.items()),
    )


def _concerns(change: ChangeRow, member: Relative) -> bool:
    return change.site_id in member.sites and member.touched_by(change.scope_ids)


def _is_used(change: ChangeRow, member: Relative) -> bool:
    batch = member.batch
    if change.first_batch is not None and name_key(change.first_batch) in own_numbers(member):
        return True
    begun, made = change.implemented_on, batch.made_on
    return begun is not None and made is not None and begun <= made


def _may_be_first(change: ChangeRow, member: Relative) -> bool:
    alike = likenesses_in(change.first_batch) if change.first_batch is not None else frozenset[str]()
    return any(not alike.isdisjoint(likenesses(each)) for each in own_numbers(member))


def _fact(markets: Sequence[str], row: ChangeRow, case: CaseRow, assessed: Sequence[RecordRow]) -> ChangeFacts:
    assessment = ChangeRegulatoryAssessment.stored(assessed[-1].form) if assessed else None
    filings = {each.market: each for each in assessment.filings} if assessment is not None else {}
    filing = next((filings[each] for each in markets if each in filings), None)
    request = ChangeNotification.stored(case.order["request"])
    impacts = {each.market: each.impact for each in request.registered_impact}
    return ChangeFacts(
        change_id=row.change_id,
        case_id=case.case_id,
        approved=row.decision is not None and ChangeVerdict(row.decision).approves,
        rejected_on=row.decided_at.date() if row.decided_at and row.decision == ChangeVerdict.REJECTED else None,
        known_on=row.submitted_at.date(),
        filing=filing.filing if filing is not None else None,
        reference=filing.reference if filing is not None else None,
        touches_registration=any(impacts.get(each) is RegisteredImpact.YES for each in markets),
    )


def _dated(fact: ChangeFacts, batch_id: str, submitted: Submitted) -> ChangeFacts:
    """With the first day on which it was told that the batch was made under it, or when it was used first."""
    own = name_key(fact.change_id)
    told = [row for row in submitted.of(batch_id, BatchChange) if name_key(str(row.form["change_id"])) == own]
    if fact.case_id is not None:
        told += submitted.of(fact.case_id, ChangeImplementation)
    first = min((row.at.date() for row in told), default=fact.known_on)
    return fact.model_copy(update={"known_on": first})
