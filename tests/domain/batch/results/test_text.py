"""Results as they are written on certificates."""

from decimal import Decimal

import pytest

from domain.batch.results.text import Bound, Said, Unreadable, reading
from domain.batch.results.units import unit_of


@pytest.mark.parametrize(
    ("text", "value", "bound", "unit"),
    [
        ("0.12", "0.12", "=", None),
        ("0,12", "0.12", "=", None),
        ("0,123", "0.123", "=", None),
        ("1234,5", "1234.5", "=", None),
        ("1.234", "1.234", "=", None),
        (".5", "0.5", "=", None),
        ("< 0.05", "0.05", "<", None),
        ("<0,05 %", "0.05", "<", "%"),
        ("≤ 0.05", "0.05", "≤", None),
        ("<= 0.05", "0.05", "≤", None),
        ("NMT 0.15 %", "0.15", "≤", "%"),
        (" > 98", "98", ">", None),
        ("Less than 0.05", "0.05", "<", None),
        ("0.12\u00a0%", "0.12", "=", "%"),
        ("99.1 % (w/w)", "99.1", "=", "%"),
        ("−5 °C", "-5", "=", "Cel"),
        ("–5", "-5", "=", None),
        ("０．１２", "0.12", "=", None),
        ("٠٫١٢", "0.12", "=", None),
        ("0.12 µg/g", "0.12", "=", "ug/g"),
        ("1.2×10³ CFU/g", "1.2E+3", "=", "[CFU]/g"),
        ("5 x 10^-2", "0.05", "=", None),
        ("1.2E+03", "1.2E+3", "=", None),
        ("5X10⁻² %", "0.05", "=", "%"),
    ],
)
def test_a_number_is_read_with_its_bound_and_unit(text: str, value: str, bound: str, unit: str | None) -> None:
    read = reading(text)
    assert (read.value, read.bound, read.unit) == (Decimal(value), Bound(bound), unit)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("ND", Said.NOT_DETECTED),
        ("n.d.", Said.NOT_DETECTED),
        ("Not detected", Said.NOT_DETECTED),
        ("BLQ", Said.NOT_DETECTED),
        ("< LOQ", Said.NOT_DETECTED),
        ("Conforms", Said.CONFORMS),
        ("complies.", Said.CONFORMS),
        ("Does not comply", Said.FAILS),
        ("White powder", None),
    ],
)
def test_words_are_known_or_stay_words(text: str, said: Said | None) -> None:
    assert (reading(text).said, reading(text).value) == (said, None)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("1.234,5", "separates thousands"),
        ("1,234.5", "separates thousands"),
        ("1'234", "separates thousands"),
        ("1.234.567", "separates thousands"),
        ("1 234", "thousands by a space"),
        ("1,234", "may be 1.234 or 1234"),
        ("5 x 1000", "in two ways"),
        ("5x1000 CFU/g", "in two ways"),
        ("5x103", "in two ways"),
        ("5 x 10-2", "in two ways"),
        ("0.", "ends with its separator"),
        ("98.1 - 99.2", "is a range"),
        ("98.1 to 99.2", "is a range"),
        ("0.1; 0.2", "several numbers"),
        ("0.12 ± 0.01", "a spread"),
        ("12 xyz", "no unit that is known"),
        ("NaN", "is no number"),
        ("-Infinity", "is no number"),
        ("1e999", "out of any range"),
        ("9" * 60, "too many digits"),
        ("", "holds no result"),
        ("\u00a0", "holds no result"),
        ("–", "holds no result"),
        ("N/A", "holds no result"),
        ("#DIV/0!", "the error #DIV/0!"),
    ],
)
def test_what_could_mean_two_things_or_nothing_is_not_read(text: str, why: str) -> None:
    with pytest.raises(Unreadable, match=why):
        reading(text)


@pytest.mark.parametrize(
    ("printed", "unit"),
    [
        ("%", "%"), ("% w/w", "%"), ("%(w/w)", "%"), ("area-%", "%"), ("µg/g", "ug/g"), ("ppm", "[ppm]"),
        ("pH", "[pH]"), ("IU/mg", "[iU]/mg"), ("mg/ml", "mg/ml"), ("°C", "Cel"), ("-", None), ("n/a", None),
        ("12", None), ("1", "1"), ("xyz", None), ("", None),
    ],
)  # fmt: skip
def test_printed_units_are_told_in_ucum(printed: str, unit: str | None) -> None:
    assert unit_of(printed) == unit
