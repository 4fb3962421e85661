"""Projections: qualifications and the approved supplier list."""

from datetime import date, datetime

from sqlmodel import Field, SQLModel


class QualificationRow(SQLModel, table=True):
    """A qualification, as its events have left it."""

    __tablename__ = "qualifications"

    case_id: str = Field(primary_key=True)
    kind: str
    site_id: str = Field(index=True)
    scope_id: str = Field(index=True)
    need_by: date
    decision: str | None = None
    """The decision in force: APPROVED, CONDITIONALLY_APPROVED or REJECTED."""
    decided_at: datetime | None = None
    valid_to: date | None = None
    """Last day of a conditional approval."""
    renewals: int = 0
