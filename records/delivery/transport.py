"""What is known of the transport of a batch (gate G12)."""

from collections.abc import Sequence
from decimal import Decimal

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.batch.gate.chain_facts import TransportFacts
from domain.delivery.shipment import ShipmentOrder, needs_logger
from records.core.tables.cases import CaseRow
from records.delivery.shipping import leaving
from records.delivery.tables import ShipmentRow


async def transport_facts(session: AsyncSession, batch_id: str) -> tuple[TransportFacts, ...]:
    """What is known of the transport of one batch, as `transports_of` says it."""
    return (await transports_of(session, [batch_id])).get(batch_id, ())


async def transports_of(session: AsyncSession, batch_ids: Sequence[str]) -> dict[str, tuple[TransportFacts, ...]]:
    """By batch: each shipment of which something is under way or there: whether it stayed within its conditions.

    Goods that were all returned or destroyed stand against nothing. An excursion that quality has assessed and accepted
    counts as within. Where no condition asks for a logger, nothing is measured: then it is within once it is received.
    """
    query = (
        select(ShipmentRow, CaseRow)
        .join(CaseRow, col(CaseRow.case_id) == col(ShipmentRow.case_id))
        .where(col(ShipmentRow.batch_id).in_(batch_ids), col(ShipmentRow.dispatched_at).is_not(None))
    )
    found: dict[str, tuple[TransportFacts, ...]] = {}
    for row, case in (await session.exec(query.order_by(col(ShipmentRow.case_id)))).all():
        if row.received_quantity is None or Decimal(row.disposed_quantity) < Decimal(row.received_quantity):
            order = ShipmentOrder.stored(case.order["request"])
            found[row.batch_id] = (*found.get(row.batch_id, ()), _facts(row, order))
    return found


def _facts(row: ShipmentRow, order: ShipmentOrder) -> TransportFacts:
    return TransportFacts(
        shipment_id=row.case_id,
        within_limits=row.excursion_accepted or row.within_limits,
        is_measured=needs_logger(order),
        is_in_quarantine=row.quarantine and row.unblocked_at is None,
        dispatched_at=row.dispatched_at,
        received_at=row.received_at,
        to_site_id=order.to_site_id,
        market=row.market,
        quantity=leaving(row),
    )
