"""Projections: holds on batches, decisions by market, and the reviews and judgements that are due."""

from datetime import date, datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from records.core.tables.columns import Json, json_column


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
    """Who decides (`domain.policy.market_rule.DecisionRule`)."""
    deciders: Json | None = Field(default=None, sa_column=json_column(nullable=True))
    """The roles that decide, as the row of the market named them; `None` where the rule alone says it."""
    imports: bool | None = None
    """Whether imports were asked for there as it was registered; `None` of a batch from before that."""
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
    purposes: Json | None = Field(default=None, sa_column=json_column(nullable=True))
    """The same in codes (`domain.batch.processing_purpose.ProcessingPurpose`), of all its parts; `None` where none was
    named."""
    trial: str | None = None
    """Of clinical supply the trial that it is released for, as its certificate names it."""
    trial_phase: str | None = None
    """Its phase (`domain.batch.trial.Phase`), where it was stated."""
    awaits_official_release: bool = False
    """Whether it was released before the official batch release that its authorisation demands; until that is there
    the goods stay in quarantine for it."""
    supplied_under: Json | None = Field(default=None, sa_column=json_column(nullable=True))
    """Numbers of the supplies under exception by which goods go there that are not certified."""
    supply_stands: bool = False
    """Whether goods went, or may go, under any of them that was not taken back: they are reviewed like a release."""
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


class AuthorisedDecisionRow(SQLModel, table=True):
    """The authorisation that an entry of a register of products names: what was decided stands on it.

    Entries of earlier versions of the program name none.
    """

    __tablename__ = "authorised_decisions"

    register_name: str = Field(primary_key=True)
    register_number: int = Field(primary_key=True)
    batch_id: str = Field(index=True)
    market: str
    """Where the goods may go by it."""
    authorisation_id: str = Field(index=True)
    version: int
    type: str
    """What was authorised (`domain.authorisation.authorisation.AuthorisationKind`)."""
    number: str
    """Number that the authority has given it."""


class GreenLightRow(SQLModel, table=True):
    """The sponsor's green light: certified clinical supply may go to one site of its trial (section 17)."""

    __tablename__ = "green_lights"

    batch_id: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    """Version of the record `green-light` in the batch's case."""
    market: str
    trial: str = Field(index=True)
    """Number of the trial, as on the certificate."""
    destination: str
    """Name of the trial site; its address is `address`."""
    address: str
    authorisation: str
    """Document id of the authorisation of the trial."""
    ethics: str
    """Document id of the opinion of the ethics committee."""
    valid_to: date | None = None
    """Last day on which both documents are valid; `None` if neither states one."""
    conditions: str
    """How the conditions of both are met."""
    given_by: str
    """Printed name."""
    given_at: datetime
    withdrawn_by: str | None = None
    withdrawn_at: datetime | None = None
    withdrawn_because: str | None = None


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
    answers: Json = Field(default_factory=dict, sa_column=json_column())
    """By market the number of the event that has answered it there: the release stands, or is taken back."""
    reviewed_at: datetime | None = None
    """When the last released market has answered."""
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
