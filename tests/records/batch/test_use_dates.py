"""Clinical supply past its use date: extended under the plan of its trial, relabelled, and certified anew."""

from datetime import timedelta
from typing import Any

from domain.batch.gate.gate import Gate
from domain.core.refusals import Code
from records.batch.tables.batches import BatchRow
from records.batch.tables.decisions import HoldRow
from tests.records.analysing import gates_of
from tests.records.batch.test_last_days import looks, orders
from tests.records.certifying import decides, reviewed
from tests.records.clinical import CTA, OTHER, SITE, TRIAL, certified
from tests.records.databases import on_one_database
from tests.records.delivering import FILE, released
from tests.records.making import batch_of, registered
from tests.records.qualifying import Qualifying, refused
from tests.records.rebuilt import are_rebuilt_identically
from tests.records.seeded import START, Seeded

OVER = START + timedelta(days=4)
NEW = START.date() + timedelta(days=60)
PLAN: dict[str, Any] = {
    "markets": ["EU"],
    "last_day": NEW.isoformat(),
    "ground": "PLAN",
    "trial": CTA,
    "plan": FILE,
    "stability": FILE,
}


async def expired(seeded: Seeded) -> Qualifying:
    """Certified for the EU, and past its use date."""
    batch = await certified(seeded, ends={"expiry_on": (START.date() + timedelta(days=2)).isoformat()})
    await looks(seeded, OVER)
    batch.at = OVER
    return batch


async def extended(batch: Qualifying, **changes: Any) -> None:
    await batch.answers("rosa", "extend-shelf-life", {**PLAN, **changes})
    await batch.does("quentin", "sign-extension")


def of(batch: Qualifying, relation: str = "RELABEL", quantity: str = "20") -> dict[str, Any]:
    return {"parents": [{"batch_id": batch.case_id, "relation": relation, "quantity": quantity}]}


async def relabelled(seeded: Seeded, batch: Qualifying, **changes: Any) -> Qualifying:
    """Twenty kilograms of it are relabelled, and reviewed."""
    day = OVER.date().isoformat()
    ends = {"finished_on": day, "expiry_on": NEW.isoformat(), "sample_quantity": "0", **changes}
    return await reviewed(seeded, at=OVER, started_at=OVER, ends=ends, markets=["EU"], **of(batch))


async def test_what_is_relabelled_under_the_plan_leaves_and_the_batch_itself_stays_expired(seeded: Seeded) -> None:
    batch = await expired(seeded)
    assert (await refused(registered(seeded, at=OVER, markets=["EU"], **of(batch)))).code is Code.SHELF_LIFE_ENDED
    await extended(batch)
    row = await batch_of(batch)
    assert (row.physical_status, row.use_date_to, row.use_date_markets, row.extended_markets) == (
        "BLOCKED", NEW, ["EU"], [],
    )  # fmt: skip
    to_graz = {"market": "EU", "trial": CTA, "destination": SITE, "deliver_by": (OVER + timedelta(days=5)).date()}
    to_graz["deliver_by"] = str(to_graz["deliver_by"])
    assert (await refused(orders(batch, OVER, **to_graz))).code is Code.SHELF_LIFE_ENDED

    for wrong in ({"markets": ["EU", "US"]}, of(batch, "REPACK"), of(batch, "SPLIT")):
        given = {"markets": ["EU"], **of(batch), **wrong}
        assert (await refused(registered(seeded, at=OVER, **given))).code is Code.SHELF_LIFE_ENDED
    beyond = {"expiry_on": (NEW + timedelta(days=1)).isoformat()}
    assert list((await refused(relabelled(seeded, batch, **beyond))).fields) == ["expiry_on"]

    child = await relabelled(seeded, batch)
    gate = (await gates_of(child))[Gate.G12]
    assert gate.verdict == "PASS"
    assert any(f"use date to {NEW} under the plan of {CTA}" in each for each in gate.looked_at)
    other: dict[str, Any] = {"trial": {**TRIAL, "number": OTHER}}
    assert list((await refused(decides(child, "quentin", "EU", **other))).fields) == ["trial.number"]
    await decides(child, "quentin", "EU", trial=TRIAL)
    assert (await refused(orders(child, OVER, quantity="5", **to_graz))).code is Code.NO_GREEN_LIGHT
    await child.answers("rosa", "green-light", {"market": "EU", "trial": CTA, "trial_site": SITE})
    await orders(child, child.at, quantity="5", **to_graz)
    assert await seeded.rows(HoldRow) == []
    await looks(seeded, START + timedelta(days=63))
    assert (await batch_of(child)).physical_status == "BLOCKED"
    await are_rebuilt_identically(seeded.database, "batches")


async def test_the_plan_binds_all_that_the_relabelled_goods_become(seeded: Seeded) -> None:
    batch = await expired(seeded)
    await extended(batch)
    child = await relabelled(seeded, batch)
    await decides(child, "quentin", "EU", trial=TRIAL)
    ends = {"finished_on": OVER.date().isoformat(), "expiry_on": NEW.isoformat(), "sample_quantity": "0"}
    part = await reviewed(
        seeded, at=child.at, started_at=child.at, ends=ends, markets=["EU"], **of(child, "SPLIT", "5")
    )  # fmt: skip
    other: dict[str, Any] = {"trial": {**TRIAL, "number": OTHER}}
    assert list((await refused(decides(part, "quentin", "EU", **other))).fields) == ["trial.number"]
    await decides(part, "quentin", "EU", trial=TRIAL)


@on_one_database
async def test_an_extension_under_the_plan_that_does_not_fit_is_refused_field_by_field(seeded: Seeded) -> None:
    batch = await expired(seeded)
    wrong: list[tuple[dict[str, Any], list[str]]] = [
        ({"plan": None}, ["plan"]),
        ({"stability": None}, ["stability"]),
        ({"trial": None}, ["trial"]),
        ({"trial": OTHER}, ["trial"]),
        ({"markets": ["EU", "US"]}, ["markets.1"]),
        ({"last_day": START.date().isoformat()}, ["last_day"]),
        ({"ground": "LETTER", "letter": [FILE]}, ["trial", "plan", "stability", "ground"]),
    ]
    for changes, fields in wrong:
        refusal = await refused(batch.answers("rosa", "extend-shelf-life", {**PLAN, **changes}))
        assert (refusal.code, list(refusal.fields)) == (Code.RULE_BROKEN, fields)
    await extended(batch)
    again = await refused(batch.answers("rosa", "extend-shelf-life", PLAN))
    assert (again.code, list(again.fields)) == (Code.RULE_BROKEN, ["last_day"])
    await batch.answers("rosa", "extend-shelf-life", {**PLAN, "last_day": (NEW + timedelta(days=9)).isoformat()})
    await batch.does("quentin", "sign-extension", approve=False)
    assert (await seeded.row(BatchRow, batch.case_id)).use_date_to == NEW


@on_one_database
async def test_marketed_product_has_no_plan(seeded: Seeded) -> None:
    batch = await released(seeded)
    refusal = await refused(batch.answers("rosa", "extend-shelf-life", {**PLAN, "last_day": "2029-01-31"}))
    assert set(refusal.fields) == {"ground", "markets.0"}
    refusal = await refused(batch.answers("rosa", "extend-shelf-life", {"markets": ["EU"], "last_day": "2029-01-31"}))
    assert list(refusal.fields) == ["letter"]
