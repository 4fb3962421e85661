"""Projections: how batches were made: values, deviations, results outside specification, changes."""

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel


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
