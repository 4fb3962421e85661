"""What holds in a database of an older version is established once: what protects follows, and nothing else."""

from typing import Any

from sqlalchemy import delete, update
from sqlmodel import col

from records.batch.tables.batches import BatchRow
from records.batch.tables.decisions import HoldRow, ReviewDemandRow
from records.contexts import load
from records.core.tables.facts import FactRow, FactSubjectRow
from records.installation.taking_up import take_up_facts
from tests.records.batch.test_hold import child_of, standing
from tests.records.core.test_facts import NOW
from tests.records.databases import on_one_database
from tests.records.deciding import suspended
from tests.records.making import batch_of, in_manufacture, made, ready, registered
from tests.records.releasing import released
from tests.records.seeded import START, Seeded


async def older(seeded: Seeded, *, without_holds: bool = True) -> None:
    """As an older version has left it: it journaled no facts, and placed no hold for them."""
    async with seeded.database.writing() as session:
        await session.exec(delete(FactRow))
        await session.exec(delete(FactSubjectRow))
        if without_holds:
            await session.exec(delete(HoldRow))
            await session.exec(delete(ReviewDemandRow))
            await session.exec(update(BatchRow).values(review_open=False))


async def taken_up(seeded: Seeded) -> list[str]:
    return await take_up_facts(seeded.database, seeded.journal, load(), START)


async def reports(batch: Any, action: str, **given: Any) -> None:
    await batch.answers("vito", action, {"detected_at": NOW, **given})


async def test_a_grave_deviation_and_a_result_hold_the_batch_and_its_children_once(seeded: Seeded) -> None:
    await ready(seeded)
    batch = await in_manufacture(seeded)
    child = await child_of(seeded, batch, relation="INTERMEDIATE")
    await reports(batch, "deviation", deviation_id="DEV-1", deviation_class="MAJOR")
    await reports(batch, "deviation", deviation_id="DEV-2", deviation_class="MINOR")
    await reports(batch, "oos", oos_id="OOS-1")
    await older(seeded)
    assert await taken_up(seeded) == [
        f"GraveDeviationReported {batch.case_id}:DEV-1:MAJOR",
        f"ResultOutsideReported {batch.case_id}:OOS-1",
    ]
    held = [(row.batch_id, row.type, row.fact_kind) for row in await standing(seeded)]
    assert sorted(held) == sorted(
        (each.case_id, type_, kind)
        for each in (batch, child)
        for type_, kind in (("DEVIATION", "GraveDeviationReported"), ("OOS", "ResultOutsideReported"))
    )
    facts = await seeded.rows(FactRow)
    assert {(row.cause["by"], row.established_by) for row in facts} == {("upgrade", "SYSTEM")}
    assert await taken_up(seeded) == []
    assert len(await standing(seeded)) == 4


@on_one_database
async def test_what_people_have_lifted_or_reviewed_is_not_placed_or_demanded_again(seeded: Seeded) -> None:
    await ready(seeded)
    batch = await in_manufacture(seeded)
    await reports(batch, "deviation", deviation_id="DEV-1", deviation_class="MAJOR")
    await older(seeded, without_holds=False)
    async with seeded.database.writing() as session:
        await session.exec(update(HoldRow).values(lifted_at=START, lifted_by="PER-1").where(col(HoldRow.type) != ""))
    assert len(await taken_up(seeded)) == 1
    assert await standing(seeded) == []


@on_one_database
async def test_a_result_confirmed_after_the_release_is_reviewed_and_a_suspension_holds_what_is_open(
    seeded: Seeded,
) -> None:
    batch = await released(await ready(seeded))
    await reports(batch, "oos", oos_id="OOS-1")
    await batch.answers("uta", "oos-laboratory", {"oos_id": "OOS-1", "retests": []})
    await batch.answers("priya", "oos-investigation", {"oos_id": "OOS-1"})
    open_one = await registered(seeded)
    await suspended(seeded)
    await older(seeded)
    names = await taken_up(seeded)
    assert [name.split()[0] for name in names] == ["OosConfirmed", "ResultOutsideReported", "ScopeSuspended"]
    reasons = {row.reason for row in await seeded.rows(ReviewDemandRow)}
    assert "OOS OOS-1 is confirmed: Impurity I-3 0.27 %" in reasons
    assert [row.type for row in await standing(seeded, open_one)] == ["SUPPLIER_STATUS"]
    assert await taken_up(seeded) == []
    assert (await batch_of(batch)).review_open


@on_one_database
async def test_nothing_is_taken_up_where_everything_is_journaled(seeded: Seeded) -> None:
    await ready(seeded)
    batch = await made(seeded)
    await reports(batch, "oos", oos_id="OOS-1")
    await suspended(seeded)
    assert await taken_up(seeded) == []
