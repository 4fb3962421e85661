"""Projections: audits, findings, CAPAs."""

from datetime import date

from sqlmodel import Field, SQLModel

from records.core.tables.columns import Json, json_column


class FindingRow(SQLModel, table=True):
    """A finding of an issued report."""

    __tablename__ = "findings"

    case_id: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    finding_id: str
    severity: str
    area: str
    body: Json = Field(sa_column=json_column())
    status: str
    is_repeat: bool = False
    issued: bool = False
    site_id: str = Field(index=True)
    capa_id: str | None = None


class CapaRow(SQLModel, table=True):
    """A CAPA, as its events have left it."""

    __tablename__ = "capas"

    capa_id: str = Field(primary_key=True)
    origin: str = Field(index=True)
    finding_number: int | None = None
    site_id: str = Field(index=True)
    severity: str
    owner: str
    status: str
    due_on: date | None = None
    follows: str | None = None


class AuditRow(SQLModel, table=True):
    """An audit, as its events have left it."""

    __tablename__ = "audits"

    case_id: str = Field(primary_key=True)
    type: str
    mode: str | None = None
    first_day: date | None = None
    last_day: date | None = None
    lead: str | None = None
    report_version: int | None = None
    recommendation: str | None = None
    """As its report says."""
    outcome: str | None = None
    """What it comes to since a dispute was judged; `None` if none was, or by an older version."""
    full_scope: bool = False
    waived_until: date | None = None
    site_id: str = Field(index=True)
