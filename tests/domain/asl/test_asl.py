from datetime import UTC, date, datetime, timedelta

import pytest

from domain.asl.asl import (
    AslStatus,
    Statement,
    SuspensionScope,
    in_force,
    interval_months,
    may_expire,
    may_suspend_new_orders,
    next_audit_due,
)
from tests.domain.shipped import POLICY

NOON = datetime(2026, 5, 5, 12, tzinfo=UTC)


def hours(count: float) -> datetime:
    return NOON + timedelta(hours=count)


def stated(number: int, status: str, effective: float, recorded: float | None = None) -> Statement:
    """A statement; hours from noon. Recorded when effective, unless said otherwise."""
    scope = SuspensionScope.NEW_ORDERS if status == "SUSPENDED" else None
    return Statement(
        number=number,
        status=AslStatus(status),
        suspension_scope=scope,
        effective_from=hours(effective),
        recorded_at=hours(effective if recorded is None else recorded),
    )


APPROVED = stated(1, "APPROVED", 0)
BACK_DATED = stated(2, "SUSPENDED", 2, recorded=4)  # told at 16:00 that it holds since 14:00
AHEAD = stated(2, "APPROVED", 48, recorded=1)
BEFORE_IT_TOOK_EFFECT = stated(3, "SUSPENDED", 10)


@pytest.mark.parametrize(
    ("statements", "as_of", "known_at", "expected"),
    [
        ([], 0, 0, None),
        ([APPROVED], -1, 99, None),
        ([APPROVED], 0, 0, 1),
        ([APPROVED, BACK_DATED], 3, 3, 1),  # what did we believe at 15:00 about 15:00?
        ([APPROVED, BACK_DATED], 3, 4, 2),  # and what do we know now of 15:00?
        ([APPROVED, BACK_DATED], 1, 99, 1),
        ([APPROVED, AHEAD], 47, 99, 1),
        ([APPROVED, AHEAD], 48, 99, 2),
        ([APPROVED, AHEAD], 48, 0.5, 1),
        ([APPROVED, AHEAD, BEFORE_IT_TOOK_EFFECT], 50, 99, 3),  # an approval dated ahead undoes no later suspension
        ([stated(1, "APPROVED", 0), stated(2, "SUSPENDED", 0)], 0, 0, 2),  # in the same instant the later one counts
    ],
)
def test_the_statement_recorded_last_counts_among_those_effective_and_known(
    statements: list[Statement], as_of: float, known_at: float, expected: int | None
) -> None:
    for order in (statements, statements[::-1]):
        found = in_force(order, as_of=hours(as_of), known_at=hours(known_at))
        assert (found.number if found else None) == expected


@pytest.mark.parametrize(
    ("last_day", "months", "due"),
    [
        (date(2025, 4, 3), 12, date(2026, 4, 3)),
        (date(2026, 3, 12), 12, date(2027, 3, 12)),
        (date(2026, 7, 7), 6, date(2027, 1, 7)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
    ],
)
def test_the_next_audit_is_due_an_interval_after_the_last_day_on_site(last_day: date, months: int, due: date) -> None:
    assert next_audit_due(last_day, months) == due


@pytest.mark.parametrize(
    ("tier", "activity", "market", "months"),
    [
        ("CRITICAL", "API_MFG", "EU", 12),
        ("HIGH", "API_MFG", "EU", 24),
        ("MEDIUM", "API_MFG", "EU", 36),
        ("LOW", "API_MFG", "EU", 36),
        ("LOW", "API_MFG", "US", 60),
        ("LOW", "PACKAGING", "EU", 60),
    ],
)
def test_api_for_the_eu_is_audited_every_three_years_whatever_the_tier(
    tier: str, activity: str, market: str, months: int
) -> None:
    assert interval_months(tier, POLICY, {activity, "TESTING"}, {market, "CH"}) == months


@pytest.mark.parametrize("status", list(AslStatus))
def test_the_program_suspends_and_expires_only_what_no_person_has_ended(status: AslStatus) -> None:
    active = status in ("APPROVED", "CONDITIONALLY_APPROVED", "PROBATION")
    assert (status.is_active, may_suspend_new_orders(status)) == (active, active)
    assert may_expire(status) is (status in ("CONDITIONALLY_APPROVED", "SUSPENDED"))


def test_a_suspension_that_stops_release_does_not_expire() -> None:
    assert [may_expire(AslStatus.SUSPENDED, reach) for reach in SuspensionScope] == [True, False, False]
    assert not may_suspend_new_orders(None)
