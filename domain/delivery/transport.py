"""The record of a transport: what its loggers have recorded, and what quality makes of an excursion (gate G12).

Every reading is handed in, none is left out. `domain.delivery.transport_finding` says what they show.
"""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Annotated

from pydantic import AwareDatetime, Field, JsonValue

from domain.core.attestations import Known
from domain.core.document import Documents
from domain.core.forms import Action, Decision, Form, Meaning, Process, Value
from domain.core.names import name_key
from domain.core.people import Role
from domain.core.refusals import broken
from domain.core.text import ShortText, Text
from domain.core.units import Unit, are_comparable
from domain.delivery.shipment import CONSIGNEES, Measure, TransportCondition
from domain.exchange.parameters import Number

READINGS_MAX = 10_000
"""Of one record: all its series together."""
_LISTED_MAX = 2_000
"""Readings with an instant each; ten thousand of them would be more than a message of the workflow should hold."""
_SERIES_MAX = 20


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
    kind: Annotated[Measure, Known("what was ordered to be measured")]
    """What it measures."""
    unit: Unit = Field(examples=["Cel"])
    """UCUM unit of the values; converted if it is another one than that of the condition."""
    readings: tuple[LoggerReading, ...] = Field(
        max_length=_LISTED_MAX, examples=[[{"at": "2025-01-13T09:00:00Z", "value": "5.2"}]]
    )
    """All readings with an instant each, in any order; one value at an instant. Empty if `values` has them.

    Those before dispatch and after receipt do not count. Up to 2,000 in a record: a logger that measures at a fixed
    interval is told by `began_at`, `every_seconds` and `values`.
    """
    began_at: AwareDatetime | None = Field(default=None, examples=["2025-01-13T08:00:00Z"])
    """When the first of the `values` was measured."""
    every_seconds: int | None = Field(default=None, ge=1, le=86_400, examples=[300])
    """Seconds from one of the `values` to the next."""
    values: tuple[Number, ...] = Field(default=(), max_length=READINGS_MAX, examples=[["5.2", "5.3"]])
    """Every value that was measured at that interval, the first one first; none is left out."""

    def points(self) -> Iterator[tuple[datetime, Decimal]]:
        """All readings, in no order. Raises `OverflowError` for `values` beyond the end of the calendar."""
        yield from ((each.at, each.value) for each in self.readings)
        if self.began_at is not None and self.every_seconds is not None:
            step = timedelta(seconds=self.every_seconds)
            yield from ((self.began_at + step * index, value) for index, value in enumerate(self.values))

    @property
    def size(self) -> int:
        """How many readings there are."""
        return len(self.readings) + len(self.values)


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
    """All readings of each logger, up to 10,000 together. Empty if nothing can be read: then the limits were not kept.

    Readings are never thinned. Where there are more, a whole logger is left to its file: it counts as not shown, and
    quality assesses the transport.
    """
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


def refuse_unless_readable(
    form: TransportRecord, conditions: Sequence[TransportCondition], loggers: Collection[str], *, now: datetime
) -> None:
    """Raise `Refused` naming every series that cannot be compared with the conditions."""
    faults: dict[str, str] = {}
    known, travelled = {each.kind: each.unit for each in conditions}, set(map(name_key, loggers))
    keys = [(name_key(each.logger), each.kind) for each in form.series]
    for index, each in enumerate(form.series):
        if name_key(each.logger) not in travelled:
            faults[f"series.{index}.logger"] = "did not travel with the goods"
        elif keys[index] in keys[:index]:
            faults[f"series.{index}.logger"] = "has two series of one kind"
        if each.kind not in known:
            faults[f"series.{index}.kind"] = "is no condition of this transport"
        elif not are_comparable(each.unit, known[each.kind]):
            faults[f"series.{index}.unit"] = f"cannot be told in {known[each.kind]}"
        faults |= {f"series.{index}.{field}": fault for field, fault in _unreadable(each, now)}
    if sum(each.size for each in form.series) > READINGS_MAX:
        faults["series"] = f"hold more than {READINGS_MAX} readings; leave a whole logger to its file, thin none"
    elif sum(len(each.readings) for each in form.series) > _LISTED_MAX:
        faults["series"] = f"list more than {_LISTED_MAX} readings; give those at a fixed interval as values"
    if faults:
        raise broken("G12", "The readings cannot be compared with the conditions.", **faults)


def _unreadable(series: LoggerSeries, now: datetime) -> Iterator[tuple[str, str]]:
    given = (series.began_at is not None, series.every_seconds is not None, bool(series.values))
    if any(given) and not all(given):
        yield "values", "are given with began_at and every_seconds, or not at all"
    elif not series.size:
        yield "readings", "has none; leave out the series of a logger that cannot be read"
    elif series.began_at is not None and series.began_at > now:
        yield "began_at", "is in the future"
    else:
        yield from _untimely(series, now)


def _untimely(series: LoggerSeries, now: datetime) -> Iterator[tuple[str, str]]:
    known: dict[datetime, Decimal] = {}
    listed = len(series.readings)
    for line, (at, value) in enumerate(series.points()):
        field = f"readings.{line}.at" if line < listed else f"values.{line - listed}"
        if at > now:
            yield field, "is in the future"
            if line >= listed:
                return
        elif known.setdefault(at, value) != value:
            yield field, "has another value at the same instant"


def suggested_record(conditions: Sequence[TransportCondition], loggers: Sequence[str]) -> dict[str, JsonValue]:
    """Prefill of a record: which logger has to show what. What was measured is never suggested."""
    wanted = [each for each in conditions if each.logger_required]
    series: list[JsonValue] = [
        {"logger": logger, "kind": each.kind.value, "unit": each.unit} for logger in loggers for each in wanted
    ]
    return {"series": series[:_SERIES_MAX]}
