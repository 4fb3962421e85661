"""The arrangement for use at risk is consumed by the uses before the release, in the order in which they began."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from domain.release.at_risk_use import Arranged, EarlyUse, covered

NOON = datetime(2026, 5, 8, 12, tzinfo=UTC)
FOUR = Arranged(1, "TB-01", Decimal(4), NOON)


def use(batch_id: str, quantity: int, hours: int = 1, site_id: str = "TB-01") -> EarlyUse:
    return EarlyUse(batch_id, site_id, Decimal(quantity), NOON + timedelta(hours=hours))


@pytest.mark.parametrize(
    ("arranged", "uses", "found"),
    [
        ([FOUR], [use("A", 4)], {"A": 1}),
        ([FOUR], [use("A", 4), use("B", 4, 2)], {"A": 1}),
        ([FOUR], [use("A", 4, 2), use("B", 4, 1)], {"B": 1}),
        ([FOUR], [use("A", 2), use("B", 2, 2), use("C", 1, 3)], {"A": 1, "B": 1}),
        ([FOUR], [use("A", 8), use("B", 4, 2)], {"B": 1}),
        ([FOUR], [use("A", 4, site_id="CR-01"), use("B", 4, 2)], {"B": 1}),
        ([FOUR], [use("A", 4, -1)], {}),
        ([FOUR, FOUR._replace(version=2)], [use("A", 4), use("B", 4, 2)], {"A": 1, "B": 2}),
        ([FOUR, FOUR._replace(version=2, site_id="CR-01")], [use("A", 4), use("B", 4, 2)], {"A": 1}),
        ([], [use("A", 4)], {}),
    ],
)
def test_each_use_takes_what_is_left_of_an_arrangement_of_its_site(
    arranged: list[Arranged], uses: list[EarlyUse], found: dict[str, int]
) -> None:
    assert covered(arranged, uses) == found
    assert covered(arranged, reversed(uses)) == found
