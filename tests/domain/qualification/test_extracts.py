import io
from collections.abc import Iterator
from datetime import date

import pytest

from domain.qualification.extracts import MAX_ROWS, entries
from domain.qualification.registers import RegisterEntry
from domain.site.registers import Register
from tests.domain.filling import faults

ALL = "name;address;country;FEI;duns;oms;status;valid from;valid_to;scope_text;reference\n"


def read(text: str, register: Register = Register.SANCTIONS) -> list[RegisterEntry]:
    return list(entries(io.StringIO(text), register))


def objections(text: str, register: Register = Register.SANCTIONS) -> set[str]:
    return faults(lambda: read(text, register))


def test_every_column_is_read() -> None:
    row = 'Veldmark AG;"Rheinuferstr. 12; Ludwigshafen";DE;3004567;31-204-5678;loc-100000001;non-compliant;'
    (entry,) = read(f"{ALL}{row}2025-01-31;2026-01-31;API manufacture;DE-1\n")
    assert entry == RegisterEntry(
        name="Veldmark AG",
        address="Rheinuferstr. 12; Ludwigshafen",
        country="DE",
        fei="3004567",
        duns="312045678",
        oms="LOC-100000001",
        status="NON_COMPLIANT",
        valid_from=date(2025, 1, 31),
        valid_to=date(2026, 1, 31),
        scope_text="API manufacture",
        reference="DE-1",
    )


@pytest.mark.parametrize(
    "text",
    [
        "name,country\nVeldmark,DE\n",
        "name;country\nVeldmark;DE\n",
        "\ufeffname,country\r\nVeldmark,DE\r\n",
        "Country,Name\n\nDE,Veldmark\n\n",
        'name,country\n"Veldmark",DE',
    ],
)
def test_the_usual_ways_to_write_csv_are_read(text: str) -> None:
    assert [(entry.name, entry.country) for entry in read(text)] == [("Veldmark", "DE")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", {"line 1, column name"}),
        ("country\nDE\n", {"line 1, column name"}),
        ("name,name\nA,B\n", {"line 1, column name"}),
        ("name,colour\nA,red\n", {"line 1, column colour"}),
        ("name,\nA,B\n", {"line 1, column number 2"}),
        ("name,country\n", {"document"}),
        ("name,country\nA\n", {"line 2, row"}),
        ("name,country\nA,DE,X\n", {"line 2, row"}),
        ("name,country\n ,DE\n", {"line 2, name"}),
        ('name,country\n"A,DE\n', {"line 2"}),
        ('name,country\n"A"x,DE\n', {"line 2"}),
        ("name,country\nA,D\x07E\n", {"line 2, country"}),
        (f"name,country\nA,{'D' * 4001}\n", {"line 2, country"}),
        ("name,fei\nA,12\n", {"line 2, fei"}),
        ("name,duns\nA,12345678\n", {"line 2, duns"}),
        ("name,oms\nA,ORG-1\n", {"line 2, oms"}),
        ("name,valid_to\nA,31.01.2026\n", {"line 2, valid_to"}),
        ("name,valid_to\nA,2026-02-30\nB,2026-01-01\nC,x\n", {"line 2, valid_to", "line 4, valid_to"}),
        ('name,valid_to\n"A\nB",x\n', {"line 3, valid_to"}),
    ],
)
def test_a_fault_is_named_by_line_and_column(text: str, expected: set[str]) -> None:
    assert objections(text) == expected


@pytest.mark.parametrize(
    ("register", "status", "expected"),
    [
        (Register.EUDRAGMDP, "COMPLIANT", set()),
        (Register.EUDRAGMDP, "Non-Compliant", set()),
        (Register.EUDRAGMDP, "OAI", {"line 2, status"}),
        (Register.EUDRAGMDP, "", {"line 2, status"}),
        (Register.FDA_INSPECTIONS, "vai", set()),
        (Register.FDA_INSPECTIONS, "COMPLIANT", {"line 2, status"}),
        (Register.NCA, "whatever", set()),
        (Register.SANCTIONS, "", set()),
    ],
)
def test_a_status_is_one_of_its_register(register: Register, status: str, expected: set[str]) -> None:
    assert objections(f"name,status\nVeldmark,{status}\n", register) == expected


@pytest.mark.parametrize("register", [Register.EUDRAGMDP, Register.FDA_INSPECTIONS])
def test_a_register_that_means_something_by_a_status_has_one(register: Register) -> None:
    assert objections("name\nVeldmark\n", register) == {"line 1, column status"}


def test_it_gives_up_after_twenty_faults() -> None:
    assert len(objections("name,fei\n" + "A,x\n" * 1000)) == 20


def test_a_register_that_is_too_large_is_refused() -> None:
    def lines() -> Iterator[str]:
        yield "name\n"
        yield from (f"Company {number}\n" for number in range(MAX_ROWS + 1))

    assert faults(lambda: sum(1 for _ in entries(lines(), Register.SANCTIONS))) == {"document"}


def test_what_is_not_utf_8_is_refused() -> None:
    text = io.TextIOWrapper(io.BytesIO("name\nVeldmark Südwerk\n".encode("latin-1")), encoding="utf-8-sig")
    assert faults(lambda: list(entries(text, Register.SANCTIONS))) == {"document"}
