"""Destruction of stock or samples of a batch (domain specification, section 17; EU GDP 2013/C 343/01, 6.3).

An act of its own: ordered, approved by quality, carried out and proven. What an investigation, a complaint, a review
or a legal hold still needs is not destroyed, nor are samples before the end of their retention.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum

from pydantic import AwareDatetime, Field, JsonValue

from domain.core.document import Evidence
from domain.core.forms import Action, Audience, Decision, Form, Forms, Meaning, Process
from domain.core.people import Role
from domain.core.refusals import Code, Refused, broken
from domain.core.text import Identifier, ShortText, Text
from domain.core.view import View
from domain.exchange.parameters import Number

RULE = "section 17, destruction"
_ORDERERS = frozenset({Role.SUPPLY_CHAIN, Role.QA_APPROVER, Role.CDMO_QA, Role.CDMO_PM})


class DestructionStage(StrEnum):
    """Where a destruction stands."""

    ORDERED = "ORDERED"
    APPROVED = "APPROVED"
    """It may be carried out."""
    DESTROYED = "DESTROYED"
    REFUSED = "REFUSED"
    CANCELLED = "CANCELLED"
    """Called off before it was carried out."""


class StockKind(StrEnum):
    """What is destroyed, and where it lies."""

    AT_SITE = "AT_SITE"
    """At the site that has made it."""
    DELIVERED = "DELIVERED"
    """At the destination of a delivery."""
    RETURNED = "RETURNED"
    """What came back of a delivery."""
    SAMPLES = "SAMPLES"
    """Retained and reference samples."""


_HELD_ELSEWHERE = frozenset({StockKind.DELIVERED, StockKind.RETURNED})


class DestructionOrder(Form):
    """Order that stock or samples of a batch are destroyed. Nothing is destroyed before quality has approved it."""

    action = Action(
        Process.DESTRUCTION, "request", "Order a destruction", _ORDERERS, audience=Audience.SHARED, starts=True
    )

    batch_id: Identifier = Field(examples=["BAT-1"])
    """The batch."""
    stock: StockKind = Field(examples=[StockKind.AT_SITE])
    """What is to be destroyed."""
    held_in: Identifier | None = Field(default=None, examples=["SHP-1"])
    """The delivery or the return that it lies with; given exactly for DELIVERED and RETURNED."""
    quantity: Number = Field(gt=0, examples=["10"])
    """Quantity, in the unit of the batch; not more than is there."""
    reason: Text = Field(examples=["Rejected; the investigation is closed."])
    """Why."""
    method: ShortText = Field(examples=["Incineration at Entsorgung Nord GmbH, permit 0815"])
    """How, and by whom."""


class DestructionApproval(Decision):
    """Approve the destruction, or refuse it. What is destroyed proves nothing any more."""

    action = Action(
        Process.DESTRUCTION,
        "approve",
        "Approve the destruction",
        frozenset({Role.QA_APPROVER}),
        meaning=Meaning.APPROVED,
        otherwise="Nothing is destroyed.",
    )

    approve: bool = Field(examples=[True])
    """Whether it may be carried out."""
    nothing_needs_it: bool = Field(examples=[True])
    """Whether you have made sure that no authority, court, customer or investigation needs it; required to approve."""
    reason: Text = Field(examples=["No legal department or authority has asked to keep it."])
    """Why."""

    def approves(self) -> bool:
        return self.approve


class DestructionRecord(Form):
    """Record that it was destroyed, with the proof."""

    action = Action(
        Process.DESTRUCTION,
        "record",
        "Record the destruction",
        _ORDERERS,
        meaning=Meaning.AUTHORED,
        audience=Audience.SHARED,
        otherwise="The goods count as there.",
    )

    destroyed_on: date = Field(examples=["2025-01-20"])
    """Day on which it was done."""
    quantity: Number = Field(gt=0, examples=["10"])
    """Quantity that was destroyed, in the unit of the batch; not more than was approved."""
    evidence: Evidence
    """Certificate of destruction; at least one document."""
    done_although: Text | None = Field(default=None, examples=["The carrier had it already when the hold came."])
    """Why it was done though its approval had fallen; required exactly on or after the day on which it fell."""


class DestructionCancellation(Form):
    """Call the destruction off before it is carried out. What it was about stays where it is."""

    action = Action(
        Process.DESTRUCTION,
        "cancel",
        "Call off the destruction",
        _ORDERERS,
        audience=Audience.SHARED,
        unchecked="what is not destroyed yet may be kept at any time, and its case ends with its record",
    )

    reason: Text = Field(examples=["A court asks for the samples."])
    """Why."""


DESTRUCTION_FORMS = Forms(DestructionOrder, DestructionApproval, DestructionRecord, DestructionCancellation)


class DestructionSummary(View):
    """A destruction at a glance. Quantities are in the unit of the batch."""

    batch_id: str
    stock: StockKind
    held_in: str | None
    quantity: Decimal
    """What was ordered."""
    unit: str
    approved_at: AwareDatetime | None
    destroyed_on: date | None
    destroyed_quantity: Decimal | None
    fell_at: AwareDatetime | None = None
    """When its approval fell; null while it stands, or before it is given."""
    fell_because: str | None = None
    """What had come to need it."""
    done_although: str | None = None
    """Why it was done all the same."""


def refuse_unless_located(form: DestructionOrder) -> None:
    """Raise `Refused` unless the order says where the stock lies, exactly where that is not the site."""
    if (form.held_in is not None) != (form.stock in _HELD_ELSEWHERE):
        raise broken(RULE, "Say where it lies.", held_in="is given exactly for DELIVERED and RETURNED")


def refuse_beyond_stock(quantity: Decimal, there: Decimal, unit: str) -> None:
    """Raise `Refused` unless so much is there. Quantities are compared exactly."""
    if quantity > there:
        raise broken(RULE, f"Only {there:f} {unit} are there.", quantity=f"is more than the {there:f} {unit} there")


def refuse_while_needed(needed_by: Sequence[str], field: str = "batch_id") -> None:
    """Raise `Refused` while something names the batch that may still need what is to be destroyed."""
    if needed_by:
        words = ", ".join(needed_by)
        raise Refused(Code.NOT_OPEN, f"It is still needed: {words}.", rule=RULE, fields={field: words})


def refuse_before_end_of_retention(until: date | None, today: date) -> None:
    """Raise `Refused` while samples are retained; `until` is the last day, `None` if it cannot be told yet."""
    if until is None or today <= until:
        words = f"is retained until {until}" if until is not None else "its retention has not begun to end"
        raise Refused(Code.NOT_OPEN, f"The sample {words}.", rule=RULE, fields={"stock": words})


def refuse_unless_approvable(form: DestructionApproval) -> None:
    """Raise `Refused` where it is approved without the statement that nothing needs it."""
    if form.approve and not form.nothing_needs_it:
        raise broken(RULE, "Make sure that nothing needs it.", nothing_needs_it="is required to approve")


def refuse_unless_recordable(
    form: DestructionRecord, *, approved: Decimal, approved_on: date, latest_day: date, fell_on: date | None = None
) -> None:
    """Raise `Refused` unless what was destroyed fits what was approved; `fell_on` is the day on which that fell."""
    faults: dict[str, str] = {}
    if form.quantity > approved:
        faults["quantity"] = f"is more than the {approved:f} that were approved"
    if form.destroyed_on > latest_day:
        faults["destroyed_on"] = "is in the future"
    elif form.destroyed_on < approved_on:
        faults["destroyed_on"] = "is before its approval"
    has_fallen = fell_on is not None and form.destroyed_on >= fell_on
    if has_fallen != (form.done_although is not None):
        faults["done_although"] = (
            f"say why it was done though its approval fell on {fell_on}"
            if has_fallen
            else "is given exactly where it was done after its approval had fallen"
        )
    if faults:
        raise broken(RULE, "The destruction does not fit its approval.", **faults)


def suggested_record(approved: Decimal) -> dict[str, JsonValue]:
    """Prefill of the record: what was approved. When and before whom is left open."""
    return {"quantity": str(approved)}
