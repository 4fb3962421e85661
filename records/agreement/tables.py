"""Projections: quality agreements."""

from datetime import date, datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from records.core.tables.columns import Json, json_column


class AgreementRow(SQLModel, table=True):
    """One version of a quality agreement, as its events have left it. A scope has one agreement in many versions."""

    __tablename__ = "agreements"

    qta_id: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    number: int
    """The number in the business id, by which lists are ordered."""
    site_id: str
    scope_id: str
    case_id: str = Field(index=True)
    """The qualification or review that negotiates it."""
    status: str
    terms: Json = Field(sa_column=json_column())
    drafted_by: str
    drafted_at: datetime
    agreed_at: datetime | None = None
    sponsor_signed_by: str | None = None
    sponsor_signed_at: datetime | None = None
    site_signed_by: str | None = None
    site_signed_at: datetime | None = None
    effective_from: date | None = None
    review_due: date | None = None
    lapses_on: date | None = None
    """Last day in force, also of a version that was superseded before."""

    __table_args__ = (
        Index("ix_agreements_number", "number", "version"),
        Index("ix_agreements_site", "site_id", "number", "version"),
        Index("ix_agreements_scope", "scope_id", "number", "version"),
    )
