"""Consignments of lots that were bought abroad, and the batches that are made with them."""

from typing import Any

from domain.batch.gate.gate import Gate
from domain.core.refusals import Code
from records.batch.tables.decisions import ReviewDemandRow
from records.importation.queries.consignments import one_consignment
from records.importation.tables import ImportConsignmentRow
from tests.records.analysing import gates_of
from tests.records.certifying import decides, reviewed
from tests.records.clinical import TRIAL, clinical
from tests.records.databases import on_one_database
from tests.records.importing import an_importer, arrives, covers_import, is_cleared, is_corrected, is_taken_back
from tests.records.qualifying import Qualifying, refused
from tests.records.rebuilt import are_rebuilt_identically
from tests.records.seeded import START, Seeded

pytestmark = on_one_database
NUMBER = "IMP-2025-021"
MAKER, SELLER = "Originator Inc, Boston", "Northeast Wholesale LLC, Boston"
LOT: dict[str, Any] = {"material": "COMPARIN 20 mg", "number": "C 77", "manufacturer": MAKER, "unit": "{pack}"}
CAME: dict[str, Any] = {"lot": LOT, "from_country": "US", "at": START}


async def of_a_comparator(seeded: Seeded, came_from: str = "US") -> Qualifying:
    """Clinical supply that is packed of a comparator, up to its decision."""
    lot: dict[str, Any] = {
        "name": "Comparin 20 mg",
        "lot": "C-77",
        "came_from": came_from,
        "manufacturer": MAKER,
        "chain": [{"type": "MANUFACTURER", "name": MAKER}, {"type": "DISTRIBUTOR", "name": SELLER}],
        "comparator": {
            "authorisation": "NDA 021345",
            "authorised_in": "US",
            "bought_from": SELLER,
            "licence": "MA-WD-0007",
            "pedigree": [await seeded.upload(by=await seeded.actor("wen"))],
        },
    }
    return await reviewed(seeded, materials=[lot])


async def a_packer(seeded: Seeded) -> Seeded:
    """It packs for trials, and may import."""
    await an_importer(await clinical(seeded, "PACKAGING"))
    await covers_import(seeded, at=START)
    return seeded


async def test_a_comparator_that_was_bought_abroad_is_imported_before_it_counts(seeded: Seeded) -> None:
    batch = await of_a_comparator(await a_packer(seeded))
    refusal = await refused(decides(batch, "quentin", "EU", trial=TRIAL))
    assert f"no arrival is recorded of Comparin 20 mg C-77 of {MAKER}" in str(refusal.model_dump())
    await arrives(seeded, NUMBER, None, **CAME)
    assert "is not cleared by customs" in (await gates_of(batch))[Gate.G13].reason
    await is_cleared(seeded, NUMBER, at=START)
    assert (await gates_of(batch))[Gate.G9].verdict == "PASS"
    await decides(batch, "quentin", "EU", trial=TRIAL)


async def test_a_comparator_that_was_bought_in_the_area_is_no_import(seeded: Seeded) -> None:
    batch = await of_a_comparator(await a_packer(seeded), came_from="FR")
    await decides(batch, "quentin", "EU", trial=TRIAL)


async def test_what_was_released_is_reviewed_once_the_import_of_its_comparator_is_corrected(seeded: Seeded) -> None:
    await a_packer(seeded)
    await arrives(seeded, NUMBER, None, **CAME)
    await is_cleared(seeded, NUMBER, at=START)
    batch = await of_a_comparator(seeded)
    await decides(batch, "quentin", "EU", trial=TRIAL)
    other = await refused(is_corrected(seeded, NUMBER, None, **{**CAME, "lot": {**LOT, "number": "C-78"}}))
    assert (other.code, set(other.fields)) == (Code.RULE_BROKEN, {"lot"})
    await is_corrected(seeded, NUMBER, None, **{**CAME, "at": batch.at}, quantity="8")
    demands = await seeded.rows(ReviewDemandRow)
    assert [(each.batch_id, each.cause) for each in demands] == [(batch.case_id, NUMBER)]
    await is_taken_back(seeded, NUMBER, at=batch.at)
    assert len(await seeded.rows(ReviewDemandRow)) == 2


async def test_a_lot_is_shown_as_it_was_entered_and_one_that_cannot_be_is_refused(seeded: Seeded) -> None:
    await an_importer(await clinical(seeded, "PACKAGING"))
    neither = await refused(arrives(seeded, NUMBER, None, **{**CAME, "lot": None}))
    assert (neither.code, set(neither.fields)) == (Code.RULE_BROKEN, {"batch_id"})
    back = await refused(arrives(seeded, NUMBER, None, **CAME, return_id="RET-1"))
    assert set(back.fields) == {"return_id"}
    assert await seeded.rows(ImportConsignmentRow) == []
    await arrives(seeded, NUMBER, None, **CAME)
    await is_cleared(seeded, NUMBER, at=START, reference="MRN-1")
    await arrives(seeded, "IMP-2025-022", None, **CAME)
    twice = await refused(is_cleared(seeded, "IMP-2025-022", at=START, reference="MRN-1"))
    assert set(twice.fields) == {"reference"}
    async with seeded.database.reading() as session:
        shown = await one_consignment(session, NUMBER)
    assert shown.batch_id is None
    assert shown.lot is not None
    assert shown.lot.model_dump() == LOT
    await are_rebuilt_identically(seeded.database, "import_consignments")
