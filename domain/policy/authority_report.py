"""Reports to authorities on what is learned of a batch: each a row of the policy (domain specification, section 19)."""

from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, Field

from domain.core.anew import Excepted
from domain.core.days import OfficeDays
from domain.core.text import SAYS_SOMETHING, ShortText
from domain.policy.limits import Part

FIELD_ALERT = "us-field-alert"
"""The report that a review of a release has always asked about."""


class AuthorisationType(StrEnum):
    """What a product is authorised as in the market."""

    NDA = "NDA"
    ANDA = "ANDA"
    BLA = "BLA"
    MA = "MA"
    """Marketing authorisation."""
    CTA = "CTA"
    """Clinical trial authorisation."""
    IND = "IND"


class AuthorityReport(Part):
    """One kind of report. Its clock is the authority's: never extended, held, or moved by closing days of our own."""

    key: ShortText
    """Stable name."""
    title: ShortText
    """What it is called."""
    trigger: ShortText
    """What is reported."""
    markets: Annotated[tuple[ShortText, ...], Excepted(SAYS_SOMETHING, "codes of countries; NO is Norway")] = Field(
        min_length=1
    )
    """The markets whose authority receives it."""
    authorisations: tuple[AuthorisationType, ...] = Field(min_length=1)
    """The types of authorisation that it applies to."""
    distributed_only: bool = True
    """Whether it applies only once something of the batch has been dispatched."""
    clock: ShortText
    """The clock that gives its length. It starts when anybody of the sponsor or its agents receives the information."""
    country: Annotated[str, Field(pattern="^[A-Z]{2}$")]
    """The country whose working days count: that of the authority."""
    tz: ShortText
    """The time zone of the authority."""
    proposes_class: bool = False
    """Whether a class of a rapid alert is proposed with it."""

    @property
    def days(self) -> OfficeDays:
        """The days that its clock counts."""
        return OfficeDays(tz=self.tz, country=self.country)

    def applies(self, *, markets: frozenset[str], distributed: bool) -> bool:
        """Whether it may be due of a batch that is released in these markets."""
        return not markets.isdisjoint(self.markets) and (distributed or not self.distributed_only)


def _each_once(reports: tuple[AuthorityReport, ...]) -> tuple[AuthorityReport, ...]:
    for name in ("key", "clock"):
        if len({getattr(each, name) for each in reports}) != len(reports):
            raise ValueError(f"Each report has a {name} of its own.")
    return reports


AuthorityReports = Annotated[tuple[AuthorityReport, ...], Field(max_length=100), AfterValidator(_each_once)]
