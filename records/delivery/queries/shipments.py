"""A delivery as it is shown in its case."""

from domain.core.forms import Process
from domain.delivery.green_light import Lack
from domain.delivery.views import ArrivalView, ShipmentSummary
from records.batch.tables.batches import BatchRow
from records.core.queries.visibility import reads_everything
from records.core.shown import Reading, shows
from records.core.tables.cases import CaseRow
from records.delivery.green_lights import lack_on
from records.delivery.shipping import goods_of, ordered
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
        blocked = goods_of(row, batch, reading.now).blocked
        arrival = ArrivalView.model_validate({**shown, "blocked": blocked})
    lack = await _lack(reading, case, row, batch)
    return ShipmentSummary.model_validate(
        {
            **row.model_dump(include=set(ShipmentSummary.model_fields)),
            "unit": batch.unit or "",
            "arrival": arrival,
            "no_green_light": f"{lack.field} {lack.words}" if lack is not None else None,
        }
    )


async def _lack(reading: Reading, case: CaseRow, row: ShipmentRow, batch: BatchRow) -> Lack | None:
    if row.quarantine or row.dispatched_at or row.cancelled_at or not reads_everything(reading.actor):
        return None
    return await lack_on(reading.session, batch, ordered(case), reading.now.date())
