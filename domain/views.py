"""How cases and tasks are shown to people and to programs. Built from the records, never stored."""

from datetime import date

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, JsonValue

from domain.clocks import Level, Unit
from domain.events import Signature
from domain.forms import Audience, Meaning, Process
from domain.people import Org, Role


class View(BaseModel):
    """What is shown to a reader; it is never stored."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)


class UpcomingAlarm(View):
    """A reminder or a rung of the escalation ladder that is still to come."""

    level: Level
    at: AwareDatetime
    says: str
    proposes: str | None = None
    """The decision it puts before people. A person decides."""
    to: tuple[Role, ...] | None = None
    """Who is told, where that differs from the level's usual recipients."""


class Clock(View):
    """The clock of a task: why it is due then, and what rings until then (section 3)."""

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


class TaskForm(TaskView):
    """One task with everything that is needed to answer it."""

    form_schema: dict[str, JsonValue]
    """JSON schema (2020-12) of the form; what is known already is given as defaults."""
    signature_url: str | None
    """Where a signature token for the form is got, if the answer is signed. It is sent as `Signature-Token`."""


class Available(View):
    """An action that the caller may take now."""

    action: str
    title: str
    url: str
    method: str = "POST"
    schema_url: str
    signature_meaning: Meaning | None
    task_id: str | None = None
    """The task it answers; none for an action that the case offers at any time."""


class Record(View):
    """A form as it was submitted, with its signature (21 CFR 11.50)."""

    action: str
    version: int
    number: int
    """Number of its event in the case's journal."""
    audience: Audience
    form: dict[str, JsonValue]
    sha256: str
    by_person: str
    by_name: str
    """Printed name at the time of acting."""
    at: AwareDatetime
    recorded_at: AwareDatetime
    signature: Signature | None
    url: str


class Finding(View):
    """A finding of an audit as it stands now."""

    number: int
    finding_id: str
    severity: str
    area: str
    status: str
    is_repeat: bool
    issued: bool
    capa_id: str | None
    body: dict[str, JsonValue]


class Capa(View):
    """A CAPA as it stands now."""

    capa_id: str
    origin: str
    finding_number: int | None
    severity: str
    owner: str
    status: str
    due_on: date | None
    follows: str | None


class AuditSummary(View):
    """What is known about an audit at a glance."""

    type: str
    mode: str | None
    first_day: date | None
    last_day: date | None
    lead: str | None
    report_version: int | None
    """The issued version of the report."""
    recommendation: str | None
    full_scope: bool
    waived_until: date | None


class CaseSummary(View):
    """A case in a list."""

    case_id: str
    process: Process
    kind: str
    title: str
    supplier_id: str
    site_id: str
    scope_ids: tuple[str, ...]
    owner: str | None
    """The case that is told this one's outcome."""
    stage: str
    outcome: str | None
    held: bool
    overdue: bool
    next_due_at: AwareDatetime | None
    requested_at: AwareDatetime
    closed_at: AwareDatetime | None
    url: str


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


class CaseList(View):
    """A page of cases."""

    items: tuple[CaseSummary, ...]
    next: str | None = Field(default=None)
    """Cursor of the next page; absent on the last one."""


class TaskList(View):
    """A page of tasks."""

    items: tuple[TaskView, ...]
    next: str | None = Field(default=None)
    """Cursor of the next page; absent on the last one."""


class EventList(View):
    """A page of events."""

    items: tuple[EventView, ...]
    next: str | None = Field(default=None)
    """Cursor of the next page; absent on the last one."""
