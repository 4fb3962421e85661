"""The starts are what their names say, and no story is left out."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.days.parts import PARTS, ROOT, SAMPLE, STORIES, all_parts, sample
from tests.days.starts import STARTS, Start

NOW = datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC)


@pytest.mark.parametrize("start", STARTS, ids=lambda start: start.name)
def test_a_start_is_ahead_on_every_day_and_named_once(start: Start) -> None:
    for days in range(0, 1500, 97):
        now = NOW + timedelta(days=days)
        assert now < start.after(now) < now + timedelta(days=4 * 366)
    assert [each.name for each in STARTS].count(start.name) == 1


@pytest.mark.parametrize("start", [each for each in STARTS if "Vienna" in each.name or "New York" in each.name])
def test_the_clocks_change_in_the_nights_that_are_named_for_it(start: Start) -> None:
    at = start.after(NOW).astimezone(UTC)
    around = [(at + timedelta(hours=n)).astimezone(ZoneInfo(start.tz)).utcoffset() for n in (-1, 1)]
    assert around[0] != around[1]


def test_every_story_is_told_from_every_start_once() -> None:
    assert len(STARTS) >= 16
    stories = [str(path.relative_to(ROOT)) for path in STORIES.rglob("test_*.py")]
    told = [(part.start.name, file) for part in all_parts() for file in part.files]
    assert sorted(told) == sorted((start.name, file) for start in STARTS for file in stories)
    assert all(part.files for part in all_parts()), "without files pytest would run all tests instead"
    assert len({part.name for part in all_parts()}) == len(STARTS) * PARTS


def test_the_sample_rotates_by_commit_until_all_has_been_in_it() -> None:
    samples = [sample(all_parts(), f"{n:040x}") for n in range(2000)]
    assert {part.name for each in samples for part in each} == {part.name for part in all_parts()}
    assert all(len({part.start.name for part in each}) == SAMPLE for each in samples)
    assert sample(all_parts(), "a") == sample(all_parts(), "a")
