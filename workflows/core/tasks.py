"""What a case waits for, and what it gets."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Coroutine, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, Generic, Self, TypedDict, TypeVar

from pydantic import JsonValue

from domain.core.case import Alarm, next_alarm
from domain.core.document import RecordVersion
from domain.core.forms import Form
from domain.core.people import Actor

F = TypeVar("F", bound=Form)
Check = Callable[[Any, Actor], None]
Steps = Callable[[], Coroutine[Any, Any, None]]

_TICK = timedelta(milliseconds=1)


@dataclass(frozen=True)
class Answered(Generic[F]):
    """A form that was accepted: by whom, when, and where it stands in the journal."""

    form: F
    by: Actor
    at: datetime
    number: int
    version: int
    sha256: str
    effect: Mapping[str, JsonValue]

    @property
    def as_read(self) -> dict[str, JsonValue]:
        """What the next person has read: prefilled into a form that says so."""
        return RecordVersion(version=self.version, sha256=self.sha256).model_dump(mode="json")


@dataclass(frozen=True)
class Closing:
    """How a case ends."""

    stage: StrEnum
    outcome: str

    @classmethod
    def at(cls, stage: StrEnum) -> Self:
        """At a stage that says the outcome too."""
        return cls(stage, stage.value)


class TaskOptions(TypedDict, total=False):
    """What a question is asked with."""

    clock: str | None
    """A policy key, by default the form's. It starts at `since` (default: now) or on `since_day`."""
    since: datetime | None
    since_day: date | None
    due_on: date | None
    """An agreed day instead of the one that the clock counts."""
    concerns: Collection[int]
    """Numbers of the findings that it is about."""
    to: str | None
    """One person."""
    barred: Mapping[str, str] | None
    """Persons, and the rule that bars each of them."""
    prefill: Mapping[str, JsonValue] | None
    about: str
    at_due: Steps | None
    """Follows when the due date passes; the question stays open."""
    after_last_escalation: Steps | None
    """Follows the last escalation of the clock, and ends when the question is answered after all."""


@dataclass
class Task:
    """A question that is open, and what its clock says next."""

    task_id: str
    form: type[Form]
    assignee: str | None
    barred: dict[str, str]
    check: Check | None
    opened_at: datetime
    answer: asyncio.Future[Answered[Any]] = field(default_factory=asyncio.Future)
    due_at: datetime | None = None
    otherwise: str = ""
    overdue: bool = False
    alarms: tuple[Alarm, ...] = ()
    never_stands: bool = False
    """Whether its clock runs on while the case is on hold."""
    fired_until: datetime | None = None
    escalation: Alarm | None = None
    """What fires if nobody acknowledges the last escalation."""
    at_due: Steps | None = None
    after_last_escalation: Steps | None = None
    last_steps: asyncio.Task[None] | None = None
    """The steps of `after_last_escalation`, while they are followed."""

    def is_last_escalation(self, alarm: Alarm) -> bool:
        """Whether the clock has no alarm after this one, and the last steps are not followed yet."""
        return alarm.kind != "climb" and self.last_steps is None and next_alarm(self.alarms, alarm.at) is None

    def alarm(self) -> Alarm | None:
        """What fires next: a reminder, the due date, an escalation step, or one that nobody acknowledged.

        Reminders before the task was opened are passed over. A due date before it is not: it fires at once.
        """
        late = self.due_at is not None and self.due_at <= self.opened_at
        first = self.due_at - _TICK if late and self.due_at else self.opened_at
        planned = next_alarm(self.alarms, self.fired_until or first)
        if self.escalation is not None and (planned is None or self.escalation.at <= planned.at):
            return self.escalation
        return planned


@dataclass
class Offer:
    """An action that may be taken unasked, and what follows from it."""

    form: type[Form]
    then: Callable[[Answered[Any]], Awaitable[None] | None] | None
    check: Check | None = None
    barred: dict[str, str] = field(default_factory=dict)
    ends: Closing | None = None
