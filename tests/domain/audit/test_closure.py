from typing import Any

import pytest

from domain.audit.capa import CapaStatus
from domain.audit.closure import (
    AuditClosure,
    CapaState,
    FindingState,
    pending,
    refuse_unless_closable,
    restarts_interval,
    suggested_closure,
)
from domain.audit.finding import FindingStatus, Severity
from domain.audit.plan import AuditMode
from domain.audit.request import AuditType
from tests.domain.filling import faults, filled


def finding(severity: str, status: str = "VERIFIED") -> list[FindingState]:
    return [FindingState(no=1, severity=Severity(severity), status=FindingStatus(status))]


def capas(*statuses: str) -> list[CapaState]:
    return [
        CapaState(capa_id=f"CAPA-{number}", finding_no=1, status=CapaStatus(status))
        for number, status in enumerate(statuses, 1)
    ]


@pytest.mark.parametrize(
    ("found", "capa", "given", "expected"),
    [
        ([], [], {}, set()),
        (finding("MAJOR"), capas("EFFECTIVE"), {}, set()),
        (finding("MAJOR"), capas("EFFECTIVENESS_PENDING"), {}, {"follow_ups"}),
        (finding("MAJOR"), capas("EFFECTIVENESS_PENDING"), {"follow_ups": ["CAPA-1"]}, set()),
        (finding("CRITICAL"), capas("VERIFIED"), {}, {"follow_ups"}),
        (finding("OTHER"), capas("VERIFIED"), {}, set()),
        (finding("OTHER"), capas("VERIFIED"), {"follow_ups": ["CAPA-1"]}, {"follow_ups.0"}),
        (finding("MAJOR"), capas("EFFECTIVE"), {"follow_ups": ["CAPA-9"]}, {"follow_ups.0"}),
        (finding("MAJOR"), capas("IMPLEMENTED"), {}, {"commitments_verified"}),
        (finding("MAJOR"), [], {}, {"commitments_verified"}),
        (finding("MAJOR"), capas("CANCELLED"), {}, {"commitments_verified"}),
        (finding("MAJOR"), capas("INEFFECTIVE"), {}, {"commitments_verified"}),
        (finding("MAJOR"), capas("INEFFECTIVE", "IN_PROGRESS"), {}, {"commitments_verified"}),
        (finding("MAJOR"), capas("INEFFECTIVE", "EFFECTIVE"), {}, set()),
        (finding("MAJOR"), capas("EFFECTIVE", "IN_PROGRESS"), {}, {"commitments_verified"}),
        (finding("MAJOR", "CLOSED"), [], {}, set()),
        (finding("CRITICAL", "WITHDRAWN"), capas("CANCELLED"), {}, set()),
        (finding("RECOMMENDATION", "ISSUED"), [], {}, set()),
        (finding("OTHER"), capas("IN_PROGRESS"), {}, {"commitments_verified"}),
        (finding("OTHER"), capas("IN_PROGRESS"), {"commitments_verified": [1]}, set()),
        (
            finding("MAJOR"),
            capas("IN_PROGRESS"),
            {"commitments_verified": [1]},
            {"commitments_verified", "commitments_verified.0"},
        ),
        (finding("OTHER"), capas("VERIFIED"), {"commitments_verified": [2]}, {"commitments_verified.0"}),
    ],
)
def test_an_audit_is_closed_when_every_finding_is(
    found: list[FindingState], capa: list[CapaState], given: dict[str, Any], expected: set[str]
) -> None:
    closure = filled(AuditClosure, **given)
    assert faults(lambda: refuse_unless_closable(closure, found, capa)) == expected


def test_the_prefilled_closure_names_what_outlives_the_audit() -> None:
    found, open_effect = finding("MAJOR"), capas("EFFECTIVE", "EFFECTIVENESS_PENDING")
    assert pending(found, open_effect) == ("CAPA-2",)
    refuse_unless_closable(filled(AuditClosure, suggested_closure(found, open_effect)), found, open_effect)


@pytest.mark.parametrize("audit_type", list(AuditType))
@pytest.mark.parametrize("mode", list(AuditMode))
def test_only_a_full_audit_on_site_restarts_the_interval_by_itself(audit_type: AuditType, mode: AuditMode) -> None:
    full = audit_type in ("QUALIFICATION", "SCHEDULED") and mode in ("ON_SITE", "HYBRID")
    assert restarts_interval(audit_type, mode, declared_full_scope=False, aborted=False) is full
    assert restarts_interval(audit_type, mode, declared_full_scope=True, aborted=False)
    assert not restarts_interval(audit_type, mode, declared_full_scope=True, aborted=True)
