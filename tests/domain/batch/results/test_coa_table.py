"""Tables as laboratories write them."""

import pytest

from domain.batch.results.coa_table import MAX_ROWS, Cell, Row, Table, table_of
from tests.domain.filling import faults


def rows(text: str) -> list[Row]:
    lines = [line.strip().split("|") for line in text.strip().splitlines()]
    return [Row(number, tuple(map(Cell, map(str.strip, cells)))) for number, cells in enumerate(lines, 1)]


def table(text: str) -> Table:
    return table_of(rows(text))


SIMPLE = """
Certificate of analysis | Veldmark
Certificate No.: | COA-25-0417 | Batch No. | B-001
Date of issue | 2025-09-12
Specification | SPEC-204 v3
TEST | Test Method | Acceptance criteria | Result (individual) | Page | Status | Analyst
Appearance | Visual | White powder | White powder | 1 | Conforms | M. Jansen
Impurity I-3 | HPLC AM-017 | ≤ 0.15 % | 0.12 | 2 | Conforms |
"""


def test_columns_and_headings_are_known_by_their_usual_names() -> None:
    found = table(SIMPLE)
    appearance, impurity = found.results
    assert (appearance.result, appearance.unit, appearance.verdict, appearance.analyst) == (
        "White powder",
        None,
        "Conforms",
        "M. Jansen",
    )
    assert (impurity.test, impurity.method, impurity.result, impurity.unit) == (
        "Impurity I-3",
        "HPLC AM-017",
        "0.12",
        None,
    )
    assert found.rows == (6, 7)
    assert found.ignored == ("Page",)
    assert found.headings == {
        "number": "COA-25-0417",
        "batch": "B-001",
        "issued_on": "2025-09-12",
        "specification": "SPEC-204 v3",
    }


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("Test | Result | Limit\nI-3 | 0.2 | NMT 1500 ppm", "[ppm]"),
        ("Test | Result (%) | Limit\nI-3 | 0.2 | NMT 1500 ppm", "%"),
        ("Test | Result [% (w/w)] | Limit\nI-3 | 0.2 | NMT 1500 ppm", "% (w/w)"),
        ("Test | Result (ppm) | Unit | Limit\nI-3 | 1200 | | ≤ 0.15 %", "ppm"),
        ("Test | Result | Unit (ppm) | Limit\nI-3 | 1200 | | ≤ 0.15 %", "ppm"),
        ("Test | Result (mean) | Limit\nI-3 | 1200 | ≤ 0.15 %", None),
        ("Test | Result (%) | Unit | Limit\nI-3 | 0.2 | % w/w | ≤ 0.15 %", "% w/w"),
    ],
)
def test_a_result_is_in_the_unit_of_its_column_and_only_without_one_in_that_of_the_limit(
    text: str, unit: str | None
) -> None:
    (result,) = table(text).results
    assert result.unit == unit


def test_a_result_in_two_units_is_not_read() -> None:
    (unread,) = table("Test | Result (%) | Unit\nI-3 | 1200 | ppm").unread
    assert unread.fault == "names the unit ppm, and its column %"


def test_a_row_that_gives_no_result_is_named() -> None:
    found = table(
        "Test | Result | Replicate\nAssay | 99.1 | 1\nImpurities | |\n | 0.1 |\nAssay | 99 | 1 | 5\nAssay | 9 | x"
    )
    assert len(found.results) == 1
    assert [(each.row, each.fault.split(";")[0][:40]) for each in found.unread] == [
        (3, "names no result"),
        (4, "names no test"),
        (5, "has more cells than the header"),
        (6, "replicate: Input should be a valid integ"),
    ]


def test_a_mean_is_told_from_an_individual_result() -> None:
    found = table("Test | Result | Replicate\nAssay | 99.1 | 1\nAssay | 99.3 | Mean")
    assert [(each.replicate, each.is_mean) for each in found.results] == [(1, False), (None, True)]


def test_what_cannot_be_shown_is_a_fault_of_its_row() -> None:
    head = rows("Test | Result")
    found = table_of([*head, Row(9, (Cell("Assay"), Cell(fault="holds a formula without a computed value")))])
    assert [(each.row, each.fault) for each in found.unread] == [(9, "result holds a formula without a computed value")]


@pytest.mark.parametrize(
    "text",
    ["", "Name | Amount\nAssay | 99", "Test | Result | Value\nAssay | 99 | 98", "Test\nAssay"],
)
def test_a_table_without_one_clear_header_is_refused(text: str) -> None:
    assert faults(lambda: table(text)) == {"document_id"}


def test_a_certificate_has_no_thousand_rows() -> None:
    assert faults(lambda: table("Test | Result\n" + "Assay | 99\n" * (MAX_ROWS + 1))) == {"document_id"}
