"""Days and hours at which rules about days go wrong: every story must also come true when it begins on one of them.

An instant is the next one of its kind, for the time of the workflow server can be skipped ahead and not back.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from records.core.calendars import site_calendar

FRIDAY, SATURDAY, SUNDAY = 4, 5, 6
VIENNA, NEW_YORK = "Europe/Vienna", "America/New_York"
TWO_SECONDS_BEFORE = "23:59:58"
"""Before midnight, which then passes while the company is opened."""


@dataclass(frozen=True)
class Start:
    """A kind of instant."""

    name: str
    on: Callable[[date], bool]
    clock: str
    tz: str = "UTC"
    fold: int = 0
    """1 for the second of two hours that the clocks show alike."""

    def after(self, now: datetime) -> datetime:
        """The first instant of the kind on a later day."""
        zone = ZoneInfo(self.tz)
        day = now.astimezone(zone).date() + timedelta(days=1)
        while not self.on(day):
            day += timedelta(days=1)
        return datetime.combine(day, time.fromisoformat(self.clock), zone).replace(fold=self.fold)


def _each(month: int, day: int) -> Callable[[date], bool]:
    return lambda each: (each.month, each.day) == (month, day)


def _sunday(month: int, first: int) -> Callable[[date], bool]:
    """The Sunday in the week of a month that begins with a day."""
    return lambda each: each.weekday() == SUNDAY and each.month == month and first <= each.day < first + 7


def _holiday(each: date) -> bool:
    """A public holiday of the seeded calendar of Austria on a day on which people would work."""
    calendar = site_calendar("CAL-AT", VIENNA, "AT", None, (), [each.year])
    return each in calendar.closed and each.weekday() < FRIDAY


STARTS = (
    Start("the last seconds of a year", _each(12, 31), TWO_SECONDS_BEFORE),
    Start("the first night of a year", _each(1, 1), "00:30"),
    Start("the first morning of a year", _each(1, 1), "08:59:58"),
    Start("the end of January", _each(1, 31), "12:00"),
    Start("28 February", _each(2, 28), TWO_SECONDS_BEFORE),
    Start("the night of 29 February", _each(2, 29), "00:30"),
    Start("the end of 29 February", _each(2, 29), TWO_SECONDS_BEFORE),
    Start("the end of a quarter", _each(3, 31), TWO_SECONDS_BEFORE),
    Start("the end of a month of 30 days", _each(4, 30), "20:00"),
    Start("the first night of a quarter", _each(7, 1), "00:00"),
    Start("the end of August", _each(8, 31), "08:59:58"),
    Start("spring in Vienna", _sunday(3, 25), "01:59:58", VIENNA),
    Start("autumn in Vienna, the first hour", _sunday(10, 25), "02:59:58", VIENNA),
    Start("autumn in Vienna, the second hour", _sunday(10, 25), "02:30", VIENNA, fold=1),
    Start("spring in New York", _sunday(3, 8), "01:59:58", NEW_YORK),
    Start("autumn in New York", _sunday(11, 1), "01:59:58", NEW_YORK),
    Start("a Friday evening", lambda each: each.weekday() == FRIDAY, "18:00"),
    Start("a Saturday", lambda each: each.weekday() == SATURDAY, "10:00"),
    Start("the end of a Sunday", lambda each: each.weekday() == SUNDAY, TWO_SECONDS_BEFORE),
    Start("a holiday in Austria", _holiday, "10:00", VIENNA),
    Start("Christmas Eve", _each(12, 24), "15:00", VIENNA),
)
