"""What arrives, and what is done with goods that must not go to the market (section 8).

EU GDP (2013/C 343/01), 5.4 and 6.3.
"""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, JsonValue

from domain.core.document import Documents
from domain.core.forms import Action, Form, Process
from domain.core.refusals import Code, Refused, broken
from domain.core.text import ShortText, Text
from domain.delivery.shipment import CONSIGNEES, RULE
from domain.exchange.parameters import Number

_NONE = Decimal(0)


class ReceiptCondition(StrEnum):
    """In what state goods arrive."""

    OK = "OK"
    DAMAGED = "DAMAGED"
    SEAL_BROKEN = "SEAL_BROKEN"
    WRONG_GOODS = "WRONG_GOODS"


_SUSPECT = frozenset({ReceiptCondition.SEAL_BROKEN, ReceiptCondition.WRONG_GOODS})
"""Goods that may be falsified or mixed up; none of them is accepted (Directive 2001/83/EC, Article 80(i))."""


class ShipmentReceipt(Form):
    """Report what has arrived, and what of it is accepted."""

    action = Action(
        Process.SHIPMENT,
        "receive",
        "Receipt",
        CONSIGNEES,
        otherwise="The goods count as on their way; the delivery counts as late after its agreed day.",
    )

    received_at: AwareDatetime = Field(examples=["2025-01-14T09:00:00Z"])
    """When they arrived."""
    quantity: Number = Field(ge=0, examples=["10"])
    """Quantity that arrived, in the unit of the batch; 0 if nothing did."""
    rejected: Number = Field(ge=0, examples=["0"])
    """Quantity of it that is not accepted: a part if goods are damaged, all if a seal or the identity is in doubt."""
    condition: ReceiptCondition
    """State of the goods."""
    identity_confirmed: bool = Field(examples=[True])
    """Whether labels, batch number and containers are those of the dispatch."""
    explanation: Text | None = None
    """Required if the quantity differs from the dispatch by more than the policy allows, or if goods are rejected."""
    documents: Documents = ()
    """Photographs, delivery note."""


class Unblocking(Form):
    """Take the block off goods that came in quarantine, once their market is released."""

    action = Action(
        Process.SHIPMENT,
        "unblock",
        "Take the block off the goods",
        CONSIGNEES,
        otherwise="The goods stay blocked from the market.",
    )

    location: ShortText = Field(examples=["From bay Q-3 to free stock, bay 17"])
    """Where they lay blocked, and where they are kept now."""


class DisposalKind(StrEnum):
    """What becomes of goods that must not go to the market."""

    RETURNED = "RETURNED"
    """Sent back. They do not return to stock by themselves (EU GDP 6.3)."""
    DESTROYED = "DESTROYED"


class GoodsDisposal(Form):
    """Record that blocked goods were taken away. Goods that were rejected at receipt go first."""

    action = Action(
        Process.SHIPMENT,
        "dispose-goods",
        "Return or destruction of blocked goods",
        CONSIGNEES,
        otherwise="The goods stay blocked at their destination.",
    )

    kind: DisposalKind
    """What was done."""
    quantity: Number = Field(gt=0, examples=["1"])
    """Quantity, in the unit of the batch; not more than is blocked."""
    disposed_on: date = Field(examples=["2025-01-15"])
    """Day on which it was done."""
    reason: Text = Field(examples=["One drum was dented; returned to the site."])
    """Why."""
    evidence: Documents = ()
    """Note of return, or certificate of destruction; at least one document for a destruction."""


class Goods(BaseModel):
    """Goods of one shipment at their destination, in the unit of the batch."""

    model_config = ConfigDict(frozen=True)

    received: Decimal
    rejected: Decimal
    disposed: Decimal = _NONE
    quarantined: bool = False
    """Whether they came in quarantine and were not set free since."""
    expired: bool = False
    """Whether the last day of use of the batch has passed."""
    spoilt: bool = False
    """Whether their transport was not within its conditions, and quality has not accepted that."""

    @property
    def accepted(self) -> Decimal:
        """Accepted and still there; rejected goods are taken away first."""
        return self.received - self.rejected - max(self.disposed - self.rejected, _NONE)

    @property
    def blocked(self) -> Decimal:
        """What must not go to the market."""
        kept_back = self.quarantined or self.expired or self.spoilt
        return self.received - self.disposed if kept_back else max(self.rejected - self.disposed, _NONE)


def refuse_unless_received(
    form: ShipmentReceipt, *, dispatched: Decimal, dispatched_at: datetime, now: datetime, tolerance: Decimal
) -> None:
    """Raise `Refused` unless the receipt fits the dispatch. `tolerance` is in % (`receipt_difference_max_percent`)."""
    faults: dict[str, str] = {}
    if form.received_at > now:
        faults["received_at"] = "is in the future"
    elif form.received_at < dispatched_at:
        faults["received_at"] = "is before the dispatch"
    if fault := _wrong_rejection(form):
        faults["rejected"] = fault
    differs = abs(form.quantity - dispatched) * 100 > tolerance * dispatched
    if (differs or form.rejected > _NONE) and form.explanation is None:
        faults["explanation"] = f"explain the difference to {dispatched}" if differs else "explain the rejection"
    if faults:
        raise broken(RULE, "The receipt does not fit the dispatch.", **faults)


def is_suspect(form: ShipmentReceipt) -> bool:
    """Whether goods may be falsified or mixed up."""
    return form.quantity > _NONE and (form.condition in _SUSPECT or not form.identity_confirmed)


def _wrong_rejection(form: ShipmentReceipt) -> str | None:
    if form.rejected > form.quantity:
        return "is more than has arrived"
    if is_suspect(form) and form.rejected < form.quantity:
        return "must be all: seal, goods or identity are in doubt"
    if form.condition is ReceiptCondition.DAMAGED and form.quantity > _NONE and form.rejected == _NONE:
        return "say how much is damaged"
    return None


def refuse_unless_disposable(form: GoodsDisposal, goods: Goods, *, received_on: date, latest_day: date) -> None:
    """Raise `Refused` unless so much is blocked, and the day fits."""
    faults: dict[str, str] = {}
    if form.quantity > goods.blocked:
        faults["quantity"] = f"is more than the {goods.blocked} that are blocked"
    if form.kind is DisposalKind.DESTROYED and not form.evidence:
        faults["evidence"] = "is required for a destruction"
    if form.disposed_on > latest_day:
        faults["disposed_on"] = "is in the future"
    elif form.disposed_on < received_on:
        faults["disposed_on"] = "is before the receipt"
    if faults:
        raise broken(RULE, "Goods cannot be taken away like this.", **faults)


def refuse_unless_settled(field: str, *, is_settled: bool, rule: str) -> None:
    """Raise `Refused` while a delivery goes on: what it has blocked is taken away in it, or it could not end."""
    if not is_settled:
        message = "The delivery is not settled; goods that it has blocked are taken away in it."
        raise Refused(Code.NOT_OPEN, message, rule=rule, fields={field: "is not settled"})


def suggested_receipt(dispatched: Decimal) -> dict[str, JsonValue]:
    """Prefill of a receipt: what was dispatched."""
    return {"quantity": str(dispatched)}


def suggested_disposal(goods: Goods) -> dict[str, JsonValue]:
    """Prefill of a disposal: all that is blocked."""
    return {"quantity": str(goods.blocked)}
