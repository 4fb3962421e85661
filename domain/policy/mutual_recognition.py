"""What a market recognises of a partner's inspections and tests: each agreement a row of the policy (section 18)."""

from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from domain.core.countries import Country
from domain.policy.limits import Part
from domain.policy.market_asks import Codes


class MraEffect(StrEnum):
    """What a row has for an effect. One does not follow from the other."""

    INSPECTION = "INSPECTION"
    """What the partner's authority has found of a site in its own country, and what it has issued for one, counts (gate
    G3)."""
    BATCH_TEST = "BATCH_TEST"
    """What was made and tested there is not tested again after its import (gate G9)."""


class ProductKind(StrEnum):
    """Kinds of product that rows may leave out."""

    CHEMICAL = "CHEMICAL"
    BIOLOGICAL = "BIOLOGICAL"
    VACCINE = "VACCINE"
    PLASMA = "PLASMA"
    """Derived from human plasma."""
    ATMP = "ATMP"
    """For gene, cell or tissue therapy."""
    RADIOPHARMACEUTICAL = "RADIOPHARMACEUTICAL"
    HERBAL = "HERBAL"

    @property
    def words(self) -> str:
        """As people say it."""
        return _WORDS[self]


_WORDS = {
    ProductKind.CHEMICAL: "a chemical medicine",
    ProductKind.BIOLOGICAL: "a biological medicine",
    ProductKind.VACCINE: "a vaccine",
    ProductKind.PLASMA: "a product of plasma",
    ProductKind.ATMP: "an advanced therapy medicine",
    ProductKind.RADIOPHARMACEUTICAL: "a radiopharmaceutical",
    ProductKind.HERBAL: "a herbal medicine",
}


class MutualRecognition(Part):
    """What one market recognises of one partner, from a day on."""

    importer: Country
    """The market that imports, by the code of its row."""
    partner: Country
    """The country that is recognised; the code of a market that has a row stands for all that count as it."""
    effects: Annotated[tuple[MraEffect, ...], Field(min_length=1)]
    """What is recognised."""
    first_day: date
    """From when on."""
    last_day: date | None = None
    """Until when; `None` while it has no end."""
    excludes: tuple[ProductKind, ...] = ()
    """Kinds of product that it does not cover."""
    also: Codes = ()
    """Further countries in which what it covers may be made and tested."""
    inspects_in: Codes = ()
    """Further countries of whose sites the partner's certificates count; those of its own always do."""

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if self.last_day is not None and self.last_day < self.first_day:
            raise ValueError("It ends before it begins.")
        if len(set(self.effects)) != len(self.effects) or len(set(self.excludes)) != len(self.excludes):
            raise ValueError("Name each effect and each kind once.")
        return self

    @property
    def name(self) -> str:
        """As people find the row."""
        return f"{self.importer} with {self.partner} since {self.first_day}"

    def has(self, effect: MraEffect, importer: str, day: date) -> bool:
        """Whether it has an effect for a market on a day."""
        begun = self.first_day <= day and (self.last_day is None or day <= self.last_day)
        return effect in self.effects and importer == self.importer and begun


def _one_at_a_time(rows: tuple[MutualRecognition, ...]) -> tuple[MutualRecognition, ...]:
    known: dict[tuple[str, str], date] = {}
    for row in sorted(rows, key=lambda each: each.first_day):
        pair = row.importer, row.partner
        if pair in known and row.first_day <= known[pair]:
            raise ValueError(f"{row.importer} has two rows for {row.partner} at one time.")
        known[pair] = row.last_day or date.max
    return rows


MutualRecognitions = Annotated[tuple[MutualRecognition, ...], Field(max_length=200), AfterValidator(_one_at_a_time)]


def rows_with(
    rows: Iterable[MutualRecognition], effect: MraEffect, importer: str, day: date
) -> tuple[MutualRecognition, ...]:
    """The rows that have an effect for a market on a day."""
    return tuple(each for each in rows if each.has(effect, importer, day))
