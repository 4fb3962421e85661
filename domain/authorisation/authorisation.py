"""What an authorisation registers for a market, each part with its first and its last day (section 17).

What is registered is told by id: sites, specifications and parameter sets are records of their own.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from domain.core.days import add_months
from domain.core.forms import Value
from domain.core.text import Identifier, ShortText

RULE = "section 17, authorisation"

AuthorisationId = Annotated[str, Field(pattern=r"^AUT-[A-Z0-9][A-Z0-9-]{0,40}$")]
"""Id of the record, chosen by who proposes it; unique for ever, and also the stream of its events."""


class AuthorisationKind(StrEnum):
    """What an authority has authorised."""

    MA = "MA"
    """Marketing: a product in the market."""
    CTA = "CTA"
    """A clinical trial."""
    IND = "IND"
    """An investigational new drug, in the US."""

    @property
    def is_clinical(self) -> bool:
        """Whether it is of a trial, and clinical supply is made under it."""
        return self is not AuthorisationKind.MA


class AuthorisationStatus(StrEnum):
    """Where an authorisation stands on a day."""

    IN_FORCE = "IN_FORCE"
    SUSPENDED = "SUSPENDED"
    WITHDRAWN = "WITHDRAWN"
    EXPIRED = "EXPIRED"

    @property
    def words(self) -> str:
        """As people say it of an authorisation."""
        return _STANDS[self]


_STANDS = {
    AuthorisationStatus.IN_FORCE: "in force",
    AuthorisationStatus.SUSPENDED: "suspended",
    AuthorisationStatus.WITHDRAWN: "withdrawn",
    AuthorisationStatus.EXPIRED: "expired",
}


class RegisteredPart(StrEnum):
    """What is done at a registered site, on the way from the starting material to the patient."""

    STARTING_MATERIAL = "STARTING_MATERIAL"
    INTERMEDIATE = "INTERMEDIATE"
    API = "API"
    """A source of the active substance."""
    DOSAGE_FORM = "DOSAGE_FORM"
    """Manufacture of the bulk or of the dosage form as it is filled."""
    PACKAGING = "PACKAGING"
    LABORATORY = "LABORATORY"
    IMPORT = "IMPORT"
    """Import into the market: where what is imported arrives."""

    @property
    def is_of_a_substance(self) -> bool:
        """Whether it is registered for a named substance: a site may be the source of one and not of another."""
        return self in _OF_A_SUBSTANCE


_OF_A_SUBSTANCE = frozenset({RegisteredPart.STARTING_MATERIAL, RegisteredPart.INTERMEDIATE, RegisteredPart.API})


class Period(Value):
    """From a first to a last day, both included."""

    valid_from: date = Field(examples=["2024-03-01"])
    """First day."""
    valid_to: date | None = None
    """Last day; none if no end is known."""

    def holds_on(self, day: date) -> bool:
        """Whether a day lies within."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    def overlaps(self, other: "Period") -> bool:
        """Whether a day lies within both."""
        return not (_ends_before(self, other) or _ends_before(other, self))


def _ends_before(one: Period, other: Period) -> bool:
    return one.valid_to is not None and one.valid_to < other.valid_from


class Standing(Period):
    """A status, from and until."""

    status: AuthorisationStatus = Field(examples=[AuthorisationStatus.IN_FORCE])


class RegisteredStep(Period):
    """A site that may do a part of the work."""

    part: RegisteredPart = Field(examples=[RegisteredPart.API])
    site_id: Identifier = Field(examples=["VM-02"])
    substance: ShortText | None = Field(default=None, examples=["ARL-204"])
    """What is made there, as scopes name it; for starting materials, intermediates and active substances."""


class ReleaseSite(Period):
    """A site that the authorisation names for the release of batches."""

    site_id: Identifier = Field(examples=["VM-02"])


class RegisteredPack(Period):
    """A pack that may be marketed."""

    code: ShortText = Field(examples=["EU/1/27/1801/001"])
    """Its number or code."""
    description: ShortText = Field(examples=["28 tablets in blisters"])


class RegisteredSpecification(Period):
    """A version of the specification of a scope's product."""

    spec_id: Identifier = Field(examples=["SPEC-SC-1"])
    version: int = Field(ge=1, le=10**6, examples=[1])


class RegisteredProcess(Period):
    """A version of a process: the parameter set that it is made by."""

    set_id: Identifier = Field(examples=["PS-1"])


class AgesFrom(StrEnum):
    """The step of manufacture with which a shelf life starts, by the registered part that it is."""

    INTERMEDIATE = "INTERMEDIATE"
    API = "API"
    DOSAGE_FORM = "DOSAGE_FORM"
    PACKAGING = "PACKAGING"

    @property
    def part(self) -> RegisteredPart:
        """The same, among all that is registered."""
        return RegisteredPart(self.value)


class RegisteredShelfLife(Value):
    """How long the product lasts in the market."""

    months: int = Field(ge=1, le=240, examples=[36])
    """Its length, in months."""
    starts_with: AgesFrom = AgesFrom.DOSAGE_FORM
    """The step with whose first day it starts: production, as the active substance is combined with what else is in
    the product (EU note for guidance on the start of shelf life, CPMP/QWP/072/96), or another that is registered."""
    from_release_within_days: int = Field(default=0, ge=0, le=90, examples=[30])
    """It starts with the release if that comes within so many days of that day; else with that day."""
    to_end_of_month: bool = False
    """Whether the last day is that of its month."""

    def last_day(self, made_on: date, released_on: date) -> date:
        """The last day that may be stated for a batch that was made, and is released, on these days."""
        is_soon = released_on <= made_on + timedelta(days=self.from_release_within_days)
        day = add_months(released_on if is_soon else made_on, self.months)
        return add_months(day.replace(day=1), 1) - timedelta(days=1) if self.to_end_of_month else day


def on_day(periods: Iterable[Period], day: date) -> bool:
    """Whether any holds on a day."""
    return any(each.holds_on(day) for each in periods)
