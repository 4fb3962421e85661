"""What a certification must be to be recorded, and the number that it gets (domain specification, section 8)."""

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType
from typing import NamedTuple

from domain.batch.batch import MarketDecision
from domain.batch.gate.gate import Gate
from domain.batch.gate.results import GateResult, GateVerdict, closed
from domain.core.people import CDMO_ROLES, Role
from domain.core.refusals import Code, Refused, broken
from domain.policy.market_rule import DecisionRule, MarketRule, rule_before_rows
from domain.release.certification import (
    LICENSED,
    CertificationDecision,
    DecisionForMarket,
    MarketRelease,
    QpCertification,
)

_RULE = "section 8, certification"
PRODUCTION_ROLES = CDMO_ROLES | {Role.CMC_LEAD}
_OF_QUALITY_AT_THE_SITE = frozenset({Role.CDMO_QP, Role.CDMO_QA, Role.CDMO_QU_HEAD})
LEAST_RATIONALE = 20
"""Characters of the rationale of a judgement; three letters are none."""
_REGISTERS = {
    DecisionRule.QP: "QPR",
    DecisionRule.QCU: "QCU",
    DecisionRule.MARKET: "REL",
    DecisionRule.PROCESSING: "RFP",
    DecisionRule.CONFIRMATION: "CPM",
}

_NUMBER = re.compile(r"(?:([A-Z]{3})-)?([A-Z]{2})-([0-9]{4})-([0-9]{6,9})")


class CertificateNumber(NamedTuple):
    """A number such as `EU-2025-000012`: market, year, and entry in the register of the market.

    Other registers come first: `RFP-EU-2025-000012` of what is no product, `REL-GB-2026-000003` of other rules.
    """

    market: str
    year: int
    entry: int
    kind: str = ""

    def __str__(self) -> str:
        return f"{self.kind}{'-' if self.kind else ''}{self.market}-{self.year:04}-{self.entry:06}"

    @property
    def register(self) -> str:
        """The register that it is a number of."""
        return f"{self.kind or _unnamed(self.market)}-{self.market}"

    @classmethod
    def read(cls, text: str) -> "CertificateNumber | None":
        """The number that a text is; `None` if it is none."""
        found = _NUMBER.fullmatch(text)
        return cls(found[2], int(found[3]), int(found[4]), found[1] or "") if found else None


def _unnamed(market: str) -> str:
    """The register of a market whose numbers do not name it: the one that products had before markets were rows."""
    return _REGISTERS[rule_before_rows(market)]


def register_of(market: str, rule: DecisionRule, row: MarketRule | None) -> str:
    """The stream that is the register of a market: `QPR-EU`. Its events are its entries, numbered without gaps.

    `row` is the row of the market if its product is decided by it.
    """
    named = row.register_prefix if row is not None and rule.is_of_a_product else _REGISTERS[rule]
    return f"{named}-{market}"


def number_in(register: str, year: int, entry: int) -> CertificateNumber:
    """The number of an entry of a register."""
    kind, _, market = register.partition("-")
    return CertificateNumber(market, year, entry, "" if kind == _unnamed(market) else kind)


def wording_of(row: MarketRule, rules: str | None) -> str:
    """What a certificate says by a row. `rules` are those that clinical supply is made under, where a phase decides."""
    return row.statement if rules is None else row.statement.replace("{rules}", rules)


def refuse_other_words(form: DecisionForMarket, row: MarketRule, wording: str, also_in: Collection[str] = ()) -> None:
    """Raise `Refused` where a release does not say what the market's certificate says, or is signed elsewhere.

    `also_in` are countries where the signer may stand for the sake of these very goods.
    """
    if form.decision is not MarketDecision.RELEASE:
        return
    faults: dict[str, str] = {}
    if form.statement != wording:
        faults["statement"] = f"is the text of {row.market}, to the letter: {wording}"
    if isinstance(form, LICENSED) and row.located_in:
        if form.location is None:
            faults["location"] = f"is required for {MarketDecision.RELEASE}"
        elif form.location.country not in (places := (*row.located_in, *sorted(also_in))):
            faults["location.country"] = f"must be one of {', '.join(places)}"
    if faults:
        raise broken("section 18", "The certificate says what the market's row of the policy says.", **faults)


def refuse_other_roles(named: Collection[Role], roles: Collection[Role], market: str) -> None:
    """Raise `Refused` where who releases holds none of the roles that decide for the market."""
    if frozenset(named).isdisjoint(roles):
        who = " or ".join(sorted(named))
        raise Refused(Code.WRONG_ROLE, f"{market} is decided by {who}.", fields={"market": f"is for {who}"}, rule="G13")


def judgements_of(form: CertificationDecision) -> dict[Gate, str]:
    """The certifier's rationales by gate, with the events that do not concern the batch."""
    return {
        each.gate: f"{each.rationale} Not concerned: {', '.join(each.events)}." if each.events else each.rationale
        for each in form.judgements
    }


def refuse_unless_well_formed(form: DecisionForMarket, *, most: Decimal | None, unit: str | None) -> None:
    """Raise `Refused` with every fault that needs no look at the gates.

    `most` is what was made, less what was destroyed or split off; `None` before it is made.
    """
    faults: dict[str, str] = {}
    releases = form.decision is MarketDecision.RELEASE
    if (form.quantity is not None) != releases:
        faults["quantity"] = f"is given exactly for {MarketDecision.RELEASE}"
    elif form.quantity is not None and (most is None or form.quantity > most):
        faults["quantity"] = f"is more than there is to release: {most or 0:f} {unit or ''}".rstrip()
    if (form.reason is not None) == releases:
        faults["reason"] = f"is given exactly for {MarketDecision.REJECT}"
    if bool(form.grounds) == releases:
        faults["grounds"] = f"are given exactly for {MarketDecision.REJECT}"
    if isinstance(form, CertificationDecision):
        if releases and form.gates_seen is None:
            faults["gates_seen"] = f"is required for {MarketDecision.RELEASE}"
        faults |= _faults_of_judgements(form)
    if isinstance(form, LICENSED):
        faults |= _faults_of_a_licence(form)
    if faults:
        raise broken(_RULE, "The decision is not complete.", **faults)


def _faults_of_judgements(form: CertificationDecision) -> dict[str, str]:
    faults: dict[str, str] = {}
    gates = [each.gate for each in form.judgements]
    for index, each in enumerate(form.judgements):
        if each.gate in gates[:index]:
            faults[f"judgements.{index}.gate"] = "is judged twice"
        elif form.decision is MarketDecision.REJECT:
            faults[f"judgements.{index}.gate"] = "a rejection judges no gate"
        elif len(each.rationale.strip()) < LEAST_RATIONALE:
            faults[f"judgements.{index}.rationale"] = f"says too little: at least {LEAST_RATIONALE} characters"
    return faults


def _faults_of_a_licence(form: QpCertification | MarketRelease) -> dict[str, str]:
    if form.authorisation is None and form.decision is MarketDecision.RELEASE:
        return {"authorisation": f"is required for {MarketDecision.RELEASE}"}
    return {}


def refuse_wrong_rule(market: str, needed: DecisionRule, rule: DecisionRule) -> None:
    """Raise `Refused` when a market is decided under another rule than the batch needs there (gate G13)."""
    if needed is not rule:
        raise broken("G13", f"{market} is decided by {needed}.", market=f"needs {needed}")


def refuse_other_market(market: str, asked: str | None) -> None:
    """Raise `Refused` when another market is decided than the one that the task is about."""
    if asked is not None and market != asked:
        raise broken(_RULE, f"This task is about {asked}.", market=f"must be {asked}")


def refuse_decided(market: str, decision: str | None, who: str | None, when: datetime | None) -> None:
    """Raise `Refused` when the market is decided already. A rejection is final; a release is taken back otherwise."""
    if decision is not None:
        told = when.isoformat() if when is not None else None
        raise Refused(Code.ALREADY_ANSWERED, f"{market} is decided: {decision}.", who=who, when=told)


def refuse_reviewers(certifier: Collection[str], reviewers: Collection[str]) -> None:
    """Raise `Refused` when who decides has reviewed the batch or disposed of it for the site (S5)."""
    if not frozenset(certifier).isdisjoint(reviewers):
        message = "Who has reviewed the batch does not certify it."
        raise Refused(Code.SEGREGATION_OF_DUTIES, message, rule="S5")


def refuse_producers(roles: Collection[Role], *, of_the_site: bool = False) -> None:
    """Raise `Refused` when who decides holds a production role, at the sponsor or at a site (S5; ICH Q7 2.13).

    `of_the_site` of its qualified person, who belongs to its quality unit and not to its production.
    """
    barring = PRODUCTION_ROLES - _OF_QUALITY_AT_THE_SITE if of_the_site else PRODUCTION_ROLES
    if held := sorted(frozenset(roles) & barring):
        message = f"Who certifies holds no production role: {', '.join(held)}."
        raise Refused(Code.SEGREGATION_OF_DUTIES, message, rule="S5")


def refuse_beyond_import(
    released: Decimal | None, imported: Decimal | None, elsewhere: Mapping[str, Decimal] = MappingProxyType({})
) -> None:
    """Raise `Refused` if more would be released of an import than has arrived; what comes later is certified later.

    `None`: the quantity is not known, or nothing of it need be imported. `elsewhere` is what other markets, into whose
    area the same goods have arrived, have released of them.
    """
    if released is None or imported is None or released + sum(elsewhere.values(), Decimal(0)) <= imported:
        return
    others = "".join(f", beside {each:f} for {market}" for market, each in elsewhere.items())
    fault = f"makes {released:f}{others}, and {imported:f} have arrived and not left again"
    raise broken("section 18, import", "A part that has not arrived yet is certified later.", quantity=fault)


def refuse_closed_gates(results: Sequence[GateResult]) -> None:
    """Raise `Refused` (GATE_CLOSED) naming every gate that is not open, with its reason."""
    if shut := closed(results):
        names = ", ".join(gate.value for gate in shut)
        fields = {gate.value: reason for gate, reason in shut.items()}
        raise Refused(
            Code.GATE_CLOSED, f"Closed: {names}. Nothing is released.", fields=fields, rule="section 8, gates"
        )


def refuse_needless(form: CertificationDecision, results: Sequence[GateResult]) -> None:
    """Raise `Refused` when a rationale is given for a gate that is not left to judgement."""
    verdicts: Mapping[Gate, GateVerdict] = {each.gate: each.verdict for each in results}
    faults = {
        f"judgements.{index}.gate": f"is {verdicts[each.gate]}; only what is in doubt is judged"
        for index, each in enumerate(form.judgements)
        if verdicts[each.gate] is not GateVerdict.JUDGED
    }
    if faults:
        raise broken(_RULE, "A rationale opens only a gate that is left to judgement.", **faults)
