"""Projections: the annual audit programme."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from records.core.tables.columns import Json, json_column


class AuditProgrammeRow(SQLModel, table=True):
    """A version of the audit programme of a year."""

    __tablename__ = "audit_programmes"

    year: int = Field(primary_key=True)
    version: int = Field(primary_key=True)
    sha256: str
    status: str = "PROPOSED"
    """PROPOSED, APPROVED, REJECTED, or SUPERSEDED by a later approved version."""
    lines: Json = Field(sa_column=json_column())
    shortages: Json = Field(sa_column=json_column())
    summary: str
    proposed_by: str
    """Person id, like `decided_by`."""
    proposed_at: datetime
    decided_by: str | None = None
    decided_at: datetime | None = None
    reason: str | None = None
    """Why it was approved or rejected."""
