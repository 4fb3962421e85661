"""What a certification must say, and its number in the register."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from domain.batch.gate.results import in_words
from domain.core.forms import Meaning
from domain.core.people import CDMO_ROLES, Role
from domain.core.refusals import Refused
from domain.policy.market_rule import DecisionRule, MarketRule, rule_before_rows
from domain.release.certification import MarketRelease, QcuApproval, QpCertification, suggested_decision
from domain.release.certification_rules import (
    CertificateNumber,
    judgements_of,
    number_in,
    refuse_beyond_import,
    refuse_closed_gates,
    refuse_decided,
    refuse_needless,
    refuse_other_market,
    refuse_other_roles,
    refuse_other_words,
    refuse_producers,
    refuse_reviewers,
    refuse_unless_well_formed,
    refuse_wrong_rule,
    register_of,
    wording_of,
)
from domain.release.gates import evaluate
from records.installation.supplementing import shipped_policy
from tests.domain.evidence import AT, CLEAN, but, with_audit
from tests.domain.filling import faults, filled

MADE = Decimal("118.4")
WHY = "The authority has extended it by public notice."
NO: dict[str, Any] = {
    "decision": "REJECT",
    "quantity": None,
    "reason": "The trend is not understood.",
    "grounds": ["OTHER"],
}


def row(market: str) -> MarketRule:
    found = shipped_policy().market_rule(market)
    assert found is not None
    return found


EU = row("EU")


def form(**changes: Any) -> QpCertification:
    prefill = suggested_decision("EU", str(MADE), in_words(evaluate(CLEAN, {}, AT)), None)
    return filled(QpCertification, prefill, **changes)


def test_what_the_task_suggests_is_enough_for_who_knows_the_form_alone() -> None:
    assert faults(lambda: refuse_unless_well_formed(form(), most=MADE, unit="kg")) == set()
    assert (form().meaning(), form(**NO).meaning()) == (Meaning.CERTIFIED, Meaning.REJECTED)
    assert filled(QcuApproval, {"market": "US"}).meaning() is Meaning.APPROVED


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"quantity": "118.4"}, set()),
        ({"quantity": "118.40001"}, {"quantity"}),
        ({"quantity": None}, {"quantity"}),
        (NO, set()),
        ({**NO, "quantity": "1"}, {"quantity"}),
        ({**NO, "reason": None}, {"reason"}),
        ({**NO, "grounds": []}, {"grounds"}),
        ({"grounds": ["SAFETY"]}, {"grounds"}),
        ({"reason": "Not now."}, {"reason"}),
        ({"judgements": [{"gate": "G3", "rationale": WHY}, {"gate": "G3", "rationale": WHY}]}, {"judgements.1.gate"}),
        ({"judgements": [{"gate": "G3", "rationale": "yes"}]}, {"judgements.0.rationale"}),
        ({**NO, "judgements": [{"gate": "G3", "rationale": "Fine."}]}, {"judgements.0.gate"}),
    ],
)
def test_a_decision_is_complete_in_itself(changes: dict[str, Any], fields: set[str]) -> None:
    assert faults(lambda: refuse_unless_well_formed(form(**changes), most=MADE, unit="kg")) == fields


def test_nothing_is_released_of_what_was_not_made() -> None:
    assert faults(lambda: refuse_unless_well_formed(form(), most=None, unit=None)) == {"quantity"}


@pytest.mark.parametrize("quantity", ["NaN", "Infinity", "0", "-1", "1e30", "0.12345678901", ""])
def test_what_is_no_quantity_is_no_form(quantity: str) -> None:
    with pytest.raises(ValidationError):
        form(quantity=quantity)


@pytest.mark.parametrize(
    ("market", "rule", "refuses"),
    [
        ("EU", DecisionRule.QP, False),
        ("NO", DecisionRule.QP, False),
        ("US", DecisionRule.QCU, False),
        ("GB", DecisionRule.QCU, False),
        ("US", DecisionRule.QP, True),
        ("DE", DecisionRule.QCU, True),
        ("EU", DecisionRule.PROCESSING, True),
    ],
)
def test_a_market_is_decided_by_its_own_rule(market: str, rule: DecisionRule, refuses: bool) -> None:  # noqa: FBT001
    assert bool(faults(lambda: refuse_wrong_rule(market, rule_before_rows(market), rule))) == refuses


def test_a_decision_is_taken_once_and_for_the_market_of_the_task() -> None:
    at = datetime(2025, 10, 13, tzinfo=UTC)
    assert faults(lambda: refuse_decided("EU", None, None, None)) == set()
    assert faults(lambda: refuse_decided("EU", "REJECT", "PER-5", at)) == {"<None>"}
    assert faults(lambda: refuse_other_market("EU", None)) == set()
    assert faults(lambda: refuse_other_market("EU", "IS")) == {"market"}


def test_who_has_reviewed_does_not_certify() -> None:
    assert faults(lambda: refuse_reviewers({"quentin"}, {"nora", "priya"})) == set()
    assert faults(lambda: refuse_reviewers({"quentin", "priya"}, {"nora", "priya"})) == {"<S5>"}


@pytest.mark.parametrize("role", sorted(CDMO_ROLES | {Role.CMC_LEAD}))
def test_who_holds_a_production_role_does_not_decide(role: Role) -> None:
    assert faults(lambda: refuse_producers({Role.QP, Role.HEAD_QA})) == set()
    assert faults(lambda: refuse_producers({Role.QP, role})) == {"<S5>"}


def test_every_closed_gate_is_named_and_a_needless_rationale_refused() -> None:
    assert faults(lambda: refuse_closed_gates(evaluate(CLEAN, {}, AT))) == set()
    shut = evaluate(but(certificates=(), disposition=None), {}, AT)
    assert faults(lambda: refuse_closed_gates(shut)) == {"G3", "G11"}
    judged = form(judgements=[{"gate": "G3", "rationale": "Extended."}, {"gate": "G9", "rationale": "Fine."}])
    results = evaluate(but(certificates=()), judgements_of(judged), AT)
    assert faults(lambda: refuse_closed_gates(results)) == set()
    assert faults(lambda: refuse_needless(judged, results)) == {"judgements.1.gate"}
    failed = form(judgements=[{"gate": "G4", "rationale": "We know them."}])
    assert faults(lambda: refuse_closed_gates(evaluate(with_audit(due=None), judgements_of(failed), AT))) == {"G4"}


def test_a_number_names_market_year_and_entry() -> None:
    number = CertificateNumber("EU", 2025, 12)
    assert str(number) == "EU-2025-000012"
    assert CertificateNumber.read("EU-2025-000012") == number
    assert CertificateNumber.read("EU-2025-1000000") == CertificateNumber("EU", 2025, 1_000_000)
    for text in ("EU-2025-12", "eu-2025-000012", "EU-2025-000012 ", "EU-٢٠٢٥-000012", ""):
        assert CertificateNumber.read(text) is None
    assert [CertificateNumber(market, 2025, 12).register for market in ("EU", "DE", "US")] == [
        "QPR-EU",
        "QPR-DE",
        "QCU-US",
    ]


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({}, set()),
        ({"location": {"country": "XI", "shown_by": "Office network"}}, set()),
        ({"location": {"country": "NO", "shown_by": "Office network"}}, set()),
        ({"location": {"country": "EU", "shown_by": "Office network"}}, {"location.country"}),
        ({"location": {"country": "GB", "shown_by": "Office network"}}, {"location.country"}),
        ({"location": {"country": "US", "shown_by": "Office network"}}, {"location.country"}),
        ({"location": None}, {"location"}),
        ({"statement": "I certify this batch."}, {"statement"}),
        ({"statement": "I certify this batch.", "location": None}, {"statement", "location"}),
        ({**NO, "statement": "I certify this batch.", "location": None}, set()),
    ],
)
def test_a_certificate_is_signed_where_and_in_the_words_that_the_market_says(
    changes: dict[str, Any], fields: set[str]
) -> None:
    assert faults(lambda: refuse_other_words(form(**changes), EU, EU.statement)) == fields


def test_what_clinical_supply_is_made_under_stands_in_its_own_words() -> None:
    us = row("US")
    assert wording_of(us.for_supply(clinical=True), "21 CFR Part 211").endswith("made under 21 CFR Part 211.")
    assert wording_of(us.for_supply(clinical=False), None) == us.statement


def test_a_market_is_released_by_the_roles_of_its_row() -> None:
    named = row("CH").deciders
    assert faults(lambda: refuse_other_roles(named, {Role.FVP, Role.HEAD_QA}, "CH")) == set()
    assert faults(lambda: refuse_other_roles(named, {Role.HEAD_QA, Role.QP}, "CH")) == {"market"}


def test_a_market_release_names_its_licence() -> None:
    known = {"market": "CH", "gates_seen": "As seen."}
    given = filled(MarketRelease, known, quantity="1", authorisation="512345")
    assert faults(lambda: refuse_unless_well_formed(given, most=MADE, unit="kg")) == set()
    without = filled(MarketRelease, known, quantity="1")
    assert faults(lambda: refuse_unless_well_formed(without, most=MADE, unit="kg")) == {"authorisation"}


@pytest.mark.parametrize(
    ("market", "rule", "register", "number"),
    [
        ("EU", DecisionRule.QP, "QPR-EU", "EU-2026-000003"),
        ("DE", DecisionRule.QP, "QPR-DE", "DE-2026-000003"),
        ("US", DecisionRule.QCU, "QCU-US", "US-2026-000003"),
        ("GB", DecisionRule.MARKET, "REL-GB", "REL-GB-2026-000003"),
        ("GB", DecisionRule.QCU, "QCU-GB", "GB-2026-000003"),  # registered before the market had a row
        ("XI", DecisionRule.QP, "QPR-XI", "QPR-XI-2026-000003"),
        ("GB", DecisionRule.PROCESSING, "RFP-GB", "RFP-GB-2026-000003"),
    ],
)
def test_each_register_has_numbers_of_its_own(market: str, rule: DecisionRule, register: str, number: str) -> None:
    known = row(market)
    assert register_of(market, rule, known if known.rule is rule else None) == register
    assert str(number_in(register, 2026, 3)) == number
    read = CertificateNumber.read(number)
    assert read is not None
    assert read.register == register


@pytest.mark.parametrize(
    ("released_", "imported", "elsewhere", "said"),
    [
        (None, 1, {}, None),
        (5, None, {"GB": 9}, None),
        (5, 5, {}, None),
        (6, 5, {}, "makes 6, and 5 have arrived and not left again"),
        (2, 5, {"GB": 3}, None),
        (3, 5, {"GB": 3}, "makes 3, beside 3 for GB, and 5 have arrived and not left again"),
    ],
)
def test_what_other_markets_have_released_counts(
    released_: int | None, imported: int | None, elsewhere: dict[str, int], said: str | None
) -> None:
    released, most = (each if each is None else Decimal(each) for each in (released_, imported))
    others = {market: Decimal(each) for market, each in elsewhere.items()}
    if said is None:
        refuse_beyond_import(released, most, others)
        return
    with pytest.raises(Refused) as refused:
        refuse_beyond_import(released, most, others)
    assert refused.value.refusal.fields == {"quantity": said}
