"""Reading the rows of a CSV or Excel file, within bounds. Nothing in a file is ever computed or followed."""

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from openpyxl import load_workbook

from domain.batch.results.coa_table import HEAD_ROWS, MAX_ROWS, Cell, Row, unreadable
from domain.core.refusals import Refused
from records.batch.results.cell_text import shown

MAX_SIZE = 5 << 20
"""Bytes of a file."""
MAX_UNPACKED = 50 << 20
"""Bytes of everything in an Excel file, unpacked."""
_MAX_PARTS = 500
_MAX_COLUMNS = 60
_MAX_CELL = 1000
_MOST = HEAD_ROWS + MAX_ROWS
_EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_MARKS = (("utf-8-sig", b"\xef\xbb\xbf"), ("utf-16", b"\xff\xfe"), ("utf-16", b"\xfe\xff"))


def rows_of(data: bytes, media_type: str) -> list[Row]:
    """The rows that hold something. Raises `Refused` naming why a file cannot be read."""
    if len(data) > MAX_SIZE:
        raise unreadable(f"has more than {MAX_SIZE >> 20} MiB")
    if zipfile.is_zipfile(io.BytesIO(data)) or media_type == _EXCEL:
        return _bounded(_of_excel(data))
    if media_type in ("text/csv", "text/plain"):
        return _bounded(_of_text(_decoded(data)))
    raise unreadable(f"is {media_type}, neither CSV nor Excel")


def _bounded(rows: Iterator[Row]) -> list[Row]:
    kept: list[Row] = []
    for row in rows:
        if any(cell.text.strip() or cell.fault for cell in row.cells):
            kept.append(row)
        if len(kept) > _MOST:
            raise unreadable(f"holds more than {MAX_ROWS} rows of results")
    return kept


# ------------------------------------------------------------------------------------ CSV


def _decoded(data: bytes) -> str:
    """The text. Without a mark it is UTF-8, or else Windows-1252, which Excel writes in the west."""
    for encoding, mark in _MARKS:
        if data.startswith(mark):
            try:
                return data.decode(encoding)
            except UnicodeDecodeError:
                raise unreadable(f"is no whole {encoding.removesuffix('-sig').upper()} text") from None
    for encoding in ("utf-8", "cp1252"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise unreadable("is text in an unknown encoding")


def _of_text(text: str) -> Iterator[Row]:
    named = re.match(r"sep=(.)\r?\n", text)
    delimiter = named[1] if named else _delimiter(text)
    reader = csv.reader(io.StringIO(text[named.end() :] if named else text, newline=""), delimiter=delimiter)
    skipped = 1 if named else 0
    try:
        for cells in reader:
            if len(cells) > _MAX_COLUMNS:
                raise unreadable(f"has more than {_MAX_COLUMNS} columns")
            yield Row(reader.line_num + skipped, tuple(_cell(cell) for cell in cells))
    except csv.Error as error:
        raise unreadable(f"breaks off in line {reader.line_num}: {error}") from None


def _delimiter(text: str) -> str:
    """What separates the cells in the line that looks most like a header: a tab, a semicolon, or a comma."""
    lines = text.splitlines()[:HEAD_ROWS]
    header = next((line for line in lines if re.search(r"\b(result|value|found)", line, re.IGNORECASE)), "")
    return max("\t;,", key=header.count)


def _cell(text: str) -> Cell:
    return Cell(fault=f"holds more than {_MAX_CELL} characters") if len(text) > _MAX_CELL else Cell(text)


# ------------------------------------------------------------------------------------ Excel


def _of_excel(data: bytes) -> Iterator[Row]:
    _refuse_dangerous(data)
    try:
        values = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        formulas = load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
        yield from _of_workbook(values, formulas)
    except Refused:
        raise
    except Exception:  # noqa: BLE001 - damaged files make the library raise errors of every kind
        raise unreadable("is no whole Excel file") from None


def _refuse_dangerous(data: bytes) -> None:
    """Raise `Refused` for what is no Excel file, has macros, or unpacks to more than there can be."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            names = [part.filename.lower() for part in parts]
            if "xl/workbook.xml" not in names or "[content_types].xml" not in names:
                raise unreadable("is no Excel file")
            if len(parts) > _MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
                raise unreadable(f"unpacks to more than {MAX_UNPACKED >> 20} MiB")
            if any(name.endswith("vbaproject.bin") for name in names):
                raise unreadable("holds macros")
            for part in parts:
                if part.filename.lower().endswith((".xml", ".rels", ".vml")) and _declares(archive.read(part)):
                    raise unreadable("holds declarations that a spreadsheet does not have")
    except (zipfile.BadZipFile, RuntimeError, OSError, EOFError):
        raise unreadable("is no whole Excel file") from None


def _declares(xml: bytes) -> bool:
    """Whether a part declares entities: no spreadsheet does, but what is to blow up when it is read."""
    return b"<!DOCTYPE" in xml or b"<!ENTITY" in xml or b"macroEnabled" in xml


def _of_workbook(values: Any, formulas: Any) -> Iterator[Row]:
    """The rows of the first visible sheet that holds something."""
    for sheet in values.worksheets:
        if sheet.sheet_state != "visible":
            continue
        beside = formulas[sheet.title].iter_rows(max_col=_MAX_COLUMNS)
        found = False
        for number, cells in enumerate(sheet.iter_rows(max_col=_MAX_COLUMNS), 1):
            computed = next(beside, ())
            row = tuple(_read(cell, computed[place].value) for place, cell in enumerate(cells))
            found = found or any(cell.text or cell.fault for cell in row)
            yield Row(number, row)
        if found:
            return


def _read(cell: Any, formula: object) -> Cell:
    value = cell.value
    if value is None:
        is_formula = isinstance(formula, str) and formula.startswith("=")
        return Cell(fault="holds a formula without a computed value; open and save the file") if is_formula else Cell()
    if isinstance(value, datetime | date):
        return Cell(value.date().isoformat() if isinstance(value, datetime) else value.isoformat())
    if isinstance(value, bool) or not isinstance(value, int | float):
        return _cell(str(value))
    text = shown(value, cell.number_format or "General")
    return Cell(text) if text is not None else Cell(fault=f"is shown in the format {cell.number_format[:40]!r}")
