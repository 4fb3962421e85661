"""Columns and names that all tables share."""

from typing import Any

from sqlalchemy import JSON, BigInteger, Column, Integer, MetaData
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import SQLModel

SQLModel.metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Json = Any


def json_column(*, nullable: bool = False) -> Any:
    """A column of JSON, binary on PostgreSQL."""
    return Column(JSON().with_variant(JSONB, "postgresql"), nullable=nullable)


def big_serial() -> Any:
    """A primary key that counts by itself and does not run out."""
    return Column(BigInteger().with_variant(Integer(), "sqlite"), primary_key=True, autoincrement=True)
