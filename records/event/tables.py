"""Projections: events at sites."""

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from records.core.tables.columns import Json, json_column


class SiteEventRow(SQLModel, table=True):
    """An event at a site, with what its triage has come to."""

    __tablename__ = "site_events"

    case_id: str = Field(primary_key=True)
    identity: str = Field(unique=True)
    """What makes it the same event: side, source and id (`domain.event.site_event.identity`)."""
    site_id: str
    scope_ids: Json = Field(sa_column=json_column())
    type: str
    severity: str
    authority_outcome: str | None = None
    source: str
    event_id: str
    reference: str
    lots: Json = Field(sa_column=json_column())
    detected_at: datetime
    received_at: datetime
    notify_key: str | None = None
    """Policy key of the time within which the site had to tell; `None` for what it need not, or has not reported."""
    notify_due_at: datetime | None = None
    notified_late: bool = False
    triaged_at: datetime | None = None
    outcomes: Json = Field(default=None, sa_column=json_column(nullable=True))
    opened: Json = Field(default=None, sa_column=json_column(nullable=True))
    """Ids of the cases opened and the batches held, by outcome."""
    cleared: Json = Field(default_factory=list, sa_column=json_column())
    """The lots that it does not concern after all: `lot`, `key`, `reason`, `evidence`, `by_name`, `at`, `said_in`."""
    told_apart: Json = Field(default_factory=list, sa_column=json_column())
    """Numbers of ours that are like one that it names: `lot`, `key`, `same`, `reason`, `by_name`, `at`."""

    __table_args__ = (Index("ix_site_events_site", "site_id", "type", "received_at"),)
