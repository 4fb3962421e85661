"""What the loggers of a transport say, recomputed against its conditions (section 8, gate G12).

Between two readings a straight line is assumed, so that an excursion begins and ends where the line crosses a limit.
From the dispatch to the first reading, and from the last one to the receipt, its value is assumed. What is not shown
counts against the transport: a logger without readings, a gap, a part of the way that is not covered (EU GDP 2013/C
343/01, 9.2 to 9.4).
"""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

from domain.core.forms import Value
from domain.core.names import name_key
from domain.core.units import converted
from domain.delivery.shipment import Measure, TransportCondition
from domain.delivery.transport import LoggerSeries, TransportRecord

_MINUTE = Fraction(60_000_000)


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
    read = {name_key(each.logger) for each in form.series}
    silent = [name for name in way.loggers if name_key(name) not in read]
    return tuple(_with_silent(each, silent) for each in found)


def is_within(findings: Sequence[TransportFinding]) -> bool:
    """Whether every condition is shown to have been kept."""
    return not any(each.faults for each in findings)


def _finding(
    condition: TransportCondition, series: Sequence[LoggerSeries], way: Travelled, gap_max_minutes: int
) -> TransportFinding:
    values: list[Decimal] = []
    faults: list[str] = []
    longest = Fraction(0)
    for each in series:
        points = _points(each, condition, way)
        values += [value for _, value in points]
        line = pairwise(_held_to_the_ends(points, way))
        outside = sum((_outside(first, second, condition) for first, second in line), Fraction(0))
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

    Units differ by a factor and an offset; both are asked for once, not for each reading.
    """
    zero, one = (converted(Decimal(value), series.unit, condition.unit) for value in (0, 1))
    same = series.unit == condition.unit
    told = {
        at: value if same else round(zero + value * (one - zero), 10)
        for at, value in series.points()
        if way.dispatched_at <= at <= way.received_at
    }
    return sorted(told.items())


def _held_to_the_ends(points: Sequence[tuple[datetime, Decimal]], way: Travelled) -> list[tuple[datetime, Decimal]]:
    """The first value holds from the dispatch on, the last one until the receipt."""
    if not points:
        return []
    return [(way.dispatched_at, points[0][1]), *points, (way.received_at, points[-1][1])]


def _uncovered(points: Sequence[tuple[datetime, Decimal]], way: Travelled, gap_max_minutes: int) -> list[str]:
    """Parts of the way, longer than the policy allows, of which nothing is known; all of it without a reading."""
    if not points:
        return ["no reading on the way"]
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
