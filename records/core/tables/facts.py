"""Projections: the facts that stand or stood, and what each is about and has led to."""

from datetime import datetime

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from records.core.tables.columns import Json, json_column

_STANDS = text("revoked_at IS NULL")


class FactRow(SQLModel, table=True):
    """A fact that was established, and perhaps revoked (`domain.core.facts.StandingFact`)."""

    __tablename__ = "facts"

    fact_id: str = Field(primary_key=True)
    """Stream and number of the event that establishes it."""
    kind: str
    identity: str
    stream: str
    fields: Json = Field(sa_column=json_column())
    """What the fact says."""
    about: Json = Field(sa_column=json_column())
    """Ids of what it is about."""
    cause: Json = Field(sa_column=json_column())
    """`domain.core.facts.Cause`."""
    consequences: Json = Field(sa_column=json_column())
    """`domain.core.facts.Consequences`."""
    established_at: datetime
    established_by: str
    """Person id of who acted, or SYSTEM."""
    revoked_at: datetime | None = None
    revoked_by: str | None = None
    revoked_cause: Json = Field(default=None, sa_column=json_column(nullable=True))

    __table_args__ = (
        Index("uq_facts_standing", "kind", "identity", unique=True, sqlite_where=_STANDS, postgresql_where=_STANDS),
        Index("ix_facts_established", "established_at", "fact_id"),
    )


class FactSubjectRow(SQLModel, table=True):
    """A fact is about something, or has had a consequence for it."""

    __tablename__ = "fact_subjects"

    subject: str = Field(primary_key=True)
    fact_id: str = Field(primary_key=True, index=True)
