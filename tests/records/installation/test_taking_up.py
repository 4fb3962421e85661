"""What was decided before entries of the list were watched is watched from the upgrade on."""

from datetime import timedelta

import pytest

from domain.asl.asl import AslStatus
from domain.core.forms import Process
from records.core.tables.cases import CaseRow
from records.installation.taking_up import take_up
from tests.records.databases import on_one_database
from tests.records.qualifying import stands
from tests.records.seeded import START, Seeded

AHEAD = (START + timedelta(days=10)).isoformat()


async def taken_up(seeded: Seeded) -> list[str]:
    return await take_up(seeded.database, seeded.journal, START)


@on_one_database
@pytest.mark.parametrize(
    ("status", "watched"),
    [
        (AslStatus.APPROVED, True),
        (AslStatus.CONDITIONALLY_APPROVED, True),
        (AslStatus.PROBATION, True),
        (AslStatus.SUSPENDED, True),
        (AslStatus.EXPIRED, True),
        (AslStatus.DISQUALIFIED, False),
        (AslStatus.RETIRED, False),
    ],
)
async def test_every_line_is_watched_once_whose_use_is_not_over(
    seeded: Seeded, status: AslStatus, *, watched: bool
) -> None:
    await stands(seeded, status)
    started = await taken_up(seeded)
    assert len(started) == watched
    assert await taken_up(seeded) == []
    cases = [row for row in await seeded.rows(CaseRow) if row.process == Process.OVERSIGHT.value]
    assert [(row.case_id, row.scope_ids) for row in cases] == [(case_id, ["SC-1"]) for case_id in started]


@on_one_database
@pytest.mark.parametrize("now", [None, AslStatus.RETIRED])
async def test_an_approval_that_begins_on_a_later_day_is_watched(seeded: Seeded, now: AslStatus | None) -> None:
    if now is not None:
        await stands(seeded, now)
    await stands(seeded, AslStatus.APPROVED, effective_from=AHEAD)
    assert len(await taken_up(seeded)) == 1


@on_one_database
async def test_what_was_never_on_the_list_is_not_watched(seeded: Seeded) -> None:
    assert await taken_up(seeded) == []
