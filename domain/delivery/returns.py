"""Goods of a delivery that come back (domain specification, section 17; EU GDP 2013/C 343/01, 6.3).

They are received blocked. Quality sets them free only if seal, storage and time outside are shown and enough life is
left; nothing sets free what is expired, recalled, or of which nobody can show how it was stored.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from domain.core.countries import Country
from domain.core.document import Documents
from domain.core.forms import Action, Decision, Form, Forms, Meaning, Process, Value
from domain.core.names import name_key
from domain.core.people import Role
from domain.core.refusals import broken
from domain.core.text import Identifier, ShortText, Text
from domain.core.units import Unit
from domain.core.view import View
from domain.delivery.receipt import refuse_unless_settled
from domain.delivery.shipment import CONSIGNEES
from domain.exchange.parameters import Number

RULE = "section 17, returns"


class ReturnStage(StrEnum):
    """Where returned goods stand."""

    ASSESSMENT = "ASSESSMENT"
    """Received, and blocked."""
    UNRESTRICTED = "UNRESTRICTED"
    """Back in stock, to be delivered again."""
    BLOCKED = "BLOCKED"
    """For good; they are destroyed."""


class PartContainer(Value):
    """A container that was opened, and what is left in it."""

    container: ShortText = Field(examples=["Drum 1 of 2"])
    """The container, as the dispatch names it."""
    opened_on: date = Field(examples=["2025-01-15"])
    """Day on which it was opened."""
    remainder: Number = Field(gt=0, examples=["1.5"])
    """What is left in it."""
    unit: Unit = Field(examples=["kg"])
    """Unit of the remainder: that of the batch."""


class ReturnReceipt(Form):
    """Receive goods of a delivery that come back. They are blocked until quality has assessed them.

    Containers that were opened come back in a return of their own: nothing sets them free.
    """

    action = Action(Process.RETURN, "request", "Receive a return", CONSIGNEES, starts=True)

    shipment_id: Identifier = Field(examples=["SHP-1"])
    """The delivery that they left with."""
    quantity: Number = Field(gt=0, examples=["2"])
    """Quantity that came back, in the unit of the batch."""
    received_at: AwareDatetime = Field(examples=["2025-01-16T09:00:00Z"])
    """When they came back."""
    reason: Text = Field(examples=["The customer has ordered too much."])
    """Why they came back."""
    from_country: Country | None = Field(default=None, examples=["DE"])
    """The country that they came back from; known already where the delivery went to a registered site."""
    place: ShortText = Field(examples=["Returns cage, bay R-2"])
    """Where they lie, apart from all other stock (EU GDP 6.3)."""
    part_containers: tuple[PartContainer, ...] = Field(default=(), max_length=500)
    """The containers, if they were opened; their remainders are the quantity."""
    documents: Documents = ()
    """Note of return, photographs."""


class ReturnAssessment(Decision):
    """Say whether returned goods may go back into stock. Without proof of each condition they stay blocked for good."""

    action = Action(
        Process.RETURN,
        "assess",
        "Assess returned goods",
        frozenset({Role.QA_APPROVER}),
        meaning=Meaning.APPROVED,
        otherwise="The goods stay blocked.",
    )

    usable: bool = Field(examples=[True])
    """Whether they go back into stock."""
    seals_intact: bool = Field(examples=[True])
    """Whether every container is unopened and its seal is that of the dispatch."""
    storage_proven: bool = Field(examples=[True])
    """Whether it is shown how they were stored from their receipt until they came back."""
    storage_evidence: Documents = ()
    """Records of the storage; at least one where it is proven."""
    minutes_outside: int = Field(ge=0, le=1_000_000, examples=[0])
    """Minutes outside the conditions of the transport order, on the way, in storage and on the way back together."""
    from_country: Country | None = Field(default=None, examples=["DE"])
    """The country that they came back from, where that is not on record: from outside the area of the market it is an
    import."""
    reason: Text = Field(examples=["Never opened; the warehouse's records cover both days."])
    """What the assessment rests on."""

    def approves(self) -> bool:
        return self.usable


RETURN_FORMS = Forms(ReturnReceipt, ReturnAssessment)


class ReturnSummary(View):
    """Returned goods at a glance. Quantities are in the unit of the batch."""

    shipment_id: str
    batch_id: str
    market: str
    quantity: Decimal
    unit: str
    received_at: AwareDatetime
    place: str
    from_country: str | None = None
    """The country that they came back from; null where it is not known."""
    usable: bool | None
    """Whether quality has set them free; null until it is assessed."""
    assessed_at: AwareDatetime | None
    destroyed_quantity: Decimal
    blocked: Decimal
    """What must not go to the market."""
    part_containers: tuple[PartContainer, ...] = ()
    """The containers that were opened, when, and what is left in each."""


class Returned(BaseModel):
    """What stands against setting returned goods free."""

    model_config = ConfigDict(frozen=True)

    opened: tuple[str, ...] = ()
    """Containers that were opened, each with the day."""

    stopped_by: tuple[str, ...] = ()
    """Why nothing goes to the market: expired, withdrawn or recalled, held."""
    life_short: str | None = None
    """That too little life is left for the market, in words."""
    excursion_max: int = 0
    """Minutes outside the conditions that the product stands by its stability data, of the strictest condition."""
    dispatch_sealed: bool = True
    """Whether a container was sealed at dispatch; without a seal nobody can tell whether it was opened."""


def refuse_unless_returnable(
    form: ReturnReceipt, *, left: Decimal, is_settled: bool, received_at: datetime | None, now: datetime
) -> None:
    """Raise `Refused` unless so much of a delivery can come back: it has arrived, is settled, and is still there.

    `left` is what is still there and is not to be destroyed.
    """
    if received_at is None:
        raise broken(RULE, "The delivery has not arrived.", shipment_id="has not arrived")
    refuse_unless_settled("shipment_id", is_settled=is_settled, rule=RULE)
    faults: dict[str, str] = {}
    if form.quantity > left:
        faults["quantity"] = f"is more than the {left:f} that are left there"
    if form.received_at > now:
        faults["received_at"] = "is in the future"
    elif form.received_at < received_at:
        faults["received_at"] = "is before they arrived"
    if faults:
        raise broken(RULE, "Goods cannot have come back like this.", **faults)


def refuse_other_origin(form: ReturnReceipt | ReturnAssessment, known: str | None) -> None:
    """Raise `Refused` if goods are said to come from another country than is on record, where it is."""
    if known is not None and form.from_country is not None and form.from_country != known:
        raise broken(RULE, "They came from elsewhere.", from_country=f"is {known}")


def refuse_unless_counted(
    form: ReturnReceipt, *, dispatched: Iterable[str], unit: str, arrived_on: date, back_on: date
) -> None:
    """Raise `Refused` unless each opened container left with the delivery, and what is left in all is what came back.

    `unit` is that of the batch; the days are those of the receipt and of the return where the goods lay.
    """
    if not form.part_containers:
        return
    faults: dict[str, str] = {}
    known, named = {name_key(each) for each in dispatched}, set[str]()
    for index, each in enumerate(form.part_containers):
        key, field = name_key(each.container), f"part_containers.{index}"
        if key not in known:
            faults[f"{field}.container"] = "is none of the dispatch"
        elif key in named:
            faults[f"{field}.container"] = "is named twice"
        named.add(key)
        if each.unit != unit:
            faults[f"{field}.unit"] = f"is {unit}"
        if each.opened_on > back_on:
            faults[f"{field}.opened_on"] = "is after they came back"
        elif each.opened_on < arrived_on:
            faults[f"{field}.opened_on"] = "is before they arrived"
    left = sum((each.remainder for each in form.part_containers), Decimal(0))
    if form.quantity != left:
        faults["quantity"] = f"is not the {left:f} that is left in the opened containers"
    if faults:
        raise broken(RULE, "Opened containers come back with what is left in them.", **faults)


def refuse_unless_usable(form: ReturnAssessment, returned: Returned) -> None:
    """Raise `Refused` where goods are to be set free that must not be. To keep them blocked needs no reason but one."""
    if not form.usable:
        return
    faults = _unsealed(form, returned)
    if not form.storage_proven:
        faults["storage_proven"] = "without proof of storage they stay blocked"
    elif not form.storage_evidence:
        faults["storage_evidence"] = "is required where the storage is proven"
    if form.minutes_outside > returned.excursion_max:
        faults["minutes_outside"] = f"is more than the {returned.excursion_max} that the product stands"
    if returned.life_short:
        faults["usable"] = returned.life_short
    if returned.stopped_by:
        faults["usable"] = ", ".join(returned.stopped_by)
    if faults:
        raise broken(RULE, "These goods stay blocked.", **faults)


def _unsealed(form: ReturnAssessment, returned: Returned) -> dict[str, str]:
    """Why it is not shown that every container is as it left."""
    if returned.opened:
        return {"seals_intact": ", ".join(returned.opened)}
    if not form.seals_intact:
        return {"seals_intact": "a broken seal keeps them blocked"}
    return {} if returned.dispatch_sealed else {"seals_intact": "no seal is on record for the dispatch"}


def barred_from_assessing(persons: Sequence[str]) -> dict[str, str]:
    """S1: who has received goods does not set them free."""
    return dict.fromkeys(sorted(persons), "S1")
