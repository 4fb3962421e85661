"""Projections: what is watched of a site and scope."""

from datetime import date, datetime

from sqlmodel import Field, SQLModel

from records.core.tables.columns import Json, json_column


class OversightRow(SQLModel, table=True):
    """The oversight of a scope, as its last evaluation has left it."""

    __tablename__ = "oversight"

    case_id: str = Field(primary_key=True)
    scope_id: str = Field(index=True)
    site_id: str = Field(index=True)
    flags: Json = Field(default_factory=list, sa_column=json_column())
    orders_stopped_by: Json = Field(default_factory=list, sa_column=json_column())
    """Why no new orders may be placed; empty if they may."""
    next_audit_due: date | None = None
    interval_months: int | None = None
    """Months between full-scope audits: by tier, policy and regulation, or as a decision has shortened them."""
    looked_at: datetime | None = None
    """When it was last evaluated; what fell due before has been seen to."""
    looks_again_at: datetime | None = None
    next_step: str = ""
    """What happens then, in words."""
