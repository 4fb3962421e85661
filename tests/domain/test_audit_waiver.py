from datetime import date
from typing import Any

import pytest

from domain.audit_request import AuditType
from domain.audit_waiver import AuditWaiver, refuse_unless_waivable
from tests.domain.filling import faults, filled

TODAY = date(2026, 4, 1)
LATEST = date(2027, 4, 1)
FINE: dict[str, Any] = {
    "audit_type": AuditType.SCHEDULED,
    "tier": "LOW",
    "api_for_eu": False,
    "waivers_before": 0,
    "max_in_a_row": 1,
    "today": TODAY,
    "latest_expiry": LATEST,
}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, set()),
        ({"tier": "MEDIUM"}, set()),
        ({"tier": "HIGH"}, {"<audit.waiver>"}),
        ({"tier": "CRITICAL"}, {"<audit.waiver>"}),
        ({"audit_type": AuditType.FOR_CAUSE}, {"<audit.waiver>"}),
        ({"audit_type": AuditType.QUALIFICATION}, {"<audit.waiver>"}),
        ({"audit_type": AuditType.FOLLOW_UP}, {"<audit.waiver>"}),
        ({"api_for_eu": True}, {"<audit.waiver>"}),
        ({"waivers_before": 1}, {"<waiver.max>"}),
        ({"latest_expiry": date(2027, 3, 31)}, {"expires_on"}),
        ({"today": LATEST}, {"expires_on"}),
    ],
)
def test_only_a_scheduled_audit_of_low_risk_is_waived(change: dict[str, Any], expected: set[str]) -> None:
    waiver = filled(AuditWaiver, expires_on=LATEST)
    assert faults(lambda: refuse_unless_waivable(waiver, **{**FINE, **change})) == expected
