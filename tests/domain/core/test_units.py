from decimal import Decimal
from itertools import product

import pytest

from domain.core.units import are_comparable, converted, is_unit

KNOWN = [
    "Cel", "K", "[degF]", "B", "dB", "Np", "B[W]", "[pH]", "%", "1", "[ppm]", "g", "mg/mL", "g/L", "bar", "Pa", "Torr",
    "min", "h", "Hz", "rad", "10*3", "{cfu}", "{cfu}/mL", "/mL", "mol/L", "[iU]", "K/min", "bit_s",
]  # fmt: skip


@pytest.mark.parametrize(
    ("value", "unit", "into", "told"),
    [
        ("40", "Cel", "K", "313.15"),
        ("40", "Cel", "[degF]", "104"),
        ("1500", "[ppm]", "%", "0.15"),
        ("2", "mg/mL", "g/L", "2"),
        ("50", "{cfu}", "%", "5000"),
        ("7", "[pH]", "[pH]", "7"),
        ("3", "dB", "dB", "3"),
    ],
)
def test_a_value_is_told_in_another_unit(value: str, unit: str, into: str, told: str) -> None:
    assert are_comparable(unit, into)
    assert round(converted(Decimal(value), unit, into), 6) == Decimal(told)


@pytest.mark.parametrize(
    ("value", "unit", "into", "told"),
    [
        ("48", "min", "h", "0.8"),
        ("0.8", "h", "min", "48"),
        ("30", "Cel", "[degF]", "86"),
        ("50", "Cel", "[degF]", "122"),
        ("86", "[degF]", "Cel", "30"),
        ("122", "[degF]", "Cel", "50"),
        ("32", "[degF]", "Cel", "0"),
    ],
)
def test_a_converted_value_equals_a_limit_that_is_the_same(value: str, unit: str, into: str, told: str) -> None:
    assert converted(Decimal(value), unit, into) == Decimal(told)


@pytest.mark.parametrize(
    ("unit", "other"),
    [("Cel", "kg"), ("[pH]", "1"), ("[iU]", "g"), ("dB", "%"), ("1", "B"), ("B", "dB"), ("g", "no unit")],
)
def test_what_measures_something_else_is_not_told(unit: str, other: str) -> None:
    assert not are_comparable(unit, other)
    with pytest.raises(ValueError, match="cannot be told"):
        converted(Decimal(1), unit, other)


def test_what_is_comparable_is_converted_whatever_the_value() -> None:
    for unit, other in product(filter(is_unit, KNOWN), repeat=2):
        if are_comparable(unit, other):
            assert are_comparable(other, unit)
            for value in (Decimal(0), Decimal(-5), Decimal("9999999999.9999999999")):
                assert converted(value, unit, other).is_finite()
