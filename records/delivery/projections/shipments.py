"""Deliveries of batches, and arrangements for quarantine, as functions of the journal."""

from datetime import date
from decimal import Decimal

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.batch.batch import PhysicalStatus
from domain.core.events import Event
from domain.delivery.quarantine import QuarantineApproval, QuarantineConfirmation
from domain.delivery.receipt import DisposalKind, GoodsDisposal, ShipmentReceipt, Unblocking
from domain.delivery.shipment import ShipmentCancellation, ShipmentDispatch, ShipmentOrder
from domain.delivery.transport import TransportAssessment, TransportRecord
from records.batch.tables.batches import BatchRow
from records.core.payloads import part, submitted
from records.core.projectors import follows
from records.delivery.tables import QuarantineArrangementRow, ShipmentRow


@follows(*ShipmentOrder.action.event_types(), order=1)
async def order(session: AsyncSession, event: Event) -> None:
    """A delivery is ordered."""
    form, effect = submitted(event, ShipmentOrder), part(event, "effect")
    arrangement = effect["arrangement"]
    session.add(
        ShipmentRow(
            case_id=event.stream,
            batch_id=form.batch_id,
            market=form.market,
            quantity=str(form.quantity),
            quarantine=form.quarantine,
            arrangement=int(arrangement) if arrangement is not None else None,
            destination=form.destination.name,
            address=form.destination.address,
            trial=form.trial,
            supply_exception=form.supply_exception,
            carrier=form.carrier,
            zone=effect.get("zone"),
            deliver_by=form.deliver_by,
            ordered_at=event.occurred_at,
        )
    )


@follows(*ShipmentCancellation.action.event_types())
async def cancel(session: AsyncSession, event: Event) -> None:
    """It is called off."""
    (await session.get_one(ShipmentRow, event.stream)).cancelled_at = event.occurred_at


@follows(*ShipmentDispatch.action.event_types())
async def dispatch(session: AsyncSession, event: Event) -> None:
    """It is on its way. A batch that waits for its release is in quarantine on the way, too."""
    form, row = submitted(event, ShipmentDispatch), await session.get_one(ShipmentRow, event.stream)
    row.dispatched_at, row.dispatched_quantity = form.dispatched_at, str(form.quantity)
    row.loggers = [*form.loggers]
    batch = await session.get_one(BatchRow, row.batch_id)
    if row.quarantine and batch.physical_status == PhysicalStatus.QUARANTINE.value:
        batch.physical_status = PhysicalStatus.QUARANTINE_IN_TRANSIT.value


@follows(*ShipmentReceipt.action.event_types())
async def receive(session: AsyncSession, event: Event) -> None:
    """It has arrived. Without a logger nothing is measured on the way, and nothing can be outside."""
    form, effect = submitted(event, ShipmentReceipt), part(event, "effect")
    row = await session.get_one(ShipmentRow, event.stream)
    row.received_at, row.received_on = form.received_at, date.fromisoformat(str(effect["received_on"]))
    row.received_quantity, row.rejected_quantity = str(form.quantity), str(form.rejected)
    row.condition, row.stopped = form.condition.value, bool(effect["stopped"])
    row.within_limits = None if effect["transport_record"] else True
    await session.flush()
    batch = await session.get_one(BatchRow, row.batch_id)
    if batch.physical_status == PhysicalStatus.QUARANTINE_IN_TRANSIT.value and not await _others_travel(session, row):
        status = (
            PhysicalStatus.BLOCKED if effect["rejected_batch"] or effect.get("expired") else PhysicalStatus.QUARANTINE
        )
        batch.physical_status = status.value


@follows(*TransportRecord.action.event_types())
async def record_transport(session: AsyncSession, event: Event) -> None:
    """What the loggers say."""
    effect, row = part(event, "effect"), await session.get_one(ShipmentRow, event.stream)
    row.within_limits, row.findings = bool(effect["within_limits"]), effect["findings"]


@follows(*TransportAssessment.action.event_types())
async def assess_transport(session: AsyncSession, event: Event) -> None:
    """What quality makes of an excursion."""
    row = await session.get_one(ShipmentRow, event.stream)
    row.excursion_accepted = submitted(event, TransportAssessment).acceptable


@follows(*Unblocking.action.event_types())
async def unblock(session: AsyncSession, event: Event) -> None:
    """The goods may go to their market."""
    (await session.get_one(ShipmentRow, event.stream)).unblocked_at = event.occurred_at


@follows(*GoodsDisposal.action.event_types())
async def dispose(session: AsyncSession, event: Event) -> None:
    """Goods were taken away."""
    form, row = submitted(event, GoodsDisposal), await session.get_one(ShipmentRow, event.stream)
    row.disposed_quantity = str(Decimal(row.disposed_quantity) + form.quantity)
    if form.kind is DisposalKind.DESTROYED:
        row.destroyed_quantity = str(Decimal(row.destroyed_quantity) + form.quantity)


@follows(*QuarantineApproval.action.event_types())
async def arrange(session: AsyncSession, event: Event) -> None:
    """An arrangement waits for its confirmation."""
    form = submitted(event, QuarantineApproval)
    session.add(
        QuarantineArrangementRow(
            batch_id=event.stream,
            version=int(str(event.payload["version"])),
            sha256=str(event.payload["sha256"]),
            market=form.market,
            quantity=str(form.quantity),
            destination=form.destination.name,
            address=form.destination.address,
            approved_by=event.actor.person,
            approved_at=event.occurred_at,
        )
    )


@follows(*QuarantineConfirmation.action.event_types())
async def confirm(session: AsyncSession, event: Event) -> None:
    """It is in force, or refused."""
    form = submitted(event, QuarantineConfirmation)
    row = await session.get_one(QuarantineArrangementRow, (event.stream, form.arrangement.version))
    row.confirmed, row.decided_by, row.decided_at = form.approve, event.actor.person, event.occurred_at


async def _others_travel(session: AsyncSession, row: ShipmentRow) -> bool:
    """Whether another shipment of the batch is in quarantine on its way."""
    query = select(ShipmentRow.case_id).where(
        col(ShipmentRow.batch_id) == row.batch_id,
        col(ShipmentRow.case_id) != row.case_id,
        col(ShipmentRow.quarantine),
        col(ShipmentRow.dispatched_at).is_not(None),
        col(ShipmentRow.received_at).is_(None),
    )
    return (await session.exec(query.limit(1))).first() is not None
