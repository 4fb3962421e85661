"""Projections: exceptions of gates before the release, and what is learned and decided after it."""

from datetime import date, datetime

from sqlmodel import Field, SQLModel

from records.core.tables.columns import Json, json_column


class GateExceptionRow(SQLModel, table=True):
    """An exception of one gate for one market in an emergency shortage. It counts once all three have signed."""

    __tablename__ = "gate_exceptions"

    exception_id: str = Field(primary_key=True)
    batch_id: str = Field(index=True)
    gate: str
    market: str
    authority_letter: str
    """Document id of the letter of the competent authority."""
    version: int
    """Version of the record `request-exception`."""
    requested_by: str
    requested_at: datetime
    signed_by: str | None = None
    """The qualified person."""
    granted_by: str | None = None
    """Regulatory affairs, who sign last."""
    granted_at: datetime | None = None
    declined_by: str | None = None
    declined_at: datetime | None = None


class ReleaseReviewRow(SQLModel, table=True):
    """A review after the release, with what it has set going."""

    __tablename__ = "release_reviews"

    batch_id: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    """Number of the event in the batch's journal."""
    reviewed_by: str
    reviewed_at: datetime
    impact: str
    confirmed: Json = Field(default_factory=list, sa_column=json_column())
    """Markets whose release stands."""
    withdrawn: Json = Field(default_factory=list, sa_column=json_column())
    recalled: Json = Field(default_factory=list, sa_column=json_column())
    field_alert: bool = False
    """Whether a field alert is considered."""
    alert_assessed_at: datetime | None = None
    recall_class: str | None = None
    recall_depth: str | None = None
    authority_notified_on: date | None = None
    recall_planned_at: datetime | None = None
    distributed: str | None = None
    """Quantity that had been distributed, decimal, in the unit of the batch."""
    recovered: str | None = None
    """Quantity that came back."""
    recall_closed_at: datetime | None = None
