"""Projections: risk assessments of scopes."""

from datetime import date, datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from records.core.tables.columns import Json, json_column


class RiskAssessmentRow(SQLModel, table=True):
    """A version of a risk assessment. A later one leaves it as it is."""

    __tablename__ = "risk_assessments"

    case_id: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    site_id: str
    scope_id: str
    score: str
    """0 to 100 with two decimals."""
    computed_tier: str
    tier: str
    lowers: bool
    """Whether the tier is lower than the one in force, as far as its last decision knows."""
    method: str
    formality: str
    factors: Json = Field(sa_column=json_column())
    biologic: bool
    raised_because: str | None = None
    uncertainty: str
    author: str
    """Person id, like the approvers."""
    assessed_at: datetime
    approver: str | None = None
    second_approver: str | None = None
    approved_at: datetime | None = None
    """When the tier took effect."""
    next_review: date
    status: str = "PROPOSED"

    __table_args__ = (Index("ix_risk_assessments_scope", "scope_id", "assessed_at", "case_id", "version"),)
