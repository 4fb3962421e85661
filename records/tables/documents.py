"""Projections: what a site has shown in a qualification, and its certificates."""

from datetime import date, datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from records.tables.columns import Json, json_column


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


class CertificateRow(SQLModel, table=True):
    """A certificate of a site. One that replaces another leaves it in the list."""

    __tablename__ = "certificates"

    certificate_id: str = Field(primary_key=True)
    serial: int
    """The number in the id, which settles the order of certificates that end on one day."""
    site_id: str
    scope_id: str
    case_id: str = Field(index=True)
    type: str
    number: str
    authority: str
    inspected_on: date | None = None
    valid_to: date | None = None
    """Last day of validity, as printed or counted from the inspection."""
    sort_valid_to: date
    """`valid_to`, or the far future, so that lists can be read in one index order."""
    scope_text: str
    document_id: str
    status: str
    register_checked_on: date | None = None
    register_checked_by: str | None = None
    scope_confirmed_by: str | None = None
    confirmed_activity: str | None = None
    replaces: str | None = None

    __table_args__ = (
        Index("ix_certificates_ends", "sort_valid_to", "serial"),
        Index("ix_certificates_site_ends", "site_id", "sort_valid_to", "serial"),
        Index("ix_certificates_scope_ends", "scope_id", "sort_valid_to", "serial"),
    )
