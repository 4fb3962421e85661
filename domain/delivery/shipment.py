"""Shipping a part of a batch: what is ordered, where it goes, how it travels, when it left (section 8, gate G12).

The service ends with a delivery. EU GDP (2013/C 343/01), chapters 5, 7 and 9: carrier and warehouse are outsourced
activities, and the conditions of storage are kept on the way.
"""

from collections.abc import Collection, Iterable
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from pydantic import AwareDatetime, Field, JsonValue

from domain.core.countries import Country, country_name
from domain.core.document import Documents
from domain.core.forms import Action, Audience, Form, Process, Value
from domain.core.names import name_key, party_key
from domain.core.people import Role
from domain.core.refusals import broken
from domain.core.text import Identifier, Names, ShortText, Text
from domain.core.time_zones import TimeZone
from domain.core.units import Unit, are_comparable
from domain.exchange.parameters import Number

RULE = "section 8, delivery"
CONSIGNEES = frozenset({Role.SUPPLY_CHAIN})
"""Who orders and receives for the sponsor. It approves nothing (S4)."""
CONSIGNORS = frozenset({Role.CDMO_PM, Role.CDMO_QA, Role.SUPPLY_CHAIN})


class ShipmentStage(StrEnum):
    """Where a shipment stands."""

    ORDERED = "ORDERED"
    STOPPED = "STOPPED"
    """Nothing of it may leave any more. Somebody says that it is called off, or that it had left before."""
    IN_TRANSIT = "IN_TRANSIT"
    RECEIVED = "RECEIVED"
    """Arrived; the record of its transport is still to come."""
    ASSESSMENT = "ASSESSMENT"
    """Its transport was not within the conditions; quality says whether the goods can be used."""
    BLOCKED = "BLOCKED"
    """Goods are kept from the market: in quarantine, rejected at receipt, or spoilt on the way."""
    CLOSED = "CLOSED"
    CANCELLED = "CANCELLED"


class Measure(StrEnum):
    """What is watched on the way."""

    TEMPERATURE = "TEMPERATURE"
    HUMIDITY = "HUMIDITY"
    """Relative humidity."""

    @property
    def unit(self) -> str:
        """A unit that every value of it can be told in."""
        return "Cel" if self is Measure.TEMPERATURE else "%"


class TransportCondition(Value):
    """A condition that holds from dispatch to receipt."""

    kind: Measure
    """What is watched."""
    unit: Unit = Field(examples=["Cel"])
    """UCUM unit of both limits."""
    low: Number = Field(examples=["2"])
    """Lower limit, itself allowed."""
    high: Number = Field(examples=["8"])
    """Upper limit, itself allowed."""
    max_excursion_minutes: int = Field(ge=0, le=100_000, examples=[30])
    """Minutes outside the limits, all of them together, that the product stands by its stability data."""
    logger_required: bool = Field(default=True, examples=[True])
    """Whether a logger has to travel with the goods; if not, nothing is measured."""


class Destination(Value):
    """Where goods are delivered."""

    name: ShortText = Field(examples=["Aurelia Pharma, central warehouse"])
    """Name of the consignee."""
    address: ShortText = Field(examples=["Hafenstr. 4, 20457 Hamburg, Germany"])
    """Street address."""

    @property
    def key(self) -> str:
        """What makes two the same place, however they are written."""
        return party_key(f"{self.name}\n{self.address}")


class ShipmentOrder(Form):
    """Order the delivery of a part of a batch that is released for its market, or goes there in quarantine."""

    action = Action(Process.SHIPMENT, "request", "Order a delivery", CONSIGNEES, audience=Audience.SHARED, starts=True)

    batch_id: Identifier = Field(examples=["BAT-1"])
    """The batch."""
    market: Country = Field(examples=["EU"])
    """The market that the goods are for; the batch must be released for it."""
    quantity: Number = Field(gt=0, examples=["10"])
    """Quantity, in the unit of the batch."""
    destination: Destination
    """Where it goes."""
    to_site_id: Identifier | None = Field(default=None, examples=["VM-02"])
    """The registered site that it goes to, if it is one; its days are those of the destination."""
    time_zone: TimeZone | None = Field(default=None, examples=["Europe/Berlin"])
    """Time zone of the destination, IANA name; must be stated unless it is a registered site.

    On the way and there, goods may be used through their last day in this zone.
    """
    deliver_by: date = Field(examples=["2030-09-30"])
    """Day by which it is to arrive, in the time zone of the destination."""
    carrier: ShortText = Field(examples=["Nordfracht GDP Logistics GmbH"])
    """Who carries it."""
    carrier_scope_id: Identifier | None = Field(default=None, examples=["SC-3"])
    """Site and scope of the carrier or warehouse, if it is on the approved supplier list."""
    conditions: tuple[TransportCondition, ...] = Field(min_length=1, max_length=2)
    """Conditions of the transport, each kind once."""
    trial: ShortText | None = None
    """Number of the trial; given exactly for clinical supply. Its destination is a site of the trial with the sponsor's
    green light for this market."""
    quarantine: bool = Field(default=False, examples=[False])
    """Whether it goes before its release, blocked from the market, under an arrangement approved before."""
    supply_exception: Identifier | None = Field(default=None, examples=["SUE-EU-2025-000001"])
    """The supply under exception that it goes under, by its number, of goods that cannot be released."""


class Container(Value):
    """A container, and how it is sealed."""

    number: ShortText = Field(examples=["Drum 1 of 2"])
    """Its number or label."""
    seal: ShortText | None = Field(default=None, examples=["S-004711"])
    """Number of its seal."""


class ShipmentDispatch(Form):
    """Report that the goods have left."""

    action = Action(
        Process.SHIPMENT,
        "dispatch",
        "Dispatch",
        CONSIGNORS,
        audience=Audience.SHARED,
        otherwise="The goods stay at the site; the delivery counts as late after its agreed day.",
    )

    dispatched_at: AwareDatetime = Field(examples=["2025-01-13T09:00:00Z"])
    """When they left."""
    quantity: Number = Field(gt=0, examples=["10"])
    """Quantity that left, in the unit of the batch; not more than was ordered."""
    containers: tuple[Container, ...] = Field(min_length=1, max_length=500)
    """Containers, each once."""
    loggers: Names = Field(examples=[["TL-88213"]])
    """Serial numbers of the loggers that travel with the goods; at least one where a condition asks for it."""
    documents: Documents = ()
    """Papers that travel with the goods; needed to report goods that left before the market was stopped."""


class ShipmentCancellation(Form):
    """Call the delivery off before its dispatch. What was ordered can be ordered again."""

    action = Action(
        Process.SHIPMENT,
        "cancel",
        "Cancel the delivery",
        CONSIGNEES,
        audience=Audience.SHARED,
        otherwise="Nothing leaves; the order stays open.",
        unchecked="a delivery may be called off at any stage that offers it, which is before its dispatch",
    )

    reason: Text = Field(examples=["The warehouse is full until the end of the month."])
    """Why."""


def zone_there(form: ShipmentOrder, site_zone: str | None, site_address: str | None) -> str:
    """The time zone of the destination; the others are those of the registered site that it goes to.

    Raises `Refused` unless it is known, and one, and the address is that of the site.
    """
    if form.to_site_id is not None and site_zone is None:
        raise broken(RULE, "There is no such site.", to_site_id="unknown")
    if form.time_zone is None and site_zone is None:
        message = "The time zone of the destination must be known."
        raise broken(RULE, message, time_zone="is required unless the destination is a registered site")
    if form.time_zone is not None and site_zone not in (None, form.time_zone):
        raise broken(RULE, "The site is in another time zone.", time_zone=f"is {site_zone} at {form.to_site_id}")
    if site_address is not None and party_key(form.destination.address) != party_key(site_address):
        fault = {"destination.address": f"is not that of {form.to_site_id}: {site_address}"}
        raise broken(RULE, "The site has another address.", **fault)
    return str(site_zone or form.time_zone)


def refuse_unless_ordered(form: ShipmentOrder, *, today: date) -> None:
    """Raise `Refused` with every fault of an order that the form alone shows. `today` is the day at its destination."""
    faults: dict[str, str] = {}
    if form.deliver_by < today:
        faults["deliver_by"] = "is in the past"
    if form.supply_exception is not None and form.quarantine:
        faults["supply_exception"] = "goods in quarantine go under none"
    kinds = [each.kind for each in form.conditions]
    for index, each in enumerate(form.conditions):
        if each.kind in kinds[:index]:
            faults[f"conditions.{index}.kind"] = "is named twice"
        if not are_comparable(each.unit, each.kind.unit):
            faults[f"conditions.{index}.unit"] = f"cannot be told in {each.kind.unit}"
        if each.high < each.low:
            faults[f"conditions.{index}.high"] = "is below low"
    if faults:
        raise broken(RULE, "The delivery cannot be ordered like this.", **faults)


def refuse_other_destination(to_site_id: str | None, named: Collection[str] | None) -> None:
    """Raise `Refused` unless goods that are no product yet go to a registered site that may use them.

    `named` are these; `None` for any.
    """
    if to_site_id is None:
        fault = "is required: what is no product for the market goes to a registered site alone"
    elif named is None or to_site_id in named:
        return
    else:
        fault = f"may not use it: {', '.join(named) or 'no site does'}"
    raise broken(RULE, "What is no product yet goes to its next step alone.", to_site_id=fault)


def refuse_other_area(country: str | None, market: str, area: Collection[str]) -> None:
    """Raise `Refused` if released goods are to go to a site outside the area of their market, as far as that is known.

    What is sold from there inside is an import that nobody would record.
    """
    if country is not None and area and country not in area:
        fault = f"is in {country_name(country)}, outside the area of {market}: from there it would be imported anew"
        raise broken(RULE, "What is released for a market is delivered inside its area.", to_site_id=fault)


def needs_logger(form: ShipmentOrder) -> bool:
    """Whether a logger has to travel with the goods."""
    return any(each.logger_required for each in form.conditions)


def refuse_unless_dispatched(
    form: ShipmentDispatch, order: ShipmentOrder, *, ordered_at: datetime, now: datetime
) -> None:
    """Raise `Refused` with every fault of a dispatch that does not fit its order."""
    faults = {
        **_repeated("containers", (each.number for each in form.containers), ".number"),
        **_repeated("loggers", form.loggers),
    }
    if form.dispatched_at > now:
        faults["dispatched_at"] = "is in the future"
    elif form.dispatched_at < ordered_at:
        faults["dispatched_at"] = "is before the order"
    if form.quantity > order.quantity:
        faults["quantity"] = f"is more than the {order.quantity} that were ordered"
    if needs_logger(order) and not form.loggers:
        faults["loggers"] = "name the loggers that the conditions ask for"
    if faults:
        raise broken(RULE, "The dispatch does not fit the order.", **faults)


def suggested_dispatch(quantity: Decimal) -> dict[str, JsonValue]:
    """Prefill of a dispatch: what was ordered."""
    return {"quantity": str(quantity)}


def _repeated(field: str, names: Iterable[str], suffix: str = "") -> dict[str, str]:
    keys = [name_key(name) for name in names]
    return {f"{field}.{index}{suffix}": "is named twice" for index, key in enumerate(keys) if key in keys[:index]}
