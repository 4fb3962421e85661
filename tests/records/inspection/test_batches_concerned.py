"""Who reviews an outcome says which batches are concerned, and that acts."""

from typing import Any

import pytest

from records.batch.tables.decisions import HoldRow, ReviewDemandRow
from tests.records.agreeing import another_scope
from tests.records.databases import on_one_database
from tests.records.inspection.test_inspection import ended
from tests.records.known import known
from tests.records.making import ready, registered
from tests.records.qualifying import Qualifying, refused
from tests.records.releasing import released
from tests.records.seeded import Seeded

pytestmark = on_one_database


async def goods(seeded: Seeded) -> tuple[Qualifying, Qualifying, Qualifying]:
    """A released batch of the scope that is inspected, an open one that comes from it, and an open one beside them."""
    batch = await released(await ready(seeded), number="A-2204")
    link = {"batch_id": batch.case_id, "relation": "INTERMEDIATE", "quantity": "20"}
    return batch, await registered(seeded, parents=[link]), await registered(seeded, number="A-2205")


async def inspected(seeded: Seeded) -> Qualifying:
    return await ended(seeded, outcome="NAI")


async def held(seeded: Seeded) -> set[str]:
    return {row.batch_id for row in await seeded.rows(HoldRow)}


async def reviewed(seeded: Seeded) -> set[str]:
    return {row.batch_id for row in await seeded.rows(ReviewDemandRow)}


async def test_no_batch_is_concerned(seeded: Seeded) -> None:
    await goods(seeded)
    await (await inspected(seeded)).does("ines", "review-outcome", concerned="NONE")
    assert (await held(seeded), await reviewed(seeded)) == (set(), set())


async def test_those_that_are_named_are_held_and_reviewed_with_what_comes_from_them(seeded: Seeded) -> None:
    batch, child, _ = await goods(seeded)
    await (await inspected(seeded)).does("ines", "review-outcome", concerned="NAMED", batches=["a 2204"])
    assert (await held(seeded) - {batch.case_id}, await reviewed(seeded)) == ({child.case_id}, {batch.case_id})


async def test_all_of_the_scopes_are_concerned(seeded: Seeded) -> None:
    batch, child, beside = await goods(seeded)
    inspection = await inspected(seeded)
    written = await inspection.does("ines", "review-outcome", concerned="SCOPE", batch_impact="All of this year.")
    assert written.effect == {}
    assert await held(seeded) >= {child.case_id, beside.case_id}
    assert await reviewed(seeded) == {batch.case_id}
    (why,) = {row.reason for row in await seeded.rows(HoldRow)}
    assert (inspection.case_id in why, "All of this year." in why) == (True, True)


async def test_all_of_the_site_are_concerned_whatever_was_inspected(seeded: Seeded) -> None:
    await goods(seeded)
    inspection = await inspected(seeded)
    await known(seeded, "BAT-77", "Z-1", scope_id=await another_scope(seeded), site_id="VM-02")
    for said, is_held in (("SCOPE", False), ("SITE", True)):
        await inspection.does("ines", "review-outcome", concerned=said)
        assert ("BAT-77" in await held(seeded)) == is_held


@pytest.mark.parametrize(
    ("given", "fields"),
    [
        ({"concerned": None}, {"concerned"}),
        ({"concerned": "NONE", "site_closed": True}, {"concerned"}),
        ({"concerned": "SCOPE", "site_closed": True}, {"concerned"}),
        ({"concerned": None, "batches": ["A-2204"]}, {"concerned", "batches"}),
        ({"concerned": "NAMED"}, {"batches"}),
        ({"concerned": "SCOPE", "batches": ["A-2204"]}, {"batches"}),
        ({"concerned": "NAMED", "batches": ["A-2204", "A-9999"]}, {"batches.1"}),
        ({"concerned": "NAMED", "batches": ["A.02204"]}, {"batches.0"}),
    ],
)
async def test_what_is_not_said_or_not_known_is_refused(
    seeded: Seeded, given: dict[str, Any], fields: set[str]
) -> None:
    await goods(seeded)
    inspection = await inspected(seeded)
    assert (await refused(inspection.does("ines", "review-outcome", **given))).fields.keys() == fields
    assert (await held(seeded), await reviewed(seeded)) == (set(), set())
