"""Projections: the approved supplier list and the conditions of its entries."""

from datetime import date, datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from records.core.tables.columns import Json, json_column


class ConditionRow(SQLModel, table=True):
    """A condition of a conditional approval (section 4)."""

    __tablename__ = "conditions"

    case_id: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    scope_id: str = Field(index=True)
    text: str
    owner: str
    due_on: date
    verification: str
    release_relevant: bool
    status: str = "OPEN"
    met_at: datetime | None = None
    met_by: str | None = None


class AslRow(SQLModel, table=True):
    """What a decision says of a scope's status. Rows are only added; the newest that applies is in force."""

    __tablename__ = "asl"

    scope_id: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    site_id: str
    supplier_id: str
    status: str
    suspension_scope: str | None = None
    effective_from: datetime
    recorded_at: datetime
    reason_code: str
    reason: str
    note: str | None = None
    """Why the dates differ from those of the statement before, where the status stays."""
    decided_in: str
    """The case that decided it."""
    decided_by: Json = Field(sa_column=json_column())
    """Person ids of the signers; empty where the program acted by rule."""
    markets: Json = Field(default_factory=list, sa_column=json_column())
    """The markets that the decision was taken for; those that the scope gets later are not among them."""
    valid_to: date | None = None
    """Last day of a limited status."""
    next_requal_due: date | None = None
    next_audit_due: date | None = None
    audit_interval_months: int | None = None
    """Months between audits as a decision has shortened them; `None` as tier and policy say."""
    last_audit_day: date | None = None
    """Last day of the audit, or of the bought report, that the decision rests on."""
    waived_until: date | None = None
    """Until when the audit was waived that the decision would have rested on."""
    oversight_model: str | None = None

    __table_args__ = (Index("ix_asl_site", "site_id", "scope_id", "number"),)
