"""Projections: exceptions of gates before the release, and what is learned and decided after it."""

from datetime import date, datetime

from sqlalchemy import Index
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
    """The decider of the market."""
    granted_by: str | None = None
    """Regulatory affairs, who sign last."""
    granted_at: datetime | None = None
    declined_by: str | None = None
    declined_at: datetime | None = None
    reasons: Json = Field(default=None, sa_column=json_column(nullable=True))
    """What the gate had found as it was asked for (`KeptReason`); none of what was asked for before that was kept."""


class SupplyExceptionRow(SQLModel, table=True):
    """A supply under exception, by the authority's permission. It counts once all three have signed."""

    __tablename__ = "supply_exceptions"

    exception_id: str = Field(primary_key=True)
    batch_id: str = Field(index=True)
    market: str
    gates: Json = Field(default_factory=dict, sa_column=json_column())
    """What the gates had found as it was proposed (`KeptReason`), by gate."""
    why: Json = Field(default_factory=dict, sa_column=json_column())
    """Why the goods may be supplied all the same, by gate."""
    basis: str
    """`domain.release.supply_exception.SupplyBasis`."""
    authority: str
    permission: str
    """Its number."""
    permitted_on: date
    document: str
    """Document id."""
    conditions: Json = Field(default_factory=list, sa_column=json_column())
    """The conditions, each with the ids of what shows that it is met."""
    until: date
    """Last day on which goods leave and arrive, where they arrive."""
    quantity: str
    """Largest quantity, decimal, in the unit of the batch."""
    consignees: Json = Field(default_factory=list, sa_column=json_column())
    """`domain.release.supply_exception.Consignee` each."""
    version: int
    """Version of the record `propose-supply-exception`."""
    sha256: str
    proposed_by: str
    proposed_at: datetime
    signers: Json = Field(default_factory=list, sa_column=json_column())
    """Whose hands the proposal and the signatures count as (S11, S12)."""
    signatures: int = 0
    """How many have signed."""
    granted_at: datetime | None = None
    number: str | None = None
    """Its number in the register, once it counts."""
    declined_by: str | None = None
    declined_at: datetime | None = None
    withdrawn_by: str | None = None
    """Printed name of who has stopped it."""
    withdrawn_at: datetime | None = None
    withdrawn_because: str | None = None
    stands: bool = False
    """Whether goods went, or may go, under it, and were not taken back in a review."""
    taken_back_as: str | None = None
    """How they were taken back (`domain.batch.market_refusal.RefusedAs`)."""
    taken_back_at: datetime | None = None

    __table_args__ = (Index("ix_supply_exceptions_number", "number", unique=True),)


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
    reports: Json = Field(default_factory=dict, sa_column=json_column())
    """Further reports to authorities that are considered, by key: the instant of their assessment, null before."""
    recall_class: str | None = None
    recall_depth: str | None = None
    authority_notified_on: date | None = None
    recall_planned_at: datetime | None = None
    distributed: str | None = None
    """Quantity that had been distributed, decimal, in the unit of the batch, like the next four."""
    recovered: str | None = None
    """Quantity that came back."""
    recall_received: str | None = None
    """What had arrived at its destinations by the records, as it was closed."""
    recall_destroyed: str | None = None
    unaccounted: str | None = None
    """What was distributed and did not come back."""
    differs_because: str | None = None
    """Why a figure is not that of the records."""
    recall_closed_at: datetime | None = None


class AuthorityAnswerRow(SQLModel, table=True):
    """A report to an authority that may have been due for something learned, and what regulatory affairs say of it."""

    __tablename__ = "authority_answers"

    batch_id: str = Field(primary_key=True)
    demand: int = Field(primary_key=True)
    """Number of the event in the batch's journal by which it was learned."""
    report: str = Field(primary_key=True)
    """Key of the report in the policy."""
    filed: bool
    """Whether it was filed; otherwise it is not due."""
    filed_on: date | None = None
    reference: str | None = None
    """The number under which the authority has it."""
    answered_by: str
    answered_at: datetime


class AtRiskUseRow(SQLModel, table=True):
    """A site may use a part of a batch before it is released, once that is approved (section 17)."""

    __tablename__ = "at_risk_uses"

    batch_id: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    """Version of the proposal's record in the batch's case."""
    sha256: str
    site_id: str
    """The site that uses it."""
    quantity: str
    """Largest quantity, decimal, in the unit of the batch."""
    quarantine: str
    """How what is made from it is kept in quarantine."""
    proposed_by: str
    """Person id, like `decided_by`."""
    proposed_at: datetime
    approved: bool | None = None
    """What quality says; `None` until then."""
    decided_by: str | None = None
    decided_at: datetime | None = None


class TrancheRow(SQLModel, table=True):
    """A further part of a batch that is released for a market, with its own entry in the register."""

    __tablename__ = "tranches"

    batch_id: str = Field(primary_key=True)
    event_number: int = Field(primary_key=True)
    """Number of the event with the signature in the batch's journal."""
    market: str
    rule: str
    quantity: str
    """Quantity of this part, decimal, in the unit of the batch; the market's row has the sum."""
    certificate_number: str
    register_name: str
    register_number: int
    decided_by: str
    decided_at: datetime

    __table_args__ = (Index("ix_tranches_register", "register_name", "register_number", unique=True),)


class QpDeclarationRow(SQLModel, table=True):
    """A declaration of a qualified person on the GMP of the makers of an active substance."""

    __tablename__ = "qp_declarations"

    number: str = Field(primary_key=True)
    substance: str
    holder: str
    """On whose behalf it was given."""
    authorisation: str
    """Number of the authorisation of the holder."""
    valid_until: date
    """Last day on which it counts."""
    statement: str
    documents: Json = Field(default_factory=list, sa_column=json_column())
    declared_by: str
    """Person id, like `withdrawn_by`."""
    by_name: str
    declared_at: datetime
    withdrawn_by: str | None = None
    withdrawn_at: datetime | None = None
    withdrawn_because: str | None = None


class DeclaredSiteRow(SQLModel, table=True):
    """A maker that a declaration covers, with the audit that it rests on for it."""

    __tablename__ = "qp_declaration_sites"

    number: str = Field(primary_key=True)
    scope_id: str = Field(primary_key=True, index=True)
    site_id: str = Field(index=True)
    audit_id: str
    audited_on: date
    """Last day of that audit on site."""


class PartConfirmationRow(SQLModel, table=True):
    """A qualified person of a site has confirmed what was done of a batch, along an agreement."""

    __tablename__ = "part_confirmations"

    number: str = Field(primary_key=True)
    batch_id: str = Field(index=True)
    scope_id: str
    """What was done where."""
    site_id: str
    """The site whose qualified person has confirmed."""
    agreement: str
    agreement_version: int
    article: str | None = None
    """Where the agreement says whose that is; `None` where it says nothing, and the site's own confirms."""
    statement: str
    under: Json = Field(default_factory=list, sa_column=json_column())
    """The appointments that it was signed under, in words."""
    confirmed_by: str
    """Person id, like `withdrawn_by`."""
    by_name: str
    confirmed_at: datetime
    withdrawn_by: str | None = None
    withdrawn_at: datetime | None = None
    withdrawn_because: str | None = None


class CertificationAbroadRow(SQLModel, table=True):
    """A qualified person has certified a batch under one market for another, where somebody else checks it."""

    __tablename__ = "certifications_abroad"

    number: str = Field(primary_key=True)
    batch_id: str = Field(index=True)
    market: str
    """Where the batch goes."""
    under: str
    quantity: str
    """Decimal, in the unit of the batch."""
    trial: str | None = None
    certificate_number: str
    register_name: str
    register_number: int
    certified_by: str
    """Person id, like `withdrawn_by`."""
    certified_at: datetime
    withdrawn_by: str | None = None
    withdrawn_at: datetime | None = None
    withdrawn_because: str | None = None

    __table_args__ = (Index("ix_certifications_abroad_register", "register_name", "register_number", unique=True),)
