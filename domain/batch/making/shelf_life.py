"""How long a batch may be used: its last day where the goods lie, and its day of retest (domain specification, 17)."""

import re
from calendar import monthrange
from collections.abc import Collection, Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import BaseModel, BeforeValidator, ConfigDict, WithJsonSchema

from domain.batch.batch import Relation
from domain.batch.relations import OF_A_PART, OTHER_CONTAINERS
from domain.batch.supply_stage import SupplyStage
from domain.core.days import Span, Unit, add_months
from domain.core.refusals import Code, Refused

RULE = "section 17, shelf life"
_MONTH = re.compile(r"(0[1-9]|1[0-2])/([0-9]{4})")
_NO_TIME = Span.of("0d")
_FOR_EVER = datetime.max.replace(tzinfo=UTC)


def _days_after(day: date, span: Span) -> date:
    """The day a span later, in calendar days or months."""
    return add_months(day, span.n) if span.unit is Unit.MONTHS else day + timedelta(days=span.n)


def last_day_of(value: object) -> object:
    """A month that is printed as MM/YYYY means its last day; anything else stays as it is."""
    month = _MONTH.fullmatch(value) if isinstance(value, str) else None
    if month is None or month[2] == "0000":
        return value
    year, number = int(month[2]), int(month[1])
    return date(year, number, monthrange(year, number)[1])


def ends_after(day: date, zone: str) -> datetime:
    """The midnight after a day in a time zone."""
    if day >= date.max - timedelta(days=1):
        return _FOR_EVER
    return datetime.combine(day + timedelta(days=1), time(), ZoneInfo(zone)).astimezone(UTC)


LastDay = Annotated[
    date,
    BeforeValidator(last_day_of),
    WithJsonSchema(
        {"anyOf": [{"type": "string", "format": "date"}, {"type": "string", "pattern": r"^(0[1-9]|1[0-2])/[0-9]{4}$"}]}
    ),
]
"""A day; of a month that is given as MM/YYYY its last one."""


class ShelfLife(BaseModel):
    """Until when a batch may be used. Days are days in the time zone where the goods lie."""

    model_config = ConfigDict(frozen=True)

    last_day: date | None
    """Last day of use; none if it has only a day of retest, or is not made yet."""
    zone: str
    retest_by: date | None = None
    """The day by which it is to be tested again; none if it has no such day, or where that is not asked."""

    def is_past(self, today: date) -> bool:
        """Whether the last day has passed, on a day in that zone."""
        return self.last_day is not None and today > self.last_day

    def is_over(self, at: datetime) -> bool:
        """Whether the last day has passed. The goods may be used through all of it."""
        return self.last_day is not None and at >= ends_after(self.last_day, self.zone)

    @property
    def ends_at(self) -> datetime:
        """The midnight after the last day."""
        return ends_after(self.last_day, self.zone) if self.last_day is not None else _FOR_EVER

    def stopped_by(self, at: datetime) -> str | None:
        """Why the goods may not be used, supplied or decided on now, in words: their end, or a retest that is due."""
        return self.stopped_on(at.astimezone(ZoneInfo(self.zone)).date())

    def stopped_on(self, today: date) -> str | None:
        """The same on a day in that zone."""
        if self.is_past(today):
            return self.over_in_words
        if self.retest_by is not None and today > self.retest_by:
            return f"retest was due on {self.retest_by} ({self.zone})"
        return None

    @property
    def over_in_words(self) -> str:
        """How it is refused, by name."""
        return f"shelf life ended on {self.last_day} ({self.zone})"

    def refuse_if_over(self, at: datetime, field: str | None = None) -> None:
        """Raise `Refused` once the last day has passed, which nobody can override, or a retest is due."""
        if words := self.stopped_by(at):
            raise self.refusal(words, field)

    def refuse_if_late(self, arrival: date, field: str, least: Span = _NO_TIME) -> None:
        """Raise `Refused` if goods would arrive, as planned, after the last day or a day of retest, or with less than
        `least` left.
        """
        if self.last_day is not None and arrival > self.last_day:
            raise self.refusal(f"shelf life ends on {self.last_day} ({self.zone}), before the goods arrive", field)
        if self.retest_by is not None and arrival > self.retest_by:
            raise self.refusal(f"retest is due on {self.retest_by} ({self.zone}), before the goods arrive", field)
        if short := self.too_short(arrival, least):
            raise self.refusal(short, field)

    def too_short(self, arrival: date, least: Span) -> str | None:
        """That the life left on a day is shorter than a market asks for, in words."""
        if self.last_day is None or self.last_day >= (needed := _days_after(arrival, least)):
            return None
        return f"shelf life ends on {self.last_day}; on {arrival} {least} must be left, until {needed}"

    def refusal(self, words: str, field: str | None) -> Refused:
        """The refusal, which names the day and the zone."""
        message = f"{words[0].upper()}{words[1:]}."
        return Refused(Code.SHELF_LIFE_ENDED, message, rule=RULE, fields={field: words} if field else {})


def uses_as_it_is(relation: Relation) -> bool:
    """Whether a batch that comes from another one uses it as it is; what is worked again or corrected does not."""
    return relation in OF_A_PART


def is_limited_by(relation: Relation, stage: SupplyStage | None = None) -> bool:
    """Whether a batch lasts no longer than one of this stage that it comes from like this.

    What is packed is the bulk in other containers, however it is called.
    """
    return relation in OTHER_CONTAINERS or (relation is Relation.INTERMEDIATE and stage is SupplyStage.BULK)


def retested_until(tested_on: date, window: Span) -> date:
    """The last day of the window that a passing retest opens."""
    return _days_after(tested_on, window)


class Origin(BaseModel):
    """The dates of a batch that another one comes from."""

    model_config = ConfigDict(frozen=True)

    number: str
    relation: Relation
    stage: SupplyStage | None = None
    """What it is in the supply chain, where that is stated."""
    expiry_on: date | None
    retest_on: date | None


def too_late(expiry_on: date | None, retest_on: date | None, origins: Collection[Origin]) -> dict[str, str]:
    """The dates of a batch that lie after those of what it was split, blended or packed from. The oldest one counts."""
    given: dict[str, tuple[date | None, Iterable[tuple[date | None, str]]]] = {
        "expiry_on": (expiry_on, [(each.expiry_on, each.number) for each in _limiting(origins)]),
        "retest_on": (retest_on, [(each.retest_on, each.number) for each in _limiting(origins)]),
    }
    faults: dict[str, str] = {}
    for field, (day, dates) in given.items():
        known = sorted((limit, number) for limit, number in dates if limit is not None)
        if not known:
            continue
        limit, number = known[0]
        if day is not None and day > limit:
            faults[field] = f"is later than {limit}, the date of {number} that it comes from"
        elif day is None and field == "expiry_on":
            faults[field] = f"is needed, at the latest {limit}: {number} that it comes from has one"
    return faults


def _limiting(origins: Collection[Origin]) -> list[Origin]:
    return [each for each in origins if is_limited_by(each.relation, each.stage)]
