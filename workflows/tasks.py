"""What a case waits for, and what it gets."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Generic, TypeVar

from pydantic import JsonValue

from domain.case import Alarm, next_alarm
from domain.forms import Form
from domain.people import Actor

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


@dataclass(frozen=True)
class Closing:
    """How a case ends."""

    stage: StrEnum
    outcome: str


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
    rung_until: datetime | None = None
    climb: Alarm | None = None
    at_due: Steps | None = None
    in_vain: Steps | None = None
    pressing: asyncio.Task[None] | None = None
    """The steps of `in_vain`, while they are followed."""

    def rings_in_vain(self, alarm: Alarm) -> bool:
        """Whether this was the last that the ladder had to say, and nobody pressed for a decision yet."""
        return alarm.kind != "climb" and self.pressing is None and next_alarm(self.alarms, alarm.at) is None

    def alarm(self) -> Alarm | None:
        """What speaks up next: a reminder, the due date, a rung, or one that nobody acknowledged.

        Reminders before the task was opened are passed over. A due date before it is not: it rings at once.
        """
        late = self.due_at is not None and self.due_at <= self.opened_at
        first = self.due_at - _TICK if late and self.due_at else self.opened_at
        planned = next_alarm(self.alarms, self.rung_until or first)
        if self.climb is not None and (planned is None or self.climb.at <= planned.at):
            return self.climb
        return planned


@dataclass
class Offer:
    """An action that may be taken unasked, and what follows from it."""

    form: type[Form]
    then: Callable[[Answered[Any]], Awaitable[None] | None] | None
    check: Check | None
    barred: dict[str, str]
    ends: Closing | None
