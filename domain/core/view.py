"""How things are shown: the view, and the task as people and programs see it. Built from the records, never stored."""

from pydantic import AwareDatetime, BaseModel, ConfigDict, JsonValue

from domain.core.clocks import Level
from domain.core.days import Unit
from domain.core.events import Signature
from domain.core.forms import Audience, Meaning, Process
from domain.core.people import Org, Role


class View(BaseModel):
    """What is shown to a reader; it is never stored."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)


class UpcomingAlarm(View):
    """A reminder or an escalation that is still to come."""

    level: Level
    at: AwareDatetime
    says: str
    proposes: str | None = None
    """The decision it puts before people. A person decides."""
    to: tuple[Role, ...] | None = None
    """Who is told, where that differs from the level's usual recipients."""


class Clock(View):
    """The clock of a task: why it is due then, and which alarms fire until then (section 3)."""

    policy_key: str
    policy_version: int
    started_at: AwareDatetime
    n: int
    unit: Unit
    calendar_id: str
    tz: str
    due_at: AwareDatetime
    stopped: bool = False
    """Whether the clock stands still because the case is on hold; it continues with what was left."""
    upcoming: tuple[UpcomingAlarm, ...] = ()


class SentAlarm(View):
    """A reminder or escalation that was sent, and whether somebody acknowledged it."""

    rung_id: str
    level: Level
    alarm: str
    says: str
    proposes: str | None
    sent_at: AwareDatetime
    sent_to: tuple[str, ...]
    """Person ids."""
    acknowledge_by: AwareDatetime | None
    acknowledged_by: str | None
    acknowledged_at: AwareDatetime | None


class TaskView(View):
    """A step that waits for a person."""

    task_id: str
    case_id: str
    process: Process
    action: str
    title: str
    about: str
    site_id: str
    roles: tuple[Role, ...]
    """Who may answer."""
    assignee: str | None
    """The one person it is assigned to, if it is."""
    org: Org
    opened_at: AwareDatetime
    due_at: AwareDatetime | None
    overdue: bool
    clock: Clock | None
    otherwise: str
    """What happens if nobody acts."""
    signature_meaning: Meaning | None
    """The meaning under which the answer is signed. A decision that says no is signed as REJECTED."""
    url: str
    """The task itself, with its form."""
    method: str = "POST"
    action_url: str
    """Where the form is submitted."""
    schema_url: str
    """The JSON schema of the form."""
    concerns: tuple[int, ...] = ()
    """Numbers of the findings or items it is about."""
    prefill: dict[str, JsonValue] = {}
    """What is known already, as a part of the form."""
    sent: tuple[SentAlarm, ...] = ()


class EventView(View):
    """An event of a case's journal."""

    number: int
    type: str
    audience: Audience
    by_person: str
    by_name: str
    on_behalf_of: str | None
    occurred_at: AwareDatetime
    """Business time."""
    recorded_at: AwareDatetime
    """Time of the database."""
    payload: dict[str, JsonValue]
    signature: Signature | None
    hash: str
    """SHA-256 over the hash of the event before it and this event's stored text."""
