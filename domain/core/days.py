"""How days are counted: spans, and the calendar of a site (domain specification, section 3).

A day is one in the calendar's time zone. It ends at 23:59:59 local time, and its morning is 09:00.
"""

import re
from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta, timezone
from enum import StrEnum
from typing import Annotated, Any, Self
from zoneinfo import ZoneInfo

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    model_serializer,
    model_validator,
)
from pydantic_core import CoreSchema

from domain.core.countries import Country, Subdivision
from domain.core.time_zones import TimeZone

LAST_SECOND = time(23, 59, 59)
MORNING = time(9)
"""Local time at which reminders and escalation steps counted in days fire."""


class Unit(StrEnum):
    """What a clock counts."""

    CALENDAR_DAYS = "CALENDAR_DAYS"
    BUSINESS_DAYS = "BUSINESS_DAYS"
    HOURS = "HOURS"
    MONTHS = "MONTHS"


_SYMBOL = {Unit.CALENDAR_DAYS: "d", Unit.BUSINESS_DAYS: "bd", Unit.HOURS: "h", Unit.MONTHS: "mo"}
_UNIT = {symbol: unit for unit, symbol in _SYMBOL.items()}
_SPAN = re.compile(r"^([+-]?[0-9]{1,4})(d|bd|h|mo)$")


class Span(BaseModel):
    """A length of time or a distance from a due date, read from and written as text: `30d`, `-14d`, `+1bd`, `4h`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    n: int
    unit: Unit

    @model_validator(mode="before")
    @classmethod
    def _read(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        parts = _SPAN.fullmatch(value)
        if parts is None:
            raise ValueError("Write a number and a unit: d (days), bd (business days), h (hours) or mo (months).")
        return {"n": int(parts[1]), "unit": _UNIT[parts[2]]}

    @model_serializer
    def _write(self) -> str:
        return str(self)

    @classmethod
    def __get_pydantic_json_schema__(cls, _schema: CoreSchema, _handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"type": "string", "pattern": _SPAN.pattern, "examples": ["30d", "-14d", "1bd", "4h", "24mo"]}

    def __str__(self) -> str:
        return f"{self.n}{_SYMBOL[self.unit]}"

    def backward(self) -> "Span":
        """The same length, counted the other way."""
        return Span(n=-self.n, unit=self.unit)

    @classmethod
    def of(cls, text: str) -> Self:
        """Read a span. Raises pydantic's `ValidationError`."""
        return cls.model_validate(text)


class Calendar(BaseModel):
    """The working days of a site. `closed` lists single days; `weekend` the closed weekdays (Monday is 0).

    `worked` lists days of a weekend that are worked, as in China around its holidays; a closed day stays closed.
    """

    model_config = ConfigDict(frozen=True)

    calendar_id: str
    tz: str
    closed: frozenset[date] = frozenset()
    weekend: frozenset[Annotated[int, Field(ge=0, le=6)]] = Field(default=frozenset({5, 6}), max_length=6)
    worked: frozenset[date] = frozenset()

    def is_open(self, day: date) -> bool:
        return (day.weekday() not in self.weekend or day in self.worked) and day not in self.closed

    def next_open(self, day: date) -> date:
        """The day itself if it is open, else the first open day after it."""
        while not self.is_open(day):
            day += timedelta(days=1)
        return day

    def add_business_days(self, day: date, n: int) -> date:
        """The n-th open day after the day, before it if n is negative, the day itself if n is 0."""
        step = timedelta(days=1 if n > 0 else -1)
        for _ in range(abs(n)):
            day += step
            while not self.is_open(day):
                day += step
        return day

    def business_days_between(self, start: date, end: date) -> int:
        """The n with which `add_business_days(start, n)` gives `end`, if `end` is open; negative if it is earlier."""
        if end < start:
            return -sum(self.is_open(end + timedelta(days=i)) for i in range((start - end).days))
        return sum(self.is_open(start + timedelta(days=i + 1)) for i in range((end - start).days))

    def local_day(self, at: datetime) -> date:
        """The day on the wall of the site. Raises `ValueError` for an instant without a time zone."""
        if at.tzinfo is None:
            raise ValueError("An instant needs a time zone.")
        return at.astimezone(ZoneInfo(self.tz)).date()

    def end_of(self, day: date) -> datetime:
        """23:59:59 local time, the later one where clocks go back at midnight."""
        return datetime.combine(day, LAST_SECOND, ZoneInfo(self.tz)).replace(fold=1).astimezone(UTC)

    def morning_of(self, day: date) -> datetime:
        """09:00 local time."""
        return datetime.combine(day, MORNING, ZoneInfo(self.tz)).astimezone(UTC)


class Whose(StrEnum):
    """Whose days a clock counts, where it is no authority's."""

    SITE = "SITE"
    """Those of the site: what it answers, reports and hands in."""
    SPONSOR = "SPONSOR"
    """Those of the sponsor: what it reviews, decides and approves."""


class OfficeDays(BaseModel):
    """The days of an office: its weekends and public holidays, and no closing days of its own.

    Without a country there are no public holidays.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    tz: TimeZone
    country: Country | None = None
    subdivision: Subdivision | None = None


DaysOf = Whose | OfficeDays
"""Whose calendar a clock counts in: a site's, the sponsor's, or that of the authority that is named."""

_EASTERNMOST = timezone(timedelta(hours=14))


def latest_day(at: datetime) -> date:
    """The day where it is latest on earth. What people state of it, or of a day before, is not of the future (22)."""
    return at.astimezone(_EASTERNMOST).date()


def add_months(day: date, n: int) -> date:
    """The same day n months later, or the last day of that month if it is shorter (31 Aug + 6 months = 28/29 Feb)."""
    years, month = divmod(day.month - 1 + n, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def counted(day: date, span: Span, calendar: Calendar) -> date:
    """The day at a distance from another day, not rolled. Raises `ValueError` for hours."""
    match span.unit:
        case Unit.CALENDAR_DAYS:
            return day + timedelta(days=span.n)
        case Unit.BUSINESS_DAYS:
            return calendar.add_business_days(day, span.n)
        case Unit.MONTHS:
            return add_months(day, span.n)
        case Unit.HOURS:
            raise ValueError("Hours are counted from an instant, not from a day.")
