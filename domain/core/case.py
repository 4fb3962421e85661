"""What a case is started with, what people and other cases send it, and the alarms of its clocks."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Literal

from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    JsonValue,
    SerializerFunctionWrapHandler,
    model_serializer,
)

from domain.core.clocks import Deadline, Level, period
from domain.core.events import Event
from domain.core.forms import Process
from domain.core.people import Actor


class Carried(BaseModel):
    """What a run of a workflow hands to the next one, when its history has become long. The journal holds the rest."""

    model_config = ConfigDict(frozen=True, populate_by_name=True, serialize_by_alias=True)

    stage: str
    entries: int
    """How many entries the case has written for itself; their command ids go on from there."""
    opened: int
    """How many tasks it has opened."""
    started: tuple[str, ...] = ()
    """The cases that it has opened last."""
    received: tuple[str, ...] = Field(default=(), alias="heard")
    """Ids of the messages that it has received, the last ones, so that none is taken twice."""
    offers: tuple[str, ...] = ()
    """The actions on offer, as the journal knows them."""
    held: bool = False
    """Whether the case is on hold."""
    answered: tuple[str, ...] = ()
    """Ids of the commands that it has followed last, so that none that is told again is followed twice."""


class CaseOrder(BaseModel):
    """What a workflow is started with. Stored in histories: changes only by addition with defaults."""

    model_config = ConfigDict(frozen=True)

    case_id: str
    process: Process
    title: str
    """One line in words, without names of people."""
    supplier_id: str
    site_id: str
    scope_ids: tuple[str, ...] = ()
    markets: frozenset[str] = frozenset()
    activities: frozenset[str] = frozenset()
    risk_tier: str | None = None
    owner: str | None = None
    """The case that is told this one's outcome."""
    requested_by: Actor
    requested_at: AwareDatetime
    policy_version: int
    request: dict[str, JsonValue]
    """The form that requested the case."""
    web: str = ""
    """Address under which the case is shown to people."""
    kind: str = ""
    """What kind of case it is within its process, for example INITIAL or REQUALIFICATION."""
    reopens: bool = False
    """Whether the scope is disqualified, so that the case begins with the decision to reopen it (section 4)."""
    carried: Carried | None = None
    """What the run before this one has left, if there was one."""


class Slim(BaseModel):
    """Travels through histories: fields that hold their default are left out."""

    model_config = ConfigDict(frozen=True)

    @model_serializer(mode="wrap")
    def _without_defaults(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        whole: dict[str, Any] = handler(self)
        fields = type(self).model_fields
        return {
            name: value
            for name, value in whole.items()
            if getattr(self, name) != fields[name].get_default(call_default_factory=True, validated_data={})
        }


class Submission(Slim):
    """The argument of every update: one form, who submits it, and the key that makes it safe to repeat."""

    command_id: str
    actor: Actor
    form: dict[str, JsonValue]
    task_id: str | None = None
    signature_token: str | None = None
    """The hash of the one-time token; the token itself never enters a history."""
    unassigned: bool = False
    """Whether the task is assigned to nobody by now: whom a person assigned it to cannot do it any more. What the
    procedure asked of one person stays with that person."""


def submitted(event: Event) -> Submission:
    """The submission behind an answer that the journal holds, to be told to its case again under the same command."""
    return Submission.model_validate(
        {
            "command_id": event.command_id,
            "actor": event.actor,
            "form": event.payload["form"],
            "task_id": event.payload["task"],
        }
    )


class Receipt(BaseModel):
    """What an accepted action answers: the number of its event in the case's journal and the hash of the form."""

    model_config = ConfigDict(frozen=True)

    case_id: str
    number: int
    record_hash: str


AlarmKind = Literal["reminder", "due", "rung", "climb"]


class Alarm(Slim):
    """An instant at which a running clock speaks up. `rung` is the place of its step in the stored deadline."""

    kind: AlarmKind
    at: AwareDatetime
    level: Level = Level.L0
    rung: int | None = None
    every: timedelta | None = None


class OpenedTask(Slim):
    """A task as the journal opened it: all that a workflow needs of its clock."""

    task_id: str
    due_at: AwareDatetime | None = None
    otherwise: str = ""
    alarms: tuple[Alarm, ...] = ()
    never_stands: bool = False
    """Whether its clock runs on while the case is on hold."""


def alarms_of(deadline: Deadline) -> tuple[Alarm, ...]:
    """The alarms of a clock: its reminders, the due instant itself, and the escalation steps after it."""
    steps = tuple(
        Alarm(
            kind="reminder" if step.at <= deadline.due_at else "rung",
            at=step.at,
            level=step.level,
            rung=place,
            every=period(step),
        )
        for place, step in enumerate(deadline.rungs)
    )
    return (*steps, Alarm(kind="due", at=deadline.due_at))


def next_alarm(alarms: tuple[Alarm, ...], after: datetime) -> Alarm | None:
    """The first alarm later than `after`, repeats included; `None` if there is none left."""
    upcoming = []
    for alarm in alarms:
        if alarm.at > after:
            upcoming.append(alarm)
        elif alarm.every is not None:
            times = (after - alarm.at) // alarm.every + 1
            upcoming.append(alarm.model_copy(update={"at": alarm.at + times * alarm.every}))
    return min(upcoming, key=lambda alarm: (alarm.at, alarm.level), default=None)


class Subject(StrEnum):
    """What cases tell each other. Each is a signal of that name."""

    OUTCOME = "outcome"
    VERIFIED = "verified"
    RENEWED = "renewed"
    WITHDRAWN = "withdrawn"
    REPORTED = "reported"
    CAPAS_ACCEPTED = "capas_accepted"
    CHANGED = "changed"


class Message(BaseModel):
    """What one case tells another, delivered at least once; `message_id` makes it safe to repeat."""

    model_config = ConfigDict(frozen=True)

    message_id: str
    sender: str
    subject: Subject
    payload: dict[str, JsonValue] = {}
