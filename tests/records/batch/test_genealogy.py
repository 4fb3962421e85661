"""Genealogy with quantities: a batch gives no more than it has, and nothing comes out that was not put in."""

from typing import Any

import pytest

from domain.batch.batch import Relation
from records.batch.tables.batches import BatchParentRow
from tests.records.making import batch_of, finishes, made, ready, registered
from tests.records.qualifying import Qualifying, refused
from tests.records.rebuilt import are_rebuilt_identically
from tests.records.seeded import START, Seeded


def part(of: Qualifying, quantity: str | None = "50", relation: str = "SPLIT", **more: Any) -> dict[str, Any]:
    return {"batch_id": of.case_id, "relation": relation, "quantity": quantity, **more}


async def begun(
    seeded: Seeded, *parents: dict[str, Any], materials: tuple[str, ...] = (), **changes: Any
) -> Qualifying:
    """A batch of others whose manufacture has begun, with a value of its critical parameter."""
    batch = await registered(seeded, parents=list(parents), **changes)
    batch.passes(minutes=5)
    lots = [{"name": "Solvent", "lot": each, "manufacturer": "Rheinchem AG"} for each in materials]
    await batch.does("wen", "start", started_at=START.isoformat(), materials=lots)
    value = {"parameter": "Coupling temperature", "value": "41.2", "unit": "Cel", "measured_at": START.isoformat()}
    await batch.answers("wen", "parameters", {"values": [value]})
    return batch


@pytest.mark.parametrize("relation", ["SPLIT", "REPACK"])
async def test_a_part_is_never_finished_with_more_than_was_taken(seeded: Seeded, relation: str) -> None:
    await ready(seeded)
    parent = await made(seeded)
    assert (await refused(registered(seeded, parents=[part(parent, relation=relation)], size="5000"))).fields == {
        "size": "is more than the 50 kg taken"
    }
    split = await begun(seeded, part(parent, relation=relation), size="50")
    for quantity in ("5000", "50.000000001"):
        refusal = await refused(finishes(split, quantity=quantity))
        assert refusal.fields["quantity"] == "is more than the 50 kg that were taken"
    await finishes(split, quantity="49.5", yield_percent="99")
    in_grams = await begun(seeded, part(parent), unit="g", size="50000")
    assert "quantity" in (await refused(finishes(in_grams, quantity="50000.1"))).fields
    assert list((await refused(finishes(in_grams, quantity="40000", yield_percent="92.1"))).fields) == ["yield_percent"]
    await finishes(in_grams, quantity="40000", yield_percent="80")


async def test_what_is_made_of_others_has_a_unit_of_its_own_and_comes_to_its_theoretical_yield(seeded: Seeded) -> None:
    await ready(seeded)
    substance = await made(seeded)
    given: dict[str, Any] = {"unit": "{tablet}", "size": "800000", "yield_low": "95", "yield_high": "102"}
    of = part(substance, "40", "INTERMEDIATE", theoretical_yield="20000")
    assert list((await refused(begun(seeded, {**of, "theoretical_yield": None}, **given))).fields) == ["parents"]
    assert list((await refused(begun(seeded, of, unit="{tablet}", size="800000"))).fields) == ["yield_low"]
    tablets = await begun(seeded, of, **given)
    assert list((await refused(finishes(tablets, quantity="700000", yield_percent="87.5"))).fields) == [
        "yield_deviation"
    ]
    unknown = await refused(finishes(tablets, quantity="700000", yield_percent="87.5", yield_deviation="DEV-1"))
    assert unknown.fields == {"yield_deviation": "there is no such deviation of the batch"}
    report = {"deviation_class": "MINOR", "parameter": None, "detected_at": START.isoformat()}
    await tablets.answers("vito", "deviation", {**report, "deviation_id": "DEV-0", "description": "Label colour."})
    other = await refused(finishes(tablets, quantity="700000", yield_percent="87.5", yield_deviation="DEV-0"))
    assert other.fields == {"yield_deviation": "was not reported for the yield (about_yield)"}
    await tablets.answers("vito", "deviation", {**report, "deviation_id": "DEV-1", "about_yield": True})
    await finishes(tablets, quantity="700000", yield_percent="87.5", yield_deviation="DEV-1")
    row = await batch_of(tablets)
    assert (row.unit, row.quantity, row.yield_low, row.yield_deviation) == ("{tablet}", "700000", "95", "DEV-1")
    packing = part(tablets, "600000", "INTERMEDIATE", theoretical_yield="0.033")
    packs = await begun(seeded, packing, unit="{pack}", size="20000", yield_low="95", yield_high="101")
    await finishes(packs, quantity="19800")
    beyond = await refused(registered(seeded, parents=[part(tablets, "100001", "INTERMEDIATE")], unit="{pack}"))
    assert beyond.fields == {"parents.0.quantity": "is more than the 100000 that are left of it"}
    await are_rebuilt_identically(seeded.database, "batches", "batch_parents")


async def test_the_same_goods_keep_their_unit(seeded: Seeded) -> None:
    await ready(seeded)
    parent = await made(seeded)
    for relation in ("SPLIT", "BLEND"):
        refusal = await refused(registered(seeded, parents=[part(parent, relation=relation)], unit="{tablet}"))
        assert refusal.fields == {"parents.0.batch_id": "is measured in kg"}
    assert list((await refused(registered(seeded, parents=[part(parent, theoretical_yield="2")]))).fields) == [
        "parents.0.theoretical_yield"
    ]
    refusal = await refused(registered(seeded, parents=[part(parent, relation="REPACK")], unit="{tablet}"))
    assert refusal.fields == {"parents.0.theoretical_yield": "say what comes of one kg, in {tablet}"}


async def test_what_is_worked_again_takes_all_that_is_left_once_and_gains_only_by_materials(seeded: Seeded) -> None:
    await ready(seeded)
    parent = await made(seeded)
    await begun(seeded, part(parent, "18.4"))
    await parent.notes("batch.gates_evaluated")
    await parent.answers("hana", "redirect", {"way": "REWORK"})
    await parent.closes("REPROCESSED")
    again = part(parent, None, "REWORK")
    plain = await begun(seeded, again, size="100", number="B-R1")
    (row,) = [each for each in await seeded.rows(BatchParentRow) if each.relation == Relation.REWORK]
    assert row.quantity == "100.0"
    assert (await refused(registered(seeded, parents=[again], number="B-R2"))).fields == {
        "parents.0.batch_id": "nothing is left of it"
    }
    assert "quantity" in (await refused(finishes(plain, quantity="100.1", yield_percent="100"))).fields
    await finishes(plain, quantity="98", yield_percent="98")


async def test_lots_of_materials_that_were_added_make_it_more(seeded: Seeded) -> None:
    await ready(seeded)
    parent = await made(seeded)
    await parent.answers("hana", "redirect", {"way": "REWORK"})
    await parent.closes("REPROCESSED")
    dissolved = await begun(seeded, part(parent, None, "REWORK"), materials=("S-1",), number="B-R1")
    await finishes(dissolved, quantity="130", yield_percent="92.1")


async def test_a_correction_is_no_way_around_what_was_taken(seeded: Seeded) -> None:
    await ready(seeded)
    parent = await made(seeded)
    split = await begun(seeded, part(parent))
    await finishes(split, quantity="45", yield_percent="90")
    document = await seeded.upload(by=await seeded.actor("vito"))
    correct = {"reason": "The scale was read again.", "evidence": [document]}
    for wrong, fields in (
        ({"quantity": "5000"}, {"quantity", "yield_percent"}),
        ({"sample_quantity": "5.1"}, {"quantity"}),
        ({"yield_percent": "100"}, {"yield_percent"}),
    ):
        refusal = await refused(split.answers("vito", "correct-manufacture", {**correct, **wrong}))
        assert set(refusal.fields) == fields
    await split.answers("vito", "correct-manufacture", {**correct, "quantity": "44", "yield_percent": "88"})
    assert (await batch_of(split)).quantity == "44"


async def test_a_number_is_used_once_whatever_a_batch_comes_from(seeded: Seeded) -> None:
    await ready(seeded)
    parent = await made(seeded)
    number = (await batch_of(parent)).number
    part = {"batch_id": parent.case_id, "relation": "SPLIT", "quantity": "10"}
    for same in (number, number.lower().replace("-", " ")):
        refusal = await refused(registered(seeded, parents=[part], size="10", number=same))
        assert refusal.fields == {"number": f"is {parent.case_id}"}
    await registered(seeded, parents=[part], size="10", number=f"{number}/1")
