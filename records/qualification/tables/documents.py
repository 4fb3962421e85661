"""Projections: what a site has shown in a qualification, and its certificates."""

from datetime import date, datetime

from sqlmodel import Field, SQLModel

from records.core.tables.columns import Json, json_column


class CaseDocumentRow(SQLModel, table=True):
    """What the site has shown for one required document, last. That nothing was shown is no row."""

    __tablename__ = "case_documents"

    case_id: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    status: str
    """RECEIVED, ACCEPTED or REJECTED; MISSING and EXPIRED are told by the day."""
    document: Json = Field(default=None, sa_column=json_column(nullable=True))
    not_available: str | None = None
    comment: str | None = None
    certificate_id: str | None = None
    ends_on: date | None = None
    """Last day of validity."""
    submitted_by: str
    submitted_at: datetime
    reviewed_by: str | None = None
    reviewed_at: datetime | None = None
    reason: str | None = None
    """What the reviewer said."""
