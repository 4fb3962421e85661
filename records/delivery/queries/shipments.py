"""A delivery as it is shown in its case."""

from domain.core.forms import Process
from domain.delivery.views import ArrivalView, ShipmentSummary
from records.batch.tables.batches import BatchRow
from records.core.queries.visibility import reads_everything
from records.core.shown import Reading, shows
from records.core.tables.cases import CaseRow
from records.delivery.shipping import goods_of
from records.delivery.tables import ShipmentRow


@shows(Process.SHIPMENT, "shipment")
async def shipment_of_case(reading: Reading, case: CaseRow) -> ShipmentSummary | None:
    """The delivery that a case is about. What came of it is shown to the sponsor's people alone (S6)."""
    row = await reading.session.get(ShipmentRow, case.case_id)
    if row is None:
        return None
    batch = await reading.session.get_one(BatchRow, row.batch_id)
    arrival = None
    if row.received_at is not None and reads_everything(reading.actor):
        shown = row.model_dump(include=set(ArrivalView.model_fields))
        arrival = ArrivalView.model_validate({**shown, "blocked": goods_of(row, batch).blocked})
    return ShipmentSummary.model_validate(
        {**row.model_dump(include=set(ShipmentSummary.model_fields)), "unit": batch.unit or "", "arrival": arrival}
    )
