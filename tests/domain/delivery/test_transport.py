"""What loggers say is recomputed, and what they do not show counts against the transport."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from time import process_time
from typing import Any

import pytest

from domain.delivery.shipment import TransportCondition
from domain.delivery.transport import READINGS_MAX, TransportRecord, refuse_unless_readable, suggested_record
from domain.delivery.transport_finding import TransportFinding, Travelled, evaluated, is_within
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


def measured(*values: str, seconds: int = 300, began: timedelta = timedelta(0), **given: Any) -> dict[str, Any]:
    """Values at a fixed interval, by default from the dispatch on."""
    told = {"began_at": (LEFT + began).isoformat(), "every_seconds": seconds, "values": values}
    return series(**given) | told


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


@pytest.mark.parametrize(
    ("points", "outside"),
    [
        ([(25, "40")], "50"),
        ([(0, "5"), (30, "8")], "0"),
        ([(20, "40"), (30, "40")], "50"),
        ([(10, "9"), (20, "5")], "12.50"),  # 9 from the dispatch on, then the line from 9 to 5 crosses 8
        ([(30, "5"), (40, "9")], "12.50"),
    ],
)
def test_the_first_and_the_last_value_hold_to_the_ends_of_the_way(
    points: list[tuple[float, str]], outside: str
) -> None:
    way = Travelled(LEFT, LEFT + timedelta(minutes=50), ("L-1",))
    record = filled(TransportRecord, series=[series(*points)])
    condition = COLD.model_copy(update={"max_excursion_minutes": 0})
    (finding,) = evaluated(record, [condition], way, gap_max_minutes=60)
    assert (finding.outside_minutes, is_within([finding])) == (Decimal(outside), outside == "0")


def test_a_short_way_without_a_reading_is_not_shown() -> None:
    way = Travelled(LEFT, LEFT + timedelta(minutes=50), ("L-1",))
    record = filled(TransportRecord, series=[series((-1, "5"), (51, "5"))])
    (finding,) = evaluated(record, [COLD], way, gap_max_minutes=60)
    assert finding.faults == ("L-1: no reading on the way",)


def test_values_at_a_fixed_interval_are_readings_like_others() -> None:
    values = ["5", "5", "12", "12", "5", *["5"] * 44]
    points = [(5.0 * index, value) for index, value in enumerate(values)]
    assert found(measured(*values)) == found(series(*points))


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
        ([measured(*["5"] * 5001, seconds=1), measured(*["5"] * 5000, seconds=1, logger="L-2")], {"series"}),
        ([measured("5", "6", "7")], set()),
        ([measured("5") | {"readings": series((0, "6"))["readings"]}], {"series.0.values.0"}),
        ([measured("5", "6", seconds=86_400)], {"series.0.values.1"}),
        ([measured("5", began=timedelta(days=400))], {"series.0.began_at"}),
        ([measured("5") | {"every_seconds": None}], {"series.0.values"}),
        ([measured()], {"series.0.values"}),
        ([series()], {"series.0.readings"}),
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
        filled(TransportRecord, series=[series(*[(0, "5")] * 2001)])


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


def test_ten_thousand_readings_in_another_unit_take_little_time_and_fit_into_a_message() -> None:
    given = measured(*["278.15"] * READINGS_MAX, seconds=2, unit="K")
    assert len(json.dumps(given)) < 256 * 1024
    began = process_time()
    finding = found(given)
    assert (finding.lowest, finding.highest, finding.faults) == (Decimal(5), Decimal(5), ())
    assert process_time() - began < 3
