"""What every case shares: its order, its tasks, and the actions that exist in all processes (section 3)."""

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    JsonValue,
    SerializerFunctionWrapHandler,
    model_serializer,
)

from domain.clocks import Deadline, Level, period
from domain.forms import Action, Audience, Form, Forms, Meaning, Process
from domain.people import SYSTEM, Actor, Org, Role


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
    requested_at: datetime
    policy_version: int
    request: dict[str, JsonValue]
    """The form that requested the case."""
    web: str = ""
    """Address under which the case is shown to people."""


class Slim(BaseModel):
    """Travels through histories: fields that hold their default are left out."""

    model_config = ConfigDict(frozen=True)

    @model_serializer(mode="wrap")
    def _without_defaults(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        whole: dict[str, Any] = handler(self)
        fields = type(self).model_fields
        return {name: value for name, value in whole.items() if getattr(self, name) != fields[name].default}


class Submission(Slim):
    """The argument of every update: one form, who submits it, and the key that makes it safe to repeat."""

    command_id: str
    actor: Actor
    form: dict[str, JsonValue]
    task_id: str | None = None
    signature_token: str | None = None
    """The hash of the one-time token; the token itself never enters a history."""


class Receipt(BaseModel):
    """What an accepted action answers: the number of its event in the case's journal and the hash of the form."""

    model_config = ConfigDict(frozen=True)

    case_id: str
    number: int
    record_hash: str


AlarmKind = Literal["reminder", "due", "rung", "climb"]


class Alarm(Slim):
    """An instant at which a running clock speaks up. `rung` is the rung's place in the stored deadline."""

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


def alarms_of(deadline: Deadline) -> tuple[Alarm, ...]:
    """The alarms of a clock: its reminders, the due instant itself, and the rungs after it."""
    rungs = tuple(
        Alarm(
            kind="reminder" if rung.at <= deadline.due_at else "rung",
            at=rung.at,
            level=rung.level,
            rung=place,
            every=period(rung),
        )
        for place, rung in enumerate(deadline.rungs)
    )
    return (*rungs, Alarm(kind="due", at=deadline.due_at))


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


class Message(BaseModel):
    """What one case tells another, delivered at least once; `message_id` makes it safe to repeat."""

    model_config = ConfigDict(frozen=True)

    message_id: str
    sender: str
    subject: Subject
    payload: dict[str, JsonValue] = {}


# ---------------------------------------------------------------- what is written to the journal


class Line(BaseModel):
    """One thing that an entry says. `words` say it in the timeline of the Temporal UI."""

    model_config = ConfigDict(frozen=True)


class Answer(Line):
    """A person's form, answering a task or taking an offer."""

    kind: Literal["answer"] = "answer"
    action: str
    form: dict[str, JsonValue]
    task_id: str | None = None
    signature_token: str | None = None

    def words(self) -> str:
        return self.action


class OpenTask(Line):
    """A step that waits for a person. The journal computes its deadline from the policy in force."""

    kind: Literal["open"] = "open"
    task_id: str
    action: str
    by: frozenset[Role]
    clock: str | None = None
    since: datetime
    since_day: date | None = None
    """The day the clock counts from, in the site's time zone, if it is not that of `since`."""
    due_on: date | None = None
    concerns: tuple[int, ...] = ()
    """Numbers of the findings or items that the task is about."""
    assignee: str | None = None
    barred: dict[str, str] = {}
    prefill: dict[str, JsonValue] = {}
    about: str = ""

    def words(self) -> str:
        return f"asks for {self.action}"


class HandOver(Line):
    """An open task goes to another person because the procedure says so."""

    kind: Literal["hand_over"] = "hand_over"
    task_id: str
    to: str
    reason: str

    def words(self) -> str:
        return f"hands {self.task_id} over"


class WithdrawTask(Line):
    kind: Literal["withdraw"] = "withdraw"
    task_id: str
    reason: str

    def words(self) -> str:
        return f"withdraws {self.task_id}"


class Ring(Line):
    """A reminder, the passing of a due date, or a rung of the escalation ladder."""

    kind: Literal["ring"] = "ring"
    task_id: str
    alarm: AlarmKind
    level: Level
    rung: int | None = None

    def words(self) -> str:
        return f"{self.alarm} {self.level} of {self.task_id}"


class Move(Line):
    """The stage of the case, and the actions that are on offer in it."""

    kind: Literal["move"] = "move"
    stage: str
    offers: tuple[str, ...] = ()
    closes: bool = False
    outcome: str | None = None

    def words(self) -> str:
        return self.stage


class Signed(Line):
    """What a signature stands under: one version of one record."""

    record_id: str
    action: str
    version: int
    record_hash: str
    meaning: Meaning


class Fact(Line):
    """Any other fact: an event type and what it says; signed if `signs` says what is signed."""

    kind: Literal["fact"] = "fact"
    type: str
    payload: dict[str, JsonValue] = {}
    audience: Audience = Audience.SPONSOR
    signature_token: str | None = None
    signs: Signed | None = None

    def words(self) -> str:
        return self.type


class StartCase(Line):
    """A new case, requested by this one and owned by it."""

    kind: Literal["start"] = "start"
    process: Process
    form: dict[str, JsonValue]

    def words(self) -> str:
        return f"opens a {self.process.noun}"


class Tell(Line):
    """A message to another case, delivered by the relay."""

    kind: Literal["tell"] = "tell"
    to: str
    subject: Subject
    payload: dict[str, JsonValue] = {}

    def words(self) -> str:
        return f"tells {self.to}: {self.subject}"


AnyLine = Annotated[
    Answer | OpenTask | HandOver | WithdrawTask | Ring | Move | Fact | StartCase | Tell, Field(discriminator="kind")
]


class Entry(BaseModel):
    """One transaction of the journal. Repeating it with the same `command_id` returns the first answer."""

    model_config = ConfigDict(frozen=True)

    stream: str
    command_id: str
    at: datetime
    actor: Actor = SYSTEM
    lines: tuple[AnyLine, ...]
    expected_version: int | None = None
    fingerprint: str = ""
    """Hash of the request; the same key with another request is refused."""


class Written(Slim):
    """What a journal entry answers."""

    numbers: tuple[int, ...]
    record_hash: str | None = None
    record_version: int | None = None
    effect: dict[str, JsonValue] = {}
    """What the records decided while writing: new deadlines, ids, facts looked up."""
    opened: tuple[OpenedTask, ...] = ()
    started: tuple[str, ...] = ()
    acknowledge_by: datetime | None = None


# ---------------------------------------------------------------- actions of every case

_QUALITY = frozenset({Role.SUPPLIER_QUALITY, Role.QA_APPROVER, Role.HEAD_QA})


class Hold(Form):
    """Put the case on hold; its clocks stop (section 9)."""

    action = Action(None, "hold", "Put on hold", frozenset({Role.SUPPLIER_QUALITY}))

    reason: str = Field(min_length=3, max_length=1000, examples=["Site closed by flood until further notice"])
    """Why the clocks stop."""


class Resume(Form):
    """Take the case off hold; its clocks continue with the days that were left."""

    action = Action(None, "resume", "Resume", frozenset({Role.SUPPLIER_QUALITY}), while_on_hold=True)

    reason: str = Field(min_length=3, max_length=1000, examples=["Site open again"])
    """Why the clocks run again."""


class Extension(Form):
    """Give an open task more time: at most twice, before it is due, signed (section 3)."""

    action = Action(
        None, "extend", "Extend a due date", frozenset({Role.QA_APPROVER, Role.HEAD_QA}), meaning=Meaning.APPROVED,
        audience=Audience.SHARED,
    )  # fmt: skip

    task_id: str = Field(max_length=60)
    """The open task."""
    new_due: date
    """The new last day, in the site's time zone."""
    requested_by: str = Field(max_length=60)
    """Person id of who asked; another person than the one who signs."""
    reason: str = Field(min_length=3, max_length=1000)
    """Why more time is justified."""


class Reassignment(Form):
    """Hand an open task to another person, for example because somebody left (section 10)."""

    action = Action(None, "reassign", "Reassign a task", _QUALITY | {Role.CDMO_QA, Role.CDMO_PM})

    task_id: str = Field(max_length=60)
    """The open task."""
    to: str = Field(max_length=60)
    """Person id of who takes over. The person must hold a role that may answer the task."""
    reason: str = Field(min_length=3, max_length=1000)
    """Why it changes hands."""


class Acknowledgement(Form):
    """Acknowledge a rung of the escalation ladder, so that it does not climb (section 9)."""

    action = Action(
        None, "acknowledge", "Acknowledge an escalation",
        frozenset(Role) - {Role.SYSTEM, Role.OPS, Role.INSPECTOR, Role.SYSTEM_ADMIN},
        audience=Audience.SHARED, while_on_hold=True,
    )  # fmt: skip

    task_id: str = Field(max_length=60)
    """The task that is overdue."""
    note: str = Field(default="", max_length=1000)
    """What will be done about it."""


def audience_of(form: Form, *, known_to_site: bool, about: Org | None) -> Audience:
    """Who sees a form (S6). `about` is the organisation of the task it speaks of, if it speaks of one.

    Before the site knows of the case nothing is shared with it but what announces the case; and a form about a task
    of the sponsor is the sponsor's.
    """
    if not (known_to_site or form.action.announces) or about is Org.SPONSOR:
        return Audience.SPONSOR
    return form.action.audience


COMMON_FORMS = Forms(Hold, Resume, Extension, Reassignment, Acknowledgement)
