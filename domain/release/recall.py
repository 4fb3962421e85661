"""Calling back what was distributed of a batch (EU GMP Chapter 8; 21 CFR part 7)."""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from domain.core.document import Documents, Evidence
from domain.core.forms import Action, Form, Meaning, Process
from domain.core.people import Role
from domain.core.refusals import broken
from domain.core.text import Text
from domain.exchange.parameters import Number
from domain.site.site import Markets

_DECIDERS = frozenset({Role.QP, Role.HEAD_QA})
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


class RecallPlan(Form):
    """Plan a recall: how grave, how deep, and since when the authority knows of it."""

    action = Action(
        Process.BATCH,
        "plan-recall",
        "Plan the recall",
        _DECIDERS,
        clock="batch.post_release",
        meaning=Meaning.APPROVED,
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


class RecallClosure(Form):
    """Close a recall: what came back, and whether it worked."""

    action = Action(
        Process.BATCH,
        "close-recall",
        "Close the recall",
        _DECIDERS,
        meaning=Meaning.APPROVED,
        otherwise="The recall stays open.",
    )

    review: ReviewNumber = Field(examples=[1])
    """Number of the review in the batch's journal that has decided on the recall."""
    distributed: Quantity = Field(examples=["100"])
    """Quantity that had been distributed, in the unit of the batch; not more than was dispatched to the markets."""
    recovered: Quantity = Field(examples=["100"])
    """Quantity that came back, in the unit of the batch."""
    unrecovered_because: Text | None = Field(default=None, examples=["It had been used before the recall."])
    """Where the rest is; required exactly where not all came back."""
    effectiveness: Text = Field(examples=["All consignees have answered; nothing is left on the market."])
    """Whether everybody was reached."""
    evidence: Evidence
    """Reconciliation, answers of consignees; at least one document."""


def refuse_unless_plannable(form: RecallPlan, *, review: int, markets: tuple[str, ...], today: date) -> None:
    """Raise `Refused` unless a plan is of the recall that waits for one, and the authority knows."""
    faults: dict[str, str] = {}
    if form.review != review:
        faults["review"] = f"is not {review}, whose recall waits for its plan"
    if set(form.markets) != set(markets):
        faults["markets"] = f"must be {', '.join(markets)}"
    if form.authority_notified_on > today:
        faults["authority_notified_on"] = "is in the future"
    if faults:
        raise broken("section 8, recall", "The plan breaks a rule.", **faults)


def refuse_unless_reconciled(form: RecallClosure, *, review: int, dispatched: Decimal) -> None:
    """Raise `Refused` unless quantities fit: no more came back than went out.

    Nor went out more than was `dispatched` to the recalled markets and not taken away again.
    """
    faults: dict[str, str] = {}
    if form.review != review:
        faults["review"] = f"is not {review}, whose recall is open"
    if form.distributed > dispatched:
        faults["distributed"] = f"is more than the {dispatched:f} that were dispatched"
    if form.recovered > form.distributed:
        faults["recovered"] = "is more than was distributed"
    elif (form.recovered < form.distributed) != (form.unrecovered_because is not None):
        faults["unrecovered_because"] = "is given exactly where not all came back"
    if faults:
        raise broken("section 8, recall", "The reconciliation does not fit.", **faults)
