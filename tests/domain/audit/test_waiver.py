from datetime import UTC, date, datetime
from typing import Any

import pytest

from domain.audit.request import AuditType
from domain.audit.waiver import AuditWaiver, refuse_unless_waivable, waiver_holds, waivers_in_a_row
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


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, set()),
        ({"audit_type": AuditType.SCHEDULED}, {"<audit.waiver>"}),
        ({"tier": "HIGH"}, {"<audit.waiver>"}),
        ({"api_for_eu": True}, {"<audit.waiver>"}),
        ({"waivers_before": 1}, {"<waiver.max>"}),
    ],
)
def test_a_qualification_is_waived_under_the_same_conditions(change: dict[str, Any], expected: set[str]) -> None:
    waiver = filled(AuditWaiver, expires_on=LATEST)
    given = {**FINE, "audit_type": AuditType.QUALIFICATION, "allowed": (AuditType.QUALIFICATION,), **change}
    assert faults(lambda: refuse_unless_waivable(waiver, **given)) == expected


@pytest.mark.parametrize(
    ("history", "count"),
    [
        ([], 0),
        ([(2024, True)], 1),
        ([(2024, True), (2025, False)], 0),
        ([(2026, True), (2024, True), (2025, False)], 1),
        ([(2023, False), (2025, True), (2024, True)], 2),
    ],
)
def test_only_an_audit_that_took_place_ends_a_row_of_waivers(history: list[tuple[int, bool]], count: int) -> None:
    assert waivers_in_a_row((datetime(year, 1, 1, tzinfo=UTC), waived) for year, waived in history) == count


@pytest.mark.parametrize(
    ("today", "tier", "api_for_eu", "holds"),
    [
        (date(2027, 3, 31), "LOW", False, True),
        (date(2027, 4, 1), "LOW", False, False),
        (date(2027, 3, 31), "HIGH", False, False),
        (date(2027, 3, 31), "MEDIUM", True, False),
    ],
)
def test_a_waiver_carries_a_decision_only_at_the_risk_it_was_given_for(
    today: date, tier: str, *, api_for_eu: bool, holds: bool
) -> None:
    assert waiver_holds(date(2027, 3, 31), today=today, tier=tier, api_for_eu=api_for_eu) is holds
