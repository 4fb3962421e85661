"""Projections: inspections of sites by authorities."""

from datetime import date, datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from records.core.tables.columns import Json, json_column


class InspectionRow(SQLModel, table=True):
    """An inspection by an authority, with what has come of it."""

    __tablename__ = "inspections"

    case_id: str = Field(primary_key=True)
    site_id: str
    scope_ids: Json = Field(sa_column=json_column())
    authority: str
    reference: str
    type: str
    announced_on: date | None = None
    start: date | None = None
    """First day: as announced, then as it was."""
    end: date | None = None
    products: Json = Field(sa_column=json_column())
    told_at: datetime
    notify_due_at: datetime | None = None
    """Until when the site had to tell; `None` for what the sponsor tells."""
    notified_late: bool = False
    outcome: str | None = None
    observations: Json = Field(default=None, sa_column=json_column(nullable=True))
    received_on: date | None = None
    outcome_at: datetime | None = None
    outcome_late: bool = False
    redacted: bool | None = None
    answer_due: date | None = None
    answered_on: date | None = None
    warned_on: date | None = None
    warned_at: datetime | None = None
    letter_answer_due: date | None = None
    letter_answered_on: date | None = None
    commitments: Json = Field(default_factory=list, sa_column=json_column())
    for_cause: bool | None = None
    site_closed: bool | None = None
    opened: Json = Field(default=None, sa_column=json_column(nullable=True))
    """Ids of the cases that were opened, by kind."""

    __table_args__ = (Index("ix_inspections_site", "site_id", "told_at"),)
