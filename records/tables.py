"""Tables. The journal and its helpers first, then the projections that are made from it."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Column, Index, Integer, MetaData, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from domain.forms import Audience

SQLModel.metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Json = Any


def json_column() -> Any:
    return Column(JSON().with_variant(JSONB, "postgresql"), nullable=False)


def big_serial() -> Any:
    """A primary key that counts by itself and does not run out."""
    return Column(BigInteger().with_variant(Integer(), "sqlite"), primary_key=True, autoincrement=True)


# ------------------------------------------------------------------------------ journal


class EventRow(SQLModel, table=True):
    """Append-only. `body` is the exact text that was hashed; the other columns are copies for searching."""

    __tablename__ = "events"

    position: int | None = Field(default=None, sa_column=big_serial())
    stream: str
    number: int
    type: str
    command_id: str
    site_id: str | None = None
    audience: str = Audience.SPONSOR.value
    recorded_at: datetime
    body: str = Field(sa_column=Column(Text, nullable=False))
    hash: str

    __table_args__ = (
        Index("uq_events_stream_number", "stream", "number", unique=True),
        Index("ix_events_site_audience", "site_id", "audience", "position"),
        Index("ix_events_type", "type", "position"),
        {"sqlite_autoincrement": True},
    )


class StreamRow(SQLModel, table=True):
    """The head of each stream's chain; its row is the lock under which the stream grows."""

    __tablename__ = "streams"

    stream: str = Field(primary_key=True)
    number: int
    hash: str


class CommandRow(SQLModel, table=True):
    """The answer to every command that took effect."""

    __tablename__ = "commands"

    command_id: str = Field(primary_key=True)
    stream: str
    fingerprint: str = ""
    answer: str = Field(sa_column=Column(Text, nullable=False))


class CounterRow(SQLModel, table=True):
    """The last number given out for each prefix of business ids; never reused."""

    __tablename__ = "counters"

    prefix: str = Field(primary_key=True)
    value: int


class OutboxRow(SQLModel, table=True):
    """What has to leave the process: `start`, `signal`, `mail` or `webhook`. In order for each `lane`."""

    __tablename__ = "outbox"

    outbox_id: int | None = Field(default=None, sa_column=big_serial())
    kind: str
    lane: str
    payload: Json = Field(sa_column=json_column())
    tries: int = 0
    not_before: datetime | None = None
    created_at: datetime
    claimed_by: str | None = None
    """The relay that is delivering the row; others leave it alone until `claimed_until`."""
    claimed_until: datetime | None = None
    delivered_at: datetime | None = None
    dead_at: datetime | None = None
    last_error: str | None = None

    __table_args__ = (
        Index("ix_outbox_lane", "lane", "outbox_id"),
        Index(
            "ix_outbox_lane_pending",
            "lane",
            "outbox_id",
            sqlite_where=text("delivered_at IS NULL AND dead_at IS NULL"),
            postgresql_where=text("delivered_at IS NULL AND dead_at IS NULL"),
        ),
        Index(
            "ix_outbox_pending",
            "outbox_id",
            sqlite_where=text("delivered_at IS NULL AND dead_at IS NULL"),
            postgresql_where=text("delivered_at IS NULL AND dead_at IS NULL"),
        ),
    )


class SignatureTokenRow(SQLModel, table=True):
    """A re-authentication, good for one signature within a few minutes. Only the token's hash is kept."""

    __tablename__ = "signature_tokens"

    token_hash: str = Field(primary_key=True)
    person: str
    user: str
    record_id: str
    action: str
    record_hash: str
    meaning: str
    method: str
    issued_at: datetime
    expires_at: datetime
    used_by: str | None = None


class AccountRow(SQLModel, table=True):
    """A sign-in of a person. Several accounts of one human share the person (S12). Not a projection: holds secrets."""

    __tablename__ = "accounts"

    user: str = Field(primary_key=True)
    person_id: str = Field(index=True)
    password_hash: str
    wrong_passwords: int = 0
    locked_until: datetime | None = None


# ------------------------------------------------------------------------------ projections: master data


class SupplierRow(SQLModel, table=True):
    __tablename__ = "suppliers"

    supplier_id: str = Field(primary_key=True)
    name: str
    country: str
    identifiers: Json = Field(sa_column=json_column())
    version: int = 1


class SiteRow(SQLModel, table=True):
    __tablename__ = "sites"

    site_id: str = Field(primary_key=True)
    supplier_id: str = Field(index=True)
    name: str
    address: str
    tz: str
    calendar_id: str
    identifiers: Json = Field(sa_column=json_column())
    version: int = 1


class ScopeRow(SQLModel, table=True):
    """One activity x product x dosage form at a site: what is qualified, never the company."""

    __tablename__ = "scopes"

    scope_id: str = Field(primary_key=True)
    site_id: str = Field(index=True)
    activity: str
    product: str
    dosage_form: str | None = None
    markets: Json = Field(sa_column=json_column())
    stage: str
    sole_source: bool = False
    risk_tier: str | None = None
    version: int = 1


class CalendarRow(SQLModel, table=True):
    __tablename__ = "calendars"

    calendar_id: str = Field(primary_key=True)
    tz: str
    country: str | None = None
    subdivision: str | None = None
    closing_days: Json = Field(sa_column=json_column())
    version: int = 1


class PersonRow(SQLModel, table=True):
    __tablename__ = "people"

    person_id: str = Field(primary_key=True)
    user: str = Field(index=True)
    name: str
    email: str
    org: str
    roles: Json = Field(sa_column=json_column())
    supplier_id: str | None = None
    sites: Json = Field(sa_column=json_column())
    manager: str | None = None
    deputy: str | None = None
    absent_until: date | None = None
    disabled: bool = False
    roles_changed_at: datetime | None = None
    roles_changed_by: str | None = None
    auditor: Json = Field(default=None, sa_column=Column(JSON().with_variant(JSONB, "postgresql"), nullable=True))
    version: int = 1


class PersonRoleRow(SQLModel, table=True):
    """Who holds which role where; `site_id` is empty for people who are not bound to a site."""

    __tablename__ = "person_roles"

    role: str = Field(primary_key=True)
    site_id: str = Field(primary_key=True, default="")
    person_id: str = Field(primary_key=True, index=True)


class DelegationRow(SQLModel, table=True):
    """A dated delegation of roles; it counts once the delegate has accepted it (S11)."""

    __tablename__ = "delegations"

    delegation_id: str = Field(primary_key=True)
    delegator: str
    delegate: str = Field(index=True)
    roles: Json = Field(sa_column=json_column())
    valid_from: date
    valid_to: date
    accepted: bool = False


class PolicyRow(SQLModel, table=True):
    __tablename__ = "policies"

    version: int = Field(primary_key=True)
    effective_from: datetime
    body: Json = Field(sa_column=json_column())


class DocumentRow(SQLModel, table=True):
    __tablename__ = "documents"

    document_id: str = Field(primary_key=True)
    sha256: str = Field(index=True)
    size: int
    media_type: str
    title: str
    filename: str
    case_id: str | None = Field(default=None, index=True)
    site_id: str | None = None
    audience: str
    uploaded_by: str
    uploaded_at: datetime


class WebhookRow(SQLModel, table=True):
    __tablename__ = "webhooks"

    webhook_id: str = Field(primary_key=True)
    url: str
    types: Json = Field(sa_column=json_column())
    active: bool = True
    created_by: str
    version: int = 1


class WebhookSecretRow(SQLModel, table=True):
    """The signing secret of a subscription. Not a projection: secrets never enter the journal."""

    __tablename__ = "webhook_secrets"

    webhook_id: str = Field(primary_key=True)
    secret: str
    previous: str | None = None
    """The secret before the last rotation; deliveries carry its signature as well until `previous_until`."""
    previous_until: datetime | None = None


# ------------------------------------------------------------------------------ projections: cases


class CaseRow(SQLModel, table=True):
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
    deadline: Json = Field(default=None, sa_column=Column(JSON().with_variant(JSONB, "postgresql"), nullable=True))
    otherwise: str = ""
    opened_at: datetime
    due_at: datetime | None = None
    sort_due: datetime
    """`due_at`, or the far future, so that the inbox can be read in one index order."""
    overdue: bool = False
    extensions: int = 0
    remaining: Json = Field(default=None, sa_column=Column(JSON().with_variant(JSONB, "postgresql"), nullable=True))
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


class RungRow(SQLModel, table=True):
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
    signature: Json = Field(default=None, sa_column=Column(JSON().with_variant(JSONB, "postgresql"), nullable=True))


class ParticipantRow(SQLModel, table=True):
    """People bound to a case by name: the audit team."""

    __tablename__ = "participants"

    case_id: str = Field(primary_key=True)
    person_id: str = Field(primary_key=True, index=True)
    role: str


class FindingRow(SQLModel, table=True):
    __tablename__ = "findings"

    case_id: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    finding_id: str
    severity: str
    area: str
    body: Json = Field(sa_column=json_column())
    status: str
    is_repeat: bool = False
    issued: bool = False
    site_id: str = Field(index=True)
    capa_id: str | None = None


class CapaRow(SQLModel, table=True):
    __tablename__ = "capas"

    capa_id: str = Field(primary_key=True)
    origin: str = Field(index=True)
    finding_number: int | None = None
    site_id: str = Field(index=True)
    severity: str
    owner: str
    status: str
    due_on: date | None = None
    follows: str | None = None


class AuditRow(SQLModel, table=True):
    __tablename__ = "audits"

    case_id: str = Field(primary_key=True)
    type: str
    mode: str | None = None
    first_day: date | None = None
    last_day: date | None = None
    lead: str | None = None
    report_version: int | None = None
    recommendation: str | None = None
    full_scope: bool = False
    waived_until: date | None = None
    site_id: str = Field(index=True)


SECRETS = frozenset({"accounts", "webhook_secrets", "signature_tokens"})
JOURNAL = frozenset({"events", "streams", "commands", "counters", "outbox"})
"""Tables that are not projections: the journal itself, and what must survive a rebuild."""
