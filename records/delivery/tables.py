"""Projections: shipments of batches, and the arrangements under which they go in quarantine."""

from datetime import date, datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from records.core.tables.columns import Json, json_column


class ShipmentRow(SQLModel, table=True):
    """A shipment of a part of a batch, from its order to its end. Quantities are decimals in the unit of the batch."""

    __tablename__ = "shipments"

    case_id: str = Field(primary_key=True)
    batch_id: str
    market: str
    quantity: str
    """Ordered quantity."""
    quarantine: bool
    """Shipped before its certification, blocked from the market, under an arrangement approved before."""
    arrangement: int | None = None
    """Version of that arrangement."""
    destination: str
    address: str = ""
    trial: str | None = None
    """Of clinical supply the trial that it goes to; its destination is a site of that."""
    supply_exception: str | None = None
    """Number of the supply under exception that it goes under, of goods that are not released."""
    carrier: str = ""
    zone: str | None = None
    """Time zone of the destination; `None` if it was ordered before that had to be known: that of the site."""
    deliver_by: date
    ordered_at: datetime
    dispatched_at: datetime | None = None
    dispatched_quantity: str | None = None
    loggers: Json = Field(default_factory=list, sa_column=json_column())
    """Serial numbers of the loggers that travel with it."""
    received_at: datetime | None = None
    received_on: date | None = None
    """Day of the receipt where it arrived (`zone`), by which it is in time or late."""
    received_quantity: str | None = None
    rejected_quantity: str | None = None
    condition: str | None = None
    within_limits: bool | None = None
    """Whether the logger data stayed within the transport conditions; `None` until they are read."""
    findings: Json = Field(default_factory=list, sa_column=json_column())
    """`domain.delivery.transport_finding.TransportFinding` each."""
    excursion_accepted: bool | None = None
    """What quality says of a transport that was not within its conditions."""
    stopped: bool = False
    """Whether nothing might go to the market when it arrived: it is blocked then, as if it came in quarantine."""
    unblocked_at: datetime | None = None
    """When goods that came in quarantine were set free for their market."""
    disposed_quantity: str = "0"
    """Returned or destroyed."""
    cancelled_at: datetime | None = None
    destroyed_quantity: str = "0"
    """What of it was destroyed."""
    removed_quantity: str = "0"
    """What came back, or was destroyed, by a case of its own after the delivery was settled."""

    __table_args__ = (Index("ix_shipments_batch", "batch_id", "case_id"),)


class ReturnRow(SQLModel, table=True):
    """Goods of a shipment that came back. Quantities are decimals in the unit of the batch."""

    __tablename__ = "goods_returns"

    case_id: str = Field(primary_key=True)
    shipment_id: str = Field(index=True)
    batch_id: str = Field(index=True)
    market: str
    quantity: str
    received_at: datetime
    place: str
    from_country: str | None = None
    """The country that they came back from; `None` where nobody has said it, and the delivery went to no known site."""
    part_containers: Json = Field(default_factory=list, sa_column=json_column())
    """`domain.delivery.returns.PartContainer` each: containers that were opened."""
    usable: bool | None = None
    """What quality has found; `None` until then: blocked."""
    assessed_at: datetime | None = None
    destroyed_quantity: str = "0"


class DestructionRow(SQLModel, table=True):
    """A destruction, from its order to its proof. Quantities are decimals in the unit of the batch."""

    __tablename__ = "destructions"

    case_id: str = Field(primary_key=True)
    batch_id: str = Field(index=True)
    stock: str
    """`domain.delivery.destruction.StockKind`."""
    held_in: str | None = None
    """The shipment or the return that it lies with."""
    quantity: str
    """What was ordered."""
    approved_at: datetime | None = None
    refused_at: datetime | None = None
    """When it was refused, or called off."""
    destroyed_on: date | None = None
    destroyed_quantity: str | None = None
    fell_at: datetime | None = None
    """When its approval fell, because something had come to need it; `None` once it is given anew."""
    fell_because: str | None = None
    done_although: str | None = None
    """Why it was carried out all the same."""


class QuarantineArrangementRow(SQLModel, table=True):
    """A part of a batch may go to one place in quarantine, once it is confirmed."""

    __tablename__ = "quarantine_arrangements"

    batch_id: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    """Version of the approval's record in the batch's case."""
    sha256: str
    market: str
    quantity: str
    """Largest quantity, decimal, in the unit of the batch."""
    destination: str
    address: str
    approved_by: str
    """Person id, like `decided_by`."""
    approved_at: datetime
    confirmed: bool | None = None
    """What the decider of the market says; `None` until then."""
    decided_by: str | None = None
    decided_at: datetime | None = None


class OfficialReleaseRow(SQLModel, table=True):
    """What an official control laboratory says of a batch for a market. It counts once a second person agrees."""

    __tablename__ = "official_releases"

    release_id: str = Field(primary_key=True)
    batch_id: str = Field(index=True)
    market: str
    number: str
    """Number of the certificate."""
    number_key: str = Field(index=True)
    laboratory: str
    dated: date
    result: str
    """`domain.delivery.official_release.OfficialResult`."""
    document: str
    """Document id."""
    version: int = 1
    sha256: str
    entered_by: str
    """Person id, like `decided_by`."""
    entered_at: datetime
    agrees: bool | None = None
    """What the second person says; `None` until then."""
    decided_by: str | None = None
    decided_at: datetime | None = None
    decision: str | None = None
    """What the second person has compared."""
    withdrawn_by: str | None = None
    """Person id of who has taken it back."""
    withdrawn_at: datetime | None = None
    withdrawn_because: str | None = None
