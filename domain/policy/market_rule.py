"""Who decides on a batch for a market, and what the certificate says: each market a row of the policy (section 18)."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Annotated, Self, TypeVar

from pydantic import AfterValidator, Field, model_validator

from domain.core.countries import Country
from domain.core.people import DECIDERS, NAMED_BY_ROWS, QUALITY_UNIT, Role
from domain.core.refusals import broken
from domain.core.text import Text
from domain.policy.limits import Limit, Part, one_in_days
from domain.policy.pack_marks import PackMark


class DecisionRule(StrEnum):
    """Who decides for a market (gate G13)."""

    QP = "QP"
    """Certificate of a qualified person and an entry in the register (Directive 2001/83/EC, Article 51)."""
    QCU = "QCU"
    """Approval of the quality unit (21 CFR 211.22(a))."""
    MARKET = "MARKET"
    """Release by the role that the row of the market names (section 18)."""
    PROCESSING = "PROCESSING"
    """Release for further processing by the quality unit, of what is no product yet (section 17)."""
    CONFIRMATION = "CONFIRMATION"
    """Confirmation of partial manufacture by a qualified person of the site (EU GMP Annex 16, appendix I)."""

    @property
    def is_of_a_product(self) -> bool:
        """Whether what is decided is product for the market, and not what one is still to be made of."""
        return self in _OF_PRODUCT


_MAY_DECIDE: Mapping[DecisionRule, frozenset[Role]] = MappingProxyType(
    {
        DecisionRule.QP: frozenset({Role.QP}),
        DecisionRule.QCU: QUALITY_UNIT,
        DecisionRule.MARKET: DECIDERS | NAMED_BY_ROWS,
    }
)
_OF_PRODUCT = frozenset(_MAY_DECIDE)
_C = TypeVar("_C", bound=str)
_UPSTREAM_REGISTERS = frozenset({"RFP", "CPM"})


def _each_once(codes: tuple[_C, ...]) -> tuple[_C, ...]:
    if len(set(codes)) != len(codes):
        raise ValueError("Name each once.")
    return codes


Codes = Annotated[tuple[Country, ...], Field(max_length=60), AfterValidator(_each_once)]
Marks = Annotated[tuple[PackMark, ...], AfterValidator(_each_once)]


class MarketRule(Part):
    """One market: who decides there, and in which words."""

    market: Country
    """Its code: ISO 3166-1, or EU for the Union."""
    states: Codes = ()
    """Further codes that count as this market: the states of the Union and the EEA."""
    rule: DecisionRule
    """The kind of rule by which a product is decided: QP, QCU or MARKET."""
    deciders: Annotated[tuple[Role, ...], Field(min_length=1)]
    """The roles that decide."""
    statement: Text
    """What is certified or approved, in the words of the certificate."""
    clinical_statement: Text
    """The same for clinical supply. `{rules}` stands for the rules that it is made under, where its phase decides."""
    register_prefix: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    """The register whose entries are numbered without gaps; one stays the same for as long as the market has a row."""
    located_in: Codes = ()
    """Where the signer stands while deciding; anywhere if none is named."""
    relies_on: Codes = ()
    """Markets whose release of the batch on record is the first step for those who only check."""
    checkers: tuple[Role, ...] = ()
    """Of the deciders those who check the first step and certify nothing themselves."""
    import_area: Codes = ()
    """The countries from which what comes is no import. Where none is named nothing is asked of imports."""
    importer_test: bool = False
    """Whether what is imported is analysed in full in that area (Directive 2001/83/EC, Article 51(1)(b))."""
    tested_in: Codes = ()
    """Further countries whose analysis counts as that."""
    takes_documents: bool = False
    """Whether the first step may be the maker's certificate of the batch on record, accepted by another person: its
    technical release, or its certification abroad for this market."""
    certified_in: Codes = ()
    """The countries in which that certificate is issued; anywhere if none is named."""
    demanded_marks: Marks = ()
    """What every pack of a marketed product carries there."""
    refused_marks: Marks = ()
    """What no pack carries there."""
    remaining_life: Annotated[Limit, AfterValidator(one_in_days)] | None = None
    """Life that goods must still have on the planned day of their arrival; `limits.remaining_life_min` if it is not
    said here."""

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if self.rule not in _MAY_DECIDE:
            raise ValueError(f"A product is decided by {', '.join(_MAY_DECIDE)}.")
        if others := sorted(set(self.deciders) - _MAY_DECIDE[self.rule]):
            raise ValueError(f"By {self.rule} nobody decides as {', '.join(others)}.")
        if self.register_prefix in _UPSTREAM_REGISTERS:
            raise ValueError(f"{self.register_prefix} is the register of what is no product yet.")
        if both := sorted(set(self.demanded_marks) & set(self.refused_marks)):
            raise ValueError(f"A pack cannot both carry and lack {', '.join(both)}.")
        if not set(self.checkers) <= set(self.deciders):
            raise ValueError("Who checks is one of the deciders.")
        if self.checkers and not (self.relies_on or self.takes_documents):
            raise ValueError("Say what those who only check rely on.")
        if not self.import_area and (self.importer_test or self.tested_in):
            raise ValueError("Say first what an import is.")
        if self.certified_in and not self.takes_documents:
            raise ValueError("Say first that the maker's certificate is taken.")
        if self.rule is not DecisionRule.MARKET and (self.checkers or self.relies_on or self.takes_documents):
            raise ValueError(f"Only by {DecisionRule.MARKET} a decision relies on a first step.")
        return self

    @property
    def codes(self) -> frozenset[str]:
        """All codes that count as this market."""
        return frozenset({self.market, *self.states})


def _no_code_twice(rows: tuple[MarketRule, ...]) -> tuple[MarketRule, ...]:
    for kind in ([row.market for row in rows], [state for row in rows for state in row.states]):
        _each_once(tuple(kind))
    known = {row.market for row in rows}
    for row in rows:
        if missing := sorted(set(row.relies_on) - known):
            raise ValueError(f"{row.market} relies on {', '.join(missing)}, which has no row.")
    return rows


MarketRules = Annotated[tuple[MarketRule, ...], Field(max_length=100), AfterValidator(_no_code_twice)]


def row_of(rows: Iterable[MarketRule], market: str) -> MarketRule | None:
    """The row of a market: its own, else the one that it counts as. `None` if it is not known."""
    found = [row for row in rows if market in row.codes]
    return min(found, key=lambda row: row.market != market, default=None)


def codes_of(rows: Iterable[MarketRule]) -> tuple[str, ...]:
    """All codes that have a row, in order."""
    return tuple(sorted({code for row in rows for code in row.codes}))


def faults_of_unknown(rows: Iterable[MarketRule], named: Mapping[str, str]) -> dict[str, str]:
    """What to say of each field that names a market without a row. `named` gives the market by field."""
    rows = tuple(rows)
    known = ", ".join(codes_of(rows))
    return {
        field: f"{market} is a market without a rule for who decides; known are {known}"
        for field, market in named.items()
        if row_of(rows, market) is None
    }


def refuse_unknown(rows: Iterable[MarketRule], named: Mapping[str, str]) -> None:
    """Raise `Refused` (RULE_BROKEN) where a form names a market that the policy has no row for."""
    if faults := faults_of_unknown(rows, named):
        raise broken("section 18", "Nobody is known to decide for that market.", **faults)
