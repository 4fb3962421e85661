from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from domain.audit.critical import CriticalFinding, SuspensionDecision, refuse_unless_informed, refuse_unless_scoped
from tests.domain.filling import faults, filled

NOW = datetime(2026, 5, 6, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("found", "told", "given", "zone", "expected"),
    [
        ("2026-05-05T13:50:00Z", "2026-05-05T14:10:00Z", {}, "UTC", set()),
        ("2026-05-05T13:50:00Z", "2026-05-05T13:49:00Z", {}, "UTC", {"told_at"}),
        ("2026-05-06T11:00:00Z", "2026-05-06T12:01:00Z", {}, "UTC", {"told_at"}),
        ("2026-05-05T13:50:00Z", "2026-05-05T14:10:00Z", {"told_before_leaving": False}, "UTC", {"late_reason"}),
        (
            "2026-05-05T13:50:00Z",
            "2026-05-05T14:10:00Z",
            {"told_before_leaving": False, "late_reason": "The site was evacuated."},
            "UTC",
            set(),
        ),
        ("2026-05-05T23:30:00Z", "2026-05-06T00:10:00Z", {}, "UTC", {"late_reason"}),
        ("2026-05-05T23:30:00Z", "2026-05-06T00:10:00Z", {}, "Asia/Tokyo", set()),
        ("2026-05-05T10:00:00Z", "2026-05-05T19:00:00Z", {}, "UTC", {"late_reason"}),
        ("2026-05-05T10:00:00Z", "2026-05-05T18:00:00Z", {}, "UTC", set()),
    ],
)
def test_the_site_hears_of_a_critical_finding_the_same_day_or_the_delay_is_explained(
    found: str, told: str, given: dict[str, Any], zone: str, expected: set[str]
) -> None:
    finding = filled(CriticalFinding, found_at=found, told_at=told, **given)
    assert faults(lambda: refuse_unless_informed(finding, now=NOW, tz=ZoneInfo(zone), max_hours=8)) == expected


@pytest.mark.parametrize(
    ("suspend", "scope", "expected"),
    [(True, "FULL", set()), (False, None, set()), (True, None, {"scope"}), (False, "FULL", {"scope"})],
)
def test_a_suspension_has_a_scope(suspend: object, scope: str | None, expected: set[str]) -> None:
    decision = filled(SuspensionDecision, suspend=suspend, scope=scope)
    assert faults(lambda: refuse_unless_scoped(decision)) == expected
