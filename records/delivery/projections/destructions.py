"""Destructions, as functions of the journal."""

from decimal import Decimal

from sqlmodel.ext.asyncio.session import AsyncSession

from domain.core.events import Event
from domain.delivery.destruction import (
    DestructionApproval,
    DestructionCancellation,
    DestructionOrder,
    DestructionRecord,
    StockKind,
)
from records.core.payloads import part, submitted
from records.core.projectors import follows
from records.delivery.stock import settle_destroyed
from records.delivery.tables import DestructionRow, ReturnRow, ShipmentRow


@follows(*DestructionOrder.action.event_types(), order=1)
async def order_destruction(session: AsyncSession, event: Event) -> None:
    """It waits for its approval; what it is about is promised to it."""
    form = submitted(event, DestructionOrder)
    session.add(
        DestructionRow(
            case_id=event.stream,
            batch_id=form.batch_id,
            stock=form.stock.value,
            held_in=form.held_in,
            quantity=str(form.quantity),
        )
    )


@follows(*DestructionApproval.action.event_types())
async def approve_destruction(session: AsyncSession, event: Event) -> None:
    """It may be carried out, or not."""
    row = await session.get_one(DestructionRow, event.stream)
    if submitted(event, DestructionApproval).approve:
        row.approved_at = row.approved_at or event.occurred_at
        row.fell_at = row.fell_because = None
    else:
        row.refused_at = event.occurred_at


@follows("destruction.approval_fell")
async def approval_falls(session: AsyncSession, event: Event) -> None:
    """Something has come to need it: the approval is asked anew."""
    needed_by = part(event, "effect")["needed_by"]
    if needed_by:
        row = await session.get_one(DestructionRow, event.stream)
        row.fell_at, row.fell_because = event.occurred_at, ", ".join(map(str, needed_by))


@follows(*DestructionCancellation.action.event_types())
async def cancel_destruction(session: AsyncSession, event: Event) -> None:
    """It takes nothing any more."""
    (await session.get_one(DestructionRow, event.stream)).refused_at = event.occurred_at


@follows(*DestructionRecord.action.event_types())
async def record_destruction(session: AsyncSession, event: Event) -> None:
    """It is gone from where it lay; the batch is destroyed once nothing of it is left."""
    form, row = submitted(event, DestructionRecord), await session.get_one(DestructionRow, event.stream)
    row.destroyed_on, row.destroyed_quantity = form.destroyed_on, str(form.quantity)
    row.done_although = form.done_although
    if row.stock == StockKind.DELIVERED.value:
        shipment = await session.get_one(ShipmentRow, row.held_in)
        shipment.removed_quantity = str(Decimal(shipment.removed_quantity) + form.quantity)
        shipment.destroyed_quantity = str(Decimal(shipment.destroyed_quantity) + form.quantity)
    elif row.stock == StockKind.RETURNED.value:
        back = await session.get_one(ReturnRow, row.held_in)
        back.destroyed_quantity = str(Decimal(back.destroyed_quantity) + form.quantity)
    await settle_destroyed(session, row.batch_id, event.occurred_at)
