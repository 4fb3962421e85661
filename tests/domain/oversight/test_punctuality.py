from datetime import date, timedelta

import pytest

from domain.oversight.punctuality import Due, late_beyond, on_time
from domain.oversight.scorecard import Tally

FIRST, LAST = date(2026, 1, 1), date(2026, 3, 31)


def due(on: str, done: str | None = None) -> Due:
    return Due(id=on, due_on=date.fromisoformat(on), done_on=date.fromisoformat(done) if done else None)


@pytest.mark.parametrize(
    ("what", "numerator", "denominator"),
    [
        (due("2026-01-01", "2026-01-01"), 1, 1),
        (due("2026-03-31", "2025-12-01"), 1, 1),
        (due("2026-03-31", "2026-04-01"), 0, 1),
        (due("2026-03-31"), 0, 1),
        (due("2025-12-31", "2026-01-05"), 0, 0),
        (due("2026-04-01", "2026-01-05"), 0, 0),
    ],
)
def test_what_is_due_in_a_period_counts_there_and_nowhere_else(what: Due, numerator: int, denominator: int) -> None:
    assert on_time([what], FIRST, LAST) == Tally(numerator=numerator, denominator=denominator)


@pytest.mark.parametrize(
    ("what", "times"),
    [
        (due("2026-03-01"), 0),  # 30 days end with the quarter
        (due("2026-02-28"), 1),
        (due("2026-02-28", "2026-04-20"), 1),  # still open when the quarter ended
        (due("2026-01-10", "2026-02-09"), 0),
        (due("2026-01-10", "2026-02-10"), 1),
        (due("2025-10-01", "2025-12-31"), 0),  # a matter of the quarter before
        (due("2025-10-01", "2026-01-01"), 1),
        (due("2025-10-01"), 1),
    ],
)
def test_late_by_more_than_thirty_days_within_the_quarter(what: Due, times: int) -> None:
    latest = late_beyond([what], FIRST, LAST, lambda day: day + timedelta(days=30))
    assert latest == (what.id,) * times
