from datetime import date

import pytest

from domain.core.period import PeriodKind, begins, last_day_of, quarter_name, refuse_unless_over
from tests.domain.filling import faults

MONTH, QUARTER = PeriodKind


@pytest.mark.parametrize(
    ("kind", "first", "last"),
    [
        (MONTH, "2028-02-01", "2028-02-29"),
        (MONTH, "2027-12-01", "2027-12-31"),
        (QUARTER, "2027-01-01", "2027-03-31"),
        (QUARTER, "2027-10-01", "2027-12-31"),
    ],
)
def test_a_period_ends_the_day_before_the_next_one(kind: PeriodKind, first: str, last: str) -> None:
    assert last_day_of(kind, date.fromisoformat(first)) == date.fromisoformat(last)


@pytest.mark.parametrize(
    ("day", "kinds"),
    [
        ("2027-02-01", [MONTH]),
        ("2027-02-02", []),
        ("2027-04-01", [MONTH, QUARTER]),
        ("2027-04-02", []),
        ("2027-12-01", [MONTH]),
    ],
)
def test_a_period_begins_on_its_first_day(day: str, kinds: list[PeriodKind]) -> None:
    assert [kind for kind in PeriodKind if begins(kind, date.fromisoformat(day))] == kinds


@pytest.mark.parametrize(("month", "name"), [(1, "2027-Q1"), (4, "2027-Q2"), (7, "2027-Q3"), (10, "2027-Q4")])
def test_a_quarter_has_a_name(month: int, name: str) -> None:
    assert quarter_name(date(2027, month, 1)) == name


@pytest.mark.parametrize(
    ("first_day", "today", "wrong"),
    [
        ("2027-01-01", "2027-04-01", set()),
        ("2027-01-01", "2027-03-31", {"first_day"}),
        ("2027-02-01", "2027-12-31", {"first_day"}),
    ],
)
def test_only_a_quarter_that_is_over_is_judged(first_day: str, today: str, wrong: set[str]) -> None:
    first, now = date.fromisoformat(first_day), date.fromisoformat(today)
    assert faults(lambda: refuse_unless_over(QUARTER, first, now)) == wrong
