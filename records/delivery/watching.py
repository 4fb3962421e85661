"""What happens to a batch reaches its deliveries and destructions: their procedures look at it anew."""

from collections.abc import Sequence

from sqlmodel import col, or_, select

from domain.core.case import Subject
from domain.core.entry import Send
from domain.core.forms import Process
from domain.event.site_event import SiteEventReport
from records.batch.tables.batches import BatchRow
from records.core.outgoing import outbox
from records.core.reactions import after_entry
from records.core.tables.cases import CaseRow
from records.core.writing import Writing
from records.delivery.shipping import ordered, stock_of
from records.delivery.stock import needed_by
from records.delivery.tables import DestructionRow, ShipmentRow

_OF_A_BATCH = f"{Process.BATCH.prefix}-"
_REPORTED = frozenset(SiteEventReport.action.event_types())
"""An event names lots; it is written in a stream of its own."""


@after_entry(order=1)
async def notify_deliveries(writing: Writing) -> None:
    """Orders that may never leave are stopped; approvals of what somebody needs by now fall.

    Their own procedures say so, in their own streams.
    """
    batches = sorted({event.stream for event in writing.events if event.stream.startswith(_OF_A_BATCH)})
    sites = sorted({str(event.site_id) for event in writing.events if event.type in _REPORTED})
    if not batches and not sites:
        return
    for shipment in await _waiting(writing, batches):
        batch = await writing.session.get_one(BatchRow, shipment.batch_id)
        order = ordered(await writing.session.get_one(CaseRow, shipment.case_id))
        supply = order.supply_exception
        stock = await stock_of(
            writing, batch, order.market, zone=shipment.zone if supply else None, supply=supply, by_the_gates=False
        )
        if stock is not None and stock.over_for_good:
            _notify(writing, shipment.case_id)
    for destruction in await _approved(writing, batches, sites):
        if await needed_by(writing, await writing.session.get_one(BatchRow, destruction.batch_id)):
            _notify(writing, destruction.case_id)


async def _waiting(writing: Writing, batches: Sequence[str]) -> Sequence[ShipmentRow]:
    """The deliveries of batches that were ordered and have not left."""
    query = select(ShipmentRow).where(
        col(ShipmentRow.batch_id).in_(batches),
        col(ShipmentRow.dispatched_at).is_(None),
        col(ShipmentRow.cancelled_at).is_(None),
    )
    return (await writing.session.exec(query.order_by(col(ShipmentRow.case_id)))).all() if batches else ()


async def _approved(writing: Writing, batches: Sequence[str], sites: Sequence[str]) -> Sequence[DestructionRow]:
    """The destructions that may be carried out, of batches and of what is made at sites."""
    query = (
        select(DestructionRow)
        .join(BatchRow, col(BatchRow.batch_id) == col(DestructionRow.batch_id))
        .where(
            or_(col(BatchRow.batch_id).in_(batches), col(BatchRow.site_id).in_(sites)),
            col(DestructionRow.approved_at).is_not(None),
            col(DestructionRow.fell_at).is_(None),
            col(DestructionRow.refused_at).is_(None),
            col(DestructionRow.destroyed_on).is_(None),
        )
    )
    return (await writing.session.exec(query.order_by(col(DestructionRow.case_id)))).all()


def _notify(writing: Writing, case_id: str) -> None:
    message_id = f"{writing.entry.command_id}:{case_id}"
    line = Send(to=case_id, subject=Subject.CHANGED, payload={})
    outbox.signal(writing.session, writing.recorded_at, case_id, message_id, writing.entry.stream, line)
