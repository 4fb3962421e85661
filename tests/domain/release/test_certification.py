"""What a certification must say, and its number in the register."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from domain.batch.batch import DecisionRule
from domain.batch.gate.results import in_words
from domain.batch.markets import decision_rule
from domain.core.forms import Meaning
from domain.core.people import CDMO_ROLES, Role
from domain.release.certification import QcuApproval, QpCertification, suggested_decision
from domain.release.certification_rules import (
    CertificateNumber,
    judgements_of,
    refuse_closed_gates,
    refuse_decided,
    refuse_needless,
    refuse_other_market,
    refuse_producers,
    refuse_reviewers,
    refuse_unless_well_formed,
    refuse_wrong_rule,
    register_of,
)
from domain.release.gates import evaluate
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


def form(**changes: Any) -> QpCertification:
    prefill = suggested_decision("EU", str(MADE), in_words(evaluate(CLEAN, {}, AT)))
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
        ({"location": {"country": "XI", "shown_by": "Office network"}}, set()),
        ({"location": {"country": "NO", "shown_by": "Office network"}}, set()),
        ({"location": {"country": "EU", "shown_by": "Office network"}}, {"location.country"}),
        ({"location": {"country": "GB", "shown_by": "Office network"}}, {"location.country"}),
        ({"location": {"country": "US", "shown_by": "Office network"}}, {"location.country"}),
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
    assert bool(faults(lambda: refuse_wrong_rule(market, decision_rule(market), rule))) == refuses


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
    assert (register_of("EU"), register_of("DE"), register_of("US")) == ("QPR-EU", "QPR-DE", "QCU-US")
