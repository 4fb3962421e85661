"""Who decides on a batch for a market, and what the certificate says: each market a row of the policy (section 18)."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Annotated, Any, Self

from pydantic import AfterValidator, Field, model_validator

from domain.core.countries import Country
from domain.core.people import DECIDERS, NAMED_BY_ROWS, QUALITY_UNIT, Role
from domain.core.refusals import broken
from domain.core.text import Text
from domain.policy.before_rows import (
    asked_before,
    clinical_before,
    counted_before,
    is_certified_before,
    relied_on_before,
)
from domain.policy.clinical_row import ClinicalRow, Licences
from domain.policy.limits import Limit, one_in_days
from domain.policy.market_asks import Codes, MarketAsks, each_once
from domain.policy.pack_marks import PackMark
from domain.policy.reliance import Reliances, SignedAs
from domain.site.certificate import CertificateType
from domain.site.site import Activity


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
_UPSTREAM_REGISTERS = frozenset({"RFP", "CPM"})


Marks = Annotated[tuple[PackMark, ...], AfterValidator(each_once)]


class MarketRule(MarketAsks):
    """One market: who decides there, in which words, and what is asked."""

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
    clinical: ClinicalRow
    """What differs for clinical supply. A row that was signed before it was a row of its own says `clinical_statement`;
    the rest is what the program did for clinical supply in that market."""
    register_prefix: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    """The register whose entries are numbered without gaps; one stays the same for as long as the market has a row."""
    located_in: Codes = ()
    """Where the signer stands while deciding; anywhere if none is named."""
    licensed_in: Codes = ()
    """The countries of which the licence is that names who decides; of any if none is named. A licence that is of no
    site on record is read by who approves the appointment."""
    licences: Licences = ()
    """The kinds of that licence, and of those under which sites of these countries make and import it; any if none is
    named. Of other countries any authorisation of a site counts."""
    at_origin: Codes = ()
    """Further countries of which the licence may be, and where its signer may stand, for goods that come from there:
    made there in their last step, or arrived there."""
    of_holder: bool = False
    """Whether that licence is of the holder of the marketing authorisation, or of who acts for that holder there by an
    agreement in force. It is not asked of supply for trials."""
    checkers: tuple[Role, ...] = ()
    """Of the deciders those who check the first step and certify nothing themselves."""
    first_steps: Reliances = ()
    """What those rely on: each kind of first step with who signs it (`kind`, `markets`, `roles`, `signed_as`,
    `licensed_in`, `issued_for`). One that counts is enough."""
    import_area: Codes = ()
    """The countries from which what comes is no import. Where none is named nothing is asked of imports."""
    importer_test: bool = False
    """Whether what is imported is analysed in full in that area (Directive 2001/83/EC, Article 51(1)(b))."""
    tested_in: Codes = ()
    """Further countries whose analysis counts as that."""
    demanded_marks: Marks = ()
    """What every pack of a marketed product carries there."""
    refused_marks: Marks = ()
    """What no pack carries there."""
    remaining_life: Annotated[Limit, AfterValidator(one_in_days)] | None = None
    """Life that goods must still have on the planned day of their arrival; `limits.remaining_life_min` if it is not
    said here."""

    @model_validator(mode="before")
    @classmethod
    def _says_what_it_said(cls, row: Any) -> Any:
        """A row that was signed before these keys says by them what the program said of its market."""
        if isinstance(row, dict) and isinstance(market := row.get("market"), str):
            given = {**asked_before(market), **relied_on_before(row)}
            if "clinical" not in given and (statement := given.pop("clinical_statement", None)) is not None:
                certifies = given.get("rule") == DecisionRule.QP
                given["clinical"] = {**clinical_before(market, certifies=certifies), "statement": statement}
            return given
        return row

    @model_validator(mode="after")
    def _is_whole_for_all_supply(self) -> Self:
        _refuse_contradictions(self)
        _refuse_contradictions(self.for_supply(clinical=True))
        return self

    def for_supply(self, *, clinical: bool) -> Self:
        """The row as it is for clinical supply, or for any other."""
        return self.model_copy(update=self.clinical.in_place_of()) if clinical else self

    def takes_licence(self, type_: CertificateType, country: str | None) -> bool:
        """Whether a site in a country may make or import for the market under an authorisation of a kind."""
        asked = [each for each in self.licences if each.is_of_manufacture]
        return not asked or not type_.is_of_manufacture or type_ in asked or country not in self.licensed_in

    def takes_declaration_of(self, country: str) -> bool:
        """Whether a qualified person on a licence of a country declares for this market: as one decides, or certifies
        abroad what is taken here.
        """
        abroad = [each.licensed_in for each in self.first_steps if SignedAs.QUALIFIED_PERSON in each.signed_as]
        if not self.licensed_in or not all(abroad):
            return True
        return country in {*self.licensed_in, *self.at_origin, *(code for codes in abroad for code in codes)}

    @property
    def codes(self) -> frozenset[str]:
        """All codes that count as this market."""
        return frozenset({self.market, *self.states})

    @property
    def relied_on(self) -> tuple[str, ...]:
        """The markets of which a release, or a certification for this one, is a first step."""
        return tuple(dict.fromkeys(code for each in self.first_steps for code in each.markets))


def _refuse_contradictions(row: MarketRule) -> None:
    """Raise `ValueError` where a row says of one supply what cannot be so together."""
    if row.rule not in _MAY_DECIDE:
        raise ValueError(f"A product is decided by {', '.join(_MAY_DECIDE)}.")
    if others := sorted(set(row.deciders) - _MAY_DECIDE[row.rule]):
        raise ValueError(f"By {row.rule} nobody decides as {', '.join(others)}.")
    if row.register_prefix in _UPSTREAM_REGISTERS:
        raise ValueError(f"{row.register_prefix} is the register of what is no product yet.")
    if both := sorted(set(row.demanded_marks) & set(row.refused_marks)):
        raise ValueError(f"A pack cannot both carry and lack {', '.join(both)}.")
    if not set(row.checkers) <= set(row.deciders):
        raise ValueError("Who checks is one of the deciders.")
    if row.checkers and not row.first_steps:
        raise ValueError("Say what those who only check rely on.")
    if row.at_origin and not row.licensed_in:
        raise ValueError("Say first of which countries the licence is.")
    if not row.import_area and (row.importer_test or row.tested_in):
        raise ValueError("Say first what an import is.")
    if row.rule is not DecisionRule.MARKET and (row.checkers or row.first_steps):
        raise ValueError(f"Only by {DecisionRule.MARKET} a decision relies on a first step.")


def _no_code_twice(rows: tuple[MarketRule, ...]) -> tuple[MarketRule, ...]:
    for kind in ([row.market for row in rows], [state for row in rows for state in row.states]):
        each_once(tuple(kind))
    known = {row.market for row in rows}
    for row in rows:
        clinical = row.clinical.first_steps or ()
        if missing := sorted({*row.relied_on, *(code for each in clinical for code in each.markets)} - known):
            raise ValueError(f"{row.market} relies on {', '.join(missing)}, which has no row.")
    return rows


MarketRules = Annotated[tuple[MarketRule, ...], Field(max_length=100), AfterValidator(_no_code_twice)]


def row_of(rows: Iterable[MarketRule], market: str) -> MarketRule | None:
    """The row of a market: its own, else the one that it counts as. `None` if it is not known."""
    found = [row for row in rows if market in row.codes]
    return min(found, key=lambda row: row.market != market, default=None)


def rule_before_rows(market: str) -> DecisionRule:
    """The rule of a product that was registered before markets were rows of the policy; for those histories alone."""
    return DecisionRule.QP if is_certified_before(market) else DecisionRule.QCU


def rule_of(rows: Iterable[MarketRule], market: str) -> DecisionRule:
    """The rule by which a product is decided for a market."""
    row = row_of(rows, market)
    return row.rule if row is not None else rule_before_rows(market)


def asks_of(rows: Iterable[MarketRule], market: str, *, clinical: bool = False) -> MarketAsks:
    """What is asked for a market by its row. Without one: what was asked before there were rows."""
    if (row := row_of(rows, market)) is not None:
        return row.for_supply(clinical=clinical)
    return MarketAsks.model_validate(dict(asked_before(market)))


def declares_substances(rows: Iterable[MarketRule], activities: Iterable[str], markets: Iterable[str]) -> bool:
    """Whether an active substance is made for a market for which a qualified person declares on its maker.

    Its audits are due sooner, and none is waived.
    """
    rows = tuple(rows)
    return Activity.API_MFG.value in activities and any(asks_of(rows, each).declares_substances for each in markets)


def counting_as(rows: Iterable[MarketRule], markets: Iterable[str]) -> frozenset[str]:
    """Markets, and those that their rows are of: what is said of the Union is said of its states."""
    rows, known = tuple(rows), frozenset(markets)
    found = {each: row_of(rows, each) for each in known}
    return known | {row.market if row is not None else counted_before(market) for market, row in found.items()}


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
