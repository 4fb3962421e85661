"""Projections: changes that sites announce."""

from datetime import date, datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from records.core.tables.columns import Json, json_column


class ChangeRow(SQLModel, table=True):
    """A change at a site, with what the sponsor and the site have made of it."""

    __tablename__ = "changes"

    case_id: str = Field(primary_key=True)
    site_id: str
    scope_ids: Json = Field(sa_column=json_column())
    """The scopes that it concerns: as announced, then as classified."""
    change_id: str
    """Its number at the site."""
    category: str
    cdmo_tier: str
    least_tier: str
    sponsor_tier: str | None = None
    earliest_date: date
    submitted_at: datetime
    notice_ends: date
    """First day of use that the notice of a change of tier APPROVAL allows."""
    notified_late: bool
    decision: str | None = None
    """The last one."""
    decided_at: datetime | None = None
    first_batch: str | None = None
    implemented_on: date | None = None

    __table_args__ = (Index("ix_changes_site", "site_id", "submitted_at"),)
