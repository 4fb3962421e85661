"""A material that is an own batch is refused as it is reported, and found by the gates where it was not."""

from typing import Any

from domain.batch.gate.gate import Gate
from domain.batch.gate.results import GateVerdict
from domain.release.gates import evaluate
from records.batch.tables.batches import BatchUseRow
from records.core.policies import Policies
from records.release.gate_evidence import evidence_of
from tests.records.certifying import fit
from tests.records.databases import on_one_database
from tests.records.making import batch_of, ready, registered
from tests.records.qualifying import Qualifying, refused
from tests.records.rebuilt import are_rebuilt_identically
from tests.records.seeded import START, Seeded

OURS = "Veldmark Fine Chemistry"


async def starts(batch: Qualifying, **material: Any) -> None:
    lot = {"name": "ARL-204", "lot": "A-1", "manufacturer": OURS, **material}
    await batch.does("wen", "start", started_at=START.isoformat(), materials=[lot])


async def supply(batch: Qualifying) -> Any:
    """What G12 says of it for the Union."""
    row = await batch_of(batch)
    async with batch.seeded.database.reading() as session:
        evidence = await evidence_of(session, Policies(), row, "EU", batch.at)
    (found,) = [each for each in evaluate(evidence, {}, batch.at) if each.gate is Gate.G12]
    return found


@on_one_database
async def test_an_own_batch_is_no_material_however_it_is_written(seeded: Seeded) -> None:
    await ready(seeded)
    own = await registered(seeded, number="A-1", sponsor_number="AUR-25-001")
    again = await refused(registered(seeded, number="A-9", sponsor_number="aur 25 001"))
    assert (again.code, again.fields) == ("conflict", {"sponsor_number": f"is {own.case_id}"})
    batch = await registered(seeded)
    batch.passes(minutes=5)
    for written in ({}, {"lot": "a 1"}, {"lot": "aur-25-001"}, {"name": "arl 204", "manufacturer": OURS.upper()}):
        refusal = await refused(starts(batch, **written))
        assert refusal.fields == {"materials.0.lot": f"is {own.case_id}, an own batch: name it as a parent"}
    await starts(batch, lot="A-2")
    (use,) = await seeded.rows(BatchUseRow)
    assert (use.material, use.lot, use.chain, use.certificate) == ("ARL-204", "A-2", None, None)
    await are_rebuilt_identically(seeded.database, "batches", "batch_uses")


@on_one_database
async def test_a_lot_that_may_be_an_own_batch_or_lacks_its_makers_certificate_is_judged(seeded: Seeded) -> None:
    await fit(seeded)
    own = await registered(seeded, number="A-1")
    batch = await registered(seeded)
    batch.passes(minutes=5)
    chain = [{"type": "MANUFACTURER", "name": "Veldmark"}, {"type": "AGENT", "name": "Chemiehandel Nord"}]
    await starts(batch, manufacturer="Veldmark", chain=chain)
    found = await supply(batch)
    assert found.verdict is GateVerdict.NEEDS_JUDGEMENT
    assert f"ARL-204 A-1 of Veldmark may be {own.case_id}, an own batch" in found.reason
    assert "the certificate of the original manufacturer of ARL-204 A-1 is not on file" in found.reason
    assert "ARL-204 A-1: Veldmark, by MANUFACTURER Veldmark > AGENT Chemiehandel Nord" in found.looked_at


@on_one_database
async def test_a_batch_that_is_registered_after_it_was_used_as_a_material_closes_the_gate(seeded: Seeded) -> None:
    await fit(seeded)
    batch = await registered(seeded)
    batch.passes(minutes=5)
    document = await seeded.upload(by=await seeded.actor("wen"))
    await starts(batch, certificate=document)
    assert (await supply(batch)).verdict is GateVerdict.PASS
    own = await registered(seeded, number="A-1", at=batch.at)
    found = await supply(batch)
    assert (found.verdict, found.reason) == (GateVerdict.FAIL, f"ARL-204 A-1 is {own.case_id}, an own batch")
