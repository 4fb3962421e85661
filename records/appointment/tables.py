"""Projections: appointments of people on licences, and what was signed under them."""

from datetime import date, datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from records.core.tables.columns import Json, json_column


class AppointmentRow(SQLModel, table=True):
    """A person on a licence, for a role. Another one counts beside it: it is never changed, only ended."""

    __tablename__ = "appointments"

    number: str = Field(primary_key=True)
    person_id: str = Field(index=True)
    role: str
    kind: str
    """MIA, MIA_IMP, WDA or APPOINTMENT (`domain.appointment.appointment.LicenceKind`)."""
    licence: str
    """Number of the licence."""
    holder: str
    acts_for: str | None = None
    """The holder of an authorisation that the licence's holder acts for."""
    acts_by: str | None = None
    """The agreement by which it does."""
    licence_site: str | None = Field(default=None, index=True)
    """The site on record that it is of."""
    certificate_id: str | None = None
    markets: Json = Field(default_factory=list, sa_column=json_column())
    """Markets that are decided for; none in what was recorded before they were asked for."""
    sites: Json = Field(default_factory=list, sa_column=json_column())
    """Sites whose batches are decided on; all if there is none."""
    products: Json = Field(default_factory=list, sa_column=json_column())
    """The same of products."""
    valid_from: date
    valid_to: date | None = None
    documents: Json = Field(default_factory=list, sa_column=json_column())
    reason: str
    sha256: str
    """Hash of the proposal, which the approver names."""
    version: int = 1
    proposed_by: str
    proposers: Json = Field(default_factory=list, sa_column=json_column())
    """Everybody whose hands the proposal counts as (S11)."""
    proposed_at: datetime
    approved: bool | None = None
    """Whether it was approved; `None` while nobody has decided."""
    decided_by: str | None = None
    decided_at: datetime | None = None
    decided_because: str | None = None
    ended_from: date | None = None
    """First day on which it did not count any more."""
    ended_times: int = 0
    """How often it was ended; later ends say an earlier day."""
    ended_by: str | None = None
    ended_at: datetime | None = None
    ended_because: str | None = None


class AppointmentUseRow(SQLModel, table=True):
    """A signature that stands on an appointment."""

    __tablename__ = "appointment_uses"

    stream: str = Field(primary_key=True)
    event_number: int = Field(primary_key=True)
    place: int = Field(primary_key=True)
    """Place among the appointments that this signature stands on."""
    number: str
    """The appointment."""
    batch_id: str | None = None
    market: str | None = None
    signed_at: datetime

    __table_args__ = (Index("ix_appointment_uses_number", "number", "signed_at"),)
