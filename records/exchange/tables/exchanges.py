"""Projections: technical exchanges, their rounds, items and concerns."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from records.core.tables.columns import Json, json_column


class ExchangeRow(SQLModel, table=True):
    """A technical exchange, as its events have left it."""

    __tablename__ = "exchanges"

    case_id: str = Field(primary_key=True)
    scope_id: str = Field(index=True)
    product: str
    purpose: str
    stage_of_product: str
    confidentiality: str = Field(index=True)
    base_parameter_set: str | None = None
    """The newest set of the scope as the exchange was opened."""
    round: int = 0
    """The current round; 0 before the first one."""
    rounds_max: int
    """Rounds before it is escalated; a study that the steering pair commissions adds one."""
    parameter_set: str | None = None
    """The set that was agreed on."""


class ExchangeRoundRow(SQLModel, table=True):
    """A round. Closed with its review, and never changed after it."""

    __tablename__ = "exchange_rounds"

    case_id: str = Field(primary_key=True)
    round: int = Field(primary_key=True)
    opened_at: datetime
    opened_by: str
    """Person id, as in the other columns."""
    answered_at: datetime | None = None
    answered_by: str | None = None
    reviewed_at: datetime | None = None
    reviewed_by: str | None = None


class ExchangeItemRow(SQLModel, table=True):
    """An item as it stands in one round. One that is carried over has a row in each."""

    __tablename__ = "exchange_items"

    case_id: str = Field(primary_key=True)
    round: int = Field(primary_key=True)
    number: int = Field(primary_key=True)
    """Unique in the exchange."""
    kind: str
    topic: str
    text: str
    parameter: str | None = None
    current: str | None = None
    proposed: str | None = None
    unit: str | None = None
    rationale: str | None = None
    documents: Json = Field(sa_column=json_column())
    carried_from: int | None = None
    comment: str | None = None
    response: str | None = None
    response_documents: Json = Field(sa_column=json_column())
    verdict: str | None = None
    reason: str | None = None


class ExchangeConcernRow(SQLModel, table=True):
    """A concern about an exchange. While one stands nothing is agreed on."""

    __tablename__ = "exchange_concerns"

    case_id: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    org: str
    """The side that raised it."""
    raised_by: str
    """Printed name."""
    concern: str
    raised_at: datetime
    settled_at: datetime | None = None
    reason: str | None = None
