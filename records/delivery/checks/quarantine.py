"""Checks of an arrangement under which goods leave in quarantine."""

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.agreement.agreement import refuse_unless_in_force
from domain.asl.asl import stream_of
from domain.core.entry import OpenTask
from domain.core.refusals import broken
from domain.delivery.leaving import MarketStock
from domain.delivery.quarantine import (
    RULE,
    QuarantineApproval,
    QuarantineConfirmation,
    refuse_unless_arrangeable,
    refuse_unless_movable,
)
from records.agreement.in_force import agreements_of_site
from records.batch.batches import scopes_used
from records.batch.tables.batches import BatchRow
from records.core.checks.proposals import refuse_unless_decidable, version_of
from records.core.declared import Effect, checks, locks_above, suggests
from records.core.tables.cases import CaseRow
from records.core.writing import Writing
from records.delivery.shipping import stock_of
from records.delivery.tables import QuarantineArrangementRow


@locks_above(QuarantineApproval, QuarantineConfirmation)
async def lists_of(session: AsyncSession, batch_id: str) -> list[str]:
    """The lists that say whether the site is suspended in full."""
    batch = await session.get(BatchRow, batch_id)
    return [stream_of(each) for each in await scopes_used(session, batch)] if batch is not None else []


@checks(QuarantineApproval)
async def approves(writing: Writing, case: CaseRow, form: QuarantineApproval) -> Effect:
    """Of a batch that is made, not decided on and not rejected; a hold does not stop it."""
    refuse_unless_arrangeable(form, await _stock(writing, case, form.market))
    calendar = await writing.policies.calendar_of(writing.session, case.site_id, writing.at)
    in_force = await agreements_of_site(writing.session, case.site_id, calendar.local_day(writing.at))
    refuse_unless_in_force("agreement", form.agreement, in_force)
    return {}


@suggests(QuarantineConfirmation)
async def suggests_the_arrangement(writing: Writing, case: CaseRow, line: OpenTask) -> Effect:
    """The newest arrangement that waits for its confirmation."""
    query = select(QuarantineArrangementRow).where(
        col(QuarantineArrangementRow.batch_id) == case.case_id, col(QuarantineArrangementRow.decided_at).is_(None)
    )
    row = (await writing.session.exec(query.order_by(col(QuarantineArrangementRow.version).desc()).limit(1))).first()
    return {"arrangement": version_of(row).model_dump(mode="json")} if row is not None else {}


@checks(QuarantineConfirmation)
async def confirms(writing: Writing, case: CaseRow, form: QuarantineConfirmation) -> Effect:
    """By another person than the approver (S1), while the batch may still go into quarantine."""
    row = await writing.session.get(QuarantineArrangementRow, (case.case_id, form.arrangement.version))
    if row is None:
        raise broken(RULE, "There is no such arrangement.", arrangement="unknown")
    action = QuarantineApproval.action.name
    await refuse_unless_decidable(writing, row.batch_id, action, row, form.arrangement, "arrangement")
    if form.approve:
        refuse_unless_movable(await _stock(writing, case, row.market))
    return {}


async def _stock(writing: Writing, case: CaseRow, market: str) -> MarketStock:
    batch = await writing.session.get_one(BatchRow, case.case_id, populate_existing=True)
    stock = await stock_of(writing, batch, market)
    if stock is None:
        raise broken(RULE, "The batch is not made for this market.", market="is none of the batch")
    return stock
