"""Months and quarters that are over: found by every evaluation until they are seen to, whenever it comes."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from domain.asl.asl import AslStatus
from domain.core.days import Calendar
from domain.oversight.evaluation import in_effect, next_moment
from domain.oversight.schedule import Standing, What, schedule
from tests.domain.shipped import POLICY

ZONES = ["UTC", "Europe/Vienna", "America/New_York", "Asia/Kolkata", "Pacific/Kiritimati", "Pacific/Pago_Pago"]
MONTHS = [date(2027 + n // 12, n % 12 + 1, 1) for n in range(27)]  # with a leap day
QUARTERS = MONTHS[::3]
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def seen(evaluated: datetime, since: datetime, tz: str, begun: datetime = LONG_AGO) -> dict[What, list[str]]:
    """The first days of what an evaluation finds to be over."""
    calendar = Calendar(calendar_id="CAL", tz=tz)
    standing = Standing(status=AslStatus.APPROVED, watched_since=begun)
    found = in_effect(schedule(standing, POLICY, calendar, now=evaluated, since=since), evaluated)
    return {what: [each.about for each in found if each.what is what] for what in (What.MONTH_ENDS, What.QUARTER_ENDS)}


def local(text: str, tz: str = "Europe/Vienna") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(tz)).astimezone(UTC)


@pytest.mark.parametrize("tz", ZONES)
@pytest.mark.parametrize("clock", ["00:00:00", "00:30:00", "08:59:59", "09:00:00", "09:00:01", "23:59:59"])
@pytest.mark.parametrize("day", [1, 2])
@pytest.mark.parametrize("since", [timedelta(0), timedelta(seconds=1), timedelta(hours=9), timedelta(days=20)])
def test_what_ended_last_is_found_from_its_morning_on(tz: str, clock: str, day: int, since: timedelta) -> None:
    for before, ended, month in zip(MONTHS, MONTHS[1:], MONTHS[2:], strict=False):
        evaluated = local(f"{month.replace(day=day)}T{clock}", tz)
        over = day > 1 or clock >= "09:00:00"
        found = seen(evaluated, evaluated - since, tz)
        assert found[What.MONTH_ENDS][-1] == (ended if over else before).isoformat(), evaluated
        began = max(first for first in QUARTERS if first < month) if over else None
        if month in QUARTERS and began is not None:
            assert found[What.QUARTER_ENDS][-1] == began.isoformat(), evaluated


@pytest.mark.parametrize("tz", ZONES)
@pytest.mark.parametrize("hours", [1, 5, 8.75, 24, 24 * 6.5, 24 * 45, 24 * 200])
def test_however_often_somebody_looks_nothing_is_lost_and_nothing_new_is_found_twice(tz: str, hours: float) -> None:
    """Each evaluation tells when the next one is; some come earlier, and after an outage all come late."""
    calendar = Calendar(calendar_id="CAL", tz=tz)
    standing = Standing(status=AslStatus.APPROVED, watched_since=local("2027-01-01T00:00:00", tz))
    since, found, late = standing.watched_since, [], timedelta(hours=hours)
    while since < local("2029-01-02T00:00:00", tz):
        moments = schedule(standing, POLICY, calendar, now=since)
        following = next_moment(moments, since)
        assert following is not None
        evaluated = max(since + late, following.at) if hours > 24 * 40 else min(since + late, following.at)
        moments = schedule(standing, POLICY, calendar, now=evaluated, since=since)
        found += [(each.what, each.about) for each in in_effect(moments, evaluated) if each.at > since]
        since = evaluated
    for what, firsts in ((What.MONTH_ENDS, MONTHS), (What.QUARTER_ENDS, QUARTERS)):
        told = [about for each, about in found if each is what]
        assert told[:20] == [first.isoformat() for first in firsts][: len(told[:20])]
        assert len(told) == len(set(told)) >= (24 if what is What.MONTH_ENDS else 8)


@pytest.mark.parametrize(
    ("evaluated", "next_at", "about"),
    [
        ("2027-12-31T23:59:58", "2028-01-01T09:00:00", ["2027-12-01", "2027-10-01"]),
        ("2028-01-01T00:00:00", "2028-01-01T09:00:00", ["2027-12-01", "2027-10-01"]),
        ("2028-01-01T00:30:00", "2028-01-01T09:00:00", ["2027-12-01", "2027-10-01"]),
        ("2028-01-01T08:59:59", "2028-01-01T09:00:00", ["2027-12-01", "2027-10-01"]),
        ("2028-01-01T09:00:00", "2028-02-01T09:00:00", ["2028-01-01"]),
        ("2028-02-01T00:30:00", "2028-02-01T09:00:00", ["2028-01-01"]),
        ("2028-02-29T12:00:00", "2028-03-01T09:00:00", ["2028-02-01"]),
        ("2028-03-26T01:59:59", "2028-04-01T09:00:00", ["2028-03-01", "2028-01-01"]),
        ("2028-10-29T02:30:00", "2028-11-01T09:00:00", ["2028-10-01"]),
    ],
)
def test_the_next_end_of_a_period_is_told(evaluated: str, next_at: str, about: list[str]) -> None:
    calendar = Calendar(calendar_id="CAL-AT", tz="Europe/Vienna")
    standing = Standing(status=AslStatus.APPROVED, watched_since=LONG_AGO)
    now = local(evaluated)
    coming = [each for each in schedule(standing, POLICY, calendar, now=now) if each.at > now]
    assert [each.about for each in coming if each.at == local(next_at)] == about
    assert coming[0].at == local(next_at)


@pytest.mark.parametrize(
    ("begun", "evaluated", "months", "quarters"),
    [
        ("2028-01-01T00:00:00", "2028-01-01T09:00:00", [], []),
        ("2028-01-01T00:30:00", "2028-01-05T00:00:00", [], []),
        ("2028-01-01T10:00:00", "2028-02-01T09:00:00", ["2028-01-01"], []),
        ("2027-12-31T23:59:58", "2028-01-01T08:59:59", [], []),
        ("2027-12-31T23:59:58", "2028-01-01T09:00:00", ["2027-12-01"], ["2027-10-01"]),
        ("2028-02-29T12:00:00", "2028-03-01T09:00:00", ["2028-02-01"], []),
        ("2027-11-20T12:00:00", "2028-01-20T12:00:00", ["2027-11-01", "2027-12-01"], ["2027-10-01"]),
    ],
)
def test_what_ended_before_the_oversight_began_is_not_judged(
    begun: str, evaluated: str, months: list[str], quarters: list[str]
) -> None:
    since = local(begun)
    found = seen(local(evaluated), since, "Europe/Vienna", begun=since)
    assert found == {What.MONTH_ENDS: months, What.QUARTER_ENDS: quarters}


def test_the_last_period_is_found_although_the_site_has_moved_its_clocks() -> None:
    """At the last evaluation it was the evening of the 31st in New York; in Tokyo the morning after was over."""
    last = local("2028-01-31T20:00:00", "America/New_York")
    assert seen(last + timedelta(days=1), last, "Asia/Tokyo")[What.MONTH_ENDS] == ["2028-01-01"]


def test_the_months_of_an_outage_are_all_found() -> None:
    found = seen(local("2028-05-20T12:00:00"), local("2027-11-20T12:00:00"), "Europe/Vienna")
    assert found[What.MONTH_ENDS] == [f"{month:%Y-%m-%d}" for month in MONTHS[10:16]]
    assert found[What.QUARTER_ENDS] == ["2027-10-01", "2028-01-01"]
    assert all(one < other for one, other in pairwise(found[What.MONTH_ENDS]))
