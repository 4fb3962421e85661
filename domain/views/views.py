"""How cases and tasks are shown to people and to programs. Built from the records, never stored."""

from datetime import date

from pydantic import AwareDatetime, Field, JsonValue

from domain.core.events import Signature
from domain.core.forms import Audience, Meaning, Process
from domain.core.view import EventView, TaskView, View


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
