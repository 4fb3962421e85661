from typing import Any

import pytest

from domain.audit.request import AuditRequest, ForCauseTrigger, refuse_unless_requestable, trigger_key
from domain.core.people import Role
from domain.core.refusals import Code, Refused
from tests.domain.filling import faults, filled

TRIGGER = filled(ForCauseTrigger).model_dump(mode="json")


@pytest.mark.parametrize(
    ("audit_type", "given", "expected"),
    [
        ("SCHEDULED", {}, set()),
        ("QUALIFICATION", {}, set()),
        ("FOR_CAUSE", {"trigger": TRIGGER}, set()),
        ("FOLLOW_UP", {"follows": "AUD-3"}, set()),
        ("FOR_CAUSE", {}, {"trigger"}),
        ("SCHEDULED", {"trigger": TRIGGER}, {"trigger"}),
        ("FOLLOW_UP", {}, {"follows"}),
        ("FOLLOW_UP", {"trigger": TRIGGER}, {"trigger", "follows"}),
        ("QUALIFICATION", {"follows": "AUD-3"}, {"follows"}),
        ("FOR_CAUSE", {"trigger": TRIGGER, "follows": "AUD-3"}, {"follows"}),
    ],
)
def test_a_request_gives_exactly_what_its_type_asks_for(
    audit_type: str, given: dict[str, Any], expected: set[str]
) -> None:
    request = filled(AuditRequest, type=audit_type, **given)
    assert faults(lambda: refuse_unless_requestable(request, {Role.SUPPLIER_QUALITY})) == expected


@pytest.mark.parametrize(
    ("role", "for_cause", "scheduled"),
    [
        (Role.SUPPLIER_QUALITY, True, True),
        (Role.QA_APPROVER, True, True),
        (Role.LEAD_AUDITOR, True, False),
        (Role.CO_AUDITOR, True, False),
        (Role.HEAD_QA, True, False),
        (Role.QP, True, False),
        (Role.PROCUREMENT, False, False),
        (Role.CDMO_QA, False, False),
    ],
)
def test_any_sponsor_qa_role_requests_for_cause_and_quality_owners_the_rest(
    role: Role, *, for_cause: bool, scheduled: bool
) -> None:
    for request, allowed in (
        (filled(AuditRequest, type="FOR_CAUSE", trigger=TRIGGER), for_cause),
        (filled(AuditRequest, type="SCHEDULED"), scheduled),
    ):
        if allowed:
            refuse_unless_requestable(request, {role})
        else:
            with pytest.raises(Refused) as refused:
                refuse_unless_requestable(request, {role})
            assert refused.value.refusal.code is Code.WRONG_ROLE


@pytest.mark.parametrize(
    ("reference", "reason", "same"),
    [
        ("HOTLINE-2026-017", "DI_BREACH", True),
        ("hotline-2026-017 ", "WHISTLEBLOW", True),
        ("HOTLINE 2026-017", "DI_BREACH", True),
        ("HOTLINE-2026-018", "DI_BREACH", False),
    ],
)
def test_a_trigger_is_known_by_its_reference(reference: str, reason: str, *, same: bool) -> None:
    known = filled(ForCauseTrigger)
    other = filled(ForCauseTrigger, reference=reference, reason=reason)
    assert (trigger_key(known) == trigger_key(other)) is same
