"""Projections: batches and the holds on them."""

from datetime import date, datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel


class BatchRow(SQLModel, table=True):
    """A batch made at a site, as far as its holds need to know it."""

    __tablename__ = "batches"

    batch_id: str = Field(primary_key=True)
    number: str
    """The number that the site gave it."""
    site_id: str
    scope_id: str
    state: str
    """OPEN until a decision on it is final, CERTIFIED while released product is within its shelf life, CLOSED after."""

    made_on: date | None = None
    """Last day of manufacture, as far as it is known."""

    __table_args__ = (Index("ix_batches_scope_state", "scope_id", "state", "batch_id"),)


class HoldRow(SQLModel, table=True):
    """A hold on a batch. It never ends by itself."""

    __tablename__ = "holds"

    hold_id: str = Field(primary_key=True)
    batch_id: str = Field(index=True)
    type: str
    reason: str
    placed_by: str
    """Person id, or SYSTEM where a rule placed it."""
    placed_in: str
    """The case that led to it."""
    placed_at: datetime
    lifted_at: datetime | None = None
    lifted_by: str | None = None

    __table_args__ = (Index("ix_holds_placed", "placed_at", "hold_id"),)
