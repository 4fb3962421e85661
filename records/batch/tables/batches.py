"""Projections: batches, what they come from, and what was corrected of them."""

from datetime import date, datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from records.core.tables.columns import Json, json_column


class BatchRow(SQLModel, table=True):
    """A batch made at a site."""

    __tablename__ = "batches"

    batch_id: str = Field(primary_key=True)
    number: str
    """The number that the site gave it."""
    site_id: str
    scope_id: str
    state: str
    """OPEN until every market is decided, CERTIFIED while released product is within its shelf life, SUPPLIED while
    nothing is released and what went under an exception is within it, CLOSED after."""

    made_on: date | None = None
    """Last day of manufacture, as far as it is known."""
    finished_at: datetime | None = None
    """The instant at which manufacture ended; `None` if only the day was told, or it has not ended."""
    number_key: str | None = Field(default=None, index=True)
    """What all ways to write the number have in common (`domain.core.names.name_key`)."""
    sponsor_number_key: str | None = Field(default=None, index=True)
    sponsor_number: str | None = None
    product: str = ""
    strength: str | None = None
    size: str | None = None
    """Planned quantity, decimal; in `unit`."""
    unit: str | None = None
    """UCUM."""
    markets: Json = Field(default_factory=list, sa_column=json_column())
    """Markets that it is made for."""
    supply_stage: str | None = None
    """What it is in the supply chain (`domain.batch.supply_stage.SupplyStage`), if that was stated."""
    pack: Json | None = Field(default=None, sa_column=json_column(nullable=True))
    """What it is packed as (`domain.batch.making.pack.Pack`); `None` where that was not stated."""
    order_number: str | None = None
    mbr_version: str | None = None
    planned_start: date | None = None
    planned_end: date | None = None
    started_at: datetime | None = None
    """Start of manufacture; the parameter set that was effective then is bound for good."""
    started_on: date | None = None
    parameter_set_id: str | None = None
    quantity: str | None = None
    """Quantity that was made, decimal, in `unit`."""
    yield_percent: str | None = None
    sample_quantity: str | None = None
    """Quantity of retained and reference samples, decimal, in `unit`; beside `quantity`."""
    retained_samples: str | None = None
    """How many samples are kept, and where; in the site's words, like the next two."""
    stability: str | None = None
    environment: str | None = None
    yield_low: str | None = None
    """Least yield of the registered process, decimal, in % of what is expected; like `yield_high`."""
    yield_high: str | None = None
    yield_deviation: str | None = None
    """The deviation that was reported for a yield outside these limits."""
    expiry_on: date | None = None
    """Last day of the shelf life."""
    retest_on: date | None = None
    retested_until: date | None = None
    """Last day of the window that a passing retest has opened; until then no retest is due."""
    extended_to: date | None = None
    """Last day of use by the authority's extension, for `extended_markets` alone."""
    extended_markets: Json = Field(default_factory=list, sa_column=json_column())
    """Markets of an extension that is in force; none after its end."""
    use_date_to: date | None = None
    """Last day of use of what is relabelled of clinical supply under the plan of its trial; not of the batch itself."""
    use_date_markets: Json = Field(default_factory=list, sa_column=json_column())
    """Markets of that extension."""
    use_date_trial: str | None = None
    """The trial of that plan, for which alone it is certified."""
    blocked_from: str | None = None
    """The physical status from which the end of the shelf life has blocked the goods."""
    expired_at: datetime | None = None
    """When its last day of use was found to have passed; its goods are blocked from then on."""
    retest_due_at: datetime | None = None
    """When its day of retest was found to have passed."""
    site_decision: str | None = None
    """RELEASED or REJECTED by the site's quality unit."""
    site_decided_at: datetime | None = None
    package_due_at: datetime | None = None
    package_received_at: datetime | None = None
    """When the first package came; a corrected one does not move it."""
    package_returns: int = 0
    """How many times the package was returned for correction."""
    physical_status: str = "QUARANTINE"
    released: bool = Field(default=False, index=True)
    """Whether any market is released, and not withdrawn since."""
    supplied: bool = False
    """Whether goods went, or may go, to any market under an exception that was not taken back."""
    review_open: bool = False
    """Whether something was learned after the release that is not reviewed yet. Nothing is shipped meanwhile."""

    @property
    def is_out(self) -> bool:
        """Whether goods are released, or went under an exception: what is learned of them later is reviewed."""
        return self.released or self.supplied

    __table_args__ = (
        Index("ix_batches_scope_state", "scope_id", "state", "batch_id"),
        Index("ix_batches_number", "site_id", "number"),
        Index("ix_batches_expiry", "expired_at", "expiry_on"),
        Index("ix_batches_retest", "retest_due_at", "retest_on"),
        Index("ix_batches_extended", "extended_to"),
    )


class BatchCorrectionRow(SQLModel, table=True):
    """A value of the end of manufacture that was corrected, or is to be."""

    __tablename__ = "batch_corrections"

    batch_id: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    """Version of the record `correct-manufacture`; 0 of what came by a rejected record."""
    field: str = Field(primary_key=True)
    old: str | None = None
    new: str
    reason: str
    corrected_by: str
    """Printed name."""
    corrected_at: datetime
    confirmed: bool | None = None
    """Whether it has taken effect; `None` while it waits for a second person."""


class RetestRow(SQLModel, table=True):
    """A retest of a batch."""

    __tablename__ = "retests"

    batch_id: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    """Version of the record `retest`."""
    tested_on: date
    passed: bool
    until: date | None = None
    """Last day of the window of use that it has opened."""
    certificate: str
    """Document id."""
    recorded_by: str
    """Printed name."""
    recorded_at: datetime


class BatchParentRow(SQLModel, table=True):
    """A batch comes from another one."""

    __tablename__ = "batch_parents"

    batch_id: str = Field(primary_key=True)
    parent_id: str = Field(primary_key=True, index=True)
    relation: str
    quantity: str | None = None
    """How much of the parent goes into the batch, decimal, in the unit of the parent; `None`: all of it."""
    theoretical_yield: str | None = None
    """What comes of one unit of the parent, decimal, in the unit of the batch."""


class BatchUseRow(SQLModel, table=True):
    """Something that a batch shares with others (`domain.batch.batch.UseKind`)."""

    __tablename__ = "batch_uses"

    batch_id: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    reference: str = Field(primary_key=True)
    """As it was reported."""
    issuer: str = Field(default="", primary_key=True)
    """Of a material whose lot it is, as a key (`domain.batch.making.request.Use.issuer`); of all else empty."""
    key: str
    """What all ways to write it have in common (`domain.batch.making.request.use_key`)."""
    detail: str = ""
    """Of a material its maker; of a scope what is done there."""
    material: str | None = None
    """Of a lot the name of its material; `lot` is its number, `chain` its way, `certificate` the maker's document."""
    lot: str | None = None
    chain: Json | None = Field(default=None, sa_column=json_column(nullable=True))
    """`domain.batch.making.request.ChainNode` each; `None` if it was not stated."""
    certificate: str | None = None
    comparator: Json | None = Field(default=None, sa_column=json_column(nullable=True))
    """Of a comparator where it comes from (`domain.batch.views.ComparatorView`)."""
    part: str | None = None
    """Of a lot what it is (`domain.batch.making.materials.MaterialPart`); `None` where that was not said."""
    maker_site_id: str | None = None
    """The registered site of its maker."""
    came_from: str | None = None
    """Of a dosage form that was bought the country from which it came; `None` where that was not said."""
    approved: bool = True
    """Whether a quality agreement approves it, for a scope; otherwise always true."""

    __table_args__ = (
        Index("ix_batch_uses_reference", "kind", "reference", "batch_id"),
        Index("ix_batch_uses_key", "kind", "key", "batch_id"),
    )
