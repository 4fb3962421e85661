"""Calling back what was distributed of a batch (EU GMP Chapter 8; 21 CFR part 7)."""

from collections.abc import Collection
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from domain.core.attestations import Known
from domain.core.document import Documents, Evidence
from domain.core.forms import Action, Form, Meaning, Process, Value
from domain.core.people import DECIDERS
from domain.core.refusals import broken
from domain.core.text import Identifier, Text
from domain.exchange.parameters import Number
from domain.site.site import Markets

ReviewNumber = Annotated[int, Field(ge=1, le=10**9)]
Quantity = Annotated[Number, Field(ge=0)]


class RecallClass(StrEnum):
    """How grave the defect is, the gravest first."""

    I = "I"  # noqa: E741 - the classes are written like this
    II = "II"
    III = "III"


class RecallDepth(StrEnum):
    """How far down the supply chain product is called back."""

    PATIENT = "PATIENT"
    PHARMACY = "PHARMACY"
    WHOLESALE = "WHOLESALE"


class DescendantQuestion(Value):
    """Whether a batch that comes from the recalled one is called back as well."""

    batch_id: Identifier = Field(examples=["BAT-7"])
    """The other batch."""
    concerned: bool = Field(examples=[True])
    """Whether the defect may be in it. Then its own release is reviewed for a recall."""
    reason: Text = Field(examples=["It holds 18 kg of the recalled batch."])
    """Why, or why not."""


class RecallPlan(Form):
    """Plan a recall: how grave, how deep, and since when the authority knows of it."""

    action = Action(
        Process.BATCH,
        "plan-recall",
        "Plan the recall",
        DECIDERS,
        clock="batch.post_release",
        meaning=Meaning.APPROVED,
        while_on_hold=True,
    )

    review: ReviewNumber = Field(examples=[1])
    """Number of the review in the batch's journal that has decided on the recall."""
    markets: Markets = Field(examples=[["EU"]])
    """Markets in which it is called back: those of the review."""
    recall_class: RecallClass = Field(examples=[RecallClass.II])
    """How grave the defect is."""
    depth: RecallDepth = Field(examples=[RecallDepth.PHARMACY])
    """How far down it goes."""
    authority_notified_on: date = Field(examples=["2025-01-13"])
    """Day on which the competent authority was told; before product is called back, not in the future."""
    strategy: Text = Field(examples=["All consignees are written to today and called within two days."])
    """Who is told how, and what happens with what comes back."""
    documents: Documents = ()
    """Notification and letters."""
    descendants: tuple[DescendantQuestion, ...] = Field(default=(), max_length=1000)
    """Every batch that comes from it, over all steps, each once."""


class RecallClosure(Form):
    """Close a recall: what came back, and whether it worked."""

    action = Action(
        Process.BATCH,
        "close-recall",
        "Close the recall",
        DECIDERS,
        meaning=Meaning.APPROVED,
        otherwise="The recall stays open.",
        while_on_hold=True,
    )

    review: ReviewNumber = Field(examples=[1])
    """Number of the review in the batch's journal that has decided on the recall."""
    distributed: Quantity = Field(examples=["100"])
    """Quantity that had been distributed, in the unit of the batch: what was dispatched to the markets by the records.

    Less only where goods were lost on the way, never less than has arrived.
    """
    recovered: Quantity = Field(examples=["100"])
    """Quantity that came back, in the unit of the batch: what the records hold as returned or destroyed, no other.

    What came back otherwise is recorded first, as a return or as a destruction where it lies.
    """
    figures_seen: Annotated[Text | None, Known("what the records hold of the goods")] = None
    """The figures of the records as they stood when the task was opened; they are computed again at the signature."""
    differs_because: Text | None = Field(
        default=None, examples=["One drum fell off the lorry; the police report is DOC-7."]
    )
    """Required exactly where `distributed` is not what was dispatched by the records: why, and what shows it."""
    unrecovered_because: Text | None = Field(default=None, examples=["It had been used before the recall."])
    """Where the rest is; required exactly where not all came back."""
    effectiveness: Text = Field(examples=["All consignees have answered; nothing is left on the market."])
    """Whether everybody was reached."""
    evidence: Evidence
    """Reconciliation, answers of consignees; at least one document."""


class RecallFigures(BaseModel):
    """What the records know of the goods of a recall, in the unit of the batch."""

    model_config = ConfigDict(frozen=True)

    unit: str
    dispatched: Decimal
    received: Decimal
    """What has arrived at its destinations."""
    recovered: Decimal
    """What came back, was taken away or destroyed since."""
    destroyed: Decimal
    waits_for: tuple[str, ...] = ()
    """Deliveries to the recalled markets that are not over, in words: nobody knows yet what becomes of the goods."""

    @property
    def unaccounted(self) -> Decimal:
        """What nobody has seen since it left."""
        return self.dispatched - self.recovered

    def in_words(self) -> str:
        """The figures, for who closes the recall."""
        named = ("dispatched", "received", "recovered", "destroyed", "unaccounted")
        told = ", ".join(f"{name} {getattr(self, name):f} {self.unit}" for name in named)
        waits = f" Not over: {', '.join(self.waits_for)}." if self.waits_for else ""
        return f"By the records: {told.replace('unaccounted', 'unaccounted for')}.{waits}"


def refuse_unless_plannable(
    form: RecallPlan, *, review: int, markets: tuple[str, ...], latest_day: date, descendants: Collection[str] = ()
) -> None:
    """Raise `Refused` unless a plan is of the recall that waits for one, and the authority knows.

    Of each of the `descendants` it says whether it is called back as well.
    """
    faults: dict[str, str] = {}
    if form.review != review:
        faults["review"] = f"is not {review}, whose recall waits for its plan"
    if set(form.markets) != set(markets):
        faults["markets"] = f"must be {', '.join(markets)}"
    if form.authority_notified_on > latest_day:
        faults["authority_notified_on"] = "is in the future"
    named = [each.batch_id for each in form.descendants]
    for index, batch_id in enumerate(named):
        if batch_id not in descendants or batch_id in named[:index]:
            faults[f"descendants.{index}.batch_id"] = "does not come from it, or is named twice"
    if left_out := sorted(set(descendants) - set(named)):
        faults["descendants"] = f"must include {', '.join(left_out)}"
    if faults:
        raise broken("section 8, recall", "The plan breaks a rule.", **faults)


def refuse_unless_reconciled(form: RecallClosure, *, review: int, known: RecallFigures) -> None:
    """Raise `Refused` unless the quantities are those of the records (section 17), and every delivery is over.

    What the records prove is not explained away: what came back is what they hold, and no less was distributed than has
    arrived.
    """
    faults: dict[str, str] = {}
    if form.review != review:
        faults["review"] = f"is not {review}, whose recall is open"
    elif known.waits_for:
        faults["review"] = f"waits for {', '.join(known.waits_for)}"
    if form.distributed > known.dispatched:
        faults["distributed"] = f"is more than the {known.dispatched:f} that were dispatched"
    elif form.distributed < (arrived := min(known.received, known.dispatched)):
        faults["distributed"] = f"is less than the {arrived:f} that have arrived"
    differs = form.distributed != known.dispatched
    if differs != (form.differs_because is not None):
        faults["differs_because"] = (
            f"explain the difference: {known.dispatched:f} were dispatched by the records"
            if differs
            else "is given exactly where what was distributed is not what was dispatched"
        )
    if form.recovered != known.recovered:
        faults["recovered"] = (
            f"is {known.recovered:f} by the records: record first what came back, or was destroyed where it lies"
        )
    elif (form.recovered < form.distributed) != (form.unrecovered_because is not None):
        faults["unrecovered_because"] = "is given exactly where not all came back"
    if faults:
        raise broken("section 8, recall", "The reconciliation does not fit.", **faults)
