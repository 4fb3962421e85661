"""Deadlines and their escalation steps (domain specification, sections 3 and 9).

Day 1 is the day after the start, taken in the calendar's time zone. A deadline ends at 23:59:59 local time. Reminders
and escalation steps that are counted in days fire at 09:00 local time, those counted in hours at the exact instant.
`0d` is the morning of the last day, `0h` the second after the deadline has passed. Everything stored is an aware UTC
instant.

More than 300 lines: what a policy says of a clock, and what becomes of it while it runs.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from math import ceil, gcd
from typing import Annotated, Self

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    field_validator,
    model_validator,
)

from domain.core.days import Calendar, DaysOf, OfficeDays, Span, Unit, Whose, counted
from domain.core.people import Role

Instant = Annotated[AwareDatetime, AfterValidator(lambda at: at.astimezone(UTC))]


class Roll(StrEnum):
    """Whether a due date on a closed day moves to the next open one."""

    FORWARD = "FORWARD"
    NONE = "NONE"


class Level(StrEnum):
    """The level of an escalation step (section 9)."""

    L0 = "L0"
    L1 = "L1"
    L2 = "L2"
    L3 = "L3"
    L4 = "L4"

    def next(self) -> "Level":
        """The level above; L4 is the top and stays L4."""
        levels = list(Level)
        return levels[min(levels.index(self) + 1, len(levels) - 1)]


class RungRule(BaseModel):
    """One escalation step of a clock: when, relative to the due date, and to whom.

    `to=None` means the recipients of the level. `proposes` names the decision that the step puts before people, it
    never changes a status by itself. `every` repeats the step until the task is done.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    level: Level
    at: Span
    to: tuple[Role, ...] | None = Field(default=None, min_length=1)
    says: str = ""
    proposes: str | None = Field(default=None, pattern="^[A-Z_]+$")
    every: Span | None = None

    @field_validator("every")
    @classmethod
    def _repeats_evenly(cls, every: Span | None) -> Span | None:
        if every is not None and (every.unit not in (Unit.CALENDAR_DAYS, Unit.HOURS) or every.n < 1):
            raise ValueError("A rung repeats every so many days (d) or hours (h), at least 1.")
        return every


class ClockRule(BaseModel):
    """A clock of the policy. `otherwise` is one plain sentence, shown to people: what happens if nobody acts.

    A `critical` clock protects patients: it runs while the case is on hold, and HEAD_QA alone extends it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    span: Span
    days_of: DaysOf = Whose.SITE
    """Whose days count: the site's, the sponsor's, or those of the authority whose clock it is (section 20)."""
    roll: Roll = Roll.FORWARD
    rungs: tuple[RungRule, ...] = ()
    otherwise: str = Field(min_length=10)
    acknowledge_within: Span = Span(n=1, unit=Unit.BUSINESS_DAYS)
    critical: bool = False

    @property
    def counts_an_authority(self) -> bool:
        """Whether the days are those of an authority: no hold of ours stops its clock."""
        return isinstance(self.days_of, OfficeDays)

    @model_validator(mode="after")
    def _runs_forward(self) -> Self:
        if self.span.n < 0 or self.acknowledge_within.n < 1:
            raise ValueError("A clock and its time to acknowledge cannot run backwards.")
        return self


class EscalationStep(BaseModel):
    """An escalation step with its instant. `offset` is its distance from due: it moves when the due date moves."""

    model_config = ConfigDict(frozen=True)

    level: Level
    at: Instant
    says: str = ""
    to: tuple[Role, ...] | None = None
    proposes: str | None = None
    every: Span | None = None
    offset: Span = Span(n=0, unit=Unit.CALENDAR_DAYS)


class Deadline(BaseModel):
    """A running clock as stored: everything needed to explain it later, whatever policy and calendar say by then."""

    model_config = ConfigDict(frozen=True)

    policy_key: str
    policy_version: int
    start_event_id: str
    started_at: Instant
    unit: Unit
    n: int
    calendar_id: str
    tz: str
    roll: Roll
    due_at: Instant
    rungs: tuple[EscalationStep, ...] = ()
    otherwise: str = ""
    acknowledge_within: Span = Span(n=1, unit=Unit.BUSINESS_DAYS)
    days_of: DaysOf = Whose.SITE
    """Whose days it counts, also when it is resumed or extended."""
    of_authority: bool = False
    """Whether it is the clock of a report to an authority: never extended."""
    never_stands: bool = False
    """Whether it protects patients or is an authority's. What was stored before says it by `of_authority` alone."""

    @property
    def runs_on_hold(self) -> bool:
        """Whether it goes on while its case is on hold (section 20)."""
        return self.of_authority or self.never_stands


class Remaining(BaseModel):
    """What was left of a clock when it was stopped; negative if it was overdue.

    `left` counts business days for BUSINESS_DAYS, calendar days for CALENDAR_DAYS and MONTHS, seconds for HOURS.
    """

    model_config = ConfigDict(frozen=True)

    unit: Unit
    left: int
    held_at: Instant


def deadline(
    key: str,
    rule: ClockRule,
    *,
    policy_version: int,
    start_event_id: str,
    started_at: datetime,
    calendar: Calendar,
    due_on: date | None = None,
    of_authority: bool = False,
) -> Deadline:
    """Start a clock. `due_on` is an agreed last day that takes the place of the counted one and is not rolled.

    An authority's clock counts in its calendar and is not rolled either.

    Steps that lie before the start are kept, for an extension may bring them back; `next_alarm` passes over them.
    """
    roll = Roll.NONE if of_authority else rule.roll
    due_at = calendar.end_of(due_on) if due_on else _end(rule.span, roll, started_at, calendar)
    rungs = (_step(each, due_at, calendar) for each in rule.rungs)
    return Deadline(
        policy_key=key,
        policy_version=policy_version,
        start_event_id=start_event_id,
        started_at=started_at,
        unit=rule.span.unit,
        n=rule.span.n,
        calendar_id=calendar.calendar_id,
        tz=calendar.tz,
        roll=roll,
        due_at=due_at,
        rungs=_one_at_a_time(rungs, due_at),
        otherwise=rule.otherwise,
        acknowledge_within=rule.acknowledge_within,
        days_of=rule.days_of,
        of_authority=of_authority,
        never_stands=rule.critical or rule.counts_an_authority,
    )


def remaining(deadline: Deadline, held_at: datetime, calendar: Calendar) -> Remaining:
    """What is left when a clock is stopped. The day of the hold counts as used (section 9)."""
    if deadline.unit is Unit.HOURS:
        left = ceil((deadline.due_at - held_at.astimezone(UTC)).total_seconds())
        return Remaining(unit=deadline.unit, left=left, held_at=held_at)
    today, due = calendar.local_day(held_at), calendar.local_day(deadline.due_at)
    if deadline.unit is Unit.BUSINESS_DAYS:
        if due > today:
            due = calendar.next_open(due)  # an agreed date may be a closed day: nobody loses a day by a hold
        left = calendar.business_days_between(today, due)
    else:
        left = (due - today).days
    return Remaining(unit=deadline.unit, left=left, held_at=held_at)


def resumed(deadline: Deadline, remaining: Remaining, resumed_at: datetime, calendar: Calendar) -> Deadline:
    """The clock goes on with what was left; day 1 is the day after the resume, nothing left is due the same day.

    A clock that was overdue by some days is overdue by as many at the resume: time on hold neither forgives nor
    escalates. Steps move with the due date. Those that fired before the hold keep their instant and do not fire again;
    one that had not fired and would now lie before the resume fires on the next morning.
    """
    if deadline.unit is Unit.HOURS:
        due_at = resumed_at.astimezone(UTC) + timedelta(seconds=remaining.left)
    else:
        unit = Unit.BUSINESS_DAYS if deadline.unit is Unit.BUSINESS_DAYS else Unit.CALENDAR_DAYS
        roll = deadline.roll if remaining.left >= 0 else Roll.NONE
        due_at = _end(Span(n=remaining.left, unit=unit), roll, resumed_at, calendar)
    next_morning = calendar.morning_of(calendar.local_day(resumed_at) + timedelta(days=1))

    def moved(step: EscalationStep) -> EscalationStep:
        has_fired = step.at <= remaining.held_at
        if has_fired and step.every is None:
            return step
        at = _fires_at(step.offset, due_at, calendar)
        return step.model_copy(update={"at": at if has_fired or at > resumed_at else next_morning})

    return _with_due(deadline, due_at, (moved(step) for step in deadline.rungs), calendar)


def extended(deadline: Deadline, new_due: date, calendar: Calendar) -> Deadline:
    """The clock with a new last day, as agreed (not rolled). All escalation steps are set anew around it."""
    due_at = calendar.end_of(new_due)
    rungs = (step.model_copy(update={"at": _fires_at(step.offset, due_at, calendar)}) for step in deadline.rungs)
    return _with_due(deadline, due_at, rungs, calendar)


def next_alarm(deadline: Deadline, after: datetime) -> EscalationStep | None:
    """The first step that fires later than `after`, with its instant; `None` if there is none left.

    Repeats are even steps of 24 h or 1 h in UTC, without time-zone data: a replayed workflow gets the same instants,
    and the local hour of a repeat may differ by one after a change of summer time.
    """
    upcoming = (_firing(step, after) for step in deadline.rungs)
    return min((step for step in upcoming if step is not None), key=lambda step: step.at, default=None)


def acknowledge_by(within: Deadline | Span, sent_at: datetime, calendar: Calendar) -> datetime:
    """Until when what is sent now must be acknowledged before it escalates by a level (section 9)."""
    span = within.acknowledge_within if isinstance(within, Deadline) else within
    return _end(span, Roll.FORWARD, sent_at, calendar)


def _end(span: Span, roll: Roll, started_at: datetime, calendar: Calendar) -> datetime:
    start = calendar.local_day(started_at)
    if span.unit is Unit.HOURS:
        return started_at.astimezone(UTC) + timedelta(hours=span.n)
    day = counted(start, span, calendar)
    return calendar.end_of(calendar.next_open(day) if roll is Roll.FORWARD else day)


def _step(rule: RungRule, due_at: datetime, calendar: Calendar) -> EscalationStep:
    return EscalationStep(
        level=rule.level,
        at=_fires_at(rule.at, due_at, calendar),
        says=rule.says,
        to=rule.to,
        proposes=rule.proposes,
        every=rule.every,
        offset=rule.at,
    )


def _fires_at(offset: Span, due_at: datetime, calendar: Calendar) -> datetime:
    if offset.unit is Unit.HOURS:
        return due_at + timedelta(hours=offset.n)
    return calendar.morning_of(counted(calendar.local_day(due_at), offset, calendar))


def _with_due(deadline: Deadline, due_at: datetime, rungs: Iterable[EscalationStep], calendar: Calendar) -> Deadline:
    return deadline.model_copy(
        update={
            "due_at": due_at,
            "rungs": _one_at_a_time(rungs, due_at),
            "calendar_id": calendar.calendar_id,
            "tz": calendar.tz,
        }
    )


def period(step: EscalationStep) -> timedelta | None:
    """The time between two alarms of a repeating step."""
    if step.every is None:
        return None
    return timedelta(hours=step.every.n) if step.every.unit is Unit.HOURS else timedelta(days=step.every.n)


def _firing(step: EscalationStep, after: datetime) -> EscalationStep | None:
    if step.at > after:
        return step
    interval = period(step)
    if interval is None:
        return None
    return step.model_copy(update={"at": step.at + ((after - step.at) // interval + 1) * interval})


def _one_at_a_time(rungs: Iterable[EscalationStep], due_at: datetime) -> tuple[EscalationStep, ...]:
    """Steps sorted by instant. Where two would fire together, or one with the due instant, one follows a second after.

    Whoever waits for alarms asks for the next one after the last: of two at the same instant one would be lost.
    """
    placed = [EscalationStep(level=Level.L0, at=due_at)]
    for wished in sorted(rungs, key=lambda step: (step.every is None, step.at, step.level)):
        step = wished
        while any(_fire_together(step, other) for other in placed):
            step = step.model_copy(update={"at": step.at + timedelta(seconds=1)})
        placed.append(step)
    return tuple(sorted(placed[1:], key=lambda step: step.at))


def _fire_together(one: EscalationStep, other: EscalationStep) -> bool:
    first, second = (one, other) if one.at <= other.at else (other, one)
    seconds = [int(interval.total_seconds()) for step in (one, other) if (interval := period(step)) is not None]
    apart = (second.at - first.at).total_seconds()
    if first.every is None or apart == 0:
        return apart == 0
    return apart % gcd(*seconds) == 0
