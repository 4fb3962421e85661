"""Checks of an arrangement under which goods leave in quarantine."""

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.asl.asl import stream_of
from domain.core.document import RecordVersion, refuse_unless_current
from domain.core.entry import OpenTask
from domain.core.refusals import Code, Refused, broken
from domain.delivery.leaving import MarketStock
from domain.delivery.quarantine import (
    QuarantineApproval,
    QuarantineConfirmation,
    refuse_approver,
    refuse_unless_arrangeable,
    refuse_unless_movable,
)
from records.batch.batches import scopes_used
from records.batch.tables.batches import BatchRow
from records.core.declared import Effect, checks, locks_above, suggests
from records.core.queries.events import event_of
from records.core.tables.cases import CaseRow, RecordRow
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
    return {}


@suggests(QuarantineConfirmation)
async def suggests_the_arrangement(writing: Writing, case: CaseRow, line: OpenTask) -> Effect:
    """The newest arrangement that waits for its confirmation."""
    row = next(iter(await _waiting(writing, case)), None)
    return {"arrangement": _version(row).model_dump(mode="json")} if row is not None else {}


@checks(QuarantineConfirmation)
async def confirms(writing: Writing, case: CaseRow, form: QuarantineConfirmation) -> Effect:
    """By another person than the approver (S1), while the batch may still go into quarantine."""
    version = form.arrangement.version
    row = await writing.session.get(QuarantineArrangementRow, (case.case_id, version))
    if row is None:
        raise broken("section 1, quarantine shipment", "There is no such arrangement.", arrangement="unknown")
    refuse_unless_current(form.arrangement, _version(row), "arrangement")
    if row.decided_at is not None:
        message = "This arrangement is decided on."
        raise Refused(Code.ALREADY_ANSWERED, message, who=row.decided_by, when=row.decided_at.isoformat())
    refuse_approver(writing.actor.persons, await _approvers(writing, row))
    if form.approve:
        refuse_unless_movable(await _stock(writing, case, row.market))
    return {}


async def _stock(writing: Writing, case: CaseRow, market: str) -> MarketStock:
    batch = await writing.session.get_one(BatchRow, case.case_id, populate_existing=True)
    stock = await stock_of(writing, batch, market)
    if stock is None:
        message = "The batch is not made for this market."
        raise broken("section 1, quarantine shipment", message, market="is none of the batch")
    return stock


async def _waiting(writing: Writing, case: CaseRow) -> list[QuarantineArrangementRow]:
    query = select(QuarantineArrangementRow).where(
        col(QuarantineArrangementRow.batch_id) == case.case_id, col(QuarantineArrangementRow.decided_at).is_(None)
    )
    return list((await writing.session.exec(query.order_by(col(QuarantineArrangementRow.version).desc()))).all())


async def _approvers(writing: Writing, row: QuarantineArrangementRow) -> frozenset[str]:
    key = (row.batch_id, QuarantineApproval.action.name, row.version)
    record = await writing.session.get_one(RecordRow, key)
    return (await event_of(writing.session, row.batch_id, record.number)).actor.persons


def _version(row: QuarantineArrangementRow) -> RecordVersion:
    return RecordVersion(version=row.version, sha256=row.sha256)
