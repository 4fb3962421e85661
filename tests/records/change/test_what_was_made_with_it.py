"""What stands against a change reaches what is released of all that was made with it, whichever way it is told."""

from typing import Any

import pytest

from records.batch.tables.decisions import HoldRow, ReviewDemandRow
from tests.records.change.test_site_change import announced
from tests.records.databases import on_one_database
from tests.records.making import ready, registered
from tests.records.qualifying import Qualifying
from tests.records.releasing import decided, released
from tests.records.seeded import START, Seeded

VARIATION: dict[str, Any] = {
    "filings": [
        {"market": "EU", "filing": "VARIATION", "reference": "IB-12"},
        {"market": "US", "filing": "NO_FILING"},
    ]
}
NO_FILING: dict[str, Any] = {"filings": [{"market": market, "filing": "NO_FILING"} for market in ("EU", "US")]}


async def family(seeded: Seeded) -> tuple[Qualifying, Qualifying]:
    """A released batch, and a released one that comes from it."""
    batch = await released(await ready(seeded), number="B-044")
    link = {"batch_id": batch.case_id, "relation": "INTERMEDIATE", "quantity": "20"}
    child = await registered(seeded, parents=[link], number="C-1")
    await decided(seeded, child.case_id, EU="RELEASE", US="RELEASE")
    return batch, child


async def reviewed(seeded: Seeded) -> dict[str, str]:
    return {row.batch_id: row.reason for row in await seeded.rows(ReviewDemandRow)}


async def approved(change: Qualifying, assessment: dict[str, Any]) -> None:
    await change.does("ines", "classify", sponsor_tier="APPROVAL")
    await change.does("rosa", "assess-regulatory", **assessment)
    await change.does("carla", "assess-technical")
    await change.does("priya", "decide")


async def test_a_change_that_was_never_notified_has_the_release_reviewed_and_what_was_made_of_it(
    seeded: Seeded,
) -> None:
    batch, child = await family(seeded)
    await batch.answers("vito", "change", {"change_id": "CC-9", "description": "Reactor R-202."})
    reasons = await reviewed(seeded)
    assert reasons[batch.case_id] == "It was made under CC-9, which was never notified: Reactor R-202."
    assert reasons[child.case_id].startswith("B-044, that it comes from: It was made under CC-9")
    assert await seeded.rows(HoldRow) == []  # gate G10 refuses what is not decided


@on_one_database
async def test_a_change_that_is_not_approved_has_it_reviewed_and_once_more_when_it_is_rejected(seeded: Seeded) -> None:
    batch, child = await family(seeded)
    change = await announced(seeded, change_id="CC-9")
    await batch.answers("vito", "change", {"change_id": "cc 9"})
    assert f"cc 9 ({change.case_id}), which is not approved" in (await reviewed(seeded))[batch.case_id]
    await change.does("ines", "classify", sponsor_tier="APPROVAL")
    await change.does("priya", "decide", verdict="REJECTED")
    found = [row.reason for row in await seeded.rows(ReviewDemandRow) if row.cause == change.case_id]
    assert [reason.rpartition(", which ")[2] for reason in found] == ["is rejected", "is rejected"]
    assert {row.batch_id for row in await seeded.rows(ReviewDemandRow)} == {batch.case_id, child.case_id}


@on_one_database
@pytest.mark.parametrize(
    ("assessment", "first_batch", "is_reviewed"),
    [
        (VARIATION, "B 044", True),
        (VARIATION, "B.0044", True),
        (VARIATION, "B-900", False),
        (NO_FILING, "B-044", False),
    ],
    ids=["by number", "by a number like it", "another one", "nothing is to be filed"],
)
async def test_the_first_use_reaches_what_was_made_with_the_change(
    seeded: Seeded, assessment: dict[str, Any], first_batch: str, *, is_reviewed: bool
) -> None:
    batch, child = await family(seeded)
    change = await announced(seeded, change_id="CC-9", earliest_date=START.date().isoformat())
    await approved(change, assessment)
    change.passes(days=30)
    await change.does("vito", "implement", implemented_on=change.at.date().isoformat(), first_batch=first_batch)
    assert (await reviewed(seeded)).keys() == ({batch.case_id, child.case_id} if is_reviewed else set())
    assert all("waits for a variation in EU" in reason for reason in (await reviewed(seeded)).values())


@on_one_database
async def test_the_first_use_reaches_what_was_finished_since_then(seeded: Seeded) -> None:
    batch, child = await family(seeded)
    change = await announced(seeded, change_id="CC-9", earliest_date=START.date().isoformat())
    await approved(change, VARIATION)
    await change.does("vito", "implement", implemented_on=START.date().isoformat(), first_batch="B-900")
    assert (await reviewed(seeded)).keys() == {batch.case_id, child.case_id}
