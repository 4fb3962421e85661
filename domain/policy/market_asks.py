"""What is asked for a market beside who decides: of sites, of their papers and of their audits (section 18)."""

from enum import StrEnum
from typing import Annotated, TypeVar

from pydantic import AfterValidator, Field

from domain.core.countries import Country
from domain.core.standard import Standard
from domain.core.text import ShortText
from domain.policy.limits import Part
from domain.site.authorities import authority_key
from domain.site.certificate import CertificateType
from domain.site.registers import Register
from domain.site.site import Activity, ProductStage

_C = TypeVar("_C", bound=str)


def each_once(values: tuple[_C, ...]) -> tuple[_C, ...]:
    """The same. Raises `ValueError` where one is named twice."""
    if len(set(values)) != len(values):
        raise ValueError("Name each once.")
    return values


Codes = Annotated[tuple[Country, ...], Field(max_length=60), AfterValidator(each_once)]
"""Countries, or codes of markets, each once."""


def _each_authority_once(names: tuple[str, ...]) -> tuple[str, ...]:
    each_once(tuple(map(authority_key, names)))
    return names


class Bar(StrEnum):
    """What no certifier judges: what is made so is not for the market."""

    NON_COMPLIANCE = "NON_COMPLIANCE"
    """An authority has found in its last inspection that the site does not comply with GMP."""
    NO_AUTHORISATION = "NO_AUTHORISATION"
    """The site's manufacturing authorisation was suspended or withdrawn when it was made."""


class SitePaper(Part):
    """A paper that a site has to have which makes for the market, beside what shows its GMP (gate G3)."""

    type: CertificateType
    """What it is."""
    activities: Annotated[tuple[Activity, ...], Field(max_length=len(Activity)), AfterValidator(each_once)] = ()
    """What is done at such a site; anything if none is named."""
    stages: Annotated[tuple[ProductStage, ...], Field(max_length=len(ProductStage)), AfterValidator(each_once)] = ()
    """The stages of supply that it is made for; any if none is named."""
    bars: bool = False
    """Whether what was made without it is not for the market. Else the certifier judges."""

    def is_asked_of(self, activity: Activity | None, stage: ProductStage | None) -> bool:
        """Whether a site needs it for what it does, for a stage of supply. Of what is not known it is asked."""
        does = not self.activities or activity is None or activity in self.activities
        return does and (not self.stages or stage is None or stage in self.stages)


def _each_type_once(papers: tuple[SitePaper, ...]) -> tuple[SitePaper, ...]:
    each_once(tuple(each.type for each in papers))
    return papers


class MarketAsks(Part):
    """What a market asks of those who make for it. The kinds of rule are of the program, the values of its row."""

    registers: Annotated[tuple[Register, ...], Field(max_length=len(Register)), AfterValidator(each_once)] = (
        Register.NCA,
    )
    """The registers in which a site is looked up before anything is asked of it; the sanctions lists always are."""
    inspectorates: Annotated[tuple[ShortText, ...], Field(max_length=20), AfterValidator(_each_authority_once)] = ()
    """Authorities whose own inspection of a site shows its GMP, wherever the site is, beside certificates."""
    issuers: Codes = ()
    """Countries whose authorities' certificates and authorisations show the GMP of a site, wherever it is; those of any
    country where none is named. What partners issue counts as `mra` says. A paper of which nobody has recorded the
    issuer, as one that was entered before that was asked for, counts as it did."""
    papers: Annotated[tuple[SitePaper, ...], Field(max_length=10), AfterValidator(_each_type_once)] = ()
    """Papers that a site has to have beside what shows its GMP."""
    declares_substances: bool = False
    """Whether a qualified person declares on the GMP of who makes an intermediate or active substance (Directive
    2001/83/EC, Article 46(f)). Makers of active substances are then audited sooner, and no audit is waived."""
    bars: Annotated[tuple[Bar, ...], Field(max_length=len(Bar)), AfterValidator(each_once)] = ()
    """What no certifier judges there."""
    audit_standards: Annotated[tuple[Standard, ...], Field(max_length=len(Standard)), AfterValidator(each_once)] = ()
    """Standards that audits of who makes, fills or packs medicines for it cover, beside those of the activity."""
    starting_materials_at_risk: bool = True
    """Whether a starting material may be used before its release under an arrangement; else that is always a
    deviation."""

    def takes_inspections_of(self, authority: str) -> bool:
        """Whether an inspection by that authority shows the GMP of a site, by whatever name it is entered."""
        return authority_key(authority) in map(authority_key, self.inspectorates)
