"""Reading an extract of a register from CSV, with every fault named by line and column."""

import csv
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields
from datetime import date
from itertools import chain
from typing import Any

from domain.core.refusals import Refused, broken
from domain.qualification.registers import STATUSES, RegisterEntry
from domain.site.registers import Register

MAX_ROWS = 200_000
"""Rows of one extract beyond which it is refused; a larger register is cut to its countries of interest."""
MAX_CELL = 4_000
"""Characters of one cell."""
_MAX_FAULTS = 20
COLUMNS = tuple(field.name for field in fields(RegisterEntry))
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def entries(lines: Iterable[str], register: Register) -> Iterator[RegisterEntry]:
    """The entries of an extract, one by one. The first line names the columns; `,` or `;` separates them.

    `name` is required, and `status` where the register's meaning depends on it; the other columns may be left out.
    Dates are `YYYY-MM-DD`. Raises `Refused` (rule `register.imported`) with up to 20 faults, at the latest at the end.
    """
    try:
        yield from _read(lines, register)
    except UnicodeDecodeError:
        raise _unreadable({"document": "is not UTF-8"}) from None


def _read(lines: Iterable[str], register: Register) -> Iterator[RegisterEntry]:
    again, delimiter = _delimited(lines)
    reader = csv.reader(again, delimiter=delimiter, strict=True)
    faults: dict[str, str] = {}
    count = 0
    try:
        columns = _columns(next(reader, []), register)
        for cells in reader:
            if not any(cells):
                continue
            count += 1
            if count > MAX_ROWS:
                raise _unreadable({"document": f"holds more than {MAX_ROWS} rows"})
            entry, wrong = _entry(columns, cells, register)
            faults |= {f"line {reader.line_num}, {column}": fault for column, fault in wrong.items()}
            if len(faults) >= _MAX_FAULTS:
                break
            if entry is not None and not faults:
                yield entry
    except csv.Error as error:
        faults[f"line {reader.line_num}"] = str(error)
    if not count and not faults:
        faults["document"] = "holds no entries"
    if faults:
        raise _unreadable(faults)


def _delimited(lines: Iterable[str]) -> tuple[Iterator[str], str]:
    """The lines again, without a byte order mark, and the delimiter that their first one shows."""
    source = iter(lines)
    first = next(source, "").removeprefix("\ufeff")
    return chain([first], source), ";" if first.count(";") > first.count(",") else ","


def _columns(header: list[str], register: Register) -> list[str]:
    columns = [name.strip().lower().replace(" ", "_") for name in header]
    known = f"is no column of an extract; they are {', '.join(COLUMNS)}"
    strange = [name or f"number {number}" for number, name in enumerate(columns, 1) if name not in COLUMNS]
    faults = {f"line 1, column {name}": known for name in strange}
    faults |= {f"line 1, column {name}": "appears twice" for name in columns if columns.count(name) > 1}
    needed = ["name", *(["status"] if register in STATUSES else [])]
    faults |= {f"line 1, column {name}": "is missing" for name in needed if name not in columns}
    if faults:
        raise _unreadable(dict(list(faults.items())[:_MAX_FAULTS]))
    return columns


def _entry(columns: list[str], cells: list[str], register: Register) -> tuple[RegisterEntry | None, dict[str, str]]:
    if len(cells) != len(columns):
        return None, {"row": f"has {len(cells)} cells instead of {len(columns)}"}
    row = {column: cell.strip() for column, cell in zip(columns, cells, strict=True)}
    faults = _text_faults(row) if len(max(cells, key=len)) > MAX_CELL or _CONTROL.search("".join(cells)) else {}
    values: dict[str, Any] = dict(row)
    for column in _READ.keys() & row.keys():
        try:
            values[column] = _READ[column](row[column])
        except ValueError as error:
            faults[column] = str(error)
    if not row["name"]:
        faults["name"] = "is empty"
    allowed = STATUSES.get(register)
    if allowed is not None and values["status"] not in allowed:
        faults["status"] = f"is not one of {', '.join(sorted(allowed))}"
    return (None if faults else RegisterEntry(**values)), faults


def _text_faults(row: dict[str, str]) -> dict[str, str]:
    faults = {column: f"has more than {MAX_CELL} characters" for column, cell in row.items() if len(cell) > MAX_CELL}
    return faults | {column: "holds control characters" for column, cell in row.items() if _CONTROL.search(cell)}


def _status(cell: str) -> str:
    return cell.upper().replace("-", "_").replace(" ", "_")


def _number(pattern: str, meant: str) -> Callable[[str], str]:
    form = re.compile(pattern)

    def read(cell: str) -> str:
        number = cell if not cell or cell.isdecimal() else re.sub(r"[\s-]", "", cell)
        if number and not form.fullmatch(number):
            raise ValueError(f"is not {meant}")
        return number

    return read


def _oms(cell: str) -> str:
    if cell and not re.fullmatch(r"(ORG|LOC)-[0-9]{9}", cell.upper()):
        raise ValueError("is not ORG- or LOC- with 9 digits")
    return cell.upper()


def _day(cell: str) -> date | None:
    if not cell:
        return None
    try:
        return date.fromisoformat(cell)
    except ValueError:
        raise ValueError("is not a date such as 2026-04-01") from None


_READ: dict[str, Callable[[str], object]] = {
    "fei": _number(r"[0-9]{7,10}", "7 to 10 digits"),
    "duns": _number(r"[0-9]{9}", "9 digits"),
    "oms": _oms,
    "status": _status,
    "valid_from": _day,
    "valid_to": _day,
}


def _unreadable(faults: dict[str, str]) -> Refused:
    return broken("register.imported", "The extract cannot be read.", **faults)
