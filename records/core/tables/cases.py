"""Projections: cases, their tasks, escalations and records, and who takes part in them."""

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from records.core.tables.columns import Json, json_column


class CaseRow(SQLModel, table=True):
    """A case, as its events have left it."""

    __tablename__ = "cases"

    case_id: str = Field(primary_key=True)
    process: str
    number: int = 0
    """The number in the business id, by which lists are ordered."""
    kind: str = ""
    title: str
    supplier_id: str
    site_id: str
    scope_ids: Json = Field(sa_column=json_column())
    owner: str | None = Field(default=None, index=True)
    stage: str
    outcome: str | None = None
    offers: Json = Field(sa_column=json_column())
    shared: bool = False
    """Whether the site knows of the case: something was shared with it, or asked of it."""
    held: bool = False
    hold_reason: str | None = None
    held_at: datetime | None = None
    overdue: bool = False
    next_due_at: datetime | None = None
    open_tasks: Json = Field(sa_column=json_column())
    """Due date and lateness of each open task, by its id: the case can be updated without reading its tasks."""
    risk_tier: str | None = None
    trigger: str | None = None
    """What identifies the trigger of a for-cause audit, so that a second one is merged."""
    requested_by: str
    requested_at: datetime
    closed_at: datetime | None = None
    order: Json = Field(sa_column=json_column())
    version: int = 1

    __table_args__ = (
        Index("ix_cases_process", "process", "number"),
        Index("ix_cases_site_process", "site_id", "process", "number"),
        Index("ix_cases_stage", "process", "stage", "number"),
        Index("ix_cases_overdue", "process", "overdue", "number"),
        Index("ix_cases_trigger", "site_id", "trigger"),
    )


class TaskRow(SQLModel, table=True):
    """A task, open or over, with its clock."""

    __tablename__ = "tasks"

    task_id: str = Field(primary_key=True)
    case_id: str = Field(index=True)
    process: str
    action: str
    title: str
    about: str = ""
    site_id: str
    org: str
    state: str = "OPEN"
    assignee: str | None = None
    barred: Json = Field(sa_column=json_column())
    prefill: Json = Field(sa_column=json_column())
    concerns: Json = Field(sa_column=json_column())
    roles: Json = Field(sa_column=json_column())
    deadline: Json = Field(default=None, sa_column=json_column(nullable=True))
    otherwise: str = ""
    opened_at: datetime
    due_at: datetime | None = None
    sort_due: datetime
    """`due_at`, or the far future, so that the inbox can be read in one index order."""
    overdue: bool = False
    extensions: int = 0
    remaining: Json = Field(default=None, sa_column=json_column(nullable=True))
    closed_at: datetime | None = None
    closed_by: str | None = None
    closed_by_name: str | None = None
    closed_reason: str | None = None
    event_number: int | None = None


class TaskRoleRow(SQLModel, table=True):
    """Which roles may answer which open task, in inbox order. Rows leave when the task closes."""

    __tablename__ = "task_roles"

    role: str = Field(primary_key=True)
    task_id: str = Field(primary_key=True)
    site_id: str
    sort_due: datetime

    __table_args__ = (
        Index("ix_task_roles_inbox", "role", "sort_due", "task_id"),
        Index("ix_task_roles_site_inbox", "role", "site_id", "sort_due", "task_id"),
        Index("ix_task_roles_task", "task_id"),
    )


class EscalationRow(SQLModel, table=True):
    """A reminder or escalation that was sent (section 9)."""

    __tablename__ = "rungs"

    rung_id: str = Field(primary_key=True)
    case_id: str = Field(index=True)
    task_id: str = Field(index=True)
    level: str
    alarm: str
    says: str
    proposes: str | None = None
    sent_at: datetime
    sent_to: Json = Field(sa_column=json_column())
    channel: str = "mail"
    acknowledge_by: datetime | None = None
    acknowledged_by: str | None = None
    acknowledged_at: datetime | None = None


class RecordRow(SQLModel, table=True):
    """Every form as submitted, by action and version, with its signature."""

    __tablename__ = "records"

    case_id: str = Field(primary_key=True)
    action: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    number: int
    audience: str
    form: Json = Field(sa_column=json_column())
    effect: Json = Field(sa_column=json_column())
    sha256: str
    by_person: str
    by_name: str
    at: datetime
    recorded_at: datetime
    signature: Json = Field(default=None, sa_column=json_column(nullable=True))


class ParticipantRow(SQLModel, table=True):
    """People bound to a case by name: the audit team."""

    __tablename__ = "participants"

    case_id: str = Field(primary_key=True)
    person_id: str = Field(primary_key=True, index=True)
    role: str
