"""Files as they come: encodings, separators, number formats, and what is not opened at all."""

import io
import zipfile
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest

from records.batch.results.cell_text import shown
from records.batch.results.coa_file import MAX_SIZE, rows_of
from tests.domain.filling import faults

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "Test;Result;Unit\r\nImpurity I-3;0,12;µg/g\r\n"
EXPECTED = [["Test", "Result", "Unit"], ["Impurity I-3", "0,12", "µg/g"]]


def texts(data: bytes, media_type: str = "text/csv") -> list[list[str]]:
    return [[cell.text for cell in row.cells if cell.text] for row in rows_of(data, media_type)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_csv_is_read_in_the_encodings_that_programs_write(encoding: str) -> None:
    assert texts(CSV.encode(encoding)) == EXPECTED


@pytest.mark.parametrize("text", [CSV.replace(";", "\t"), "sep=;\r\n" + CSV, CSV.replace("0,12", '"0,12"')])
def test_csv_is_read_with_any_separator(text: str) -> None:
    assert texts(text.encode()) == EXPECTED


def test_a_comma_separates_where_the_header_says_so() -> None:
    assert texts(b'Test,Result\nAssay,"99,1"\n\nB,1\n') == [["Test", "Result"], ["Assay", "99,1"], ["B", "1"]]
    assert [row.number for row in rows_of(b"Test,Result\n\nB,1\n", "text/plain")] == [1, 3]


@pytest.mark.parametrize(
    ("value", "number_format", "text"),
    [
        (0.1500000001, "0.00", "0.15"),
        (0.1, "0.00", "0.10"),
        (0.1, "General", "0.1"),
        (0.1 + 0.2, "General", "0.3"),
        (99.0, "General", "99"),
        (0.0015, "0.00%", "0.15%"),
        (45, '0" %"', "45%"),
        (45, "0\\ \\%", "45%"),
        (0.12, '0.00"% w/w"', "0.12 % w/w"),
        (45, "0_%", "45"),
        (1234.5, "#,##0.0", "1234.5"),
        (0.12, '0.00" mg/g"', "0.12 mg/g"),
        (0.05, '"<"0.00', "<0.05"),
        (1200, "0.00E+00", "1.20E+3"),
        (0.105, "0.00", "0.11"),
        (0.1, "0.0#", "0.1"),
        (-0.5, "0.00", "-0.50"),
        (0.5, "0.00_);(0.00)", "0.50"),
        (-0.5, "0.00_);(0.00)", None),
        (0, '0.00;-0.00;"ND"', "ND"),
        (0.5, "# ?/?", None),
        (1234567, "0.0,", None),
        (0.01, '[<0.05]"<0.05";0.00', None),
    ],
)
def test_a_number_is_what_the_cell_shows(value: float, number_format: str, text: str | None) -> None:
    assert shown(value, number_format) == text


def excel(*rows: list[Any], change: Callable[[Any], None] | None = None) -> bytes:
    book = openpyxl.Workbook()
    sheet: Any = book.active
    for row in rows:
        sheet.append(row)
    if change is not None:
        change(book)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def test_the_first_visible_sheet_that_holds_something_is_read() -> None:
    def moved(book: Any) -> None:
        book.active.cell(2, 2).number_format = "0.00"
        book.create_sheet("Empty", 0)
        book.create_sheet("Hidden", 0).append(["Test", "Result"])
        book["Hidden"].sheet_state = "hidden"
        book.active = 1

    assert texts(excel(["Test", "Result"], ["Assay", 99.1], change=moved), EXCEL) == [
        ["Test", "Result"],
        ["Assay", "99.10"],
    ]


def test_a_formula_without_its_value_is_named_and_an_error_stays_an_error() -> None:
    _, formula, error = rows_of(excel(["Test", "Result"], ["Assay", "=1/3"], ["Assay", "#DIV/0!"]), EXCEL)
    assert formula.cells[1].fault.startswith("holds a formula")
    assert error.cells[1].text == "#DIV/0!"


def repacked(data: bytes, **parts: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in parts:
                new.writestr(name, old.read(name))
        for name, content in parts.items():
            new.writestr(name, content)
    return file.getvalue()


SHEET = excel(["Test", "Result"], ["Assay", 99.1])


@pytest.mark.parametrize(
    "data",
    [
        repacked(SHEET, **{"xl/vbaProject.bin": b"macros"}),
        repacked(SHEET, **{"xl/media/bomb.bin": bytes(51 << 20)}),
        repacked(SHEET, **{"xl/workbook.xml": b'<!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>'}),
        repacked(SHEET, **{"xl/worksheets/sheet1.xml": b"<worksheet><broken"}),
        SHEET[: len(SHEET) // 2],
        b"PK\x03\x04 no archive",
        bytes(MAX_SIZE + 1),
        excel(*[["Assay", "99"]] * 551),
    ],
    ids=["macros", "bomb", "entities", "broken", "half", "no archive", "large", "long"],
)
def test_what_is_dangerous_or_no_excel_file_is_refused(data: bytes) -> None:
    assert faults(lambda: rows_of(data, EXCEL)) == {"document_id"}


def test_a_cell_that_is_a_book_is_named() -> None:
    (row,) = rows_of(excel(["x" * 1001, "Result"]), EXCEL)
    assert row.cells[0].fault == "holds more than 1000 characters"


def test_other_kinds_of_files_are_refused() -> None:
    assert faults(lambda: rows_of(b"%PDF-1.7", "application/pdf")) == {"document_id"}
    assert faults(lambda: rows_of(b"\xff\xfea", "text/csv")) == {"document_id"}
    assert faults(lambda: rows_of(b"caf\x81", "text/csv")) == {"document_id"}
    assert faults(lambda: rows_of(b"result," * 100, "text/csv")) == {"document_id"}
