"""What is known of the transport of a batch (gate G12)."""

from collections.abc import Sequence
from decimal import Decimal

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.batch.gate.chain_facts import TransportFacts
from records.delivery.tables import ShipmentRow


async def transport_facts(session: AsyncSession, batch_id: str) -> tuple[TransportFacts, ...]:
    """What is known of the transport of one batch, as `transports_of` says it."""
    return (await transports_of(session, [batch_id])).get(batch_id, ())


async def transports_of(session: AsyncSession, batch_ids: Sequence[str]) -> dict[str, tuple[TransportFacts, ...]]:
    """By batch: each shipment of which something is under way or there: whether it stayed within its conditions.

    Goods that were all returned or destroyed stand against nothing. An excursion that quality has assessed and accepted
    counts as within. Where no condition asks for a logger, nothing is measured: then it is within once it is received.
    """
    query = select(ShipmentRow).where(
        col(ShipmentRow.batch_id).in_(batch_ids), col(ShipmentRow.dispatched_at).is_not(None)
    )
    found: dict[str, tuple[TransportFacts, ...]] = {}
    for row in (await session.exec(query.order_by(col(ShipmentRow.case_id)))).all():
        if row.received_quantity is None or Decimal(row.disposed_quantity) < Decimal(row.received_quantity):
            found[row.batch_id] = (*found.get(row.batch_id, ()), _facts(row))
    return found


def _facts(row: ShipmentRow) -> TransportFacts:
    return TransportFacts(
        shipment_id=row.case_id,
        within_limits=row.excursion_accepted or row.within_limits,
        received=row.received_at is not None,
        market=row.market,
    )
