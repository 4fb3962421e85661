"""What the decisions on its markets make of a batch, as a function of the journal."""

from collections.abc import Iterable
from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.batch.batch import MarketDecision, PhysicalStatus
from domain.batch.holds.holds import BatchState
from domain.batch.market_refusal import RefusedAs
from domain.policy.rejection_grounds import RejectionGrounds
from records.batch.tables.batches import BatchRow
from records.batch.tables.decisions import BatchMarketRow

_MOVABLE = (PhysicalStatus.QUARANTINE.value, PhysicalStatus.QUARANTINE_IN_TRANSIT.value)


async def settle(session: AsyncSession, batch_id: str) -> None:
    """What the decisions on all its markets make of a batch: released as soon as one is, at rest once all are."""
    await session.flush()
    batch = await session.get_one(BatchRow, batch_id)
    query = select(BatchMarketRow).where(col(BatchMarketRow.batch_id) == batch_id)
    markets = (await session.exec(query.order_by(col(BatchMarketRow.market)))).all()
    batch.released = any(
        each.decision == MarketDecision.RELEASE.value and each.withdrawn_at is None for each in markets
    )
    batch.supplied = any(each.supply_stands for each in markets)
    if all(each.decision is not None for each in markets):
        batch.state = _rests_as(batch).value
        batch.physical_status = _lies(batch.physical_status, markets, released=batch.released)
        if batch.blocked_from is not None:
            batch.blocked_from = _lies(batch.blocked_from, markets, released=batch.released)


def _rests_as(batch: BatchRow) -> BatchState:
    if batch.released:
        return BatchState.CERTIFIED
    return BatchState.SUPPLIED if batch.supplied else BatchState.CLOSED


def _lies(status: str, markets: Iterable[BatchMarketRow], *, released: bool) -> str:
    """How goods lie once every market is decided. What waits for an official batch release (again) is in quarantine."""
    is_free = any(_is_free(each) for each in markets)
    if status in _MOVABLE and not released:
        return PhysicalStatus.BLOCKED.value
    if status in _MOVABLE and is_free:
        return PhysicalStatus.UNRESTRICTED.value
    if status == PhysicalStatus.UNRESTRICTED.value and released and not is_free:
        return PhysicalStatus.QUARANTINE.value
    return status


def _is_free(market: BatchMarketRow) -> bool:
    """Whether goods may be there for a market: released, and no official batch release is waited for."""
    released = market.decision == MarketDecision.RELEASE.value and market.withdrawn_at is None
    return released and not market.awaits_official_release


async def stand_anew(session: AsyncSession, batch_id: str) -> None:
    """A release is taken back. The goods are blocked once no market is released any more."""
    await settle(session, batch_id)
    batch = await session.get_one(BatchRow, batch_id)
    if not batch.released and batch.physical_status != PhysicalStatus.DESTROYED.value:
        batch.physical_status = PhysicalStatus.BLOCKED.value


def state_grounds(
    row: BatchMarketRow, how: RefusedAs, grounds: Iterable[RejectionGrounds], because: str, at: datetime
) -> None:
    """A market refuses the batch, and says on what grounds. Older rejections have stated none."""
    row.refused_as, row.grounds = how.value, [each.value for each in grounds]
    row.refused_because, row.grounds_at = because, at
