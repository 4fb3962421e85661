"""Projections: batches, what is known of how they were made, and the holds and decisions on them."""

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
    """OPEN until every market is decided, CERTIFIED while released product is within its shelf life, CLOSED after."""

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
    review_open: bool = False
    """Whether something was learned after the release that is not reviewed yet. Nothing is shipped meanwhile."""

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
    approved: bool = True
    """Whether a quality agreement approves it, for a scope; otherwise always true."""

    __table_args__ = (
        Index("ix_batch_uses_reference", "kind", "reference", "batch_id"),
        Index("ix_batch_uses_key", "kind", "key", "batch_id"),
    )


class ParameterResultRow(SQLModel, table=True):
    """An actual value of a parameter, compared with the bound parameter set."""

    __tablename__ = "parameter_results"

    batch_id: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    """Number of the event in the batch's journal."""
    line: int = Field(primary_key=True)
    parameter: str
    value: str
    """Decimal, as it was reported."""
    unit: str
    in_nor: bool
    in_par: bool
    parameter_class: str
    measured_at: datetime
    superseded_by: int | None = None
    """Number of the event that has corrected it; it is kept, and counts no more."""


class BatchDeviationRow(SQLModel, table=True):
    """A departure from an instruction while a batch was made or tested."""

    __tablename__ = "batch_deviations"

    batch_id: str = Field(primary_key=True)
    deviation_id: str = Field(primary_key=True)
    """The site's own number."""
    deviation_class: str
    state: str
    description: str
    parameter: str | None = None
    detected_at: datetime
    reported_at: datetime
    due_at: datetime | None = None
    closed_at: datetime | None = None
    impact: str | None = None
    accepted_by: str | None = None
    """Person id of the decider who accepted its assessment."""


class OosRow(SQLModel, table=True):
    """A result outside its specification, or outside its trend."""

    __tablename__ = "oos_results"

    batch_id: str = Field(primary_key=True)
    oos_id: str = Field(primary_key=True)
    """The site's own number."""
    kind: str
    """`domain.batch.results.oos.OosKind`."""
    test: str
    result: str
    """As it was reported; it is kept whatever is decided."""
    unit: str
    limit: str
    retests_planned: int = 0
    """Fixed before the first one."""
    state: str
    detected_at: datetime
    reported_at: datetime
    conclusion: str | None = None
    decided_by: str | None = None
    decided_at: datetime | None = None
    own_laboratory: bool = False
    """Whether the sponsor's own laboratory has obtained it; then phase I is its own."""
    opened_from: str | None = None
    """Who has tested, where the program has opened it (`domain.batch.results.analysis_forms.Source`); else a person
    reported it."""
    report: str | None = None
    """Number of the certificate or report that it stands on, if the program has opened it."""
    market: str | None = None
    """The only market whose registered specification it fails; all if there is none."""
    cause: str | None = None
    """The cause that the laboratory names (`domain.batch.results.oos.LaboratoryCause`)."""
    raw_data: str | None = None
    """Document id of the raw data that prove it, if it was a matter of writing."""
    seen_by: str | None = None
    """Printed names of who has seen for the sponsor that it does not count."""
    resampling: bool = False
    """Whether the sponsor has decided that samples are taken anew."""

    __table_args__ = (Index("ix_oos_results_state", "state", "batch_id"),)


class BatchChangeRow(SQLModel, table=True):
    """A change that a batch was made under."""

    __tablename__ = "batch_changes"

    batch_id: str = Field(primary_key=True)
    change_id: str = Field(primary_key=True)
    """The site's own number of the change, as in its notification."""
    description: str
    case_id: str | None = None
    """The sponsor's case about it; `None` if it was never notified."""


class HoldRow(SQLModel, table=True):
    """A hold on a batch. It never ends by itself."""

    __tablename__ = "holds"

    hold_id: str = Field(primary_key=True)
    batch_id: str = Field(index=True)
    type: str
    reason: str
    placed_by: str
    """Person id of who acted as it was placed, or SYSTEM; of an inherited one as its first was placed."""
    placed_in: str
    """The case that led to it."""
    placed_at: datetime
    by_hand: bool = False
    """Whether that person has placed it; otherwise a rule did."""
    market: str | None = None
    """The only market that it stops; all if there is none."""
    inherited_from: str | None = None
    """The hold on a parent batch that it comes from."""
    fact_kind: str | None = None
    """The fact that has led to it, if it follows from one that stands (`domain.core.facts.StandingFact`)."""
    fact_identity: str | None = None
    reviewed_at: datetime | None = None
    long_reviewed_at: datetime | None = None
    """When the head of quality has reviewed it as one that has stood for long."""
    lift_proposed_by: str | None = None
    """Who proposes to lift it, while that waits for a second person, and once it is lifted."""
    lift_proposed_at: datetime | None = None
    lift_version: int | None = None
    """Version of the record `lift-hold` that waits for a second person, or was confirmed."""
    lifted_at: datetime | None = None
    lifted_by: str | None = None

    __table_args__ = (Index("ix_holds_placed", "placed_at", "hold_id"),)


class BatchMarketRow(SQLModel, table=True):
    """The decision on a batch for one market."""

    __tablename__ = "batch_markets"

    batch_id: str = Field(primary_key=True)
    market: str = Field(primary_key=True)
    rule: str
    """Who decides (`domain.batch.batch.DecisionRule`)."""
    decision: str | None = None
    """RELEASE or REJECT; `None` while it is open."""
    quantity: str | None = None
    """Released quantity, decimal, in the unit of the batch."""
    certificate_number: str | None = None
    register_name: str | None = None
    register_number: int | None = None
    """Number of the entry in the register; without gaps."""
    decided_by: str | None = None
    decided_at: datetime | None = None
    event_number: int | None = None
    """Number of the event with the signature in the batch's journal."""
    for_sites: Json | None = Field(default=None, sa_column=json_column(nullable=True))
    """Sites for which it is released for further processing; `None` if for any."""
    purpose: str | None = None
    """What it is released for, of a release for further processing."""
    withdrawn_at: datetime | None = None
    """When the release was taken back (withdrawal or recall)."""
    refused_as: str | None = None
    """How it was refused (`domain.batch.market_refusal.RefusedAs`), as far as the grounds of it were stated."""
    grounds: Json | None = Field(default=None, sa_column=json_column(nullable=True))
    """On what grounds (`domain.policy.rejection_grounds.RejectionGrounds`)."""
    grounds_at: datetime | None = None
    """When they were stated, or raised last."""
    refused_because: str | None = None
    """Why, in the words of who has refused it; then of who has raised the grounds."""

    __table_args__ = (Index("ix_batch_markets_register", "register_name", "register_number", unique=True),)


class ReviewDemandRow(SQLModel, table=True):
    """Something was learned after the release of a batch, which is reviewed for that."""

    __tablename__ = "review_demands"

    batch_id: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    """Number of the event in the batch's journal."""
    reason: str
    cause: str
    """The case that it was learned in."""
    demanded_at: datetime
    received_at: datetime | None = None
    """When anybody of the sponsor or its agents received the information, if that was before."""
    reviewed_at: datetime | None = None
    reviewed_in: str | None = None
    """The case in which it was reviewed: the batch itself, or the status case that led to it."""
    fact_kind: str | None = None
    """The fact that the review is demanded for; `None` of a demand of an older version."""
    fact_identity: str | None = None


class MarketJudgementRow(SQLModel, table=True):
    """What one of two people says about a batch that another market has refused (section 18)."""

    __tablename__ = "market_judgements"

    hold_id: str = Field(primary_key=True)
    """The hold by which the batch is stopped in the market meanwhile."""
    slot: str = Field(primary_key=True)
    """`domain.batch.holds.market_judgement.Slot`."""
    batch_id: str = Field(index=True)
    market: str
    version: int
    """Version of the record with which it was said last."""
    goes_on: bool
    """Whether the batch may go on for the market."""
    assessment: str
    evidence: Json = Field(default_factory=list, sa_column=json_column())
    """Ids of the documents that it rests on."""
    persons: Json = Field(default_factory=list, sa_column=json_column())
    """Whose hands it counts as (S11, S12)."""
    by_name: str
    judged_at: datetime
    voided: bool = False
    """Whether the same person has taken the other part since; then it counts no more."""
