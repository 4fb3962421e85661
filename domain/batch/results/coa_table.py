"""Finding the results in a table as laboratories write it: which columns there are, and what each row says."""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from itertools import pairwise
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict, ValidationError

from domain.batch.results.analysis_forms import AnalysisResult
from domain.batch.results.text import Unreadable, reading
from domain.batch.results.units import unit_of
from domain.core.names import text_key
from domain.core.refusals import Refused, broken

_GIVEN = ("test", "method", "unit", "verdict", "analyst", "equipment")
MAX_ROWS = 500
"""Rows of results; a certificate has fewer."""
HEAD_ROWS = 50
"""Rows within which the header is looked for."""
_BRACKET = re.compile(r"\s*[(\[（［](.*)[)\]）］]", re.DOTALL)
_COLUMNS = {
    "test": {"test", "tests", "parameter", "test parameter", "attribute", "characteristic", "analysis"},
    "method": {"method", "test method", "analytical method", "procedure", "reference"},
    "result": {"result", "results", "value", "test result", "found", "individual result"},
    "unit": {"unit", "units", "uom", "unit of measure"},
    "limit": {"limit", "limits", "specification", "spec", "acceptance criteria", "acceptance criterion", "requirement"},
    "verdict": {"verdict", "status", "pass/fail", "conclusion", "evaluation", "assessment", "conformity"},
    "analyst": {"analyst", "analysed by", "analyzed by", "tested by"},
    "equipment": {"equipment", "instrument", "apparatus"},
    "replicate": {"replicate", "injection", "preparation"},
}  # fmt: skip
_HEADINGS = {
    "number": {"certificate", "certificate no", "certificate number", "coa no", "coa number"},
    "issued_on": {"date of issue", "issued on", "issue date", "date issued", "issued"},
    "specification": {"specification", "specification no", "specification version"},
    "batch": {"batch", "batch no", "batch number", "lot", "lot no", "lot number"},
}  # fmt: skip


class Cell(NamedTuple):
    """What a cell shows, or why that cannot be said."""

    text: str = ""
    fault: str = ""


class Row(NamedTuple):
    """A row of the file, by its number in it."""

    number: int
    cells: tuple[Cell, ...]


class UnreadRow(BaseModel):
    """A row that gives no result."""

    model_config = ConfigDict(frozen=True)

    row: int
    """Its number in the file, counted from 1."""
    fault: str


class Table(NamedTuple):
    """What a file says."""

    results: tuple[AnalysisResult, ...]
    rows: tuple[int, ...]
    """The row of each result."""
    unread: tuple[UnreadRow, ...]
    ignored: tuple[str, ...]
    """Columns that are not known."""
    headings: dict[str, str]
    """What stands above the table: `number`, `issued_on`, `specification`, `batch`."""


def table_of(rows: Sequence[Row]) -> Table:
    """The results in a table. Raises `Refused` if there is no header, or more rows than a certificate has."""
    start, columns = _header(rows)
    body = rows[start + 1 :]
    if len(body) > MAX_ROWS:
        raise unreadable(f"holds more than {MAX_ROWS} rows of results")
    results: list[tuple[int, AnalysisResult]] = []
    unread: list[UnreadRow] = []
    header = rows[start].cells
    heading = _unit_of_the_heading(header, columns)
    for row in body:
        found = _result(row, columns, len(header), heading)
        if isinstance(found, str):
            unread.append(UnreadRow(row=row.number, fault=found))
        else:
            results.append((row.number, found))
    ignored = [cell.text for index, cell in enumerate(header) if cell.text.strip() and index not in columns.values()]
    return Table(
        results=tuple(result for _, result in results),
        rows=tuple(number for number, _ in results),
        unread=tuple(unread),
        ignored=tuple(ignored[:100]),
        headings=_headings(rows[:start]),
    )


def unreadable(fault: str) -> Refused:
    """The refusal of a file that gives no results."""
    return broken("coa-reading", f"The file cannot be read as a certificate: it {fault}.", document_id=fault)


def _header(rows: Sequence[Row]) -> tuple[int, dict[str, int]]:
    """Where the header stands, and the place of each known column."""
    for index, row in enumerate(rows[:HEAD_ROWS]):
        names = [_plain(cell.text) for cell in row.cells]
        known = [(column, place) for place, name in enumerate(names) if (column := _known(name, _COLUMNS))]
        columns = dict(reversed(known))
        if "test" in columns and "result" in columns:
            if len(columns) < len(known):
                twice = sorted({column for column, _ in known if [other for other, _ in known].count(column) > 1})
                raise unreadable(f"has the column {', '.join(twice)} twice, in row {row.number}")
            return index, columns
    raise unreadable("has no header with the columns Test and Result")


def _plain(name: str) -> str:
    """The name of a column or heading without its case, its end and what is in brackets."""
    return _BRACKET.sub("", text_key(name)).rstrip(".: ")


def _unit_of_the_heading(header: Sequence[Cell], columns: dict[str, int]) -> str | None:
    """What stands in the brackets of the column of results or units; empty if it is no unit, `None` without any."""
    names = [header[columns[column]].text for column in ("result", "unit") if column in columns]
    printed = [" ".join(found[1].split()) for name in names if (found := _BRACKET.search(name))]
    return next((unit for unit in printed if unit_of(unit)), "" if printed else None)


def _known(name: str, names: dict[str, set[str]]) -> str | None:
    return next((column for column, known in names.items() if name in known), None)


def _result(row: Row, columns: dict[str, int], width: int, heading: str | None) -> AnalysisResult | str:
    """The result of a row, or why it gives none."""
    if any(cell.text.strip() for cell in row.cells[width:]):
        return (
            f"has more cells than the header; a decimal comma may have split it ({len(row.cells)} instead of {width})"
        )
    cells = {name: row.cells[place] for name, place in columns.items() if place < len(row.cells)}
    if fault := next((f"{name} {cell.fault}" for name, cell in cells.items() if cell.fault and name != "limit"), None):
        return fault
    text = {name: " ".join(cell.text.split()) for name, cell in cells.items()}
    if missing := [name for name in ("test", "result") if not text.get(name)]:
        return f"names no {missing[0]}"
    return _read(text, heading)


def _read(text: dict[str, str], heading: str | None) -> AnalysisResult | str:
    given = {name: text[name] for name in _GIVEN if text.get(name)}
    if heading and unit_of(given.get("unit", heading)) not in (None, unit_of(heading)):
        return f"names the unit {given['unit']}, and its column {heading}"
    if "unit" not in given and (unit := _unit_in(text.get("limit", "")) if heading is None else heading):
        given["unit"] = unit
    replicate = text.get("replicate") or None
    mean = text_key(replicate or "") in ("mean", "average")
    try:
        return AnalysisResult.model_validate(
            {**given, "result": text["result"], "replicate": None if mean else replicate, "is_mean": mean}
        )
    except ValidationError as error:
        fault = error.errors()[0]
        return f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}"


def _unit_in(limit: str) -> str | None:
    """The unit that a limit is written with, where the table has none of the result: `≤ 0.15 %`."""
    for part in re.split(r"\s*(?:-|–|to|and)\s+(?=[0-9])", limit):
        try:
            if unit := reading(part).unit:
                return unit
        except Unreadable:
            continue
    return None


def _headings(rows: Iterable[Row]) -> dict[str, str]:
    """What stands above the table: a label, and the next cell that holds something."""
    found: dict[str, str] = {}
    for row in rows:
        texts = [text for cell in row.cells if (text := cell.text.strip())]
        for label, text in pairwise(texts):
            if (name := _known(_plain(label), _HEADINGS)) and name not in found and _fits(name, text):
                found[name] = text[:200]
    return found


def _fits(name: str, text: str) -> bool:
    if name != "issued_on":
        return True
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
