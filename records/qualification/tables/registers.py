"""Projections: extracts of public registers."""

from datetime import date, datetime

from sqlmodel import Field, SQLModel


class RegisterExtractRow(SQLModel, table=True):
    """An imported extract of a register; its rows stay in the document."""

    __tablename__ = "register_extracts"

    register_name: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    """Number of its event in the register's stream."""
    as_of: date
    document_id: str
    sha256: str
    rows: int
    imported_by: str
    imported_at: datetime
