"""The quantities of a batch, reconciled."""

from decimal import Decimal

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.batch.batch import MarketDecision
from domain.core.forms import Process
from domain.core.people import Actor
from domain.delivery.destruction import StockKind
from domain.release.reconciliation import Reconciliation, Released, ShippedQuantity, Taken, for_site, reconciled
from records.batch.tables.batches import BatchRow
from records.batch.tables.decisions import BatchMarketRow
from records.core.queries.visibility import reads_everything, visible_case
from records.delivery.shipping import (
    counted,
    decimal,
    destructions_of,
    given_away,
    going,
    gone_before,
    left_of_return,
    returns_of,
    shipments_of,
)
from records.delivery.tables import ShipmentRow
from records.release.tables import ReleaseReviewRow


async def reconciliation(session: AsyncSession, actor: Actor, batch_id: str) -> Reconciliation:
    """What became of a batch, as far as the actor may know. Raises `Refused(NOT_FOUND)`."""
    await visible_case(session, actor, Process.BATCH.value, batch_id)
    batch = await session.get_one(BatchRow, batch_id)
    query = select(BatchMarketRow).where(col(BatchMarketRow.batch_id) == batch_id)
    markets = (await session.exec(query.order_by(col(BatchMarketRow.market)))).all()
    shipped = await shipments_of(session, batch_id)
    counts = await counted(session, batch_id, shipped)
    whole = reconciled(
        batch_id=batch_id,
        number=batch.number,
        unit=batch.unit or "",
        planned=Decimal(batch.size or 0),
        made=decimal(batch.quantity),
        markets=[_released(row, batch) for row in markets],
        shipments=[_shipped(row, counts[row.case_id]) for row in shipped],
        given=await given_away(session, batch_id),
        gone_before=await gone_before(session, batch_id),
        recovered=await _recovered(session, batch_id),
        taken=await _taken(session, batch_id),
    )
    return whole if reads_everything(actor) else for_site(whole)


async def _taken(session: AsyncSession, batch_id: str) -> Taken:
    done = [each for each in await destructions_of(session, batch_id) if each.destroyed_quantity is not None]
    stock = [each for each in done if each.stock != StockKind.SAMPLES.value]
    back = await returns_of(session, batch_id)
    blocked = sum((Decimal(each.destroyed_quantity) for each in await shipments_of(session, batch_id)), Decimal(0))
    elsewhere = [each for each in stock if each.stock != StockKind.DELIVERED.value]
    return Taken(
        at_site=sum((going(each) for each in stock if each.stock == StockKind.AT_SITE.value), Decimal(0)),
        destroyed=sum((going(each) for each in elsewhere), blocked),
        returned=sum((Decimal(each.quantity) for each in back), Decimal(0)),
        usable=sum((left_of_return(each) for each in back if each.usable), Decimal(0)),
    )


async def _recovered(session: AsyncSession, batch_id: str) -> Decimal:
    query = select(ReleaseReviewRow.recovered).where(col(ReleaseReviewRow.batch_id) == batch_id)
    return sum((Decimal(each) for each in (await session.exec(query)).all() if each is not None), Decimal(0))


def _released(row: BatchMarketRow, batch: BatchRow) -> Released:
    """All that was made, where the release names no quantity."""
    decision = MarketDecision(row.decision) if row.decision else None
    quantity = Decimal(row.quantity or batch.quantity or 0) if decision is MarketDecision.RELEASE else Decimal(0)
    return Released(row.market, decision, quantity, is_taken_back=row.withdrawn_at is not None)


def _shipped(row: ShipmentRow, counts: Decimal) -> ShippedQuantity:
    return ShippedQuantity(
        shipment_id=row.case_id,
        market=row.market,
        quarantine=row.quarantine,
        ordered=Decimal(row.quantity),
        dispatched=decimal(row.dispatched_quantity),
        received=decimal(row.received_quantity),
        rejected=decimal(row.rejected_quantity),
        disposed=Decimal(row.disposed_quantity) + Decimal(row.removed_quantity),
        counted=counts,
    )
