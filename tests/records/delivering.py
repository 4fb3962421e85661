"""Batches that may be delivered: made, and released for a market. The certificate is a row that the test puts in."""

from datetime import timedelta
from typing import Any

from pydantic import JsonValue

from domain.batch.batch import MarketDecision
from domain.core.forms import Process
from domain.delivery.receipt import Goods
from domain.delivery.shipment import ShipmentOrder
from records.batch.tables.batches import BatchRow
from records.batch.tables.decisions import BatchMarketRow
from records.delivery.shipping import goods_of
from records.delivery.tables import ShipmentRow
from tests.domain.filling import filled
from tests.records.making import made, ready
from tests.records.qualifying import Qualifying, a_case
from tests.records.seeded import START, Seeded

LEFT = START + timedelta(hours=1)
ARRIVED = LEFT + timedelta(hours=2)
DELIVER_BY = "2025-02-28"


async def decided(
    seeded: Seeded, batch: Qualifying, market: str = "EU", *, decision: str | None = "RELEASE", **changes: Any
) -> None:
    """A market is decided on."""
    async with seeded.database.writing() as session:
        row = await session.get_one(BatchMarketRow, (batch.case_id, market))
        row.decision, row.quantity = decision, "100"
        for name, value in changes.items():
            setattr(row, name, value)
        if decision == MarketDecision.RELEASE.value:
            (await session.get_one(BatchRow, batch.case_id)).released = True


async def released(seeded: Seeded, **changes: Any) -> Qualifying:
    """A batch of 118.4 kg, of which 100 kg are released for the EU."""
    await ready(seeded)
    batch = await made(seeded, **changes)
    await decided(seeded, batch)
    return batch


def order_of(batch: Qualifying, **changes: Any) -> dict[str, Any]:
    given = {"batch_id": batch.case_id, "deliver_by": DELIVER_BY, "time_zone": "Europe/Berlin", **changes}
    return filled(ShipmentOrder, given).model_dump(mode="json")


async def ordered(seeded: Seeded, batch: Qualifying, by: str = "sana", **changes: Any) -> Qualifying:
    """A delivery of 10 kg is ordered."""
    return await a_case(seeded, Process.SHIPMENT, order_of(batch, **changes), by=by)


async def dispatched(seeded: Seeded, batch: Qualifying, **changes: Any) -> Qualifying:
    """It has left, with one logger."""
    shipment = await ordered(seeded, batch, **changes)
    shipment.at = LEFT
    await shipment.does("vito", "dispatch")
    return shipment


async def received(seeded: Seeded, batch: Qualifying, **changes: Any) -> Qualifying:
    """It has arrived two hours later."""
    shipment = await dispatched(seeded, batch, **changes)
    shipment.at = ARRIVED
    await shipment.does("sana", "receive")
    return shipment


def readings(*values: str) -> list[JsonValue]:
    """One logger, a value every 40 minutes from the dispatch on."""
    points: list[JsonValue] = [
        {"at": (LEFT + timedelta(minutes=40 * n)).isoformat(), "value": value} for n, value in enumerate(values)
    ]
    return [{"logger": "TL-88213", "kind": "TEMPERATURE", "unit": "Cel", "readings": points}]


FILE = {"document_id": "DOC-1", "sha256": "0" * 64}
COLD = ("5", "5", "5", "5")
WARM = ("5", "12", "12", "5")
LATER = ARRIVED + timedelta(hours=20)
SEALED = [{"number": "Drum 1", "seal": "S-1"}]
GOOD: dict[str, Any] = {
    "usable": True, "seals_intact": True, "storage_proven": True, "storage_evidence": [FILE], "minutes_outside": 0,
}  # fmt: skip
"""What quality says of returned goods that are good."""


async def arranged(seeded: Seeded, batch: Qualifying, **changes: Any) -> None:
    """A quarantine shipment is approved and confirmed."""
    batch.passes(minutes=1)
    await batch.answers("priya", "arrange-quarantine", changes)
    await batch.does("quentin", "confirm-quarantine")


async def shipment_row(shipment: Qualifying) -> ShipmentRow:
    return await shipment.seeded.row(ShipmentRow, shipment.case_id)


async def status_of_goods(batch: Qualifying) -> str:
    return (await batch.seeded.row(BatchRow, batch.case_id)).physical_status


async def goods(shipment: Qualifying) -> Goods:
    """The goods of a shipment that has arrived, as they stand now."""
    row = await shipment_row(shipment)
    return goods_of(row, await shipment.seeded.row(BatchRow, row.batch_id), shipment.at)


async def settled(
    seeded: Seeded, batch: Qualifying, quantity: str = "10", market: str = "EU", **dispatch: Any
) -> Qualifying:
    """A delivery that has arrived as it should, and is over."""
    shipment = await ordered(seeded, batch, quantity=quantity, market=market)
    shipment.at = START + timedelta(hours=1)
    await shipment.does("vito", "dispatch", **{"containers": SEALED, **dispatch})
    shipment.at = ARRIVED
    await shipment.does("sana", "receive")
    await shipment.does("sana", "transport-record", series=readings(*COLD))
    await shipment.closes("CLOSED")
    return shipment


async def came_back(seeded: Seeded, shipment: Qualifying, quantity: str = "4", **changes: Any) -> Qualifying:
    """A part of it comes back."""
    form = {
        "shipment_id": shipment.case_id, "quantity": quantity, "received_at": LATER.isoformat(),
        "reason": "Ordered too much.", "place": "Cage R-2", "from_country": "DE", **changes,
    }  # fmt: skip
    return await a_case(seeded, Process.RETURN, form, by="sana", at=LATER)
