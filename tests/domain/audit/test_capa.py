from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from domain.audit.capa import (
    CapaImplementation,
    CapaOrigin,
    CapaPlan,
    CapaRequest,
    EffectivenessCheck,
    barred_from_verifying,
    due_clock,
    effectiveness_ends,
    plan_clock,
    refuse_unless_implemented,
    refuse_unless_origin_fits,
    refuse_unless_planned,
    renewed,
    suggested_capa_plan,
)
from domain.audit.corrective_plan import CorrectivePlan
from domain.audit.finding import Severity
from domain.core.forms import Meaning
from tests.domain.filling import faults, filled

TODAY = date(2026, 6, 15)
LATEST = {
    Severity.CRITICAL: date(2026, 7, 15),
    Severity.MAJOR: date(2026, 9, 13),
    Severity.OTHER: date(2026, 12, 12),
}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"origin": "SCAR"}, set()),
        ({"origin": "AUDIT", "audit_id": "AUD-1", "finding_no": 2}, set()),
        ({"origin": "AUDIT"}, {"audit_id", "finding_no"}),
        ({"origin": "INEFFECTIVE", "replaces": "CAPA-1"}, set()),
        ({"origin": "INEFFECTIVE"}, {"replaces"}),
        ({"origin": "SCAR", "replaces": "CAPA-1"}, {"replaces"}),
        ({"origin": "SCAR", "severity": "RECOMMENDATION"}, {"severity"}),
        ({"origin": "SCAR", "scope_ids": ["SC-1"]}, set()),
        ({"origin": "AUDIT", "audit_id": "AUD-1", "finding_no": 2, "scope_ids": ["SC-1"]}, {"scope_ids"}),
    ],
)
def test_a_request_names_what_its_origin_asks_for(given: dict[str, Any], expected: set[str]) -> None:
    assert faults(lambda: refuse_unless_origin_fits(filled(CapaRequest, **given))) == expected


def test_a_scar_is_answered_by_its_own_clock() -> None:
    expected = {"SCAR": "scar.response", "AUDIT": "capa.plan", "INEFFECTIVE": "capa.plan"}
    assert {origin.value: plan_clock(origin) for origin in CapaOrigin} == expected


@pytest.mark.parametrize("severity", list(LATEST))
def test_the_prefilled_plan_can_be_submitted(severity: Severity) -> None:
    form = filled(CapaPlan, suggested_capa_plan(severity, latest_due=LATEST, default_window_days=90, owner="PER-9"))
    refuse_unless_planned(form, severity, today=TODAY, latest_due=LATEST)
    assert form.plan.due == LATEST[severity]
    assert form.plan.owner == "PER-9"
    assert (form.plan.effectiveness is None) is (severity is Severity.OTHER)


@pytest.mark.parametrize(
    ("severity", "change", "expected"),
    [
        (Severity.MAJOR, {"due": "2026-09-14"}, {"plan.due"}),
        (Severity.OTHER, {"due": "2026-09-14"}, set()),
        (Severity.CRITICAL, {"due": "2026-07-16"}, {"plan.due"}),
        (Severity.OTHER, {"due": "2026-06-14", "actions": [{"due": "2026-06-14"}]}, {"plan.due"}),
        (Severity.OTHER, {"root_cause": " "}, {"plan.root_cause"}),
        (Severity.OTHER, {"effectiveness": None}, set()),
        (Severity.MAJOR, {"effectiveness": None}, {"plan.effectiveness"}),
        (Severity.CRITICAL, {"effectiveness": None, "root_cause": ""}, {"plan.effectiveness", "plan.root_cause"}),
        (Severity.MAJOR, {"actions": [{"due": "2026-07-16"}]}, {"plan.actions.0.due"}),
    ],
)
def test_a_plan_has_a_cause_and_dates_within_the_limit(
    severity: Severity, change: dict[str, Any], expected: set[str]
) -> None:
    plan = {"due": "2026-07-15", "actions": [{"due": "2026-07-15"}], **change}
    form = filled(CapaPlan, plan=plan)
    assert faults(lambda: refuse_unless_planned(form, severity, today=TODAY, latest_due=LATEST)) == expected


@pytest.mark.parametrize(
    ("completed_on", "expected"), [("2026-06-15", set()), ("2026-06-14", set()), ("2026-06-16", {"completed_on"})]
)
def test_implementation_is_not_reported_ahead(completed_on: str, expected: set[str]) -> None:
    form = filled(CapaImplementation, completed_on=completed_on)
    assert faults(lambda: refuse_unless_implemented(form, today=TODAY)) == expected


def test_implementation_needs_evidence() -> None:
    assert filled(CapaImplementation).evidence
    with pytest.raises(ValidationError, match="evidence"):
        filled(CapaImplementation, evidence=[])


def test_the_owner_does_not_verify() -> None:
    assert barred_from_verifying("VITO", "WEN") == {"VITO": "S7", "WEN": "S7"}


@pytest.mark.parametrize(
    ("severity", "window", "expected"),
    [
        (Severity.CRITICAL, 60, date(2026, 8, 25)),
        (Severity.MAJOR, None, date(2026, 9, 24)),
        (Severity.OTHER, 60, None),
    ],
)
def test_only_critical_and_major_have_an_effectiveness_window(
    severity: Severity, window: int | None, expected: date | None
) -> None:
    plan = filled(CorrectivePlan, effectiveness=None if window is None else {"window_days": window})
    implemented = date(2026, 6, 26)
    assert effectiveness_ends(severity, plan, implemented_on=implemented, default=date(2026, 9, 24)) == expected


def test_an_ineffective_capa_is_followed_by_a_linked_one_marked_as_repeat() -> None:
    plan = filled(CorrectivePlan).model_dump(mode="json")
    first = filled(CapaRequest, origin="AUDIT", audit_id="AUD-1", finding_no=2, plan=plan)
    second = renewed(first, "CAPA-1")
    assert (second.origin, second.replaces, second.is_repeat, second.plan) == (
        CapaOrigin.INEFFECTIVE,
        "CAPA-1",
        True,
        None,
    )
    assert (second.audit_id, second.finding_no, second.severity) == ("AUD-1", 2, first.severity)
    refuse_unless_origin_fits(second)


def test_ineffective_is_signed_as_rejected() -> None:
    assert filled(EffectivenessCheck).meaning() is Meaning.APPROVED
    assert filled(EffectivenessCheck, result="INEFFECTIVE").meaning() is Meaning.REJECTED


@pytest.mark.parametrize(
    ("severity", "key"),
    [(Severity.CRITICAL, "capa.due.critical"), (Severity.MAJOR, "capa.due.major"), (Severity.OTHER, "capa.due.other")],
)
def test_the_due_clock_follows_from_severity(severity: Severity, key: str) -> None:
    assert due_clock(severity) == key
