"""Decisions on batches by market, as functions of the journal."""

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.batch import MarketDecision, PhysicalStatus
from domain.certification import CertificationDecision, QcuApproval, QpCertification
from domain.events import Event
from domain.holds import BatchState
from records.projections.declared import follows
from records.projections.payloads import part, submitted
from records.tables import BatchMarketRow, BatchRow

_MOVABLE = (PhysicalStatus.QUARANTINE.value, PhysicalStatus.QUARANTINE_IN_TRANSIT.value)


@follows(*QpCertification.action.event_types())
async def certify(session: AsyncSession, event: Event) -> None:
    """A qualified person has decided."""
    await _decide(session, event, submitted(event, QpCertification))


@follows(*QcuApproval.action.event_types())
async def approve(session: AsyncSession, event: Event) -> None:
    """The quality unit has decided."""
    await _decide(session, event, submitted(event, QcuApproval))


async def _decide(session: AsyncSession, event: Event, form: CertificationDecision) -> None:
    effect = part(event, "effect")
    row = await session.get_one(BatchMarketRow, (event.stream, form.market))
    row.decision, row.decided_by, row.decided_at = form.decision.value, event.actor.person, event.occurred_at
    row.event_number = event.number
    if form.decision is MarketDecision.RELEASE:
        row.quantity = str(form.quantity)
        row.certificate_number = str(effect["certificate_number"])
        row.register_name, row.register_number = str(effect["register"]), int(str(effect["register_number"]))
    await settle(session, event.stream)


async def settle(session: AsyncSession, batch_id: str) -> None:
    """What the decisions on all its markets make of a batch: released as soon as one is, at rest once all are."""
    await session.flush()
    batch = await session.get_one(BatchRow, batch_id)
    query = select(BatchMarketRow).where(col(BatchMarketRow.batch_id) == batch_id)
    markets = (await session.exec(query.order_by(col(BatchMarketRow.market)))).all()
    batch.released = any(
        each.decision == MarketDecision.RELEASE.value and each.withdrawn_at is None for each in markets
    )
    if all(each.decision is not None for each in markets):
        batch.state = (BatchState.CERTIFIED if batch.released else BatchState.CLOSED).value
        if batch.physical_status in _MOVABLE:
            status = PhysicalStatus.UNRESTRICTED if batch.released else PhysicalStatus.BLOCKED
            batch.physical_status = status.value
