"""On which side of its proven acceptable range a value lies."""

from decimal import Decimal

import pytest

from domain.batch.deviations.departure import Side, side_of
from domain.exchange.parameters import Parameter
from tests.domain.filling import filled

TEMPERATURE = filled(Parameter)
"""30 to 50 degrees Celsius."""


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        ("29.9", "Cel", Side.BELOW),
        ("30", "Cel", None),
        ("50", "Cel", None),
        ("50.1", "Cel", Side.ABOVE),
        ("323.25", "K", Side.ABOVE),
        ("300", "K", Side.BELOW),
    ],
)
def test_the_ends_lie_inside_and_units_are_converted(value: str, unit: str, expected: Side | None) -> None:
    assert side_of(Decimal(value), unit, TEMPERATURE) is expected
