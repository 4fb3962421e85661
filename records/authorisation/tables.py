"""Projections: what is authorised in each market, and what authorities have stopped."""

from datetime import date, datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from domain.batch.results.specification import SpecificationStatus
from records.core.tables.columns import Json, json_column


class AuthorisationRow(SQLModel, table=True):
    """One version of an authorisation. Its content never changes."""

    __tablename__ = "authorisations"

    authorisation_id: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    type: str
    """`domain.authorisation.authorisation.AuthorisationKind`."""
    market: str
    product: str
    product_key: str
    """What all ways to write the product have in common (`domain.core.names.name_key`)."""
    strength: str | None = None
    dosage_form: str | None = None
    number: str
    holder: str
    trial: str | None = None
    standing: Json = Field(sa_column=json_column())
    """The lists hold what the classes of `domain.authorisation.authorisation` say."""
    steps: Json = Field(sa_column=json_column())
    release_sites: Json = Field(default_factory=list, sa_column=json_column())
    packs: Json = Field(default_factory=list, sa_column=json_column())
    specifications: Json = Field(default_factory=list, sa_column=json_column())
    processes: Json = Field(default_factory=list, sa_column=json_column())
    shelf_life: Json | None = Field(default=None, sa_column=json_column(nullable=True))
    official_batch_release: bool = False
    product_kind: str | None = None
    ends_on: date | None = Field(default=None, index=True)
    """The first day on which it is looked at whether it has ended by its dates; `None` if it has no end."""
    ends_stops: Json | None = Field(default=None, sa_column=json_column(nullable=True))
    """Numbers of the stops that it ends; `None` of a version that had none to name: all that was stated before it."""
    evidence: Json = Field(default_factory=list, sa_column=json_column())
    sha256: str
    reason: str
    status: str = SpecificationStatus.PROPOSED.value
    """PROPOSED, APPROVED or REJECTED, like a version of a specification."""
    proposed_by: str
    proposed_at: datetime
    decided_by: str | None = None
    decided_at: datetime | None = None
    decision: str | None = None
    """Why it was approved or sent back."""

    __table_args__ = (Index("ix_authorisations_product", "market", "product_key"),)


class AuthorisationStopRow(SQLModel, table=True):
    """An authority has suspended or withdrawn an authorisation."""

    __tablename__ = "authorisation_stops"

    authorisation_id: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    """Counted from 1."""
    status: str
    since: date
    reason: str
    documents: Json = Field(default_factory=list, sa_column=json_column())
    stated_by: str
    stated_at: datetime
    ended_by: int | None = None
    """The version that has ended it; `None` while it stands."""
