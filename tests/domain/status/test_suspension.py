from datetime import UTC, date, datetime
from typing import Any

import pytest

from domain.asl.asl import SuspensionScope
from domain.asl.request import StatusRequest
from domain.core.forms import Meaning
from domain.release.field_alert import FieldAlertAssessment, refuse_unless_filed
from domain.status.suspension import (
    SuspensionImpact,
    SuspensionOrder,
    SuspensionReview,
    refuse_before_the_statement,
    refuse_unless_assessed,
    refuse_unless_ordered,
    refuse_unless_reviewed,
    suggested_impact,
    suggested_order,
    suggested_review,
)
from tests.domain.filling import faults, filled

NOW = datetime(2026, 5, 5, 16, tzinfo=UTC)
TODAY = date(2026, 5, 5)
NO: dict[str, Any] = {"suspend": False, "scope": None, "exit_criteria": []}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, set()),
        (NO, set()),
        ({"scope": None}, {"scope"}),
        ({"exit_criteria": []}, {"exit_criteria"}),
        ({**NO, "scope": "FULL"}, {"scope"}),
        ({**NO, "exit_criteria": ["More"]}, {"exit_criteria"}),
        ({**NO, "effective_at": "2026-05-05T15:00:00Z"}, {"effective_at"}),
        ({"effective_at": "2026-05-05T16:00:00Z"}, set()),
        ({"effective_at": "2026-04-01T00:00:00+02:00"}, set()),
        ({"effective_at": "2026-05-05T16:00:01Z"}, {"effective_at"}),
        ({"scope": None, "exit_criteria": [], "effective_at": "2027-01-01T00:00:00Z"},
         {"scope", "exit_criteria", "effective_at"}),
    ],
)  # fmt: skip
def test_an_order_is_whole_and_never_looks_ahead(changes: dict[str, Any], expected: set[str]) -> None:
    order = filled(SuspensionOrder, suggested_order(filled(StatusRequest), SuspensionScope.FULL), **changes)
    assert faults(lambda: refuse_unless_ordered(order, now=NOW)) == expected
    assert order.meaning() is (Meaning.APPROVED if order.suspend else Meaning.REJECTED)


@pytest.mark.parametrize(
    ("since", "expected"),
    [(None, set()), ("2026-04-01T00:00:00Z", set()), ("2026-04-01T00:00:01Z", {"effective_at"})],
)
def test_an_order_does_not_look_back_behind_the_status_in_force(since: str | None, expected: set[str]) -> None:
    order = filled(SuspensionOrder, effective_at="2026-04-01T00:00:00Z")
    in_force_since = datetime.fromisoformat(since) if since else None
    assert faults(lambda: refuse_before_the_statement(order, in_force_since)) == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, set()),
        ({"batches": ["BAT-1"]}, {"batches"}),
        ({"batches": ["BAT-1", "BAT-2", "B-77"]}, set()),
        ({"not_applicable_because": None}, {"not_applicable_because"}),
        ({"consider_field_alert": True}, {"not_applicable_because"}),
        ({"consider_field_alert": True, "not_applicable_because": None}, set()),
    ],
)
def test_every_released_batch_is_assessed_and_a_field_alert_considered_or_not_with_a_reason(
    changes: dict[str, Any], expected: set[str]
) -> None:
    certified = ["BAT-1", "BAT-2"]
    impact = filled(SuspensionImpact, suggested_impact(certified), **changes)
    assert faults(lambda: refuse_unless_assessed(impact, certified=certified)) == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, set()),
        ({"file": True, "filed_on": "2026-05-05"}, {"reference"}),
        ({"file": False, "reference": "FAR-1"}, {"reference"}),
        ({"file": True, "reference": "FAR-1"}, {"filed_on"}),
        ({"file": True, "reference": "FAR-1", "filed_on": "2026-05-05"}, set()),
        ({"file": True, "reference": "FAR-1", "filed_on": "2026-05-06"}, {"filed_on"}),
        ({"file": False, "filed_on": "2026-05-05"}, {"filed_on"}),
    ],
)
def test_a_field_alert_is_filed_on_a_day(changes: dict[str, Any], expected: set[str]) -> None:
    assessment = filled(FieldAlertAssessment, **changes)
    assert faults(lambda: refuse_unless_filed(assessment, latest_day=TODAY)) == expected


@pytest.mark.parametrize(
    ("criteria", "in_force", "changes", "expected"),
    [
        (["One"], "NEW_ORDERS", {}, set()),
        ([], "NEW_ORDERS", {"exit_criteria": ["Two"]}, set()),
        ([], "NEW_ORDERS", {}, {"exit_criteria"}),
        (["One"], "NEW_ORDERS", {"exit_criteria": []}, {"exit_criteria"}),
        (["One"], "NEW_ORDERS", {"scope": "FULL"}, set()),
        (["One"], "FULL", {"scope": "NEW_ORDERS"}, {"scope"}),
        (["One"], "FULL", {"scope": "FULL"}, {"scope"}),
        (["One"], None, {"scope": "FULL"}, {"scope"}),
        (["One"], "FULL", {"next_review": "2026-05-05"}, {"next_review"}),
        (["One"], "FULL", {"next_review": "2026-05-06"}, set()),
        (["One"], "FULL", {"next_review": "2026-08-03"}, set()),
        (["One"], "FULL", {"next_review": "2026-08-04"}, {"next_review"}),
    ],
)
def test_a_review_sets_criteria_and_the_next_review_and_never_lets_a_suspension_reach_less_far(
    criteria: list[str], in_force: str | None, changes: dict[str, Any], expected: set[str]
) -> None:
    review = filled(SuspensionReview, suggested_review(today=TODAY, every_days=30), **changes)
    reach = SuspensionScope(in_force) if in_force else None
    found = faults(lambda: refuse_unless_reviewed(review, criteria=criteria, in_force=reach, today=TODAY))
    assert found == expected
