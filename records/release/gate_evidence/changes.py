"""G10: the changes that a batch was made under, and what they mean for the registration in a market."""

from sqlmodel import col, select

from domain.batch.gate_facts import ChangeFacts
from domain.change.decision import ChangeRegulatoryAssessment, ChangeVerdict
from domain.change.site_change import ChangeNotification, RegisteredImpact
from domain.core.names import name_key
from domain.site.site import UNION
from records.batch.tables.batches import BatchChangeRow, BatchRow
from records.change.tables import ChangeRow
from records.core.case_records import CaseRecords
from records.core.tables.cases import CaseRow
from records.release.gate_evidence.context import GateContext


async def changes_of(context: GateContext) -> tuple[ChangeFacts, ...]:
    """What was reported on the batch, and the changes of its scopes that were in use before it was finished."""
    query = select(BatchChangeRow).where(col(BatchChangeRow.batch_id) == context.batch.batch_id)
    reported = (await context.session.exec(query.order_by(col(BatchChangeRow.change_id)))).all()
    unknown = [ChangeFacts(change_id=row.change_id) for row in reported if row.case_id is None]
    case_ids = dict.fromkeys([*(row.case_id for row in reported if row.case_id is not None), *await _in_use(context)])
    return (*unknown, *[await _change(context, case_id) for case_id in case_ids])


async def _in_use(context: GateContext) -> list[str]:
    """The cases of changes at the scopes used whose first use was before the end of manufacture."""
    query = (
        select(ChangeRow, CaseRow)
        .join(CaseRow, col(CaseRow.case_id) == col(ChangeRow.case_id))
        .where(col(ChangeRow.site_id).in_(context.sites))
        .order_by(col(CaseRow.number))
    )
    return [
        change.case_id
        for change, _ in (await context.session.exec(query)).all()
        if context.touches(change.scope_ids) and _is_used(change, context.batch)
    ]


def _is_used(change: ChangeRow, batch: BatchRow) -> bool:
    if change.first_batch is not None and name_key(change.first_batch) == name_key(batch.number):
        return True
    begun, made = change.implemented_on, batch.made_on
    return begun is not None and made is not None and begun <= made


async def _change(context: GateContext, case_id: str) -> ChangeFacts:
    row = await context.session.get(ChangeRow, case_id)
    if row is None:
        return ChangeFacts(change_id=case_id)
    case = await context.session.get_one(CaseRow, case_id)
    assessment = await CaseRecords(context.session, case).latest(ChangeRegulatoryAssessment)
    filings = {each.market: each for each in assessment.filings} if assessment is not None else {}
    filing = next((filings[each] for each in _named(context.market) if each in filings), None)
    request = ChangeNotification.stored(case.order["request"])
    impacts = {each.market: each.impact for each in request.registered_impact}
    return ChangeFacts(
        change_id=row.change_id,
        case_id=case_id,
        approved=row.decision is not None and ChangeVerdict(row.decision).approves,
        filing=filing.filing if filing is not None else None,
        reference=filing.reference if filing is not None else None,
        touches_registration=any(impacts.get(each) is RegisteredImpact.YES for each in _named(context.market)),
    )


def _named(market: str) -> list[str]:
    """How a market may be named: a member state also by the Union."""
    return [market, "EU"] if market in UNION else [market]
