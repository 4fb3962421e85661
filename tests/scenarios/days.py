"""Days as stories count them: by hand from a weekday, never by the program's own calendar."""

from datetime import UTC, date, datetime, time, timedelta

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
