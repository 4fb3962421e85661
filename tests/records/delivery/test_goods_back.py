"""What comes back is blocked until it is shown to be good; what nobody needs any more is destroyed, and proven."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from domain.core.forms import Process
from domain.core.refusals import Code
from records.batch.tables.batches import BatchRow
from records.batch.tables.decisions import BatchMarketRow
from records.core.shown import Reading
from records.core.tables.cases import CaseRow
from records.delivery.queries.returns import return_of_case
from records.delivery.tables import ReturnRow
from records.release.queries.reconciliation import reconciliation
from tests.records.databases import on_one_database
from tests.records.delivering import (
    FILE,
    GOOD,
    LATER,
    SEALED,
    came_back,
    ordered,
    received,
    released,
    settled,
    status_of_goods,
)
from tests.records.making import made, ready
from tests.records.qualifying import Qualifying, a_case, refused
from tests.records.rebuilt import are_rebuilt_identically
from tests.records.seeded import START, Seeded


async def to_be_destroyed(
    seeded: Seeded,
    batch: Qualifying,
    stock: str = "AT_SITE",
    quantity: str = "10",
    at: datetime = LATER,
    **changes: Any,
) -> Qualifying:
    form = {
        "batch_id": batch.case_id, "stock": stock, "quantity": quantity, "reason": "Rejected.", "method": "Burnt",
        **changes,
    }  # fmt: skip
    return await a_case(seeded, Process.DESTRUCTION, form, by="sana", at=at)


async def destroyed(case: Qualifying, **changes: Any) -> None:
    await case.does("priya", "approve")
    await case.does("sana", "record", destroyed_on=case.at.date().isoformat(), evidence=[FILE], **changes)


async def test_what_comes_back_is_blocked_until_quality_has_seen_seal_storage_time_and_life(seeded: Seeded) -> None:
    batch = await released(seeded)
    on_its_way = await ordered(seeded, batch, quantity="5")
    assert list((await refused(came_back(seeded, on_its_way))).fields) == ["shipment_id"]
    shipment = await settled(seeded, batch)
    assert list((await refused(came_back(seeded, shipment, "10.1"))).fields) == ["quantity"]
    assert list((await refused(came_back(seeded, shipment, received_at=START.isoformat()))).fields) == ["received_at"]
    back = await came_back(seeded, shipment)
    assert list((await refused(came_back(seeded, shipment, "6.1"))).fields) == ["quantity"]  # once, and no more
    for wrong, field in (
        ({"seals_intact": False}, "seals_intact"),
        ({"storage_proven": False}, "storage_proven"),
        ({"storage_evidence": []}, "storage_evidence"),
        ({"minutes_outside": 31}, "minutes_outside"),
    ):
        assert list((await refused(back.does("priya", "assess", **{**GOOD, **wrong}))).fields) == [field]
    assert (await refused(back.does("sana", "assess", **GOOD))).code is Code.WRONG_ROLE
    assert list((await refused(ordered(seeded, batch, quantity="85.1"))).fields) == ["quantity"]  # blocked, it is none
    await back.does("priya", "assess", **GOOD)
    async with seeded.database.reading() as session:
        found = await reconciliation(session, await seeded.actor("sana"), batch.case_id)
    assert (found.dispatched, found.returned, found.remaining) == (Decimal(10), Decimal(4), Decimal("112.4"))
    await ordered(seeded, batch, quantity="89")  # 100 are released, 5 and 10 were ordered, 4 came back
    assert list((await refused(ordered(seeded, batch, quantity="0.1"))).fields) == ["quantity"]
    await are_rebuilt_identically(seeded.database, "goods_returns", "shipments")


@on_one_database
async def test_without_a_seal_at_dispatch_nothing_shows_that_it_was_not_opened(seeded: Seeded) -> None:
    batch = await released(seeded)
    shipment = await settled(seeded, batch, containers=[{"number": "Drum 1"}])
    back = await came_back(seeded, shipment)
    assert list((await refused(back.does("priya", "assess", **GOOD))).fields) == ["seals_intact"]
    await back.does("priya", "assess", **{**GOOD, "usable": False})
    assert (await seeded.row(ReturnRow, back.case_id)).usable is False


def opened(container: str = "drum-1", remainder: str = "1.5", on: str = "2025-01-13", unit: str = "kg") -> Any:
    return {"container": container, "opened_on": on, "remainder": remainder, "unit": unit}


@on_one_database
async def test_an_opened_container_comes_back_with_what_is_left_in_it_and_is_not_set_free(seeded: Seeded) -> None:
    batch = await released(seeded)
    shipment = await settled(seeded, batch, containers=[*SEALED, {"number": "Drum 2", "seal": "S-2"}])
    for wrong, field in (
        (opened("Drum 3"), "part_containers.0.container"),
        (opened(unit="g"), "part_containers.0.unit"),
        (opened(on="2025-01-12"), "part_containers.0.opened_on"),
        (opened(on="2025-01-15"), "part_containers.0.opened_on"),
        (opened(remainder="2"), "quantity"),
    ):
        assert list((await refused(came_back(seeded, shipment, "1.5", part_containers=[wrong]))).fields) == [field]
    twice = [opened(remainder="0.5"), opened("Drum 1", "1")]
    assert list((await refused(came_back(seeded, shipment, "1.5", part_containers=twice))).fields) == [
        "part_containers.1.container"
    ]
    both = [opened(), opened("Drum 2", "0.5")]
    back = await came_back(seeded, shipment, "2", part_containers=both)
    barred = await refused(back.does("priya", "assess", **GOOD))
    assert barred.fields == {"seals_intact": "drum-1 was opened on 2025-01-13, Drum 2 was opened on 2025-01-13"}
    async with seeded.database.reading() as session:
        case = await session.get_one(CaseRow, back.case_id)
        shown = await return_of_case(Reading(session, await seeded.actor("priya"), back.at), case)
    assert shown is not None
    assert [(each.container, each.remainder) for each in shown.part_containers] == [
        ("drum-1", Decimal("1.5")), ("Drum 2", Decimal("0.5")),
    ]  # fmt: skip
    await back.does("priya", "assess", **{**GOOD, "usable": False})
    unopened = await came_back(seeded, shipment, "3")
    await unopened.does("priya", "assess", **GOOD)
    await are_rebuilt_identically(seeded.database, "goods_returns", "shipments")


@pytest.mark.parametrize("what", ["expired", "recalled", "held"])
@on_one_database
async def test_what_is_expired_recalled_or_held_is_never_set_free(seeded: Seeded, what: str) -> None:
    batch = await released(seeded)
    back = await came_back(seeded, await settled(seeded, batch))
    async with seeded.database.writing() as session:
        if what == "expired":
            (await session.get_one(BatchRow, batch.case_id)).expiry_on = date(2025, 1, 12)
        elif what == "recalled":
            (await session.get_one(BatchMarketRow, (batch.case_id, "EU"))).withdrawn_at = START
    if what == "held":
        await batch.answers("nora", "place-hold", {"hold_type": "MANUAL", "reason": "A photograph."})
    refusal = await refused(back.does("priya", "assess", **GOOD))
    assert list(refusal.fields) == ["usable"]
    assert {"expired": "shelf life", "recalled": "withdrawn", "held": "on hold"}[what] in refusal.fields["usable"]


async def test_stock_is_destroyed_once_and_never_more_than_is_there(seeded: Seeded) -> None:
    batch = await released(seeded)
    shipment = await settled(seeded, batch)
    assert list((await refused(to_be_destroyed(seeded, batch, quantity="108.5"))).fields) == ["quantity"]
    assert list((await refused(to_be_destroyed(seeded, batch, held_in="SHP-1"))).fields) == ["held_in"]
    assert list((await refused(to_be_destroyed(seeded, batch, "DELIVERED"))).fields) == ["held_in"]
    assert list((await refused(to_be_destroyed(seeded, batch, "DELIVERED", held_in="SHP-99"))).fields) == ["quantity"]
    there = await to_be_destroyed(seeded, batch, "DELIVERED", held_in=shipment.case_id)
    rest = await to_be_destroyed(seeded, batch, quantity="108.4")
    assert (await refused(to_be_destroyed(seeded, batch, quantity="0.1"))).fields.keys() == {"quantity"}
    assert (await refused(ordered(seeded, batch, quantity="0.1"))).fields.keys() == {"quantity"}
    refusal = await refused(there.does("priya", "approve", nothing_needs_it=False))
    assert list(refusal.fields) == ["nothing_needs_it"]
    await there.does("priya", "approve")
    assert list((await refused(there.does("sana", "record", evidence=[FILE], quantity="11"))).fields) == [
        "quantity", "destroyed_on",
    ]  # fmt: skip
    await there.does("sana", "record", evidence=[FILE], destroyed_on=LATER.date().isoformat())
    assert await status_of_goods(batch) == "QUARANTINE"
    await destroyed(rest)
    assert await status_of_goods(batch) == "DESTROYED"
    async with seeded.database.reading() as session:
        found = await reconciliation(session, await seeded.actor("sana"), batch.case_id)
    assert (found.destroyed, found.remaining) == (Decimal("118.4"), Decimal(0))
    await are_rebuilt_identically(seeded.database, "destructions", "shipments")


@on_one_database
async def test_goods_that_a_delivery_has_blocked_are_taken_away_in_it(seeded: Seeded) -> None:
    batch = await released(seeded)
    shipment = await received(seeded, batch)
    early = await refused(to_be_destroyed(seeded, batch, "DELIVERED", held_in=shipment.case_id))
    assert (early.code, list(early.fields)) == (Code.NOT_OPEN, ["held_in"])


@on_one_database
async def test_what_is_to_be_destroyed_does_not_come_back_before_that_is_called_off(seeded: Seeded) -> None:
    batch = await released(seeded)
    shipment = await settled(seeded, batch)
    order = await to_be_destroyed(seeded, batch, "DELIVERED", "7", held_in=shipment.case_id)
    assert list((await refused(came_back(seeded, shipment, "4"))).fields) == ["quantity"]
    await order.does("priya", "approve")
    await order.answers("sana", "cancel", {})
    await came_back(seeded, shipment, "4")
    assert list((await refused(came_back(seeded, shipment, "6.1"))).fields) == ["quantity"]
    await are_rebuilt_identically(seeded.database, "destructions", "shipments", "goods_returns")


@on_one_database
async def test_nothing_is_destroyed_that_an_investigation_a_complaint_a_review_or_the_law_needs(seeded: Seeded) -> None:
    batch = await released(seeded)
    order = await to_be_destroyed(seeded, batch)
    await batch.answers("vito", "deviation", {"deviation_id": "DEV-9", "parameter": None, "deviation_class": "MINOR"})
    refusal = await refused(to_be_destroyed(seeded, batch))
    assert (refusal.code, refusal.fields["batch_id"]) == (Code.NOT_OPEN, "deviation DEV-9 is open")
    assert "DEV-9" in (await refused(order.does("priya", "approve"))).message
    await order.does("priya", "approve", approve=False)  # a no is always possible
    other = await made(seeded)
    for kind in ("LEGAL", "COMPLAINT"):
        await other.answers("priya", "place-hold", {"hold_type": kind, "reason": f"Of {kind}."})
        assert f"({kind}) stands" in (await refused(to_be_destroyed(seeded, other))).message
    await batch.answers("nora", "report-later-finding")
    assert "a review of the release is open" in (await refused(to_be_destroyed(seeded, batch))).message


@on_one_database
async def test_samples_are_kept_a_year_after_the_last_day_and_three_after_the_last_dispatch(seeded: Seeded) -> None:
    batch = await released(seeded)
    async with seeded.database.writing() as session:
        row = await session.get_one(BatchRow, batch.case_id)
        row.sample_quantity, row.expiry_on = "0.15", date(2026, 1, 31)
    early = await refused(to_be_destroyed(seeded, batch, "SAMPLES", "0.15"))
    assert early.fields == {"stock": "is retained until 2027-01-31"}
    await settled(seeded, batch)
    early = await refused(to_be_destroyed(seeded, batch, "SAMPLES", "0.15"))
    assert early.fields == {"stock": "is retained until 2028-01-13"}
    assert list((await refused(to_be_destroyed(seeded, batch, "SAMPLES", "0.16"))).fields) == ["quantity"]
    case = await to_be_destroyed(seeded, batch, "SAMPLES", "0.15", at=LATER + timedelta(days=4 * 365))
    case.at = LATER + timedelta(days=4 * 365)
    await destroyed(case)
    assert await status_of_goods(batch) == "QUARANTINE"


@on_one_database
async def test_what_is_not_known_neither_comes_back_nor_is_destroyed(seeded: Seeded) -> None:
    await ready(seeded)
    form = {"batch_id": "BAT-99", "stock": "AT_SITE", "quantity": "1", "reason": "Old.", "method": "Burnt"}
    assert list((await refused(a_case(seeded, Process.DESTRUCTION, form, by="sana"))).fields) == ["batch_id"]
    back = {"shipment_id": "SHP-99", "quantity": "1", "received_at": START.isoformat(), "reason": "?", "place": "R"}
    assert list((await refused(a_case(seeded, Process.RETURN, back, by="sana"))).fields) == ["shipment_id"]
