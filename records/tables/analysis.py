"""Projections: registered specifications and results of analysis."""

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from records.tables.columns import Json, json_column


class SpecificationRow(SQLModel, table=True):
    """One version of the registered specification of a scope's product. Its content never changes."""

    __tablename__ = "specifications"

    spec_id: str = Field(primary_key=True)
    """SPEC-{scope}, the record that all versions are versions of."""
    version: int = Field(primary_key=True)
    scope_id: str = Field(index=True)
    markets: Json = Field(sa_column=json_column())
    """Markets in which it is registered."""
    tests: Json = Field(sa_column=json_column())
    """`domain.specification.TestSpecification` each."""
    effective_from: datetime
    sha256: str
    proposed_by: str
    approved_by: str | None = None
    approved_at: datetime | None = None
    """`None` while it waits for its approval; only an approved version counts."""


class AnalysisRow(SQLModel, table=True):
    """One individual result of a certificate of analysis, or of the sponsor's own testing, as recomputed."""

    __tablename__ = "analysis_results"

    batch_id: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    """Number of the event in the batch's journal."""
    line: int = Field(primary_key=True)
    source: str
    """COA or OWN_TESTING."""
    test: str
    result: str
    """As it was written."""
    unit: str
    reported_verdict: str | None = None
    """What the certificate claims."""
    verdict: str
    """What the recomputation says (`domain.coa.Verdict`)."""
    reason: str
    spec_id: str | None = None
    spec_version: int | None = None
    superseded: bool = False
    """Whether a later certificate has taken its place; it is kept all the same."""

    __table_args__ = (Index("ix_analysis_results_batch", "batch_id", "source", "superseded"),)
