"""Goods may be used through their last day in the time zone in which they lie: at the site, or where they go."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from domain.core.forms import Process
from records.batch.tables.batches import BatchRow
from records.core.tables.master_data import SiteRow
from tests.records.databases import on_one_database
from tests.records.delivering import (
    COLD,
    decided,
    dispatched,
    goods,
    order_of,
    ordered,
    readings,
    released,
    shipment_row,
)
from tests.records.qualifying import Qualifying, a_case, refused
from tests.records.seeded import START, Seeded

pytestmark = on_one_database
LAST_DAY = date(2025, 1, 20)
AUCKLAND, BERLIN, CHICAGO = "Pacific/Auckland", "Europe/Berlin", "America/Chicago"
ENDS = {
    AUCKLAND: datetime(2025, 1, 20, 11, tzinfo=UTC),
    BERLIN: datetime(2025, 1, 20, 23, tzinfo=UTC),
    CHICAGO: datetime(2025, 1, 21, 6, tzinfo=UTC),
}
MINUTE = timedelta(minutes=1)


async def on_its_way(seeded: Seeded, zone: str) -> Qualifying:
    """A delivery has left whose goods have their last day a week later."""
    batch = await released(seeded)
    shipment = await dispatched(seeded, batch, time_zone=zone)
    async with seeded.database.writing() as session:
        (await session.get_one(BatchRow, batch.case_id)).expiry_on = LAST_DAY
    return shipment


@pytest.mark.parametrize("zone", [*ENDS])
async def test_goods_on_their_way_are_blocked_from_the_midnight_at_their_destination_on(
    seeded: Seeded, zone: str
) -> None:
    shipment = await on_its_way(seeded, zone)
    shipment.at = ENDS[zone]
    late = await shipment.does("sana", "receive", received_at=shipment.at.isoformat())
    assert (late.effect["expired"], late.effect["stopped"]) == (True, True)
    assert (await goods(shipment)).blocked == 10


@pytest.mark.parametrize("zone", [*ENDS])
async def test_goods_that_have_arrived_in_time_are_blocked_at_that_midnight(seeded: Seeded, zone: str) -> None:
    shipment = await on_its_way(seeded, zone)
    shipment.at = ENDS[zone] - MINUTE
    received = await shipment.does("sana", "receive", received_at=shipment.at.isoformat())
    assert (received.effect["expired"], received.effect["stopped"]) == (False, False)
    assert (await shipment_row(shipment)).received_on == LAST_DAY
    await shipment.does("sana", "transport-record", series=readings(*COLD))
    assert (await goods(shipment)).expired is False
    shipment.at += MINUTE
    assert ((await goods(shipment)).expired, (await goods(shipment)).blocked) == (True, Decimal(10))


async def test_a_delivery_that_was_ordered_before_ends_as_its_batch_does(seeded: Seeded) -> None:
    shipment = await on_its_way(seeded, CHICAGO)
    row = await shipment_row(shipment)
    async with seeded.database.writing() as session:
        (await session.get_one(type(row), row.case_id)).zone = None
    shipment.at = ENDS[BERLIN] - MINUTE
    assert (await goods(shipment)).expired is False
    async with seeded.database.writing() as session:
        (await session.get_one(BatchRow, row.batch_id)).expired_at = ENDS[BERLIN]
    assert (await goods(shipment)).expired is True


@pytest.mark.parametrize(
    ("given", "field", "fault"),
    [
        ({"time_zone": None}, "time_zone", "is required unless the destination is a registered site"),
        ({"time_zone": None, "to_site_id": "XX-99"}, "to_site_id", "unknown"),
        ({"time_zone": AUCKLAND, "to_site_id": "VM-02"}, "time_zone", "at VM-02"),
    ],
)
async def test_the_zone_of_the_destination_is_stated_or_that_of_a_registered_site(
    seeded: Seeded, given: dict[str, Any], field: str, fault: str
) -> None:
    batch = await released(seeded)
    assert fault in (await refused(ordered(seeded, batch, **given))).fields[field]


async def test_days_of_an_order_are_days_at_its_destination(seeded: Seeded) -> None:
    batch = await released(seeded)
    site = await seeded.row(SiteRow, "VM-02")
    elsewhere = await refused(ordered(seeded, batch, time_zone=None, to_site_id="VM-02"))
    assert elsewhere.fields == {"destination.address": f"is not that of VM-02: {site.address}"}
    there = {"name": "Veldmark", "address": site.address.upper()}
    shipment = await ordered(seeded, batch, time_zone=None, to_site_id="VM-02", destination=there)
    assert (await shipment_row(shipment)).zone == site.tz
    yesterday = (START - timedelta(days=1)).date().isoformat()
    passed = await refused(ordered(seeded, batch, deliver_by=yesterday))
    assert passed.fields == {"deliver_by": "is in the past"}
    assert order_of(batch)["time_zone"] == BERLIN


async def test_the_zone_of_a_registered_site_need_not_be_sent(seeded: Seeded) -> None:
    batch = await released(seeded)
    site = await seeded.row(SiteRow, "VM-02")
    order = order_of(batch, to_site_id="VM-02", destination={"name": "Veldmark", "address": site.address})
    del order["time_zone"]
    shipment = await a_case(seeded, Process.SHIPMENT, order, by="sana")
    assert (await shipment_row(shipment)).zone == site.tz


async def test_what_is_released_for_a_market_goes_to_no_site_outside_its_area(seeded: Seeded) -> None:
    batch = await released(seeded)
    async with seeded.database.writing() as session:
        site = await session.get_one(SiteRow, "VM-02")
        site.country, address = "CH", site.address
    there: dict[str, Any] = {
        "time_zone": None, "to_site_id": "VM-02", "destination": {"name": "Veldmark", "address": address},
    }  # fmt: skip
    refusal = await refused(ordered(seeded, batch, **there))
    assert refusal.fields == {
        "to_site_id": "is in Switzerland, outside the area of EU: from there it would be imported anew"
    }
    await decided(seeded, batch, "US")
    await ordered(seeded, batch, market="US", **there)
