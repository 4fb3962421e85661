"""A comparator is bought with source, authorisation and pedigree; what is packed of it is a batch of its own."""

from typing import Any

from domain.batch.gate.gate import Gate
from domain.core.forms import Process
from domain.core.refusals import Code
from records.batch.tables.batches import BatchUseRow
from records.views.cases import one_case
from tests.records.analysing import gates_of
from tests.records.certifying import decides, fit, reviewed
from tests.records.clinical import IND, STATUTE, TRIAL, clinical, lit, supplied
from tests.records.databases import on_one_database
from tests.records.making import registered
from tests.records.qualifying import Qualifying, refused
from tests.records.rebuilt import are_rebuilt_identically
from tests.records.seeded import START, Seeded

SELLER = "Pharma Nord Grosshandel GmbH, Hamburg"
LABEL: dict[str, Any] = {"name": "Booklet label", "lot": "L-1", "manufacturer": "Etikett AG"}


async def bought(seeded: Seeded) -> dict[str, Any]:
    """A lot of a comparator, with the pedigree that the site has uploaded."""
    return {
        "name": "Comparin 20 mg",
        "lot": "C-77",
        "came_from": "DE",
        "manufacturer": "Originator SA, Lyon",
        "chain": [{"type": "MANUFACTURER", "name": "Originator SA, Lyon"}, {"type": "DISTRIBUTOR", "name": SELLER}],
        "comparator": {
            "authorisation": "EU/1/19/1377/001",
            "authorised_in": "EU",
            "bought_from": SELLER,
            "licence": "DE_HH_01_WDA_2024_0007",
            "pedigree": [await seeded.upload(by=await seeded.actor("wen"))],
        },
    }


async def begins(batch: Qualifying, *materials: dict[str, Any]) -> Any:
    batch.passes(minutes=5)
    return await batch.does("wen", "start", started_at=START.isoformat(), materials=list(materials))


async def test_what_a_packer_makes_of_a_bought_product_is_certified_on_its_pedigree(seeded: Seeded) -> None:
    await clinical(seeded, "PACKAGING")
    batch = await registered(seeded)
    refusal = await refused(begins(batch, LABEL))
    assert (refusal.code, list(refusal.fields)) == (Code.RULE_BROKEN, ["materials"])
    lot = await bought(seeded)
    batch = await reviewed(seeded, materials=[lot, LABEL])
    gate = (await gates_of(batch))[Gate.G12]
    pedigree = lot["comparator"]["pedigree"][0]["document_id"]
    shown = f"comparator EU/1/19/1377/001 of EU, bought from {SELLER} (DE_HH_01_WDA_2024_0007), pedigree {pedigree}"
    assert [each for each in gate.looked_at if shown in each], gate.looked_at
    assert gate.verdict == "PASS"
    await decides(batch, "quentin", "EU", trial=TRIAL)
    await lit(batch)
    await supplied(seeded, batch)
    async with seeded.database.reading() as session:
        case = await one_case(session, await seeded.actor("ines"), Process.BATCH, batch.case_id, START)
    assert case.batch is not None
    assert [each.comparator.licence for each in case.batch.uses if each.comparator] == ["DE_HH_01_WDA_2024_0007"]
    await are_rebuilt_identically(seeded.database, "batch_uses")


@on_one_database
async def test_a_marketed_comparator_is_made_under_part_211_in_a_trial_of_phase_1_too(seeded: Seeded) -> None:
    await clinical(seeded, "PACKAGING")
    batch = await reviewed(seeded, materials=[await bought(seeded)], markets=["US"])
    trial = {"number": IND, "phase": "PHASE_1"}
    refusal = await refused(decides(batch, "hana", "US", "approve", trial=trial, statement=STATUTE))
    assert "21 CFR Part 211" in refusal.fields["statement"]


@on_one_database
async def test_marketed_product_is_made_of_no_comparator(seeded: Seeded) -> None:
    await fit(seeded)
    refusal = await refused(begins(await registered(seeded), LABEL, await bought(seeded)))
    assert (refusal.code, list(refusal.fields)) == (Code.RULE_BROKEN, ["materials.1.comparator"])
    assert not [each for each in await seeded.rows(BatchUseRow) if each.kind == "MATERIAL"]
