"""How a delivery is shown in its case. Built from the records, never stored."""

from datetime import date
from decimal import Decimal

from pydantic import AwareDatetime

from domain.core.view import View
from domain.delivery.receipt import ReceiptCondition
from domain.delivery.transport_finding import TransportFinding


class ArrivalView(View):
    """What has arrived, for the sponsor's people."""

    received_quantity: Decimal
    rejected_quantity: Decimal
    condition: ReceiptCondition
    within_limits: bool | None
    """Whether the transport was within its conditions; null until the loggers are read."""
    findings: tuple[TransportFinding, ...]
    excursion_accepted: bool | None
    unblocked_at: AwareDatetime | None
    blocked: Decimal
    """What must not go to the market."""
    disposed_quantity: Decimal


class ShipmentSummary(View):
    """A delivery at a glance. Quantities are in the unit of the batch."""

    batch_id: str
    market: str
    quarantine: bool
    quantity: Decimal
    """What was ordered."""
    unit: str
    destination: str
    address: str
    trial: str | None = None
    """Of clinical supply the trial, of which the destination is a site."""
    supply_exception: str | None = None
    """Number of the supply under exception that it goes under: the goods are not released."""
    no_green_light: str | None = None
    """Why goods that have not left stay there: the sponsor's green light is missing, or is in force no more."""
    zone: str | None = None
    """Time zone of the destination, in which the goods may be used through their last day; null: that of the site."""
    carrier: str
    deliver_by: date
    ordered_at: AwareDatetime
    dispatched_at: AwareDatetime | None
    dispatched_quantity: Decimal | None
    loggers: tuple[str, ...]
    received_at: AwareDatetime | None
    arrival: ArrivalView | None = None
    """For the sponsor's people alone, once it has arrived."""
