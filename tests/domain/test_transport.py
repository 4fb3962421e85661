"""What loggers say is recomputed, and what they do not show counts against the transport."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from time import monotonic
from typing import Any

import pytest

from domain.shipment import TransportCondition
from domain.transport import (
    READINGS_MAX,
    TransportFinding,
    TransportRecord,
    Travelled,
    evaluated,
    is_within,
    refuse_unless_readable,
    suggested_record,
)
from tests.domain.filling import faults, filled

LEFT = datetime(2025, 1, 13, 9, tzinfo=UTC)
ARRIVED = LEFT + timedelta(hours=4)
NOW = ARRIVED + timedelta(hours=1)
COLD = filled(TransportCondition, max_excursion_minutes=30)
"""2 to 8 Cel, 30 minutes outside at the most."""
DRY = filled(TransportCondition, kind="HUMIDITY", unit="%", low="0", high="60", max_excursion_minutes=0)


def series(
    *points: tuple[float, str], logger: str = "L-1", kind: str = "TEMPERATURE", unit: str = "Cel"
) -> dict[str, Any]:
    """Readings so many minutes after the dispatch."""
    readings = [{"at": (LEFT + timedelta(minutes=at)).isoformat(), "value": value} for at, value in points]
    return {"logger": logger, "kind": kind, "unit": unit, "readings": readings}


def every(minutes: int, value: str = "5", until: int = 240) -> list[tuple[float, str]]:
    return [(at, value) for at in range(0, until + 1, minutes)]


def found(*given: dict[str, Any], loggers: tuple[str, ...] = ("L-1",)) -> TransportFinding:
    (finding,) = evaluated(
        filled(TransportRecord, series=[*given]), [COLD], Travelled(LEFT, ARRIVED, loggers), gap_max_minutes=60
    )
    assert is_within([finding]) is not bool(finding.faults)
    return finding


@pytest.mark.parametrize(
    ("points", "minutes", "lowest", "highest", "within"),
    [
        (every(60), "0", "5", "5", True),
        (every(60, "8"), "0", "8", "8", True),
        ([*every(60, until=60), (120, "8"), (180, "2"), (240, "5")], "0", "2", "8", True),
        # the line from 5 to 11 crosses 8 half way: 30 minutes up, 30 minutes down
        ([*every(60, until=60), (120, "11"), (180, "5"), (240, "5")], "60", "5", "11", False),
        ([*every(60, until=60), (90, "11"), (120, "5"), (180, "5"), (240, "5")], "30", "5", "11", True),
        ([*every(60, until=60), (90, "11.1"), (120, "5"), (180, "5"), (240, "5")], "30.50", "5", "11.1", False),
        # from 11 to -1 half of the way is outside, from -1 to 5 again half of it
        ([(0, "11"), (60, "-1"), (120, "5"), (180, "5"), (240, "5")], "60", "-1", "11", False),
        (every(60, "8.0000000001"), "240", "8.0000000001", "8.0000000001", False),
    ],
)
def test_minutes_outside_lie_on_the_straight_line_between_readings(
    points: list[tuple[float, str]], minutes: str, lowest: str, highest: str, *, within: bool
) -> None:
    finding = found(series(*points))
    assert (finding.outside_minutes, finding.lowest, finding.highest, not finding.faults) == (
        Decimal(minutes),
        Decimal(lowest),
        Decimal(highest),
        within,
    )


@pytest.mark.parametrize(
    ("points", "within"),
    [
        (every(60), True),
        ([each for each in every(30) if each[0] != 90], True),
        ([each for each in every(60) if each[0] != 120], False),
        ([(61, "5"), *every(60)[2:]], False),  # begins late
        ([(60, "5"), *every(60)[2:]], True),
        (every(60, until=120), False),  # ends early
        ([(-30, "25"), *every(60), (270, "25")], True),  # on the shelf before and after
        ([(-30, "5")], False),
    ],
)
def test_a_gap_is_no_evidence(points: list[tuple[float, str]], *, within: bool) -> None:
    assert (not found(series(*points)).faults) is within


def test_the_order_of_readings_and_a_repeated_one_change_nothing() -> None:
    points: list[tuple[float, str]] = [(0, "5"), (60, "9"), (120, "5"), (180, "5"), (240, "5")]
    assert found(series(*reversed(points), points[1])) == found(series(*points))


@pytest.mark.parametrize(
    ("unit", "value", "within"),
    [("K", "281.15", True), ("K", "281.16", False), ("[degF]", "46.4", True), ("[degF]", "35.6", True)],
)
def test_other_units_are_told_in_that_of_the_condition(unit: str, value: str, *, within: bool) -> None:
    assert (not found(series(*every(60, value), unit=unit)).faults) is within


def test_each_logger_keeps_the_condition_by_itself_and_none_may_be_silent() -> None:
    warm = series(*every(60, "9"), logger="L-2")
    both = found(series(*every(60)), warm, loggers=("L-1", "L-2"))
    assert (both.outside_minutes, both.faults) == (Decimal(240), ("L-2: 240 minutes outside 2 to 8 Cel",))
    assert found(series(*every(60)), loggers=("L-1", "L-2")).faults == ("L-2: no readings",)
    assert found().faults == ("no readings of TEMPERATURE", "L-1: no readings")


def test_what_needs_no_logger_is_judged_only_if_it_was_measured() -> None:
    loose = DRY.model_copy(update={"logger_required": False})
    way = Travelled(LEFT, ARRIVED, ("L-1",))
    cold = series(*every(60))
    (one,) = evaluated(filled(TransportRecord, series=[cold]), [COLD, loose], way, gap_max_minutes=60)
    assert one.kind is COLD.kind
    wet = series(*every(60, "61"), kind="HUMIDITY", unit="%")
    both = evaluated(filled(TransportRecord, series=[cold, wet]), [COLD, loose], way, gap_max_minutes=60)
    assert [not each.faults for each in both] == [True, False]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ([series(*every(60))], set()),
        ([], set()),
        ([series((0, "5"), logger="L-9")], {"series.0.logger"}),
        ([series((0, "5")), series((1, "5"))], {"series.1.logger"}),
        ([series((0, "5"), kind="HUMIDITY", unit="%")], {"series.0.kind"}),
        ([series((0, "5"), unit="kg")], {"series.0.unit"}),
        ([series((0, "5"), (0, "6"))], {"series.0.readings.1.at"}),
        ([series((0, "5"), (301, "6"))], {"series.0.readings.1.at"}),
        ([series(*[(0, "5")] * 1001), series(*[(0, "5")] * 1000, logger="L-2")], {"series"}),
    ],
)
def test_what_cannot_be_compared_is_named(given: list[dict[str, Any]], expected: set[str]) -> None:
    form = filled(TransportRecord, series=given)
    assert faults(lambda: refuse_unless_readable(form, [COLD], ("L-1", "L-2"), now=NOW)) == expected


@pytest.mark.parametrize("value", ["NaN", "-Infinity", "1e25", "５度", None])
def test_what_is_no_number_is_no_reading(value: Any) -> None:
    with pytest.raises(ValueError, match="readings"):
        filled(TransportRecord, series=[series((0, value))])
    with pytest.raises(ValueError, match="readings"):
        filled(TransportRecord, series=[series(*[(0, "5")] * (READINGS_MAX + 1))])


def test_what_is_suggested_holds_no_value_that_was_not_measured() -> None:
    suggested = suggested_record([COLD, DRY], ["L-1", "L-2"])
    rows: Any = suggested["series"]
    assert [(row["logger"], row["kind"]) for row in rows] == [
        ("L-1", "TEMPERATURE"),
        ("L-1", "HUMIDITY"),
        ("L-2", "TEMPERATURE"),
        ("L-2", "HUMIDITY"),
    ]
    assert "readings" not in rows[0]
    assert (
        faults(lambda: refuse_unless_readable(filled(TransportRecord, suggested), [COLD, DRY], ["L-1", "L-2"], now=NOW))
        == set()
    )


def test_two_thousand_readings_in_another_unit_take_no_time() -> None:
    points = [(index * 240 / (READINGS_MAX - 1), "278.15") for index in range(READINGS_MAX)]
    began = monotonic()
    finding = found(series(*points, unit="K"))
    assert (finding.lowest, finding.highest, finding.faults) == (Decimal(5), Decimal(5), ())
    assert monotonic() - began < 1
