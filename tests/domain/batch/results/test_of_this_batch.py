"""A certificate and own testing are of this batch, and of two laboratories."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from domain.batch.results.analysis_forms import (
    CertificateOfAnalysis,
    OwnTesting,
    Period,
    refuse_unless_issued,
    refuse_unless_tested,
)
from domain.batch.results.papers import Maker
from domain.batch.results.printed import Printed, printed
from domain.core.refusals import Refused
from tests.domain.filling import faults, filled

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
BEGUN, MADE = date(2026, 11, 17), date(2026, 11, 20)
MAKERS = (Maker("Veldmark Fine Chemistry", "Plant 2", "VM-02"), Maker("Turun Pakkaus Oy", "Turku", "PK-01"))


@pytest.mark.parametrize(("days", "refused"), [(-1, True), (0, False), (3, False)])
def test_nothing_is_tested_or_issued_before_the_end_of_manufacture(days: int, *, refused: bool) -> None:
    day = MADE + timedelta(days=days)
    known: dict[str, Any] = {"latest_day": NOW.date(), "now": NOW, "made": Period(BEGUN, MADE)}
    coa = filled(CertificateOfAnalysis, issued_on=day.isoformat())
    own = filled(OwnTesting, tested_on=day.isoformat())
    assert faults(lambda: refuse_unless_issued(coa, (), **known)) == ({"issued_on"} if refused else set())
    assert faults(lambda: refuse_unless_tested(own, (), **known)) == ({"tested_on"} if refused else set())


@pytest.mark.parametrize(("days", "refused"), [(-1, True), (0, False)])
def test_before_the_end_is_told_nothing_is_issued_or_tested_before_the_begin(days: int, *, refused: bool) -> None:
    day = (BEGUN + timedelta(days=days)).isoformat()
    known: dict[str, Any] = {"latest_day": NOW.date(), "now": NOW, "made": Period(BEGUN)}
    coa, own = filled(CertificateOfAnalysis, issued_on=day), filled(OwnTesting, tested_on=day)
    assert faults(lambda: refuse_unless_issued(coa, (), **known)) == ({"issued_on"} if refused else set())
    assert faults(lambda: refuse_unless_tested(own, (), **known)) == ({"tested_on"} if refused else set())


@pytest.mark.parametrize(
    ("laboratory", "refused"),
    [
        ("Veldmark Fine Chemistry", True),
        ("VELDMARK fine\u2013chemistry, Plant 2", True),
        ("Laboratory of Turun Pakkaus Oy", True),
        ("Turku", True),
        ("Plant 2", True),
        ("Laboratory of PK\u201101", True),
        ("Aurelia Pharma, quality control", False),
        ("Aurelia Pharma, Plant 2", False),
        ("Veldmark Analytics", False),
    ],
)
def test_no_laboratory_of_a_maker_confirms_what_it_has_made(laboratory: str, *, refused: bool) -> None:
    form = filled(OwnTesting, laboratory=laboratory, tested_on="2026-11-28")
    found = faults(lambda: refuse_unless_tested(form, (), latest_day=NOW.date(), now=NOW, makers=MAKERS))
    assert found == ({"laboratory"} if refused else set())


IN_FORCE, OTHERS = ("SPEC-SC-6 v2", "SPEC-204 v3"), ("SPEC-SC-6 v1", "SPEC-204 v2", "SPEC-100")


@pytest.mark.parametrize(
    ("specification", "found"),
    [
        ("SPEC-SC-6 v2", Printed.IN_FORCE),
        ("spec sc 6, version 02", Printed.IN_FORCE),
        ("SPEC\u2011204 (Rev. 3.0)", Printed.IN_FORCE),
        ("SPEC-SC-6 v1", Printed.NOT_IN_FORCE),
        ("SPEC-SC-6, version 9", Printed.NOT_IN_FORCE),
        ("SPEC-204 v1, superseded 2019", Printed.NOT_IN_FORCE),
        ("SPEC-100", Printed.NOT_IN_FORCE),
        ("SPEC-SC-6", Printed.UNKNOWN),
        ("SPEC-SC-61 v3", Printed.UNKNOWN),
        ("SPEC-204/3", Printed.UNKNOWN),
        ("SPEC-204 v3 in part", Printed.UNKNOWN),
        ("QS-77 v3", Printed.UNKNOWN),
        ("SOP", Printed.UNKNOWN),
    ],
)
def test_a_certificate_prints_a_version_in_force_another_one_or_what_nobody_knows(
    specification: str, found: Printed
) -> None:
    assert printed(specification, IN_FORCE, OTHERS) is found
    form = filled(CertificateOfAnalysis, specification=specification, issued_on="2026-11-28")
    refused = faults(lambda: refuse_unless_issued(form, (), latest_day=NOW.date(), now=NOW, prints=found))
    assert refused == ({"specification"} if found is Printed.NOT_IN_FORCE else set())


@pytest.mark.parametrize(
    ("number", "refused"),
    [
        (None, None),
        ("A-2204", None),
        ("a 2204", None),
        ("AUR 25-001", None),
        ("A-22-04", "only like A-2204"),
        ("Lot A2 204", "only like A-2204"),
        ("A-2205", "of another batch"),
    ],
)
def test_a_certificate_prints_the_number_of_its_batch(number: str | None, refused: str | None) -> None:
    form = filled(CertificateOfAnalysis, batch_number=number, issued_on="2026-11-28")
    if refused is None:
        refuse_unless_issued(form, (), latest_day=NOW.date(), now=NOW, batch=("A-2204", "AUR-25-001"))
        return
    with pytest.raises(Refused) as found:
        refuse_unless_issued(form, (), latest_day=NOW.date(), now=NOW, batch=("A-2204", "AUR-25-001"))
    assert refused in found.value.refusal.fields["batch_number"]
