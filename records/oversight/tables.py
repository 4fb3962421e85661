"""Projections: scorecards of scopes, and the annual audit programme."""

from datetime import date, datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from records.core.tables.columns import Json, json_column


class ScorecardRow(SQLModel, table=True):
    """What a month has come to, or how a quarter was judged. It never changes."""

    __tablename__ = "scorecards"

    scope_id: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    """MONTH or QUARTER."""
    first_day: date = Field(primary_key=True)
    last_day: date
    site_id: str
    case_id: str
    """The oversight that has computed the month, or the review that has judged the quarter."""
    batches: int
    metrics: Json = Field(sa_column=json_column())
    score: str | None = None
    """0 to 100 with two decimals; none without enough data."""
    rating: str
    computed_rating: str
    """What the score gives; a judged quarter may be rated otherwise, with a reason."""
    trend: str
    recorded_at: datetime

    __table_args__ = (
        Index("ix_scorecards_newest", "first_day", "scope_id", "kind"),
        Index("ix_scorecards_scope", "scope_id", "first_day", "kind"),
        Index("ix_scorecards_site", "site_id", "first_day", "scope_id", "kind"),
    )
