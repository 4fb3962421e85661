"""Actual values against their ranges, and what a batch lacks at its end."""

from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from domain.asl.asl import SuspensionScope
from domain.batch.batch import DeviationClass
from domain.batch.making.manufacture import (
    ManufactureEnd,
    ManufactureStart,
    Measured,
    ParameterReport,
    ReportedLine,
    measured,
    outside,
    refuse_unless_correctable,
    refuse_unless_finished,
    refuse_unless_measurable,
    refuse_unless_startable,
)
from domain.batch.making.materials import Material, uses
from domain.core.days import Calendar
from domain.core.people import Role
from domain.exchange.parameters import Parameter, ParameterClass
from domain.policy.market_rule import rule_before_rows
from tests.domain.filling import faults, filled

NOW = datetime(2025, 1, 13, 12, tzinfo=UTC)
BEGAN = datetime(2025, 1, 13, 6, tzinfo=UTC)
TEMPERATURE = filled(Parameter)
CPP, KPP, NON = ParameterClass


@pytest.mark.parametrize(
    ("value", "unit", "in_nor", "in_par"),
    [
        ("41.2", "Cel", True, True),
        ("45", "Cel", True, True),
        ("45.0000000001", "Cel", False, True),
        ("30", "Cel", False, True),
        ("52.6", "Cel", False, False),
        ("313.15", "K", True, True),
        ("325.75", "K", False, False),
    ],
)
def test_the_ends_of_a_range_lie_inside_it_in_any_unit(value: str, unit: str, *, in_nor: bool, in_par: bool) -> None:
    assert measured(Decimal(value), unit, TEMPERATURE) == Measured(in_nor=in_nor, in_par=in_par, parameter_class=CPP)


def test_a_value_outside_its_range_needs_a_deviation_of_at_least_that_class() -> None:
    values = [
        ("in", Measured(in_nor=True, in_par=True, parameter_class=CPP)),
        ("nor", Measured(in_nor=False, in_par=True, parameter_class=CPP)),
        ("par", Measured(in_nor=False, in_par=False, parameter_class=KPP)),
        ("non", Measured(in_nor=False, in_par=False, parameter_class=NON)),
    ]
    assert outside(values) == {"nor": DeviationClass.MINOR, "par": DeviationClass.MAJOR, "non": DeviationClass.MINOR}


def test_of_several_values_of_a_parameter_the_gravest_says_which_deviation_it_needs() -> None:
    beyond = ("Coupling temperature", Measured(in_nor=False, in_par=False, parameter_class=CPP))
    beside = ("coupling  temperature", Measured(in_nor=False, in_par=True, parameter_class=CPP))
    normal = ("Coupling temperature", Measured(in_nor=True, in_par=True, parameter_class=CPP))
    assert outside([beyond, beside, normal]) == {"Coupling temperature": DeviationClass.MAJOR}
    assert outside([normal, beside, beyond]) == {"coupling  temperature": DeviationClass.MAJOR}


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({}, set()),
        ({"parameter": "Pressure"}, {"values.0.parameter"}),
        ({"unit": "kg"}, {"values.0.unit"}),
        ({"measured_at": "2025-01-13T12:00:01Z"}, {"values.0.measured_at"}),
        ({"measured_at": "2025-01-13T05:59:59Z"}, {"values.0.measured_at"}),
    ],
)
def test_only_values_of_the_bound_set_can_be_compared(changes: dict[str, Any], fault: set[str]) -> None:
    value = {"parameter": "Coupling temperature", "value": "41.2", "unit": "Cel", "measured_at": NOW.isoformat()}
    report = filled(ParameterReport, values=[value | changes])
    assert faults(lambda: refuse_unless_measurable(report, [TEMPERATURE], started_at=BEGAN, now=NOW)) == fault


SLIP = {"number": 3, "line": 0}


@pytest.mark.parametrize(
    ("corrects", "role", "fault"),
    [
        ([], Role.CDMO_TECH, set()),
        ([SLIP], Role.CDMO_QA, set()),
        ([SLIP], Role.CDMO_TECH, {"values.0.corrects"}),
        ([SLIP, SLIP], Role.CDMO_QA, {"values.1.corrects.of"}),
        ([{"number": 4, "line": 0}], Role.CDMO_QA, {"values.0.corrects.of"}),
        ([{"number": 9, "line": 0}], Role.CDMO_QA, {"values.0.corrects.of"}),
    ],
)
def test_quality_of_the_site_corrects_a_value_of_the_same_parameter_once(
    corrects: list[dict[str, int]], role: Role, fault: set[str]
) -> None:
    value = {"parameter": "Coupling temperature", "value": "41.2", "unit": "Cel", "measured_at": NOW.isoformat()}
    document = {"document_id": "DOC-1", "sha256": "0" * 64}
    values = [{**value, "corrects": {"of": of, "reason": "A slip.", "evidence": [document]}} for of in corrects]
    report = filled(ParameterReport, values=values or [value])
    counting = {ReportedLine(number=3, line=0): "Coupling temperature", ReportedLine(number=4, line=0): "Pressure"}
    assert faults(lambda: refuse_unless_correctable(report, counting, roles={role})) == fault


def test_nothing_begins_in_the_future_or_under_a_full_suspension() -> None:
    start = filled(ManufactureStart, started_at="2025-01-13T12:00:01Z")
    assert faults(lambda: refuse_unless_startable(start, reach=None, now=NOW)) == {"started_at"}
    start = filled(ManufactureStart)
    assert faults(lambda: refuse_unless_startable(start, reach=SuspensionScope.FULL, now=NOW)) == {"<section 5>"}
    assert faults(lambda: refuse_unless_startable(start, reach=SuspensionScope.NEW_ORDERS, now=NOW)) == set()


@pytest.mark.parametrize(
    ("changes", "reported", "fault"),
    [
        ({}, ["Coupling temperature"], set()),
        ({}, [], {"values"}),
        ({"finished_on": "2025-01-14"}, ["Coupling temperature"], {"finished_on"}),
        ({"finished_on": "2025-01-09"}, ["Coupling temperature"], {"finished_on"}),
        ({"finished_at": "2025-01-13T06:00:00Z"}, ["Coupling temperature"], set()),
        ({"finished_at": "2025-01-13T09:00:00Z"}, ["Coupling temperature"], {"finished_at"}),
        ({"finished_at": "2025-01-10T05:59:00Z"}, ["Coupling temperature"], {"finished_at"}),
        ({"finished_at": "2025-01-12T22:59:00Z"}, ["Coupling temperature"], {"finished_at"}),
        ({"finished_at": "2025-01-12T23:00:00Z"}, ["Coupling temperature"], set()),
        ({"expiry_on": None, "retest_on": None}, ["Coupling temperature"], {"expiry_on"}),
        ({"expiry_on": "2025-01-13"}, ["Coupling temperature"], {"expiry_on"}),
        ({"expiry_on": None, "retest_on": "2025-01-13"}, ["Coupling temperature"], {"retest_on"}),
    ],
)
def test_an_end_fits_its_start_and_has_every_critical_value(
    changes: dict[str, Any], reported: list[str], fault: set[str]
) -> None:
    end = filled(ManufactureEnd, **{"finished_on": "2025-01-13", "expiry_on": "2028-01-31", **changes})
    finishing = partial(
        refuse_unless_finished,
        end,
        started_at=datetime(2025, 1, 10, 6, tzinfo=UTC),
        now=datetime(2025, 1, 13, 8, tzinfo=UTC),
        calendar=Calendar(calendar_id="CAL-DE", tz="Europe/Berlin"),
        critical=["Coupling temperature"],
        reported=reported,
    )
    assert faults(finishing) == fault


@pytest.mark.parametrize(
    ("expiry", "stage", "fault"),
    [("2028-01-31", "FINISHED", set()), (None, "BULK", set()), (None, "FINISHED", {"expiry_on"})],
)
def test_finished_product_has_a_last_day_of_use(expiry: str | None, stage: str, fault: set[str]) -> None:
    end = filled(ManufactureEnd, finished_on="2025-01-13", expiry_on=expiry, retest_on="2027-01-31")
    finishing = partial(
        refuse_unless_finished,
        end,
        started_at=BEGAN,
        now=NOW,
        calendar=Calendar(calendar_id="CAL-DE", tz="Europe/Berlin"),
        critical=(),
        reported=(),
        is_finished=stage == "FINISHED",
    )
    assert faults(finishing) == fault


def test_what_is_shared_is_listed_once() -> None:
    material = filled(Material)
    found = uses([material, material], ["R-201", "R-201"], ["A. Keller"])
    assert [(each.kind, each.reference) for each in found] == [
        ("MATERIAL", "Coupling agent C-12 C12-0417"),
        ("EQUIPMENT", "R-201"),
        ("ANALYST", "A. Keller"),
    ]


def test_what_is_shared_is_one_however_it_is_written_and_a_lot_is_that_of_its_maker() -> None:
    lots = [("C12-0417", "Rheinchem AG"), ("c12 0417", "RHEINCHEM AG"), ("C12-0417", "Nordchem AG")]
    materials = [filled(Material, lot=lot, manufacturer=maker) for lot, maker in lots]
    found = uses(materials, ["R-201", "r 201"], ["A. Keller", "a keller"])
    assert [(each.kind, each.reference, each.detail, each.issuer) for each in found] == [
        ("MATERIAL", "Coupling agent C-12 C12-0417", "Rheinchem AG", "rheinchem ag"),
        ("MATERIAL", "Coupling agent C-12 C12-0417", "Nordchem AG", "nordchem ag"),
        ("EQUIPMENT", "R-201", "", ""),
        ("ANALYST", "A. Keller", "", ""),
    ]


def test_before_markets_were_rows_the_quality_unit_decided_for_all_outside_the_union() -> None:
    assert [rule_before_rows(market) for market in ("EU", "DE", "NO", "US", "JP", "GB")] == ["QP"] * 3 + ["QCU"] * 3
