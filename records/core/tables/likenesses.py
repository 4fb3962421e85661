"""Projection: what the numbers of lots and batches have in common with others, so that what is alike is found."""

from enum import StrEnum

from sqlalchemy import Index
from sqlmodel import Field, SQLModel


class Likened(StrEnum):
    """Whose number it is, and what `owner` is the id of."""

    BATCH = "BATCH"
    """A batch, by its own numbers."""
    EVENT = "EVENT"
    """An event at a site, by the lots that it names."""
    MATERIAL = "MATERIAL"
    """A batch, by the lots of materials that it was made with."""


class LikenessRow(SQLModel, table=True):
    """One likeness of a number (`domain.core.names.likenesses`)."""

    __tablename__ = "likenesses"

    kind: str = Field(primary_key=True)
    owner: str = Field(primary_key=True)
    likeness: str = Field(primary_key=True)

    __table_args__ = (Index("ix_likenesses_likeness", "likeness", "kind"),)
