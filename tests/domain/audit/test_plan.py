from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from domain.audit.plan import AuditPlan, PlanDecision, refuse_unless_plannable, suggested_plan
from domain.audit.request import AuditType
from domain.core.document import RecordVersion, refuse_unless_current
from domain.core.refusals import Code, Refused
from tests.domain.filling import faults, filled

TODAY = date(2027, 3, 1)
PAPER: dict[str, Any] = {"mode": "PAPER", "mode_justification": "Low risk.", "not_verifiable": ["Storage conditions"]}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, set()),
        ({"first_day": "2027-03-01", "last_day": "2027-03-01"}, set()),
        ({"last_day": "2027-03-31"}, {"last_day"}),
        ({"first_day": "2027-02-28"}, {"first_day"}),
        ({"mode": "HYBRID"}, {"mode_justification"}),
        ({"mode": "HYBRID", "mode_justification": "Two buildings by video."}, set()),
        ({"mode": "REMOTE"}, {"mode_justification", "not_verifiable"}),
        ({"mode": "REMOTE", "mode_justification": "Travel ban."}, {"not_verifiable"}),
        (PAPER, set()),
        ({"standards": ["GDP", "GDP"]}, {"standards"}),
        ({"languages": ["en", "de", "en"]}, {"languages"}),
    ],
)
def test_a_plan_is_refused_with_every_fault(given: dict[str, Any], expected: set[str]) -> None:
    plan = filled(AuditPlan, **given)
    assert (
        faults(
            lambda: refuse_unless_plannable(
                plan, audit_type=AuditType.SCHEDULED, tier="MEDIUM", first_qualification=False, today=TODAY
            )
        )
        == expected
    )


@pytest.mark.parametrize(
    ("tier", "first", "expected"),
    [
        ("CRITICAL", True, {"mode"}),
        ("HIGH", True, {"mode"}),
        ("MEDIUM", True, set()),
        ("LOW", True, set()),
        ("CRITICAL", False, set()),
    ],
)
def test_a_first_qualification_of_a_risky_site_is_never_on_paper(tier: str, *, first: bool, expected: set[str]) -> None:
    plan = filled(AuditPlan, **PAPER)
    assert (
        faults(
            lambda: refuse_unless_plannable(
                plan, audit_type=AuditType.QUALIFICATION, tier=tier, first_qualification=first, today=TODAY
            )
        )
        == expected
    )


@pytest.mark.parametrize(
    ("latest", "expected"), [(date(2027, 4, 1), set()), (date(2027, 3, 31), {"first_day"}), (None, set())]
)
def test_a_for_cause_audit_starts_within_the_host_window(latest: date | None, expected: set[str]) -> None:
    plan = filled(AuditPlan)
    assert (
        faults(
            lambda: refuse_unless_plannable(
                plan,
                audit_type=AuditType.FOR_CAUSE,
                tier="HIGH",
                first_qualification=False,
                today=TODAY,
                latest_first_day=latest,
            )
        )
        == expected
    )


def test_a_follow_up_audit_names_the_findings_it_checks() -> None:
    def rule(plan: AuditPlan) -> set[str]:
        return faults(
            lambda: refuse_unless_plannable(
                plan, audit_type=AuditType.FOLLOW_UP, tier="HIGH", first_qualification=False, today=TODAY
            )
        )

    assert rule(filled(AuditPlan)) == {"prior_findings"}
    first, last = date(2027, 3, 9), date(2027, 3, 10)
    prefill = suggested_plan(first_day=first, last_day=last, products=("ARL-204",), prior_findings=("FND-1",))
    plan = filled(AuditPlan, prefill)
    assert rule(plan) == set()
    assert (plan.first_day, plan.last_day, plan.products) == (first, last, ("ARL-204",))


@pytest.mark.parametrize(("days", "fine"), [(0.5, True), (6, True), (1.25, False), (0, False), (-1, False)])
def test_person_days_go_in_halves(days: float, *, fine: bool) -> None:
    if fine:
        assert filled(AuditPlan, person_days=days).person_days == days
    else:
        with pytest.raises(ValidationError, match="person_days"):
            filled(AuditPlan, person_days=days)


@pytest.mark.parametrize("missing", ["auditing_body", "contract_giver", "contract_id"])
def test_a_third_party_needs_its_contract(missing: str) -> None:
    third_party = {"auditing_body": "A", "contract_giver": "B", "contract_id": "C"}
    assert filled(AuditPlan, third_party=third_party).third_party is not None
    with pytest.raises(ValidationError, match=missing):
        filled(AuditPlan, third_party={**third_party, missing: " "})


def test_a_decision_names_the_version_that_is_current() -> None:
    current = RecordVersion(version=2, sha256="a" * 64)
    decision = filled(PlanDecision, {"plan": current.model_dump(mode="json")})
    refuse_unless_current(decision.plan, current, "plan")
    for other in (RecordVersion(version=1, sha256="a" * 64), RecordVersion(version=2, sha256="b" * 64)):
        with pytest.raises(Refused) as refused:
            refuse_unless_current(other, current, "plan")
        assert refused.value.refusal.code is Code.VERSION_STALE
        assert set(refused.value.refusal.fields) == {"plan"}
