"""Projections: parameter sets."""

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from records.core.tables.columns import Json, json_column


class ParameterSetRow(SQLModel, table=True):
    """One version of the parameters that sponsor and site have agreed on for a scope. Its content never changes."""

    __tablename__ = "parameter_sets"

    set_id: str = Field(primary_key=True)
    """PS-n; each version has its own."""
    scope_id: str
    site_id: str
    product: str
    major: int
    minor: int
    status: str
    """`domain.exchange.parameters.ParameterSetStatus`."""
    content: Json = Field(sa_column=json_column())
    """`domain.exchange.parameters.ParameterContent`."""
    sha256: str
    """Hash of the draft that was signed."""
    case_id: str = Field(index=True)
    """The exchange that agreed on it."""
    agreed_at: datetime
    effective_at: datetime | None = None
    superseded_at: datetime | None = None
    superseded_by: str | None = None
    filings: Json = Field(default_factory=list, sa_column=json_column())
    """What regulatory affairs states for each market: `{market, filing, approved_on, reference}`."""

    @property
    def version(self) -> str:
        """As people know it."""
        return f"{self.major}.{self.minor}"

    filing_change: str | None = None
    """The approved change that regulatory affairs names."""
    deferred: Json = Field(default_factory=list, sa_column=json_column())
    """Numbers of the items of the exchange that were left for later."""

    __table_args__ = (Index("ix_parameter_sets_scope", "scope_id", "major", "minor", unique=True),)
