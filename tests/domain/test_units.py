"""Units of measure: what is one, what can be compared, and exact conversion."""

from decimal import Decimal

import pytest

from domain.units import are_comparable, converted, is_unit


@pytest.mark.parametrize(
    "unit", ["mg", "Cel", "K", "%", "mg/mL", "[ppm]", "1", "{count}", "10*6/L", "[pH]", "[CFU]/mL"]
)
def test_units_are_written_in_ucum(unit: str) -> None:
    assert is_unit(unit)


@pytest.mark.parametrize("text", ["°C", "degrees", "mg/", "xyz", "[xx]", "MG/ML/"])
def test_what_is_no_ucum_unit_is_none(text: str) -> None:
    assert not is_unit(text)


@pytest.mark.parametrize(
    ("unit", "other", "comparable"),
    [
        ("Cel", "K", True),
        ("%", "[ppm]", True),
        ("kg", "L", False),
        ("[CFU]", "[iU]", False),
        ("[CFU]/mL", "[CFU]/L", False),
        ("[pH]", "[pH]", True),
        ("%{w/w}", "%", True),
        ("{tablet}", "1", True),
        ("°C", "Cel", False),
    ],
)
def test_arbitrary_units_compare_only_with_themselves(unit: str, other: str, *, comparable: bool) -> None:
    assert are_comparable(unit, other) is comparable


@pytest.mark.parametrize(
    ("value", "unit", "into", "told"),
    [
        ("40", "Cel", "K", "313.15"),
        ("313.15", "K", "Cel", "40"),
        ("0.15", "%", "[ppm]", "1500"),
        ("5", "10*6/L", "1/mL", "5000"),
        ("118.4", "kg", "g", "118400"),
        ("0.10", "%", "%", "0.10"),
    ],
)
def test_values_are_converted_exactly(value: str, unit: str, into: str, told: str) -> None:
    assert converted(Decimal(value), unit, into) == Decimal(told)


def test_what_cannot_be_compared_is_not_converted() -> None:
    with pytest.raises(ValueError, match="cannot be told in"):
        converted(Decimal(1), "kg", "L")
