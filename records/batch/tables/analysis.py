"""Projections: registered specifications and results of analysis."""

from datetime import date, datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from domain.batch.results.specification import SpecificationStatus
from records.core.tables.columns import Json, json_column


class SpecificationRow(SQLModel, table=True):
    """One version of the registered specification of a scope's product. Its content never changes."""

    __tablename__ = "specifications"

    spec_id: str = Field(primary_key=True)
    """SPEC-{scope}, the record that all versions are versions of."""
    version: int = Field(primary_key=True)
    scope_id: str = Field(index=True)
    site_id: str
    markets: Json = Field(sa_column=json_column())
    """Markets in which it is registered."""
    registration: str
    """Where it is registered."""
    tests: Json = Field(sa_column=json_column())
    """`domain.batch.results.specification.SpecifiedTest` each."""
    printed_as: Json = Field(default_factory=list, sa_column=json_column())
    """The numbers under which certificates print it, beside its own."""
    effective_from: datetime
    """Never before its approval."""
    former_valid_until: date | None = None
    """Last day on which a batch may be certified to the version that it replaces in its markets."""
    sha256: str
    reason: str
    status: str = SpecificationStatus.PROPOSED.value
    """`domain.batch.results.specification.SpecificationStatus`."""
    proposed_by: str
    proposed_at: datetime
    decided_by: str | None = None
    decided_at: datetime | None = None
    decision: str | None = None
    """Why it was approved or rejected."""


class AnalysisReportRow(SQLModel, table=True):
    """A certificate of analysis, or a report of the sponsor's own testing."""

    __tablename__ = "analysis_reports"

    batch_id: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    """Number of the event in the batch's journal."""
    source: str
    """COA or OWN_TESTING (`domain.batch.results.analysis_forms.Source`)."""
    scope_id: str
    report: str
    """Number of the certificate or report."""
    specification: str
    """As it is printed; empty for own testing."""
    laboratory: str | None = None
    """Who has tested; for own testing alone."""
    laboratory_site_id: str | None = None
    """Its registered site, if one was named."""
    dated: date
    """Day of issue, or last day of testing."""
    document_id: str
    reported_at: datetime
    confirms: bool = False
    """Whether own testing bears out the certificate that counts: all can be compared, nothing fails or differs."""
    superseded: bool = False
    """Whether a later one has taken its place; it is kept all the same."""
    entered_by: str = ""
    """Printed name of who has entered it."""
    persons: Json = Field(default_factory=list, sa_column=json_column())
    """Everybody whose hands that counts as, by person id (S11, S12)."""
    correction_of: str | None = None
    """Number of the one whose place it takes."""
    correction_reason: str | None = None
    cause: str | None = None
    """What was wrong with that one (`domain.batch.results.oos.LaboratoryCause`); for own testing alone."""
    raw_data: str | None = None
    """Document id of the raw data that prove it."""

    __table_args__ = (Index("ix_analysis_reports_scope", "scope_id", "source", "dated"),)


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
    method: str | None = None
    result: str
    """As it was written."""
    unit: str | None = None
    """As it was printed."""
    reported_verdict: str | None = None
    """What the certificate claims."""
    replicate: int | None = None
    is_mean: bool = False
    analyst: str | None = None
    equipment: str | None = None
    process_data: str | None = None
    """Document id of the data that stand in for a test of the product."""
    verdict: str | None = None
    """The gravest that the recomputation says of it as it came (`domain.batch.results.coa.Verdict`), if any."""
    reason: str = ""
    judged_by: Json = Field(default_factory=list, sa_column=json_column())
    """The specifications that it was compared with: `{spec_version, verdict, reason}` each."""
    compared: Json = Field(default_factory=list, sa_column=json_column())
    """What persons have said of it: `domain.batch.results.recomputation.ByPerson` each, by name of the field."""
    superseded: bool = False

    __table_args__ = (Index("ix_analysis_results_batch", "batch_id", "source", "superseded"),)
