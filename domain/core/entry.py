"""What is written to the journal: an entry is one transaction, made of lines."""

from datetime import date
from typing import Annotated, Literal

from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    JsonValue,
)

from domain.core.case import AlarmKind, OpenedTask, Slim, Subject
from domain.core.clocks import Level
from domain.core.forms import Audience, Meaning, Process
from domain.core.people import SYSTEM, Actor, Role


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
    since: AwareDatetime
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
    """A task that nobody needs to do any more."""

    kind: Literal["withdraw"] = "withdraw"
    task_id: str
    reason: str

    def words(self) -> str:
        return f"withdraws {self.task_id}"


class AlarmLine(Line):
    """A reminder, the passing of a due date, or an escalation step."""

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
    version: int | None
    """`None`: the next one of the action, as it is counted when it is written."""
    record_hash: str
    meaning: Meaning


class PlainEvent(Line):
    """Any other event: its type and what it says; signed if `signs` says what is signed."""

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


class Send(Line):
    """A message to another case, delivered by the relay."""

    kind: Literal["tell"] = "tell"
    to: str
    subject: Subject
    payload: dict[str, JsonValue] = {}

    def words(self) -> str:
        return f"tells {self.to}: {self.subject}"


AnyLine = Annotated[
    Answer | OpenTask | HandOver | WithdrawTask | AlarmLine | Move | PlainEvent | StartCase | Send,
    Field(discriminator="kind"),
]


class Entry(BaseModel):
    """One transaction of the journal. Repeating it with the same `command_id` returns the first answer."""

    model_config = ConfigDict(frozen=True)

    stream: str
    command_id: str
    at: AwareDatetime
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
    effect: dict[str, JsonValue] = Field(default_factory=dict)
    """What the records decided while writing: new deadlines, ids, facts looked up."""
    opened: tuple[OpenedTask, ...] = ()
    started: tuple[str, ...] = ()
    acknowledge_by: AwareDatetime | None = None
