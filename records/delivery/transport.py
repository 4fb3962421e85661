"""What is known of the transport of a batch (gate G12)."""

from decimal import Decimal

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.batch.gate_facts import TransportFacts
from records.delivery.tables import ShipmentRow


async def transport_facts(session: AsyncSession, batch_id: str) -> tuple[TransportFacts, ...]:
    """Each shipment of a batch of which something is under way or there: whether it stayed within its conditions.

    Goods that were all returned or destroyed stand against nothing. An excursion that quality has assessed and accepted
    counts as within. Where no condition asks for a logger, nothing is measured: then it is within once it is received.
    """
    query = select(ShipmentRow).where(
        col(ShipmentRow.batch_id) == batch_id, col(ShipmentRow.dispatched_at).is_not(None)
    )
    return tuple(
        TransportFacts(
            shipment_id=row.case_id,
            within_limits=row.excursion_accepted or row.within_limits,
            received=row.received_at is not None,
            market=row.market,
        )
        for row in (await session.exec(query.order_by(col(ShipmentRow.case_id)))).all()
        if row.received_quantity is None or Decimal(row.disposed_quantity) < Decimal(row.received_quantity)
    )
