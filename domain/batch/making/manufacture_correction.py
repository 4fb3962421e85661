"""Correcting what was said of the manufacture, of its end and its lots (domain specification, section 17).

The last day of goods never changes silently: every correction is signed, with its reason, beside the old value.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import NamedTuple

from pydantic import AwareDatetime, Field

from domain.batch.making.lot_correction import LotCorrection, is_of_a_lot
from domain.batch.making.manufacture import end_faults
from domain.batch.making.shelf_life import LastDay
from domain.core.days import Calendar
from domain.core.document import Evidence, RecordVersion
from domain.core.forms import Action, Audience, Decision, Form, Meaning, Process
from domain.core.people import Role
from domain.core.refusals import Code, Refused, broken
from domain.core.text import Kept, OnRecord, ShortText, Text
from domain.exchange.parameters import Number

RULE = "section 17, corrections"
FIELDS = (
    "finished_on", "finished_at", "expiry_on", "retest_on", "quantity", "yield_percent", "yield_deviation",
    "sample_quantity", "retained_samples", "stability", "environment",
)  # fmt: skip
"""What may be corrected; a batch has it under the same name, but for the day of its end (`made_on`)."""
_END = frozenset({"finished_on", "finished_at"})
_DATES = frozenset({"expiry_on", "retest_on"})
CERTIFIED = frozenset({*_DATES, *_END, "quantity"})
"""What a certificate says of a batch: a release is looked at again if it changes."""


class ManufactureCorrection(Form):
    """Correct what was said at the end of manufacture, or of the lots that went in. What is left out stays.

    A later last day, a greater quantity, another end of manufacture or another origin of a lot takes effect once a
    second person of quality confirms it; the rest at once.
    """

    action = Action(
        Process.BATCH,
        "correct-manufacture",
        "Correct the end of manufacture",
        frozenset({Role.CDMO_QA, Role.QA_APPROVER}),
        meaning=Meaning.AUTHORED,
        audience=Audience.SHARED,
    )

    finished_on: date | None = None
    """Day on which manufacture ended, at the site."""
    finished_at: AwareDatetime | None = None
    """When it ended, on that day."""
    expiry_on: LastDay | None = None
    """Last day of the shelf life, as it should have been."""
    retest_on: LastDay | None = None
    """Day of retest."""
    quantity: Number | None = Field(default=None, gt=0)
    """Quantity that was made, in the unit of the batch."""
    yield_percent: Number | None = Field(default=None, gt=0, le=200)
    """Yield in %."""
    yield_deviation: OnRecord | None = None
    """The deviation that was reported for a yield outside the limits of the registered process."""
    sample_quantity: Number | None = Field(default=None, ge=0)
    """Quantity of retained and reference samples, in the unit of the batch."""
    retained_samples: Kept | None = None
    """Retained and reference samples: how many, and where they are kept."""
    stability: ShortText | None = None
    """The stability study that the batch is part of."""
    environment: Text | None = None
    """Statement on environmental monitoring and utilities."""
    lots: tuple[LotCorrection, ...] = Field(default=(), max_length=100)
    """Lots of which it was not said, or wrongly, what they are, which site has made them or where they came from."""
    reason: Text = Field(examples=["The year was mistyped; the master batch record says 24 months."])
    """What was wrong, and how that was found."""
    evidence: Evidence
    """What shows the right value; at least one document."""

    def given(self) -> dict[str, str]:
        """The right values as text, by field."""
        return {name: in_text(value) for name in FIELDS if (value := getattr(self, name)) is not None}


class ManufactureCorrectionConfirmation(Decision):
    """Confirm a correction that lets more through than before, or refuse it; then everything stays as it is."""

    action = Action(
        Process.BATCH,
        "confirm-manufacture-correction",
        "Confirm a correction of the end of manufacture",
        frozenset({Role.QA_APPROVER, Role.HEAD_QA}),
        meaning=Meaning.APPROVED,
        otherwise="The old value stays.",
    )

    correction: RecordVersion
    """The version of the correction that was read."""
    confirm: bool = Field(examples=[True])
    """Whether it takes effect."""
    reason: Text = Field(examples=["The batch record and the label proof were read."])
    """Why."""

    def approves(self) -> bool:
        return self.confirm


class Change(NamedTuple):
    """A value that is corrected."""

    field: str
    old: str | None
    new: str

    @property
    def is_permissive(self) -> bool:
        """Whether it lets more through than before: a later day, more of it, or what its gates look at otherwise."""
        if self.field in _END or self.is_of_a_lot:
            return True
        if self.field in _DATES:
            return self.old is None or self.new > self.old
        return self.field == "quantity" and (self.old is None or Decimal(self.new) > Decimal(self.old))

    @property
    def is_of_a_lot(self) -> bool:
        """Whether it is of a lot that the batch was made with."""
        return is_of_a_lot(self.field)

    def in_words(self) -> str:
        """The old value beside the new one."""
        return f"{self.field.replace('_', ' ')} was {self.old or 'not given'}, is {self.new}"


class Bounds(NamedTuple):
    """What a correction must respect."""

    made_on: date
    finished_at: datetime | None
    """Both as they stand."""
    started_at: datetime
    now: datetime
    disposed_at: datetime | None
    """When the site has disposed of it, if it has: manufacture had ended by then."""
    calendar: Calendar
    """Of the site."""
    taken: Decimal
    """Dispatched, ordered, given to other batches or destroyed."""
    released: Decimal
    """The largest quantity released for a market."""
    last_days: Mapping[str, date | None] = {}
    """The days of expiry and retest as they stand."""
    dates: Mapping[str, str] = {}
    """What is wrong with the new dates by what the batch comes from (`domain.batch.making.shelf_life.too_late`)."""


def changes_of(form: ManufactureCorrection, known: Mapping[str, str | None]) -> tuple[Change, ...]:
    """What really changes; `known` are the values as they stand."""
    return tuple(Change(name, known[name], value) for name, value in form.given().items() if value != known[name])


def in_text(value: object) -> str:
    """A value as it is kept; an instant in UTC, so that the same instant is the same text."""
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else str(value)


def refuse_unless_correctable(form: ManufactureCorrection, changes: tuple[Change, ...], bounds: Bounds) -> None:
    """Raise `Refused` with every fault of a correction. What is taken or released already cannot shrink away."""
    if not changes:
        raise broken(RULE, "Nothing is corrected.", reason="name a value that differs from the one that is known")
    faults = {name: fault for name, fault in bounds.dates.items() if name in form.given()}
    made_on = form.finished_on or bounds.made_on
    faults |= _end_faults(form, made_on, bounds)
    for name in sorted(_DATES):
        day = getattr(form, name)
        if day is not None and day <= made_on:
            faults[name] = "is not after the end of manufacture"
        elif day is None and (last := bounds.last_days.get(name)) is not None and last <= made_on:
            faults["finished_on"] = f"is not before {last}, the {name.removesuffix('_on')} day as it stands"
    if form.quantity is not None:
        if form.quantity < bounds.taken:
            faults["quantity"] = f"is less than the {bounds.taken:f} that are taken, ordered or destroyed"
        elif form.quantity < bounds.released:
            faults["quantity"] = f"is less than the {bounds.released:f} that are released"
    if faults:
        raise broken(RULE, "The correction does not fit.", **faults)


def _end_faults(form: ManufactureCorrection, made_on: date, bounds: Bounds) -> dict[str, str]:
    """What is wrong with another end. Its day and its instant go together."""
    if _END.isdisjoint(form.given()):
        return {}
    finished_at = form.finished_at or bounds.finished_at
    faults = end_faults(made_on, finished_at, bounds.started_at, bounds.now, bounds.calendar)
    if bounds.disposed_at is not None and _is_after(made_on, finished_at, bounds.disposed_at, bounds.calendar):
        faults.setdefault("finished_on", "is after the site has disposed of the batch")
    if (fault := faults.pop("finished_at", None)) is not None:
        faults["finished_at" if form.finished_at is not None else "finished_on"] = fault
    return faults


def _is_after(made_on: date, finished_at: datetime | None, at: datetime, calendar: Calendar) -> bool:
    return made_on > calendar.local_day(at) or (finished_at is not None and finished_at > at)


def refuse_while_another_waits(*, waits: bool) -> None:
    """Raise `Refused` while a correction waits for its confirmation: one is decided on after the other."""
    if waits:
        raise Refused(Code.NOT_OPEN, "A correction waits for its confirmation.", rule=RULE)


def refuse_unless_as_proposed(proposed: Mapping[str, str | None], known: Mapping[str, str | None]) -> None:
    """Raise `Refused` if a value has changed since a correction of it was proposed: who confirms has read another one.

    `proposed` are the values that it was to replace, `known` those that stand now, by field.
    """
    changed = {
        name: f"was {old or 'not given'} as the correction was proposed, is {known[name] or 'not given'} by now"
        for name, old in proposed.items()
        if known[name] != old
    }
    if changed:
        raise Refused(
            Code.VERSION_STALE, "Refuse it; what is still wrong is corrected anew.", fields=changed, rule=RULE
        )
