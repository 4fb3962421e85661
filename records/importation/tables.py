"""Projections: consignments of batches and of bought lots that came from other countries, and makers' certificates."""

from datetime import date, datetime

from sqlmodel import Field, SQLModel

from records.core.tables.columns import Json, json_column


class ImportConsignmentRow(SQLModel, table=True):
    """A consignment of a batch or of a bought lot, as it was entered or corrected last, with its customs clearance."""

    __tablename__ = "import_consignments"

    number: str = Field(primary_key=True)
    batch_id: str | None = Field(default=None, index=True)
    """`None` of a lot that was bought."""
    lot: Json | None = Field(default=None, sa_column=json_column(nullable=True))
    """`domain.importation.consignment.BoughtLot`; `None` of a batch."""
    lot_key: str | None = Field(default=None, index=True)
    """Of a lot what all ways to write it have in common, as what batches are made with is found by
    (`records.batch.tables.batches.BatchUseRow.key`)."""
    lot_issuer: str | None = None
    """Whose lot it is, as a key."""
    from_country: str
    from_site_id: str | None = None
    to_site_id: str = Field(index=True)
    return_id: str | None = Field(default=None, index=True)
    """The return with which goods of a delivery came back, if it is one of those."""
    authorisation_id: str | None = None
    """The certificate under which it was imported; `None` if the site has shown none."""
    arrived_at: datetime
    quantity: str
    """Decimal, in the unit of the batch or lot."""
    documents: Json = Field(default_factory=list, sa_column=json_column())
    entered_by: str
    """Person id, like `cleared_by` and `withdrawn_by`."""
    by_name: str
    """As it was signed last."""
    entered_at: datetime
    corrected_because: str | None = None
    """Why what was entered before was wrong; the earlier values are in the journal."""
    customs_reference: str | None = None
    cleared_on: date | None = None
    """Day on which customs have cleared it, where it has arrived; `None` until that is entered."""
    cleared_by: str | None = None
    customs_documents: Json = Field(default_factory=list, sa_column=json_column())
    cleared_with: Json = Field(default_factory=list, sa_column=json_column())
    """Numbers of the other consignments that the same declaration or notice has cleared."""
    customs_corrected_because: str | None = None
    withdrawn_by: str | None = None
    withdrawn_at: datetime | None = None
    withdrawn_because: str | None = None


class BatchCertificateRow(SQLModel, table=True):
    """A manufacturer's certificate of a batch, as it was entered, and what its review has found."""

    __tablename__ = "batch_certificates"

    number: str = Field(primary_key=True)
    batch_id: str = Field(index=True)
    site_id: str
    """The site that makes the batch."""
    content: Json = Field(default_factory=dict, sa_column=json_column())
    """`domain.importation.batch_certificate.ManufacturerCertificate`."""
    entered_by: str
    """Person id, like `reviewed_by`."""
    by_name: str
    entered_at: datetime
    accepted: bool | None = None
    """Whether it counts; `None` until another person has reviewed it."""
    finding: str | None = None
    reviewed_by: str | None = None
    reviewer_name: str | None = None
    reviewed_at: datetime | None = None
