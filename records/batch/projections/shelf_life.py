"""The end of the shelf life of batches, as a function of the journal."""

from sqlmodel.ext.asyncio.session import AsyncSession

from domain.batch.batch import PhysicalStatus
from domain.core.events import Event
from records.batch.tables.batches import BatchRow
from records.core.projectors import follows

_LIES = (PhysicalStatus.QUARANTINE.value, PhysicalStatus.UNRESTRICTED.value)
"""Goods that lie somewhere. What is on its way is blocked when it arrives."""


@follows("batch.expired")
async def expire(session: AsyncSession, event: Event) -> None:
    """The goods are blocked, whatever was decided on them. They can still be rejected and taken away."""
    batch = await session.get_one(BatchRow, event.stream)
    batch.expired_at = event.occurred_at
    if batch.physical_status in _LIES:
        batch.physical_status = PhysicalStatus.BLOCKED.value


@follows("batch.retest_due")
async def await_retest(session: AsyncSession, event: Event) -> None:
    """It is known to be due; the hold that follows stops it."""
    (await session.get_one(BatchRow, event.stream)).retest_due_at = event.occurred_at
