"""G10: the changes that each batch was made under, and what they mean for the registration in a market."""

from collections import defaultdict

from sqlmodel import col, or_, select

from domain.batch.gate_facts import ChangeFacts
from domain.change.decision import ChangeRegulatoryAssessment, ChangeVerdict
from domain.change.site_change import ChangeNotification, RegisteredImpact
from domain.core.names import name_key
from domain.site.site import UNION
from records.batch.tables.batches import BatchChangeRow
from records.change.tables import ChangeRow
from records.core.tables.cases import CaseRow, RecordRow
from records.release.gate_evidence.context import GateContext, Relative


async def changes_of(context: GateContext) -> dict[str, tuple[ChangeFacts, ...]]:
    """By batch: what was reported on it, and the changes of its scopes that were in use before it was finished."""
    reported = await _reported(context)
    named = {row.case_id for rows in reported.values() for row in rows if row.case_id is not None}
    changes = await _changes(context, named)
    facts = await _facts(context, changes)
    return {each.batch_id: _of(each, reported[each.batch_id], changes, facts) for each in context.family}


async def _reported(context: GateContext) -> dict[str, list[BatchChangeRow]]:
    query = select(BatchChangeRow).where(col(BatchChangeRow.batch_id).in_(context.batch_ids))
    found: dict[str, list[BatchChangeRow]] = defaultdict(list)
    for row in (await context.session.exec(query.order_by(col(BatchChangeRow.change_id)))).all():
        found[row.batch_id].append(row)
    return found


async def _changes(context: GateContext, named: set[str]) -> list[tuple[ChangeRow, CaseRow]]:
    """The changes at all sites of the family, and those that were reported on a batch wherever they are."""
    query = (
        select(ChangeRow, CaseRow)
        .join(CaseRow, col(CaseRow.case_id) == col(ChangeRow.case_id))
        .where(or_(col(ChangeRow.site_id).in_(context.site_ids), col(ChangeRow.case_id).in_(sorted(named))))
        .order_by(col(CaseRow.number))
    )
    return list((await context.session.exec(query)).all())


async def _facts(context: GateContext, changes: list[tuple[ChangeRow, CaseRow]]) -> dict[str, ChangeFacts]:
    """What each change is to the market, by its case."""
    query = select(RecordRow).where(
        col(RecordRow.case_id).in_(sorted(case.case_id for _, case in changes)),
        col(RecordRow.action) == ChangeRegulatoryAssessment.action.name,
    )
    newest: dict[str, RecordRow] = {}
    for row in (await context.session.exec(query.order_by(col(RecordRow.version)))).all():
        newest[row.case_id] = row
    return {case.case_id: _fact(context.market, row, case, newest.get(case.case_id)) for row, case in changes}


def _of(
    member: Relative,
    reported: list[BatchChangeRow],
    changes: list[tuple[ChangeRow, CaseRow]],
    facts: dict[str, ChangeFacts],
) -> tuple[ChangeFacts, ...]:
    unknown = [ChangeFacts(change_id=row.change_id) for row in reported if row.case_id is None]
    case_ids = [row.case_id for row in reported if row.case_id is not None]
    case_ids += [case.case_id for row, case in changes if _concerns(row, member) and _is_used(row, member)]
    return (*unknown, *(facts.get(each) or ChangeFacts(change_id=each) for each in dict.fromkeys(case_ids)))


def _concerns(change: ChangeRow, member: Relative) -> bool:
    return change.site_id in member.sites and member.touched_by(change.scope_ids)


def _is_used(change: ChangeRow, member: Relative) -> bool:
    batch = member.batch
    if change.first_batch is not None and name_key(change.first_batch) == name_key(batch.number):
        return True
    begun, made = change.implemented_on, batch.made_on
    return begun is not None and made is not None and begun <= made


def _fact(market: str, row: ChangeRow, case: CaseRow, assessed: RecordRow | None) -> ChangeFacts:
    assessment = ChangeRegulatoryAssessment.stored(assessed.form) if assessed is not None else None
    filings = {each.market: each for each in assessment.filings} if assessment is not None else {}
    filing = next((filings[each] for each in _named(market) if each in filings), None)
    request = ChangeNotification.stored(case.order["request"])
    impacts = {each.market: each.impact for each in request.registered_impact}
    return ChangeFacts(
        change_id=row.change_id,
        case_id=case.case_id,
        approved=row.decision is not None and ChangeVerdict(row.decision).approves,
        filing=filing.filing if filing is not None else None,
        reference=filing.reference if filing is not None else None,
        touches_registration=any(impacts.get(each) is RegisteredImpact.YES for each in _named(market)),
    )


def _named(market: str) -> list[str]:
    """How a market may be named: a member state also by the Union."""
    return [market, "EU"] if market in UNION else [market]
