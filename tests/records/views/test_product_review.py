"""The extract for the product quality review: each record by its own day at its site, each batch one point a series."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from domain.core.forms import Process
from domain.core.refusals import Code
from domain.event.site_event import SiteEventReport
from domain.views.product_review.review import ProductReview
from records.batch.tables.decisions import BatchMarketRow
from records.core.tables.master_data import SiteRow
from records.views.product_review.reviewed import product_review
from tests.domain.filling import filled
from tests.records.analysing import analysed, line
from tests.records.certifying import decides, fit, reviewed
from tests.records.databases import on_one_database
from tests.records.delivering import came_back, released, settled
from tests.records.making import made, registered
from tests.records.qualifying import Qualifying, a_case, refused
from tests.records.release.test_tranches import further
from tests.records.seeded import START, Seeded

DAY = START.date()
FILE = {"document_id": "DOC-1", "sha256": "0" * 64}


async def review(
    seeded: Seeded, by: str = "priya", product: str = "ARL-204", first: date = DAY, last: date = DAY
) -> ProductReview:
    actor = await seeded.actor(by)
    async with seeded.database.reading() as session:
        return await product_review(session, actor, product, first, last)


async def test_a_batch_stands_in_every_table_that_it_belongs_to(seeded: Seeded) -> None:
    await fit(seeded)
    batch = await reviewed(seeded, number="B-900", yield_low="90", yield_high="105")
    await decides(batch, "quentin", "EU", quantity="100")
    found = await review(seeded, product="arl 204")
    assert [(each.scope_id, each.zone, each.markets) for each in found.scopes] == [("SC-1", "UTC", "EU, US")]
    (row,) = found.batches
    assert (row.number, row.stage, row.made_on, row.quantity, row.unit) == (
        "B-900",
        "FINISHED",
        DAY,
        Decimal("118.4"),
        "kg",
    )
    (part,) = found.released
    assert (part.market, part.part, part.quantity, part.certificate, part.is_taken_back) == (
        "EU", 1, Decimal(100), "EU-2025-000001", False,
    )  # fmt: skip
    (temperature,) = found.parameters
    assert (temperature.kind, temperature.name, temperature.value, temperature.unit) == (
        "CPP", "Coupling temperature", Decimal("41.2"), "Cel",
    )  # fmt: skip
    assert (temperature.alert_low, temperature.low, temperature.high, temperature.limit) == (
        Decimal(35), Decimal(30), Decimal(50), "≥ 30 Cel and ≤ 50 Cel",
    )  # fmt: skip
    assert (temperature.within, temperature.within_alert, temperature.reported) == (True, True, "41.2 Cel")
    (impurity,) = found.attributes
    assert (impurity.kind, impurity.name, impurity.value, impurity.high, impurity.limit, impurity.within) == (
        "CQA", "Impurity I-3", Decimal("0.12"), Decimal("0.15"), "≤ 0.15 %", True,
    )  # fmt: skip
    assert (impurity.source, impurity.markets, impurity.results) == ("SPEC-SC-1 v1", "EU, US", 1)
    (made_of,) = found.yields
    assert (made_of.value, made_of.low, made_of.high, made_of.within) == (
        Decimal("92.1"),
        Decimal(90),
        Decimal(105),
        True,
    )
    assert [each.number for each in found.certificates] != []
    assert [each.qta_id for each in found.agreements] == ["QTA-1"]
    for name in ("oos", "deviations", "recurring", "rejected", "taken_back", "complaints", "returns", "learned"):
        assert not getattr(found, name), name


@on_one_database
async def test_further_parts_are_entries_of_their_own_and_the_first_keeps_its_quantity(seeded: Seeded) -> None:

    await fit(seeded)
    batch = await reviewed(seeded)
    await decides(batch, "quentin", "EU", quantity="100")
    batch.passes(days=40, minutes=0)
    await further(batch, "18")
    found = await review(seeded, last=DAY + timedelta(days=60))
    assert [(each.part, each.quantity) for each in found.released] == [(1, Decimal(100)), (2, Decimal(18))]
    assert [each.part for each in (await review(seeded)).released] == [1]
    later = await review(seeded, first=DAY + timedelta(days=1), last=DAY + timedelta(days=60))
    assert [each.part for each in later.released] == [2]


@on_one_database
async def test_what_went_wrong_stands_with_class_and_cause_and_what_recurs_is_seen(seeded: Seeded) -> None:
    await fit(seeded)
    for number in ("DEV-1", "DEV-2"):
        batch = await made(seeded)
        report = {"deviation_id": number, "parameter": "Coupling temperature", "deviation_class": "MINOR"}
        await batch.answers("vito", "deviation", {**report, "detected_at": START.isoformat()})
        closure: dict[str, Any] = {"deviation_id": number, "root_cause": "The valve stuck open.", "associated": []}
        await batch.answers("vito", "close-deviation", closure)
        await batch.answers("vito", "oos", {"oos_id": f"OOS-{number}", "detected_at": START.isoformat()})
    await batch.answers("uta", "oos-laboratory", {"oos_id": "OOS-DEV-2", "retests": []})
    await batch.answers("priya", "oos-investigation", {"oos_id": "OOS-DEV-2"})
    found = await review(seeded)
    assert [(each.deviation_class, each.cause, each.closed_on) for each in found.deviations] == [
        ("MINOR", "The valve stuck open.", DAY)
    ] * 2
    assert [(each.oos_id, each.confirmed) for each in found.oos] == [("OOS-DEV-1", None), ("OOS-DEV-2", True)]
    assert {(each.kind, each.common.value, each.ids) for each in found.recurring} == {
        ("DEVIATION", "PARAMETER", "DEV-1, DEV-2"),
        ("DEVIATION", "CAUSE", "DEV-1, DEV-2"),
        ("OOS", "TEST", "OOS-DEV-1, OOS-DEV-2"),
    }


@on_one_database
async def test_a_result_that_fails_or_is_a_bound_is_a_point_as_well(seeded: Seeded) -> None:
    await fit(seeded)
    batches = {}
    for number, results in {
        "B-1": [line("0.16")],
        "B-2": [line("< 0.05")],
        "B-3": [line("0.12"), line("0.13")],
    }.items():
        batches[number] = await made(seeded, number=number)
        await analysed(batches[number], *results)
    found = {each.number: each for each in (await review(seeded)).attributes}
    assert (found["B-1"].within, found["B-1"].value) == (False, Decimal("0.16"))
    assert (found["B-2"].within, found["B-2"].value, found["B-2"].reported) == (True, None, "< 0.05 %")
    spread = found["B-3"]
    assert (spread.value, spread.lowest, spread.highest, spread.results) == (
        Decimal("0.125"), Decimal("0.12"), Decimal("0.13"), 2,
    )  # fmt: skip


@on_one_database
@pytest.mark.parametrize(("zone", "inside"), [("America/New_York", False), ("Asia/Tokyo", True)])
async def test_days_are_those_of_the_site(seeded: Seeded, zone: str, inside: bool) -> None:  # noqa: FBT001
    await fit(seeded)
    batch = await made(seeded)
    late = datetime(2025, 1, 14, 2, tzinfo=UTC)
    async with seeded.database.writing() as session:
        (await session.get_one(SiteRow, "VM-02")).tz = zone
        market = await session.get_one(BatchMarketRow, (batch.case_id, "US"))
        market.decision, market.decided_at, market.grounds = "REJECT", late, ["SAFETY"]
    found = await review(seeded, first=date(2025, 1, 14), last=date(2025, 1, 14))
    assert [(each.market, each.grounds) for each in found.rejected] == ([("US", "SAFETY")] if inside else [])


async def complained(seeded: Seeded, type_: str = "COMPLAINT", **given: Any) -> Qualifying:

    known = {"type": type_, "severity": "MINOR", "site_id": "VM-02", "authority_outcome": None, **given}
    form = filled(SiteEventReport, known).model_dump(mode="json")
    return await a_case(seeded, Process.EVENT, form, by="ines")


@on_one_database
async def test_complaints_name_the_product_or_the_whole_site(seeded: Seeded) -> None:
    await fit(seeded)
    await made(seeded, number="B-77")
    await complained(seeded, event_id="C-1", scope_ids=["SC-1"], lots=["b 77"])
    await complained(seeded, event_id="C-2", scope_ids=[], lots=["Z-1"])
    await complained(seeded, "RECALL", event_id="C-3", scope_ids=[], lots=["Z-1"])
    found = await review(seeded)
    assert [(each.reference, each.names_a_batch) for each in found.complaints] == [
        ("C-1", True), ("C-2", False),
    ]  # fmt: skip
    assert [each.reference for each in found.recall_notices] == ["C-3"]


@on_one_database
async def test_goods_that_came_back_stand_with_what_was_found_of_them(seeded: Seeded) -> None:
    batch = await released(seeded)
    back = await came_back(seeded, await settled(seeded, batch))
    (row,) = (await review(seeded, last=DAY + timedelta(days=2))).returns
    assert (row.return_id, row.market, row.quantity, row.unit, row.usable) == (
        back.case_id, "EU", Decimal(4), "kg", None,
    )  # fmt: skip


@on_one_database
async def test_a_batch_that_is_not_made_yet_or_was_made_before_is_none_of_the_period(seeded: Seeded) -> None:
    await fit(seeded)
    await registered(seeded)
    await made(seeded)
    day_before = DAY - timedelta(days=1)
    assert len((await review(seeded)).batches) == 1
    before = await review(seeded, first=day_before, last=day_before)
    assert not [*before.batches, *before.parameters, *before.yields]


@on_one_database
async def test_only_the_quality_of_the_sponsor_reads_it(seeded: Seeded) -> None:
    for user in ("hana", "quentin", "rosa", "nora", "ines"):
        assert (await review(seeded, by=user)).scopes
    for user in ("vito", "uta", "wen"):
        assert (await refused(review(seeded, by=user))).code is Code.WRONG_ORGANISATION
    assert (await refused(review(seeded, by="sana"))).code is Code.WRONG_ROLE
    assert (await refused(review(seeded, product="ARL-2041"))).code is Code.NOT_FOUND
    assert (await refused(review(seeded, last=DAY - timedelta(days=1)))).code is Code.FORM_INVALID
