"""Days as stories count them: by hand from a weekday, never by the program's own calendar."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

MONDAY, TUESDAY, WEDNESDAY, SATURDAY = 0, 1, 2, 5


def the_next(weekday: int, today: date, ahead: int) -> date:
    """The first such weekday that is so many days away or more."""
    first = today + timedelta(days=ahead)
    return first + timedelta(days=(weekday - first.weekday()) % 7)


def evening(day: date, days: int = 0) -> datetime:
    """When something is due that many days after a day."""
    return datetime.combine(day + timedelta(days=days), time(23, 59, 59), UTC)


def morning(day: date, days: int = 0) -> datetime:
    """When a reminder fires that many days after a day."""
    return datetime.combine(day + timedelta(days=days), time(9), UTC)


def rolled(day: date) -> date:
    """The day itself, or the Monday after a weekend."""
    return day + timedelta(days=7 - day.weekday()) if day.weekday() >= SATURDAY else day


def working_in_the_us(day: date, days: int) -> date:
    """So many business days of the federal government of the United States after a day."""
    while days:
        day += timedelta(days=1)
        days -= day.weekday() < SATURDAY and day not in _federal_holidays(day.year)
    return day


def evening_in_the_us(day: date) -> datetime:
    """When something is due at an authority in Washington on a day."""
    return datetime.combine(day, time(23, 59, 59), ZoneInfo("America/New_York")).astimezone(UTC)


def _federal_holidays(year: int) -> set[date]:
    """5 U.S.C. 6103: on fixed days, kept on the working day beside a weekend, and on weekdays of a month."""
    fixed = [
        date(year, 1, 1),
        date(year + 1, 1, 1),
        *(date(year, *each) for each in ((6, 19), (7, 4), (11, 11), (12, 25))),
    ]
    kept = {day - timedelta(days=1) if day.weekday() == SATURDAY else day for day in fixed}
    kept = {day + timedelta(days=1) if day.weekday() == SATURDAY + 1 else day for day in kept}
    thanksgiving = the_next(SATURDAY - 2, date(year, 11, 1), 0) + timedelta(days=21)
    return kept | {
        the_next(MONDAY, date(year, 1, 15), 0),
        the_next(MONDAY, date(year, 2, 15), 0),
        the_next(MONDAY, date(year, 5, 25), 0),
        the_next(MONDAY, date(year, 9, 1), 0),
        the_next(MONDAY, date(year, 10, 8), 0),
        thanksgiving,
    }
