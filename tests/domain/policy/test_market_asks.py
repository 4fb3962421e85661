"""What a market asks is what its row says: another row gives another answer, in every market and at every place."""

import ast
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from domain.asl.asl import interval_months
from domain.audit.programme import standards_for
from domain.batch.gate.results import Found
from domain.batch.gate.site_facts import CertificateFacts, DeclarationFacts, InspectionFacts
from domain.batch.making.stage_rules import rule_at_stage
from domain.batch.supply_stage import SupplyStage
from domain.core.refusals import Refused
from domain.core.standard import Standard
from domain.event.site_event import AuthorityOutcome
from domain.policy.market_rule import DecisionRule, MarketRule, row_of
from domain.policy.policy import Policy
from domain.policy.required_documents import DocumentRules, RequiredDocument, required_for
from domain.qualification.screening import required_registers
from domain.release.compliance_gates import certificates
from domain.release.evidence import BatchEvidence
from domain.release.qp_declaration import refuse_unless_asked_for
from domain.site.certificate import CertificateStatus, CertificateType
from domain.site.registers import Register
from domain.site.site import Activity, ProductStage
from tests.domain.evidence import CERTIFICATE, CLEAN, TODAY
from tests.domain.shipped import POLICY

BR: dict[str, Any] = {
    "market": "BR",
    "rule": "MARKET",
    "deciders": ["AUTHORISED_PERSON"],
    "register_prefix": "REL",
    "statement": "Released.",
    "clinical_statement": "Released for its trial.",
}
ROWS = (*POLICY.markets, MarketRule.model_validate(BR))
CODES = [code for row in ROWS for code in (row.market, *row.states[:1]) if code == row.market or row.market != "GB"]
"""Every row by its market, and by one of the codes that count as it and have no row of their own."""
NON_COMPLIANT = InspectionFacts(
    scope_id="SC-1",
    case_id="INS-1",
    authority="Landesamt Mainz",
    outcome=AuthorityOutcome.NON_COMPLIANT,
    last_day=TODAY,
)
INSPECTED = NON_COMPLIANT.model_copy(
    update={"authority": "ANVISA", "outcome": AuthorityOutcome.NAI, "last_day": CLEAN.first_day}
)
WITHDRAWN = CertificateFacts(
    scope_id="SC-1",
    certificate_id="CERT-2",
    type=CertificateType.MIA,
    stopped_as=CertificateStatus.WITHDRAWN,
    stopped_on=CLEAN.first_day,
)
DECLARED = DeclarationFacts(
    scope_id="SC-1",
    number="QPD-1",
    holder="Arlivan",
    audit_id="AUD-1",
    declared_on=TODAY - timedelta(days=30),
    valid_until=TODAY,
)


def policy(market: str, **said: Any) -> Policy:
    """The policy that comes with the program, where the row of a market says something else."""
    own = row_of(ROWS, market)
    changed = [
        MarketRule.model_validate({**each.model_dump(), **({"papers": [], **said} if each is own else {})})
        for each in ROWS
    ]
    return POLICY.model_copy(update={"markets": tuple(changed)})


def g3(of: Policy, market: str, **changes: Any) -> Found:
    evidence: BatchEvidence = CLEAN.model_copy(update={"market": market, "asks": of.asks_of(market), **changes})
    return certificates(evidence)


Answer = Callable[[Policy, str], object]
PLACES: dict[str, tuple[Answer, dict[str, Any], object, dict[str, Any], object]] = {
    "the registers of a screening": (
        lambda of, market: Register.EUDRAGMDP in required_registers([of.asks_of(market)]),
        {"registers": ["EUDRAGMDP"]},
        True,
        {"registers": ["NCA"]},
        False,
    ),
    "who declares on a maker of substances": (
        lambda of, market: bool(
            g3(of, market, certificates=(), declarations=(DECLARED,), supply_stage=SupplyStage.API).doubtful
        ),
        {"declares_substances": True},
        False,
        {"declares_substances": False},
        True,
    ),
    "the audits of makers of substances": (
        lambda of, market: (
            interval_months("LOW", of, ["API_MFG"], [market]),
            interval_months("LOW", of, ["PACKAGING"], [market]),
        ),
        {"declares_substances": True},
        (36, 60),
        {"declares_substances": False},
        (60, 60),
    ),
    "the standards of an audit": (
        lambda of, market: Standard.CFR_211 in standards_for(Activity.PACKAGING, of.asks_of(market).audit_standards),
        {"audit_standards": ["21CFR211"]},
        True,
        {"audit_standards": []},
        False,
    ),
    "an inspection without a certificate": (
        lambda of, market: bool(g3(of, market, certificates=(), inspections=(INSPECTED,)).doubtful),
        {"inspectorates": ["ANVISA"]},
        False,
        {"inspectorates": ["FDA"]},
        True,
    ),
    "a site that is not compliant": (
        lambda of, market: bool(g3(of, market, inspections=(NON_COMPLIANT,)).wrong),
        {"bars": ["NON_COMPLIANCE"]},
        True,
        {"bars": ["NO_AUTHORISATION"]},
        False,
    ),
    "a site without a paper that is asked for": (
        lambda of, market: bool(g3(of, market).wrong),
        {"papers": [{"type": "FDA_REGISTRATION", "bars": True}]},
        True,
        {"papers": [{"type": "FDA_REGISTRATION", "activities": ["STORAGE"], "bars": True}]},
        False,
    ),
    "who has issued a certificate": (
        lambda of, market: bool(
            g3(of, market, certificates=(CERTIFICATE.model_copy(update={"issued_by": "IN"}),)).doubtful
        ),
        {"issuers": ["IN", "ZA"]},
        False,
        {"issuers": ["ZA"]},
        True,
    ),
    "a site without an authorisation": (
        lambda of, market: bool(g3(of, market, certificates=(CERTIFICATE, WITHDRAWN)).wrong),
        {"bars": ["NO_AUTHORISATION"]},
        True,
        {"bars": []},
        False,
    ),
}


@pytest.mark.parametrize("market", CODES)
@pytest.mark.parametrize("place", PLACES)
def test_the_row_of_a_market_decides_and_nothing_else(place: str, market: str) -> None:
    answer, one, gives, other, gives_then = PLACES[place]
    assert answer(policy(market, **one), market) == gives
    assert answer(policy(market, **other), market) == gives_then


CERTIFIED = {
    "rule": "QP",
    "deciders": ["QP"],
    "import_area": ["BR"],
    "checkers": [],
    "first_steps": [],
    "clinical": {"statement": "Released for its trial."},
}


@pytest.mark.parametrize("market", CODES)
def test_the_rule_and_the_area_of_a_row_say_who_answers_for_bulk_and_for_approvals(market: str) -> None:
    of = policy(market, **CERTIFIED)
    row = of.market_rule(market)
    assert row is not None
    assert [rule_at_stage(SupplyStage.BULK, row, country) for country in ("BR", "DE")] == [
        DecisionRule.CONFIRMATION,
        DecisionRule.PROCESSING,
    ]
    released = policy(market, **{**CERTIFIED, "rule": "QCU", "deciders": ["HEAD_QA"]})
    row = released.market_rule(market)
    assert row is not None
    assert rule_at_stage(SupplyStage.BULK, row, "BR") is DecisionRule.PROCESSING
    assert (of.is_certified([market]), released.is_certified([market])) == (True, False)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.market)
def test_a_document_for_the_market_of_a_row_is_for_all_that_counts_as_it(row: MarketRule) -> None:
    document = RequiredDocument(key="one", title="One", mandatory=True, gxp=True, markets=(row.market,))
    rules = DocumentRules((document,), ROWS)
    own = {each.market for each in ROWS}
    asked = {
        code
        for each in ROWS
        for code in each.codes
        if required_for(rules, Activity.API_MFG, [code], ProductStage.COMMERCIAL)
    }
    assert asked == {row.market, *(set(row.states) - own)}


@pytest.mark.parametrize("market", ["EU", "DE", "IS", "US", "GB", "XI", "CH", "JP", "ZZ"])
def test_a_policy_without_rows_and_a_row_without_these_keys_ask_what_the_program_asked(market: str) -> None:
    row = {**BR, "market": market} if market != "ZZ" else BR
    bare, without = MarketRule.model_validate(row), POLICY.model_copy(update={"markets": ()})
    union, states = market in {"EU", "DE", "IS"}, market == "US"
    for asks in (bare, without.asks_of(market)):
        assert asks.declares_substances is union
        assert len(asks.bars) == (2 if union else 0)
        assert asks.takes_inspections_of("US FDA") is states
        assert required_registers([asks])[0] is (
            Register.EUDRAGMDP if union else Register.FDA_INSPECTIONS if states else Register.NCA
        )
    assert without.is_certified([market]) is union


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"registers": ["ANVISA"]}, "registers"),
        ({"registers": ["NCA", "NCA"]}, "registers"),
        ({"inspectorates": ["FDA", "US FDA"]}, "inspectorates"),
        ({"inspectorates": [""]}, "inspectorates"),
        ({"declares_substances": "perhaps"}, "declares_substances"),
        ({"bars": ["BAD_LUCK"]}, "bars"),
        ({"issuers": ["UK"]}, "issuers"),
        ({"issuers": ["DE", "DE"]}, "issuers"),
        ({"papers": [{"type": "FDA_REGISTRATION"}] * 2}, "papers"),
        ({"papers": [{"type": "NONE"}]}, "papers"),
        ({"bars": ["NON_COMPLIANCE", "NON_COMPLIANCE"]}, "bars"),
    ],
)
def test_a_row_names_what_the_program_knows_and_each_once(said: dict[str, Any], field: str) -> None:
    with pytest.raises(ValidationError) as found:
        MarketRule.model_validate({**BR, **said})
    assert {each["loc"][0] for each in found.value.errors()} == {field}


def test_nobody_declares_where_no_row_asks_for_it() -> None:
    assert POLICY.declared_for == ("EU", "GB", "XI")
    with pytest.raises(Refused):
        refuse_unless_asked_for(())


ROOT = Path(__file__).parents[3]
KNOWS_THE_UNION = {"domain/policy/before_rows.py"}
"""What the program said before rows did, for stored policies and histories."""
NAMES_IT = {"domain/core/countries.py"}
"""That `EU` is a code beside those of ISO 3166-1, and how it is called."""


def _decides_by_it(tree: ast.Module) -> bool:
    """Whether the code of the Union stands anywhere but in an example of a form."""
    examples = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.keyword) and node.arg == "examples"
        for inner in ast.walk(node)
    }
    codes = (node for node in ast.walk(tree) if isinstance(node, ast.Constant) and node.value in {"EU", "EEA"})
    return any(id(node) not in examples for node in codes)


def test_the_union_is_known_to_one_file() -> None:
    found = {
        str(path.relative_to(ROOT))
        for folder in ("domain", "records", "workflows", "activities", "api")
        for path in sorted((ROOT / folder).rglob("*.py"))
        if "migrations" not in path.parts and path.name != "worked_scenario.py"
        if _decides_by_it(ast.parse(path.read_text(encoding="utf-8")))
    }
    assert found == KNOWS_THE_UNION | NAMES_IT
