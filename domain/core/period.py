"""Months and quarters, by which a site is scored (domain specification, section 5)."""

from datetime import date, timedelta
from enum import StrEnum

from domain.core.days import add_months
from domain.core.refusals import broken


class PeriodKind(StrEnum):
    """Scores are computed for months and judged for quarters."""

    MONTH = "MONTH"
    QUARTER = "QUARTER"


_MONTHS = {PeriodKind.MONTH: 1, PeriodKind.QUARTER: 3}


def last_day_of(kind: PeriodKind, first_day: date) -> date:
    """The last day of the period that begins on a day."""
    return add_months(first_day, _MONTHS[kind]) - timedelta(days=1)


def begins(kind: PeriodKind, day: date) -> bool:
    """Whether a period of the kind begins on a day: quarters begin in January, April, July and October."""
    return day.day == 1 and (day.month - 1) % _MONTHS[kind] == 0


def quarter_name(first_day: date) -> str:
    """For example `2027-Q1`."""
    return f"{first_day.year}-Q{(first_day.month + 2) // 3}"


def refuse_unless_over(kind: PeriodKind, first_day: date, today: date) -> date:
    """The last day of a period that has ended. Raises `Refused` if none begins on the day, or if it is not over."""
    if not begins(kind, first_day):
        raise broken("section 5, scorecard", f"No {kind.lower()} begins on this day.", first_day="is no first day")
    last_day = last_day_of(kind, first_day)
    if last_day >= today:
        raise broken("section 5, scorecard", f"The {kind.lower()} is not over.", first_day=f"runs until {last_day}")
    return last_day
