"""The arrangement under which goods may leave before their release, blocked from the market (section 1).

EU GMP Annex 16, 1.5.5 and Appendix: a batch may move in quarantine before its certification, if its status is kept
secure by a system that the quality unit has approved.
"""

from decimal import Decimal

from pydantic import Field

from domain.core.countries import Country
from domain.core.document import RecordVersion
from domain.core.forms import Action, Decision, Form, Meaning, Process
from domain.core.people import DECIDERS, Role
from domain.core.refusals import Code, Refused, broken
from domain.core.text import ShortText, Text
from domain.delivery.leaving import MarketStock, refuse_if_over
from domain.delivery.shipment import Destination
from domain.exchange.parameters import Number

RULE = "section 1, quarantine shipment"


class QuarantineApproval(Form):
    """Approve that a part of a batch goes to one place in quarantine. It takes effect once it is confirmed."""

    action = Action(
        Process.BATCH,
        "arrange-quarantine",
        "Approve a quarantine shipment",
        frozenset({Role.QA_APPROVER}),
        meaning=Meaning.APPROVED,
    )

    market: Country = Field(examples=["EU"])
    """The market that the goods are for; they stay blocked until it is released."""
    quantity: Number = Field(gt=0, examples=["60"])
    """Largest quantity, in the unit of the batch."""
    destination: Destination
    """The one place that it goes to."""
    blocking: Text = Field(examples=["Stock status Q in the warehouse system; only quality can change it. Cage 3."])
    """How the goods are kept from the market there."""
    reason: Text = Field(examples=["Four weeks at sea; the certificates of two tests come later."])
    """Why they do not wait for their release."""
    agreement: ShortText = Field(examples=["QTA-1"])
    """The quality agreement with the site that provides for it, by its id; it is in force."""


class QuarantineConfirmation(Decision):
    """Confirm the arrangement, or refuse it. Goods leave under a confirmed one alone.

    By the qualified person, or another member of the quality unit where their market needs none. Nothing is
    released by it, so that it may be done under a delegation.
    """

    action = Action(
        Process.BATCH,
        "confirm-quarantine",
        "Confirm the quarantine shipment",
        DECIDERS,
        meaning=Meaning.APPROVED,
        otherwise="Nothing leaves before its release.",
        by_market=True,
    )

    approve: bool = Field(examples=[True])
    """Whether the arrangement is confirmed."""
    arrangement: RecordVersion
    """The version of the approval that was read."""
    reason: Text = Field(examples=["The warehouse was audited; its blocking is validated."])
    """Why."""

    def approves(self) -> bool:
        return self.approve


def refuse_unless_arrangeable(form: QuarantineApproval, stock: MarketStock) -> None:
    """Raise `Refused` unless the batch may go into quarantine. Holds do not stop it, a full suspension does."""
    refuse_unless_movable(stock)
    if form.quantity > (most := stock.made or Decimal(0)):
        raise broken(RULE, "So much was not made.", quantity=f"at most {most} {stock.unit}")


def refuse_unless_movable(stock: MarketStock) -> None:
    """Raise `Refused` if the batch is not made yet, is over, is decided on, is rejected or suspended in full."""
    refuse_if_over(stock)
    reason = None
    if stock.made is None:
        reason = "The batch is not made yet."
    elif stock.rejected:
        reason = "The batch is rejected."
    elif stock.decision is not None:
        reason = "The market is decided on."
    elif stock.fully_suspended:
        reason = "The site is suspended in full."
    if reason is not None:
        raise Refused(Code.GATE_CLOSED, reason, rule=RULE)
