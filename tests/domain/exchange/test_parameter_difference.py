from decimal import Decimal
from typing import Any

import pytest

from domain.exchange.parameter_difference import Range, difference, moved
from domain.exchange.parameters import Parameter, ParameterContent, QualityAttribute
from tests.domain.filling import filled

TEMPERATURE: dict[str, Any] = {"linked_cqas": ["Impurity I-3"]}


def content(*names: str, **given: Any) -> ParameterContent:
    rows = [filled(Parameter, TEMPERATURE | given | ({"name": name} if name else {})) for name in names or ("",)]
    return ParameterContent(parameters=tuple(rows), attributes=(filled(QualityAttribute, {"limit_high": "0.15"}),))


def test_the_same_rows_in_another_order_and_numbers_written_otherwise_are_no_difference() -> None:
    assert difference(content("A", "B"), content("B", "A")).rows == ()
    assert difference(content(), content(target="40.000")).rows == ()


def test_rows_come_and_go_with_all_their_fields() -> None:
    gone, come = difference(content("A", "B"), content("B", "C")).rows
    assert (gone.name, gone.fate, come.name, come.fate) == ("A", "REMOVED", "C", "ADDED")
    assert {change.field: (change.old, change.new) for change in gone.changes}["target"] == ("40", None)
    assert {change.field: (change.old, change.new) for change in come.changes}["target"] == (None, "40")


def test_a_change_is_shown_field_by_field_and_in_words() -> None:
    (row,) = difference(content(), content(par_high="55", nor_low="38", registered=True)).rows
    assert [(change.field, change.old, change.new) for change in row.changes] == [
        ("nor_low", "35", "38"),
        ("par_high", "50", "55"),
        ("registered", False, True),
    ]
    assert row.notes == (
        "The proven acceptable range is widened: 30 to 50 Cel became 30 to 55 Cel.",
        "The normal operating range is narrowed: 35 to 45 Cel became 38 to 45 Cel.",
    )


def test_a_limit_that_falls_away_widens() -> None:
    old = ParameterContent(parameters=content().parameters, attributes=(attribute("0.10", "0.15"),))
    new = ParameterContent(parameters=content().parameters, attributes=(attribute(None, "0.15"),))
    (row,) = difference(old, new).rows
    assert row.notes == ("The limits are widened: 0.10 to 0.15 % became at most 0.15 %.",)


def attribute(low: str | None, high: str | None) -> QualityAttribute:
    return filled(QualityAttribute, {"limit_low": low, "limit_high": high})


def ends(low: str | None, high: str | None) -> Range:
    return (Decimal(low) if low else None, Decimal(high) if high else None)


@pytest.mark.parametrize(
    ("old", "new", "units", "word"),
    [
        (ends("30", "50"), ends("30", "50"), "Cel Cel", ""),
        (ends("30", "50"), ends("29", "50"), "Cel Cel", "widened"),
        (ends("30", "50"), ends("31", "49"), "Cel Cel", "narrowed"),
        (ends("30", "50"), ends("31", "51"), "Cel Cel", "moved"),
        (ends("30", "50"), ends("303.15", "323.15"), "Cel K", ""),
        (ends("30", "50"), ends("303.15", "320"), "Cel K", "narrowed"),
        (ends("30", "50"), ends("30", "50"), "Cel kg", "in another unit"),
        (ends(None, "0.15"), ends(None, "0.10"), "% %", "narrowed"),
        (ends(None, "0.15"), ends("0.01", "0.20"), "% %", "moved"),
        (ends("98", None), ends(None, None), "% %", "widened"),
    ],
)
def test_what_a_change_means_for_a_range(old: Range, new: Range, units: str, word: str) -> None:
    assert moved(old, new, *units.split()) == word
