"""What came back from outside an area, and how much of it lies there."""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from domain.importation.reimport import CameBack, OrderedElsewhere, came_from_outside, lying_outside

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
UNION = frozenset({"DE", "FR"})


@pytest.mark.parametrize(
    ("origin", "area_there", "outside"),
    [
        ("US", (), True),
        ("DE", (), False),
        ("DE", UNION, False),
        ("CH", UNION, True),
        (None, (), True),
        (None, UNION, False),
        (None, {"GB", "DE"}, False),
        (None, {"GB"}, True),
    ],
)
def test_goods_come_from_outside_by_their_country_or_else_by_their_market(
    origin: str | None, area_there: Collection[str], *, outside: bool
) -> None:
    assert came_from_outside(origin, area_there, UNION) is outside


def back(quantity: int, imported: int = 0, days: int = 0) -> CameBack:
    return CameBack(Decimal(quantity), Decimal(imported), NOW + timedelta(days=days))


def sold(quantity: int, days: int) -> OrderedElsewhere:
    return OrderedElsewhere(Decimal(quantity), NOW + timedelta(days=days))


@pytest.mark.parametrize(
    ("known", "elsewhere", "left"),
    [
        ([], [], 0),
        ([], [sold(5, 1)], 0),
        ([back(10)], [], 10),
        ([back(10, 4)], [], 6),
        ([back(10, 10)], [], 0),
        ([back(10, 10), back(3)], [], 3),
        ([back(10)], [sold(4, -1)], 10),
        ([back(10)], [sold(4, 1)], 6),
        ([back(10)], [sold(40, 1)], 0),
        ([back(10, 10, -5), back(3)], [sold(2, -1)], 3),
        ([back(10), back(3, days=2)], [sold(4, 1)], 9),
    ],
)
def test_what_is_neither_imported_nor_sold_outside_lies_outside(
    known: list[CameBack], elsewhere: list[OrderedElsewhere], left: int
) -> None:
    assert lying_outside(known, elsewhere) == left
