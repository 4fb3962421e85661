"""Goods that come back, as functions of the journal."""

from decimal import Decimal

from sqlmodel.ext.asyncio.session import AsyncSession

from domain.core.events import Event
from domain.delivery.returns import ReturnAssessment, ReturnReceipt
from records.core.payloads import part, submitted
from records.core.projectors import follows
from records.delivery.tables import ReturnRow, ShipmentRow


@follows(*ReturnReceipt.action.event_types(), order=1)
async def receive_return(session: AsyncSession, event: Event) -> None:
    """They are here, and no longer where the delivery went."""
    form, effect = submitted(event, ReturnReceipt), part(event, "effect")
    session.add(
        ReturnRow(
            case_id=event.stream,
            shipment_id=form.shipment_id,
            batch_id=str(effect["batch_id"]),
            market=str(effect["market"]),
            quantity=str(form.quantity),
            received_at=form.received_at,
            place=form.place,
            from_country=effect.get("from_country"),
            part_containers=[each.model_dump(mode="json") for each in form.part_containers],
        )
    )
    shipment = await session.get_one(ShipmentRow, form.shipment_id)
    shipment.removed_quantity = str(Decimal(shipment.removed_quantity) + form.quantity)


@follows(*ReturnAssessment.action.event_types())
async def assess_return(session: AsyncSession, event: Event) -> None:
    """They are in stock again, or blocked for good."""
    row = await session.get_one(ReturnRow, event.stream)
    form = submitted(event, ReturnAssessment)
    row.usable, row.assessed_at = form.usable, event.occurred_at
    row.from_country = row.from_country or form.from_country
