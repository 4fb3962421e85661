"""Projections: suspensions."""

from datetime import date, datetime

from sqlmodel import Field, SQLModel

from records.core.tables.columns import Json, json_column


class SuspensionRow(SQLModel, table=True):
    """A suspension, by the case that leads out of it."""

    __tablename__ = "suspensions"

    case_id: str = Field(primary_key=True)
    scope_id: str = Field(index=True)
    site_id: str = Field(index=True)
    scope: str
    """How far it reaches."""
    reason_code: str
    narrative: str
    decided_at: datetime
    effective_at: datetime
    affected_batches: Json = Field(default_factory=list, sa_column=json_column())
    """Ids of the batches that were open or certified then."""
    notify: Json = Field(default_factory=list, sa_column=json_column())
    """AUTHORITY, CUSTOMERS, or both, where they must be told."""
    exit_criteria: Json = Field(default_factory=list, sa_column=json_column())
    review_every_days: int
    next_review: date | None = None
    """Day of the next review, once one was set."""
    lifted_at: datetime | None = None
    """From when another status holds."""
    lifted_in: str | None = None
    """The case that decided that."""
