import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from domain.audit.audit import (
    AUDIT_FORMS,
    AuditStage,
    confirm_clock,
    notice_clock,
    plan_clock,
    report_clock,
    response_clock,
    team_clock,
)
from domain.audit.capa import CAPA_FORMS, due_clock
from domain.audit.finding import Severity, needs_response
from domain.audit.request import AuditType
from domain.core.forms import Audience, Decision, Form, Meaning, Process
from domain.core.people import CDMO_ROLES, NEVER_SIGN, Role
from domain.policy.policy import load
from tests.domain.filling import filled

ALL = [pytest.param(form, id=f"{form.__name__}") for form in AUDIT_FORMS + CAPA_FORMS]

SHARED_WITH_THE_SITE = {
    "notice",
    "confirm",
    "answer-counter-proposal",
    "reschedule",
    "report-critical-finding",
    "contain",
    "acknowledge-report",
    "respond",
    "accept-response",
    "dispute",
    "judge-dispute",
    "amend-report",
    "approve-amendment",
    "close",
    "cancel",
}


@pytest.mark.parametrize("form", ALL)
def test_a_stranger_fills_the_form_from_its_schema_alone(form: type[Form]) -> None:
    submission = filled(form)
    assert form.model_validate_json(json.dumps(submission.model_dump(mode="json"))) == submission


@pytest.mark.parametrize("form", ALL)
def test_every_field_says_what_it_is_and_has_a_limit(form: type[Form]) -> None:
    schema = form.model_json_schema()
    for model in (schema, *schema.get("$defs", {}).values()):
        if model.get("type") != "object":
            continue
        assert model["description"]
        for name, field in model["properties"].items():
            assert field.get("description"), name
            for branch in field.get("anyOf", [field]):
                bounded = {"maxLength", "pattern", "format", "enum", "const"} & set(branch)
                assert branch.get("type") != "string" or bounded, name
                assert branch.get("type") != "array" or "maxItems" in branch, name


@pytest.mark.parametrize("form", ALL)
def test_nobody_without_gxp_decision_may_submit(form: type[Form]) -> None:
    assert form.action.by
    assert not form.action.by & NEVER_SIGN


@pytest.mark.parametrize("forms", [AUDIT_FORMS, CAPA_FORMS], ids=["audit", "capa"])
def test_every_action_name_is_there_once(forms: list[type[Form]]) -> None:
    names = [form.action.name for form in forms]
    assert len(names) == len(set(names))
    assert sum(form.action.starts for form in forms) == 1


def test_the_site_sees_exactly_what_it_is_meant_to_see() -> None:
    shared = {form.action.name for form in AUDIT_FORMS if form.action.audience is Audience.SHARED}
    assert shared == SHARED_WITH_THE_SITE


@pytest.mark.parametrize("form", ALL)
def test_what_the_site_submits_the_site_may_see(form: type[Form]) -> None:
    assert not form.action.by & CDMO_ROLES or form.action.audience is Audience.SHARED


@pytest.mark.parametrize(
    ("form", "no"),
    [
        ("decide", {"accept": False}),
        ("approve-plan", {"approve": False}),
        ("decide-waiver", {"grant": False}),
        ("decide-suspension", {"suspend": False, "scope": None}),
        ("decide-abort", {"confirm": False}),
        ("review-report", {"agree": False}),
        ("except-outcome", {"allow": False}),
        ("approve-report", {"approve": False}),
        ("accept-response", {"verdicts": [{"finding_no": 1, "verdict": "REWORK", "reason": "no root cause"}]}),
        ("council-decision", {"verdict": "SUSPEND_PROPOSAL"}),
        ("judge-dispute", {"verdict": "UPHELD"}),
    ],
)
def test_a_no_is_signed_as_rejected(form: str, no: dict[str, Any]) -> None:
    decision = filled(AUDIT_FORMS.find(form), **no)
    assert isinstance(decision, Decision)
    assert not decision.approves()
    assert decision.meaning() is Meaning.REJECTED


@pytest.mark.parametrize(
    "form",
    [form for form in AUDIT_FORMS if issubclass(form, Decision) and form.action.name != "judge-dispute"],
    ids=lambda form: form.action.name,
)
def test_a_yes_is_signed_as_declared(form: type[Form]) -> None:
    assert filled(form).meaning() is form.action.meaning


def test_a_milder_verdict_on_a_dispute_is_signed_as_approved() -> None:
    assert filled(AUDIT_FORMS.find("judge-dispute"), verdict="WITHDRAWN").meaning() is Meaning.APPROVED


def test_every_form_of_the_audit_belongs_to_the_audit() -> None:
    assert {form.action.process for form in AUDIT_FORMS} == {Process.AUDIT}
    assert {form.action.process for form in CAPA_FORMS} == {Process.CAPA}


def test_only_the_quality_unit_of_the_site_acts_for_the_site() -> None:
    assert {role for form in AUDIT_FORMS for role in form.action.by & CDMO_ROLES} == {Role.CDMO_QA}


@pytest.mark.parametrize("audit_type", list(AuditType))
def test_each_type_has_its_own_clocks_for_report_and_response(audit_type: AuditType) -> None:
    assert report_clock(audit_type) == f"audit.report.{audit_type.lower()}"
    assert response_clock(audit_type) == f"audit.response.{audit_type.lower()}"


@pytest.mark.parametrize(
    ("clock", "key"),
    [
        (plan_clock, "audit.plan"),
        (team_clock, "audit.team"),
        (notice_clock, "audit.notice"),
        (confirm_clock, "audit.confirm"),
    ],
)
def test_an_audit_for_cause_is_agreed_on_faster(clock: Callable[[AuditType], str], key: str) -> None:
    assert clock(AuditType.FOR_CAUSE) == f"{key}.for_cause"
    assert {clock(audit_type) for audit_type in AuditType} == {key, f"{key}.for_cause"}


def test_every_clock_is_in_the_default_policy() -> None:
    policy = load(Path("policy/default.yaml").read_text(encoding="utf-8"))
    keys = {form.action.clock for form in AUDIT_FORMS + CAPA_FORMS if form.action.clock}
    by_type = (plan_clock, team_clock, notice_clock, confirm_clock, report_clock, response_clock)
    keys |= {clock(audit_type) for clock in by_type for audit_type in AuditType}
    keys |= {due_clock(severity) for severity in Severity if needs_response(severity)}
    assert keys <= set(policy.clocks)


def test_an_aborted_audit_is_not_over() -> None:
    assert {stage for stage in AuditStage if stage.is_final} == {
        AuditStage.CLOSED,
        AuditStage.CANCELLED,
        AuditStage.WAIVED,
        AuditStage.DECLINED,
    }
