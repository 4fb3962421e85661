"""What who only checks a batch relies on: each kind of first step by a row of its own (section 18, two steps)."""

from enum import StrEnum
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from domain.core.people import DECIDERS, NAMED_BY_ROWS, QUALITY_UNIT, Role
from domain.policy.limits import Part
from domain.policy.market_asks import Codes, each_once

_MAY_RELEASE = QUALITY_UNIT | DECIDERS | NAMED_BY_ROWS


class FirstStepKind(StrEnum):
    """What is relied on."""

    RELEASE = "RELEASE"
    """The release of the batch for another market on record, or its certification under that one for this market."""
    CERTIFICATE = "CERTIFICATE"
    """A certificate of the batch that who made or imported it has issued, on record and accepted by another person."""


class SignedAs(StrEnum):
    """As what somebody has signed the certificate of a batch that its maker or importer has issued."""

    MAKER = "MAKER"
    """For the maker: it says how the batch was made, and certifies nothing."""
    QUALIFIED_PERSON = "QUALIFIED_PERSON"
    """As the qualified person who is named on the authorisation of a site that made the batch, and certifies. Entered
    before RESPONSIBLE_PERSON was known, it may be that one."""
    RESPONSIBLE_PERSON = "RESPONSIBLE_PERSON"
    """As the technically responsible person of a site that made the batch: its technical release."""
    IMPORTER = "IMPORTER"
    """As the qualified person who is named on the authorisation of the site at which the batch was imported."""

    @property
    def certifies(self) -> bool:
        """Whether it is signed under an authorisation that names the signer."""
        return self is not SignedAs.MAKER

    @property
    def words(self) -> str:
        """As people say it."""
        return _WORDS[self]


_WORDS = {
    SignedAs.MAKER: "for its maker",
    SignedAs.QUALIFIED_PERSON: "by a qualified person",
    SignedAs.RESPONSIBLE_PERSON: "by the technically responsible person of its maker",
    SignedAs.IMPORTER: "by the qualified person of its importer",
}


class Reliance(Part):
    """One kind of first step that counts, by whom it is signed, and on the licence of which country."""

    kind: FirstStepKind
    """What it is."""
    markets: Codes = ()
    """Of RELEASE, at least one: the markets whose release, or whose certification for this market, counts."""
    roles: Annotated[tuple[Role, ...], AfterValidator(each_once)] = ()
    """Of RELEASE: the roles in one of which it is signed; any that decides there if none is named."""
    signed_as: Annotated[tuple[SignedAs, ...], AfterValidator(each_once)] = ()
    """Of CERTIFICATE, at least one: as what it is signed."""
    licensed_in: Codes = ()
    """The countries of the licence that it is signed under; of CERTIFICATE those in which it is issued. Any if none is
    named. A licence that is of no site on record was read by who approved the appointment."""
    issued_for: Codes = ()
    """Of CERTIFICATE: the countries that it is issued for; this market if none is named."""

    @model_validator(mode="after")
    def _says_what_belongs_to_its_kind(self) -> Self:
        of_release, of_certificate = bool(self.markets or self.roles), bool(self.signed_as or self.issued_for)
        is_release = self.kind is FirstStepKind.RELEASE
        if of_certificate if is_release else of_release:
            raise ValueError(f"Name what belongs to {self.kind} alone.")
        if not (self.markets if is_release else self.signed_as):
            raise ValueError("Name the markets." if is_release else "Say as what it is signed.")
        if others := sorted(set(self.roles) - _MAY_RELEASE):
            raise ValueError(f"Nobody releases as {', '.join(others)}.")
        return self

    def words(self) -> str:
        """What is asked for, for people."""
        where = f", on a licence of {' or '.join(self.licensed_in)}" if 0 < len(self.licensed_in) <= _FEW else ""
        if self.kind is FirstStepKind.RELEASE:
            by = f", signed as {' or '.join(self.roles)}" if self.roles else ""
            return f"release the batch first for {' or '.join(self.markets)}{by}{where}"
        by = " or ".join(each.words for each in self.signed_as)
        return f"name the certificate of the batch that was accepted, signed {by}{where}"


_FEW = 5
"""So many countries are named in a sentence."""
Reliances = Annotated[tuple[Reliance, ...], Field(max_length=20)]
