"""What is reported while a batch is made: start, actual values of parameters, end (domain specification, section 8)."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from pydantic import AwareDatetime, Field

from domain.asl.asl import SuspensionScope
from domain.batch.batch import DeviationClass
from domain.batch.making.materials import Material
from domain.batch.making.shelf_life import LastDay, Origin, too_late
from domain.core.days import Calendar
from domain.core.document import Evidence
from domain.core.forms import Action, Audience, Form, Process, Value
from domain.core.names import name_key
from domain.core.people import Role
from domain.core.refusals import Code, Refused, broken
from domain.core.text import Determined, Kept, Names, OnRecord, ShortText, Text
from domain.core.units import Unit, are_comparable, converted
from domain.exchange.parameters import Number, Parameter, ParameterClass

MAKERS = frozenset({Role.CDMO_QA, Role.CDMO_TECH, Role.CDMO_PM})
_FUTURE = "is in the future"
_BEFORE_THE_START = "is before the start of manufacture"


class ManufactureStart(Form):
    """Report the start of manufacture. The parameter set that is effective then is bound to the batch for good."""

    action = Action(
        Process.BATCH,
        "start",
        "Start of manufacture",
        MAKERS,
        audience=Audience.SHARED,
        otherwise="The batch stays registered.",
    )

    started_at: AwareDatetime = Field(examples=["2025-01-13T06:00:00Z"])
    """When manufacture began."""
    materials: tuple[Material, ...] = Field(default=(), max_length=100)
    """Lots of starting materials that are used."""
    equipment: Names = Field(default=(), examples=[["R-201"]])
    """Main equipment, by its number."""


class ReportedLine(Value):
    """A value that was reported before: where it stands in the journal of the batch."""

    number: int = Field(ge=-(10**9), le=10**9, examples=[7])
    """Number of the report's event, as the batch shows it."""
    line: int = Field(ge=0, lt=200, examples=[0])
    """Its line in the report, from 0."""


class ValueCorrection(Value):
    """Why an earlier value was a slip. It is kept, and counts no more."""

    of: ReportedLine
    """The value that this one takes the place of."""
    reason: Text = Field(examples=["412 was typed for 41.2; the chart shows 41.2 °C."])
    """What was wrong, and how that was found."""
    evidence: Evidence
    """The original data, which show it."""


class ActualValue(Value):
    """An actual value of one parameter."""

    parameter: Determined = Field(examples=["Coupling temperature"])
    """Name of the parameter, as in the bound parameter set."""
    value: Number = Field(examples=["41.2"])
    """What was measured; of a course the value that lies farthest from the target."""
    unit: Unit = Field(examples=["Cel"])
    """UCUM unit of the value; converted if it is another one than that of the set."""
    measured_at: AwareDatetime = Field(examples=["2025-01-13T07:00:00Z"])
    """When it was measured."""
    corrects: ValueCorrection | None = None
    """Given exactly if it takes the place of a value that was reported wrongly; only quality of the site does that."""


class ParameterReport(Form):
    """Report actual values as they occur, or correct one. Each is compared with the ranges that were agreed on."""

    action = Action(
        Process.BATCH, "parameters", "Actual values of parameters", MAKERS, audience=Audience.SHARED, while_on_hold=True
    )

    values: tuple[ActualValue, ...] = Field(min_length=1, max_length=200)
    """Actual values."""


class ManufactureEnd(Form):
    """Report the end of manufacture, and what came out."""

    action = Action(
        Process.BATCH,
        "finish",
        "End of manufacture",
        MAKERS,
        audience=Audience.SHARED,
        otherwise="The batch stays in manufacture.",
    )

    finished_on: date = Field(examples=["2025-01-13"])
    """Last day of manufacture."""
    finished_at: AwareDatetime | None = None
    """The instant at which manufacture ended, on that day. Without one its whole day counts as manufacture (G1)."""
    quantity: Number = Field(gt=0, examples=["118.4"])
    """Quantity that was made, in the unit of the batch."""
    yield_percent: Number = Field(gt=0, le=200, examples=["92.1"])
    """Yield in %: what was made, of what was expected of the batches that it comes from where that is known."""
    yield_deviation: OnRecord | None = Field(default=None, examples=["DEV-2025-0114"])
    """The deviation that was reported for a yield outside the limits of the registered process."""
    expiry_on: LastDay | None = Field(default=None, examples=["2032-08-31"])
    """Last day of the shelf life, through which it may be used; a month as `08/2032` means its last day.

    This or a day of retest is required. What was split or blended lasts no longer than what it comes from.
    """
    retest_on: LastDay | None = Field(default=None, examples=["2031-08-31"])
    """Day by which an active substance is tested again."""
    retained_samples: Kept = Field(examples=["Retained 2 x 50 g, reference 1 x 50 g, cabinet 7"])
    """Retained and reference samples: how many, and where they are kept."""
    sample_quantity: Number | None = Field(default=None, ge=0, examples=["0.15"])
    """Quantity of retained and reference samples together, in the unit of the batch, beside the quantity made.

    They are destroyed after their retention alone.
    """
    stability: ShortText | None = Field(default=None, examples=["STB-2025-04"])
    """The stability study that the batch is part of, if it is."""
    environment: Text = Field(examples=["All monitoring of air, surfaces and water within limits."])
    """Statement on environmental monitoring and utilities."""


class Measured(NamedTuple):
    """An actual value, compared."""

    in_nor: bool
    in_par: bool
    parameter_class: ParameterClass


def measured(value: Decimal, unit: str, parameter: Parameter) -> Measured:
    """Compare an actual value with both ranges, in the unit of the set; the ends of a range lie inside it."""
    told = converted(value, unit, parameter.unit)
    return Measured(
        in_nor=parameter.nor_low <= told <= parameter.nor_high,
        in_par=parameter.par_low <= told <= parameter.par_high,
        parameter_class=parameter.parameter_class,
    )


def refuse_unless_startable(form: ManufactureStart, *, reach: SuspensionScope | None, now: datetime) -> None:
    """Raise `Refused` if manufacture cannot have begun like this. `reach` is how far a suspension reaches."""
    if reach is SuspensionScope.FULL:
        raise Refused(Code.NOT_OPEN, "The site is suspended from manufacture.", rule="section 5")
    if form.started_at > now:
        raise broken("section 8, manufacture", "Manufacture has not begun.", started_at=_FUTURE)


def refuse_unless_measurable(
    form: ParameterReport, parameters: Iterable[Parameter], *, started_at: datetime, now: datetime
) -> None:
    """Raise `Refused` naming every value that cannot be compared with the bound parameter set."""
    known = {name_key(parameter.name): parameter for parameter in parameters}
    faults: dict[str, str] = {}
    for index, each in enumerate(form.values):
        parameter = known.get(name_key(each.parameter))
        if parameter is None:
            faults[f"values.{index}.parameter"] = "is not in the parameter set that the batch is bound to"
        elif not are_comparable(each.unit, parameter.unit):
            faults[f"values.{index}.unit"] = f"cannot be told in {parameter.unit}"
        if each.measured_at > now:
            faults[f"values.{index}.measured_at"] = _FUTURE
        elif each.measured_at < started_at:
            faults[f"values.{index}.measured_at"] = _BEFORE_THE_START
    if faults:
        raise broken("G6", "A value cannot be compared with the parameter set.", **faults)


def refuse_unless_correctable(
    form: ParameterReport, counting: Mapping[ReportedLine, str], *, roles: Collection[Role]
) -> None:
    """Raise `Refused` unless quality of the site corrects, each time a value that counts, of the same parameter.

    `counting` gives the parameter of every value that no correction has replaced.
    """
    corrections = [(index, each.parameter, each.corrects.of) for index, each in enumerate(form.values) if each.corrects]
    if corrections and Role.CDMO_QA not in roles:
        message = f"A reported value is corrected by {Role.CDMO_QA}."
        raise Refused(Code.WRONG_ROLE, message, rule="G6", fields={f"values.{corrections[0][0]}.corrects": message})
    faults: dict[str, str] = {}
    for position, (index, parameter, of) in enumerate(corrections):
        field = f"values.{index}.corrects.of"
        if of not in counting:
            faults[field] = "there is no such value, or it is corrected already"
        elif name_key(counting[of]) != name_key(parameter):
            faults[field] = f"is a value of {counting[of]}"
        elif of in [earlier for _, _, earlier in corrections[:position]]:
            faults[field] = "is corrected twice"
    if faults:
        raise broken("G6", "A value cannot be corrected like this.", **faults)


def refuse_unless_finished(
    form: ManufactureEnd,
    *,
    started_at: datetime,
    now: datetime,
    calendar: Calendar,
    critical: Iterable[str],
    reported: Iterable[str],
    origins: Collection[Origin] = (),
    is_finished: bool = False,
) -> None:
    """Raise `Refused` unless the end fits the start and there is a value of every critical parameter (G6).

    What `is_finished` product has a last day of use; a day of retest alone is for what is none yet. `origins` are the
    batches that it comes from: what was split or blended has no later dates than those. Days are days at the site, by
    its `calendar`.
    """
    faults = too_late(form.expiry_on, form.retest_on, origins)
    faults |= end_faults(form.finished_on, form.finished_at, started_at, now, calendar)
    if form.expiry_on is None and form.retest_on is None:
        faults["expiry_on"] = "give the end of the shelf life or a day of retest"
    elif is_finished and form.expiry_on is None:
        faults["expiry_on"] = "is required of finished product"
    for name in ("expiry_on", "retest_on"):
        day: date | None = getattr(form, name)
        if day is not None and day <= form.finished_on:
            faults[name] = "is not after the end of manufacture"
    known = set(map(name_key, reported))
    if missing := sorted(name for name in set(critical) if name_key(name) not in known):
        faults["values"] = f"lack the critical parameters {', '.join(missing)}"
    if faults:
        raise broken("section 8, manufacture", "The end of manufacture does not fit.", **faults)


def end_faults(
    finished_on: date, finished_at: datetime | None, started_at: datetime, now: datetime, calendar: Calendar
) -> dict[str, str]:
    """What is wrong with the day and the instant at which manufacture ended. Days are days at the site."""
    faults: dict[str, str] = {}
    if finished_on > calendar.local_day(now):
        faults["finished_on"] = _FUTURE
    elif finished_on < calendar.local_day(started_at):
        faults["finished_on"] = _BEFORE_THE_START
    if finished_at is not None:
        faults |= _instant_faults(finished_at, finished_on, started_at, now, calendar)
    return faults


def _instant_faults(
    finished_at: datetime, finished_on: date, started_at: datetime, now: datetime, calendar: Calendar
) -> dict[str, str]:
    """What is wrong with the instant at which manufacture ended."""
    if finished_at > now:
        return {"finished_at": _FUTURE}
    if finished_at < started_at:
        return {"finished_at": _BEFORE_THE_START}
    if calendar.local_day(finished_at) != finished_on:
        return {"finished_at": f"is not on {finished_on} ({calendar.tz})"}
    return {}


def is_departure(parameter_class: ParameterClass, *, in_par: bool) -> bool:
    """Whether a value lies outside its proven acceptable range and matters for the product or the process (G6)."""
    return not in_par and parameter_class is not ParameterClass.NON


def outside(values: Iterable[tuple[str, Measured]]) -> dict[str, DeviationClass]:
    """The least class of the deviation that each parameter outside a range needs; a departure is at least major (G6).

    Of several values of a parameter the gravest counts, under the name of the first one outside.
    """
    found: dict[str, tuple[str, DeviationClass]] = {}
    for name, each in values:
        departs = is_departure(each.parameter_class, in_par=each.in_par)
        if departs or not each.in_nor:
            first, least = found.get(name_key(name), (name, DeviationClass.MINOR))
            found[name_key(name)] = first, DeviationClass.MAJOR if departs else least
    return dict(found.values())
