"""Modes of lines and former versions, as the records have them: what counts on the day of certification."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from domain.batch.results.specification import SpecifiedTest
from records.batch.tables.decisions import HoldRow
from records.batch.tables.process import OosRow
from tests.domain.filling import filled
from tests.records.analysing import IMPURITY, analysed, facts_of, line, specified
from tests.records.databases import on_one_database
from tests.records.making import made, ready
from tests.records.oos import ground
from tests.records.qualifying import refused
from tests.records.rebuilt import are_rebuilt_identically
from tests.records.seeded import START, Seeded

APPROVED = [{"market": "EU", "reference": "Variation 42"}]
METHANOL = filled(
    SpecifiedTest,
    {
        "name": "Methanol", "method": "GC AM-3", "unit": "[ppm]", "upper": "3000",
        "mode": "PERIODIC", "within": 2, "approvals": APPROVED,
    },
)  # fmt: skip
STERILITY = filled(
    SpecifiedTest,
    {
        "name": "Sterility", "method": "Ph. Eur. 2.6.1", "kind": "TEXT", "unit": None, "expected": "Sterile",
        "mode": "PARAMETRIC", "approvals": APPROVED,
    },
)  # fmt: skip
SOLVENT = line("120", "Methanol", unit="[ppm]")


async def test_a_batch_rests_on_the_last_tested_one_as_long_as_it_is_near_enough(seeded: Seeded) -> None:
    await ready(seeded)
    await specified(seeded, IMPURITY, METHANOL)
    batches = [await made(seeded, number=f"B-{number}") for number in range(1, 5)]
    for batch in batches[1:]:
        await analysed(batch)
    await analysed(batches[0], line(), SOLVENT)
    first, second, third, fourth = [await facts_of(batch) for batch in batches]
    assert (first.by_mode, first.mode_faults, first.missing) == ((), (), ())
    words = "Methanol: periodic testing (Variation 42): last tested on batch B-1, {} before, which passed"
    assert (second.by_mode, third.by_mode) == ((words.format("one"),), (words.format("2"),))
    assert fourth.mode_faults == ("Methanol: none of the last 2 batches was tested, and neither was this one",)
    assert (await facts_of(batches[1], "US")).mode_faults == ("Methanol: periodic testing is not registered in US",)
    await are_rebuilt_identically(seeded.database)


@on_one_database
async def test_data_that_fail_are_investigated_and_outweighed_by_no_test_of_the_product(seeded: Seeded) -> None:
    await ready(seeded)
    await specified(seeded, IMPURITY, STERILITY)
    batch = await made(seeded)
    data = await seeded.upload(by=await seeded.actor("vito"))
    await analysed(batch, line(), line("Does not comply", "Sterility", unit=None, process_data=data))
    (row,) = await seeded.rows(OosRow)
    assert row.test == "Sterility"
    assert await seeded.rows(HoldRow) != []
    assert (await facts_of(batch)).by_mode == (
        f"Sterility: parametric release (Variation 42): data of the batch ({data['document_id']})",
    )
    await batch.answers("uta", "oos-laboratory", {"oos_id": row.oos_id, "retests": []})
    found: dict[str, Any] = {"oos_id": row.oos_id, "outcome": "INCONCLUSIVE", **await ground(seeded)}
    refusal = await refused(
        batch.answers("priya", "oos-investigation", {**found, "discount_ground": "ORTHOGONAL_METHOD"})
    )
    assert refusal.fields == {
        "discount_ground": "a test of the product never replaces parametric release that has failed"
    }
    await batch.answers("priya", "oos-investigation", found)


@on_one_database
async def test_own_testing_stands_on_no_data_of_the_process(seeded: Seeded) -> None:
    await ready(seeded)
    await specified(seeded, IMPURITY, STERILITY)
    batch = await made(seeded)
    data = await seeded.upload(by=await seeded.actor("tove"))
    results = [line(), line("Sterile", "Sterility", unit=None, process_data=data)]
    refusal = await refused(
        batch.answers("tove", "own-testing", {"results": results, "tested_on": batch.at.date().isoformat()})
    )
    assert list(refusal.fields) == ["results.1.process_data"]


@on_one_database
@pytest.mark.parametrize(("last", "version", "failed"), [(None, 2, 1), (3, 1, 0), (2, 1, 0), (1, 2, 1)])
async def test_a_former_version_counts_until_its_last_day(
    seeded: Seeded, last: int | None, version: int, failed: int
) -> None:
    await ready(seeded)
    await specified(seeded)
    batch = await made(seeded)
    tighter = IMPURITY.model_copy(update={"upper": Decimal("0.10")})
    until = START.date() + timedelta(days=last) if last is not None else None
    await specified(seeded, tighter, version=2, former_valid_until=until, printed_as=("SPEC-204 v4",))
    batch.passes(days=2)
    await analysed(batch, line(), specification=f"SPEC-204 v{version + 2}")
    facts = await facts_of(batch)
    assert (facts.spec_version, len(facts.failed), len(await seeded.rows(OosRow))) == (version, failed, failed)


@on_one_database
async def test_a_certificate_to_a_version_after_its_end_is_refused_unless_it_is_tighter(seeded: Seeded) -> None:
    await ready(seeded)
    await specified(seeded)
    first, second = await made(seeded), await made(seeded)
    wider = IMPURITY.model_copy(update={"upper": Decimal("0.20")})
    await specified(seeded, wider, version=2, former_valid_until=START.date(), printed_as=("SPEC-204 v4",))
    first.passes(days=1)
    await analysed(first, specification="SPEC-204 v3")
    facts = await facts_of(first)
    assert (facts.spec_version, facts.specifications_tighter) == (2, ("SPEC-SC-1 v1", "SPEC-204 v3"))
    twice = wider.model_copy(update={"replicates_min": 2})
    await specified(seeded, twice, version=3, former_valid_until=START.date(), printed_as=("SPEC-204 v5",))
    second.passes(days=1)
    refusal = await refused(analysed(second, line(), line("0.13"), specification="SPEC-204 v3"))
    assert list(refusal.fields) == ["specification"]
    await analysed(second, line(), line("0.13"), specification="SPEC-204 v5")
