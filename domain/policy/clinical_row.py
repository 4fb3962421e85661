"""What differs for clinical supply in a market: a row within the row of the market (section 18)."""

from typing import Annotated

from pydantic import AfterValidator, Field

from domain.core.people import Role
from domain.core.text import ShortText, Text
from domain.policy.limits import Limit, Part, one_in_days
from domain.policy.market_asks import Bar, Codes, each_once
from domain.policy.reliance import Reliances
from domain.site.certificate import OF_MANUFACTURE, CertificateType

_NAMING_PEOPLE = OF_MANUFACTURE | {CertificateType.WDA}


def _name_people(types: tuple[CertificateType, ...]) -> tuple[CertificateType, ...]:
    if others := sorted(set(types) - _NAMING_PEOPLE):
        raise ValueError(f"Nobody is named on {', '.join(others)}.")
    return each_once(types)


Licences = Annotated[tuple[CertificateType, ...], AfterValidator(_name_people)]
"""Kinds of licences on which people are named."""


class RulesByPhase(Part):
    """The rules that clinical supply is made under, where the phase of its trial decides them."""

    first: Text
    """In a trial of phase 1, for as long as the product was released for no later phase and is not marketed there."""
    later: Text
    """In any other."""


class ClinicalRow(Part):
    """What takes the place of the values of the row where a batch is clinical supply. What is left out is as there."""

    statement: Text
    """What is certified or approved. `{rules}` stands for the rules that it is made under (`made_under`)."""
    deciders: Annotated[tuple[Role, ...], Field(min_length=1)] | None = None
    """The roles that decide, like `checkers` as in the row."""
    checkers: tuple[Role, ...] | None = None
    first_steps: Reliances | None = None
    """What those who only check rely on."""
    located_in: Codes | None = None
    """Where the signer stands."""
    licensed_in: Codes | None = None
    """The countries of which the licence is."""
    licences: Licences | None = None
    """The kinds of it: an authorisation for investigational products (MIA_IMP) where those need one of their own."""
    inspectorates: Annotated[tuple[ShortText, ...], Field(max_length=20)] | None = None
    """What shows the GMP of a site, like `declares_substances` and `bars`."""
    declares_substances: bool | None = None
    bars: Annotated[tuple[Bar, ...], AfterValidator(each_once)] | None = None
    remaining_life: Annotated[Limit, AfterValidator(one_in_days)] | None = None
    """Life that it must still have on the planned day of its arrival."""
    importer_test: bool = False
    """Whether it is analysed in full in the area (Directive 2001/83/EC, Article 51(1)(b), asks it of
    products alone)."""
    specification_file: bool = False
    """Whether the certificate names the product specification file (Regulation (EU) No 536/2014, Articles 61 to 63)."""
    made_under: RulesByPhase | None = None
    """The rules that it is made under, where the phase of the trial decides them; the trial then names its phase."""

    def in_place_of(self) -> dict[str, object]:
        """The values that take the place of those of the row, by their keys there."""
        return {name: value for name in _OF_THE_ROW if (value := getattr(self, name)) is not None}


_OF_THE_ROW = tuple(each for each in ClinicalRow.model_fields if each not in {"specification_file", "made_under"})
