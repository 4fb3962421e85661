"""A delivery as it is shown in its case."""

from sqlmodel.ext.asyncio.session import AsyncSession

from domain.core.people import Actor
from domain.delivery.views import ArrivalView, ShipmentSummary
from records.batch.tables.batches import BatchRow
from records.core.queries.visibility import reads_everything
from records.delivery.shipping import goods_of
from records.delivery.tables import ShipmentRow


async def shipment_of_case(session: AsyncSession, actor: Actor, case_id: str) -> ShipmentSummary | None:
    """The delivery that a case is about. What came of it is shown to the sponsor's people alone (S6)."""
    row = await session.get(ShipmentRow, case_id)
    if row is None:
        return None
    batch = await session.get_one(BatchRow, row.batch_id)
    arrival = None
    if row.received_at is not None and reads_everything(actor):
        shown = row.model_dump(include=set(ArrivalView.model_fields))
        arrival = ArrivalView.model_validate({**shown, "blocked": goods_of(row).blocked})
    return ShipmentSummary.model_validate(
        {**row.model_dump(include=set(ShipmentSummary.model_fields)), "unit": batch.unit or "", "arrival": arrival}
    )
