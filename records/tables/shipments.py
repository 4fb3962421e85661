"""Projections: shipments of batches."""

from datetime import date, datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel


class ShipmentRow(SQLModel, table=True):
    """A shipment of a part of a batch, from its order to its receipt."""

    __tablename__ = "shipments"

    case_id: str = Field(primary_key=True)
    batch_id: str
    market: str
    quantity: str
    """Ordered quantity, decimal, in the unit of the batch."""
    quarantine: bool
    """Shipped before its certification, blocked from the market, under an arrangement approved before."""
    destination: str
    deliver_by: date
    ordered_at: datetime
    dispatched_at: datetime | None = None
    dispatched_quantity: str | None = None
    within_limits: bool | None = None
    """Whether the logger data stayed within the transport conditions; `None` until they are read."""
    received_at: datetime | None = None
    received_quantity: str | None = None
    rejected_quantity: str | None = None
    condition: str | None = None
    cancelled_at: datetime | None = None

    __table_args__ = (Index("ix_shipments_batch", "batch_id", "case_id"),)
