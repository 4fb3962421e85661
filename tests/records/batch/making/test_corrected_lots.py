"""What a lot is, and where it comes from, is corrected by two; the gates read the correction."""

from typing import Any

import pytest

from domain.batch.gate.gate import Gate
from domain.core.refusals import Code
from records.batch.tables.batches import BatchCorrectionRow, BatchUseRow
from records.batch.tables.decisions import ReviewDemandRow
from tests.records.analysing import gates_of
from tests.records.certifying import decides, fit, reviewed
from tests.records.databases import on_one_database
from tests.records.delivering import FILE
from tests.records.qualifying import Qualifying, refused
from tests.records.rebuilt import are_rebuilt_identically
from tests.records.seeded import Seeded

pytestmark = on_one_database
MAKER = "Veldmark Fine Chemistry, Plant 2"
LOT: dict[str, Any] = {"name": "ARL-204", "lot": "L-7", "manufacturer": MAKER}
RIGHT: dict[str, Any] = {"name": "arl 204", "lot": "l7", "manufacturer": "VELDMARK Fine Chemistry - Plant 2"}
WHY: dict[str, Any] = {"reason": "The goods receipt names the maker.", "evidence": [FILE]}


async def corrects(batch: Qualifying, *lots: dict[str, Any], by: str = "priya") -> dict[str, Any]:
    return dict((await batch.answers(by, "correct-manufacture", {**WHY, "lots": [*lots]})).effect)


async def the_lot(seeded: Seeded) -> BatchUseRow:
    (row,) = (row for row in await seeded.rows(BatchUseRow) if row.reference == "ARL-204 L-7")
    return row


async def test_a_lot_is_corrected_by_two_and_the_gates_read_the_correction(seeded: Seeded) -> None:
    batch = await reviewed(await fit(seeded), materials=[{**LOT, "part": "API"}])
    assert "which registered site has made ARL-204 L-7" in (await gates_of(batch))[Gate.G1].reason
    effect = await corrects(batch, {**RIGHT, "maker_site_id": "VM-02"})
    assert effect["waits"] is True
    assert (await the_lot(seeded)).maker_site_id is None
    assert (await refused(batch.does("priya", "confirm-manufacture-correction"))).rule is not None
    await batch.does("hana", "confirm-manufacture-correction")
    assert (await the_lot(seeded)).maker_site_id == "VM-02"
    assert "which registered site" not in (await gates_of(batch))[Gate.G1].reason
    (row,) = await seeded.rows(BatchCorrectionRow)
    assert (row.field, row.old, row.new) == (f"maker_site_id of lot ARL-204 L-7, {MAKER}", None, "VM-02")
    await are_rebuilt_identically(seeded.database, "batch_uses", "batch_corrections")


async def test_a_correction_that_is_refused_changes_nothing(seeded: Seeded) -> None:
    batch = await reviewed(await fit(seeded), materials=[LOT])
    await corrects(batch, {**RIGHT, "part": "API", "maker_site_id": "VM-02"})
    await batch.does("hana", "confirm-manufacture-correction", confirm=False)
    row = await the_lot(seeded)
    assert (row.part, row.maker_site_id) == (None, None)
    assert {each.confirmed for each in await seeded.rows(BatchCorrectionRow)} == {False}


@pytest.mark.parametrize(
    ("lots", "fields"),
    [
        ([{**RIGHT, "lot": "L-8", "part": "API"}], ["lots.0.lot"]),
        ([{**RIGHT, "manufacturer": "Another AG", "part": "API"}], ["lots.0.lot"]),
        ([{**RIGHT, "part": "API"}, {**LOT, "part": "OTHER"}], ["lots.1.lot"]),
        ([{**RIGHT, "maker_site_id": "VM-02"}], ["lots.0.part"]),
        ([{**RIGHT, "part": "API", "maker_site_id": "XX-01"}], ["lots.0.maker_site_id"]),
        ([{**RIGHT, "part": "DOSAGE_FORM"}], ["lots.0.came_from"]),
        ([{**RIGHT, "part": "API", "came_from": "US"}], ["lots.0.part"]),
        ([RIGHT], ["reason"]),
    ],
)
async def test_what_a_lot_cannot_be_is_refused(seeded: Seeded, lots: list[dict[str, Any]], fields: list[str]) -> None:
    batch = await reviewed(await fit(seeded), materials=[LOT])
    refusal = await refused(corrects(batch, *lots))
    assert (refusal.code, list(refusal.fields)) == (Code.RULE_BROKEN, fields)
    assert await seeded.rows(BatchCorrectionRow) == []


async def test_what_was_released_is_reviewed_once_the_origin_of_a_lot_is_corrected(seeded: Seeded) -> None:
    batch = await reviewed(await fit(seeded), materials=[LOT])
    await decides(batch, "quentin", "EU")
    await corrects(batch, {**RIGHT, "part": "API", "maker_site_id": "VM-02"})
    assert await seeded.rows(ReviewDemandRow) == []
    await batch.does("hana", "confirm-manufacture-correction")
    (demand,) = await seeded.rows(ReviewDemandRow)
    assert "part of lot ARL-204 L-7" in demand.reason
