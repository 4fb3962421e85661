"""The record of a transport: what the loggers say, recomputed against the conditions (section 8, gate G12).

Between two readings a straight line is assumed, so that an excursion begins and ends where the line crosses a limit.
What is not shown counts against the transport: a logger without readings, a gap, a part of the way that is not covered
(EU GDP 2013/C 343/01, 9.2 to 9.4).
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

from pydantic import AwareDatetime, Field, JsonValue

from domain.document import Documents
from domain.forms import Action, Decision, Form, Meaning, Process, Value
from domain.parameters import Number
from domain.people import Role
from domain.refusals import broken
from domain.shipment import CONSIGNEES, Measure, TransportCondition
from domain.text import ShortText, Text
from domain.units import Unit, are_comparable, converted

READINGS_MAX = 2_000
"""Of one record: all its series together."""
_SERIES_MAX = 20
_MINUTE = Fraction(60_000_000)


class LoggerReading(Value):
    """One value at one instant."""

    at: AwareDatetime = Field(examples=["2025-01-13T09:00:00Z"])
    """When it was measured."""
    value: Number = Field(examples=["5.2"])
    """What was measured."""


class LoggerSeries(Value):
    """The readings of one logger for one kind."""

    logger: ShortText = Field(examples=["TL-88213"])
    """Its serial number, as at dispatch."""
    kind: Measure
    """What it measures."""
    unit: Unit = Field(examples=["Cel"])
    """UCUM unit of the values; converted if it is another one than that of the condition."""
    readings: tuple[LoggerReading, ...] = Field(min_length=1, max_length=READINGS_MAX)
    """Readings, in any order; one value at an instant. Those before dispatch and after receipt do not count."""


class TransportRecord(Form):
    """Hand in what the loggers have recorded. It is recomputed; what is not shown counts against the transport."""

    action = Action(
        Process.SHIPMENT,
        "transport-record",
        "Record of the transport",
        CONSIGNEES,
        otherwise="The transport counts as not shown; the goods are not used.",
    )

    series: tuple[LoggerSeries, ...] = Field(max_length=_SERIES_MAX)
    """Readings of each logger, up to 2,000 in all. Empty if nothing can be read: then the limits were not kept."""
    logger_files: Documents = ()
    """The files of the loggers, as they were read out."""
    remark: Text | None = None
    """What else is to be known of the transport."""


class TransportAssessment(Decision):
    """Say whether goods whose transport was not within its conditions can be used. A hold on the batch stays."""

    action = Action(
        Process.SHIPMENT,
        "assess-transport",
        "Assess the excursion",
        frozenset({Role.QA_APPROVER}),
        meaning=Meaning.APPROVED,
        otherwise="The goods stay blocked.",
    )

    acceptable: bool = Field(examples=[True])
    """Whether the goods can be used."""
    reason: Text = Field(examples=["Stability study STB-2025-04 covers 48 hours at 25 °C."])
    """What the assessment rests on."""
    evidence: Documents = ()
    """Documents that support it."""

    def approves(self) -> bool:
        return self.acceptable


class Travelled(NamedTuple):
    """From where to where the goods were on their way, and with which loggers."""

    dispatched_at: datetime
    received_at: datetime
    loggers: tuple[str, ...]


class TransportFinding(Value):
    """What was found for one condition."""

    kind: Measure
    unit: str
    lowest: Decimal | None
    """Smallest value on the way, in the unit of the condition; null without readings."""
    highest: Decimal | None
    outside_minutes: Decimal
    """Minutes outside the limits, of the logger with the most of them, rounded up to two decimals."""
    faults: tuple[str, ...]
    """Why the condition is not shown to have been kept; empty if it is."""


def refuse_unless_readable(
    form: TransportRecord, conditions: Sequence[TransportCondition], loggers: Collection[str], *, now: datetime
) -> None:
    """Raise `Refused` naming every series that cannot be compared with the conditions."""
    faults: dict[str, str] = {}
    known = {each.kind: each.unit for each in conditions}
    keys = [(each.logger, each.kind) for each in form.series]
    for index, each in enumerate(form.series):
        if each.logger not in loggers:
            faults[f"series.{index}.logger"] = "did not travel with the goods"
        elif keys[index] in keys[:index]:
            faults[f"series.{index}.logger"] = "has two series of one kind"
        if each.kind not in known:
            faults[f"series.{index}.kind"] = "is no condition of this transport"
        elif not are_comparable(each.unit, known[each.kind]):
            faults[f"series.{index}.unit"] = f"cannot be told in {known[each.kind]}"
        faults |= {f"series.{index}.readings.{line}.at": fault for line, fault in _untimely(each, now)}
    if sum(len(each.readings) for each in form.series) > READINGS_MAX:
        faults["series"] = f"hold more than {READINGS_MAX} readings; hand in every second one, and the file"
    if faults:
        raise broken("G12", "The readings cannot be compared with the conditions.", **faults)


def _untimely(series: LoggerSeries, now: datetime) -> list[tuple[int, str]]:
    values: dict[datetime, Decimal] = {}
    found: list[tuple[int, str]] = []
    for line, reading in enumerate(series.readings):
        if reading.at > now:
            found.append((line, "is in the future"))
        elif values.setdefault(reading.at, reading.value) != reading.value:
            found.append((line, "has another value at the same instant"))
    return found


def evaluated(
    form: TransportRecord, conditions: Sequence[TransportCondition], way: Travelled, *, gap_max_minutes: int
) -> tuple[TransportFinding, ...]:
    """What is found for each condition that asks for a logger, or that has readings all the same.

    Each logger has to keep the condition by itself. Instants that are given twice count once.
    """
    found = []
    for condition in conditions:
        series = [each for each in form.series if each.kind is condition.kind]
        if series or condition.logger_required:
            found.append(_finding(condition, series, way, gap_max_minutes))
    silent = [name for name in way.loggers if name not in {each.logger for each in form.series}]
    return tuple(_with_silent(each, silent) for each in found)


def is_within(findings: Sequence[TransportFinding]) -> bool:
    """Whether every condition is shown to have been kept."""
    return not any(each.faults for each in findings)


def suggested_record(conditions: Sequence[TransportCondition], loggers: Sequence[str]) -> dict[str, JsonValue]:
    """Prefill of a record: which logger has to show what. What was measured is never suggested."""
    wanted = [each for each in conditions if each.logger_required]
    series: list[JsonValue] = [
        {"logger": logger, "kind": each.kind.value, "unit": each.unit} for logger in loggers for each in wanted
    ]
    return {"series": series[:_SERIES_MAX]}


def _finding(
    condition: TransportCondition, series: Sequence[LoggerSeries], way: Travelled, gap_max_minutes: int
) -> TransportFinding:
    values: list[Decimal] = []
    faults: list[str] = []
    longest = Fraction(0)
    for each in series:
        points = _points(each, condition, way)
        values += [value for _, value in points]
        outside = sum((_outside(first, second, condition) for first, second in pairwise(points)), Fraction(0))
        longest = max(longest, outside)
        if outside > condition.max_excursion_minutes:
            faults.append(f"{each.logger}: {_minutes(outside)} minutes outside {_range(condition)}")
        faults += [f"{each.logger}: {fault}" for fault in _uncovered(points, way, gap_max_minutes)]
    if not series:
        faults.append(f"no readings of {condition.kind}")
    return TransportFinding(
        kind=condition.kind,
        unit=condition.unit,
        lowest=min(values, default=None),
        highest=max(values, default=None),
        outside_minutes=_minutes(longest),
        faults=tuple(faults[:50]),
    )


def _with_silent(finding: TransportFinding, silent: Sequence[str]) -> TransportFinding:
    faults = (*finding.faults, *(f"{name}: no readings" for name in silent[:50]))
    return finding.model_copy(update={"faults": faults})


def _points(series: LoggerSeries, condition: TransportCondition, way: Travelled) -> list[tuple[datetime, Decimal]]:
    """The readings on the way, in order, in the unit of the condition, with ten decimals.

    Units differ by a factor and an offset; both are asked for once, not for each of 2,000 readings.
    """
    zero, one = (converted(Decimal(value), series.unit, condition.unit) for value in (0, 1))
    same = series.unit == condition.unit
    told = {
        each.at: each.value if same else round(zero + each.value * (one - zero), 10)
        for each in series.readings
        if way.dispatched_at <= each.at <= way.received_at
    }
    return sorted(told.items())


def _uncovered(points: Sequence[tuple[datetime, Decimal]], way: Travelled, gap_max_minutes: int) -> list[str]:
    """Parts of the way, longer than the policy allows, of which nothing is known."""
    instants = [way.dispatched_at, *(at for at, _ in points), way.received_at]
    return [
        f"no reading for {_minutes(gap)} minutes from {first.isoformat()}"
        for first, second in pairwise(instants)
        if (gap := _between(first, second)) > gap_max_minutes
    ]


def _outside(
    first: tuple[datetime, Decimal], second: tuple[datetime, Decimal], condition: TransportCondition
) -> Fraction:
    """Minutes that the straight line between two readings lies outside the limits."""
    start, end = Fraction(first[1]), Fraction(second[1])
    low, high = Fraction(condition.low), Fraction(condition.high)
    if start == end:
        share = Fraction(0 if low <= start <= high else 1)
    else:
        bottom, top = min(start, end), max(start, end)
        inside = max(min(top, high) - max(bottom, low), Fraction(0))
        share = 1 - inside / (top - bottom)
    return share * _between(first[0], second[0])


def _between(first: datetime, second: datetime) -> Fraction:
    """Minutes from one instant to another, exactly."""
    passed = second - first
    return Fraction(passed.days * 86_400_000_000 + passed.seconds * 1_000_000 + passed.microseconds) / _MINUTE


def _minutes(exact: Fraction) -> Decimal:
    """With two decimals, rounded up: what is shown is never less than what was."""
    return Decimal(-(-exact.numerator * 100 // exact.denominator)) / 100


def _range(condition: TransportCondition) -> str:
    return f"{condition.low} to {condition.high} {condition.unit}"
