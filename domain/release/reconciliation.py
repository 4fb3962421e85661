"""The quantities of a batch from the plan to the patient's side of the chain, reconciled exactly (section 8).

EU GDP (2013/C 343/01), 4.2: every movement is traceable. EU GMP Chapter 8: a recall needs to know what went where.
"""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import NamedTuple

from domain.batch.batch import MarketDecision
from domain.core.view import View

_NONE = Decimal(0)


class ShippedQuantity(View):
    """One shipment, in the unit of the batch."""

    shipment_id: str
    market: str
    quarantine: bool
    ordered: Decimal
    dispatched: Decimal | None
    received: Decimal | None
    rejected: Decimal | None
    """Not accepted at receipt; for the sponsor's people alone, like `disposed`."""
    disposed: Decimal | None
    """Returned or destroyed, in its own case or after it."""
    counted: Decimal | None
    """What it takes of what is released for its market: all that left or is to leave. What came back and may be used is
    there again. What was destroyed was released all the same; what was blocked in quarantine until then was not. For
    the sponsor's people alone."""


class MarketQuantity(View):
    """One market, in the unit of the batch."""

    market: str
    decision: MarketDecision | None
    released: Decimal
    """What is released for it now; 0 without a release, or after its withdrawal."""
    taken_back: Decimal = _NONE
    """What had been released for it until that was taken back; 0 while it stands."""
    ordered: Decimal
    dispatched: Decimal
    received: Decimal
    remaining: Decimal
    """Released, less what is ordered or shipped and did not come back to be used; negative if more has left.

    0 once the release is taken back: nothing more may leave, and what had left then had been released.
    """


class Reconciliation(View):
    """What became of a batch. Every quantity is exact."""

    batch_id: str
    number: str
    """The site's batch number."""
    unit: str
    """UCUM unit of all quantities."""
    planned: Decimal
    made: Decimal | None
    """Null before the end of manufacture."""
    ordered: Decimal
    dispatched: Decimal
    received: Decimal
    rejected: Decimal | None
    disposed: Decimal | None
    given: Decimal
    """Given to other batches: split off, blended, used as an intermediate."""
    destroyed: Decimal | None = None
    """Destroyed: at the site, where it was delivered, or after it came back; samples do not count."""
    returned: Decimal | None = None
    """Come back after a delivery was settled."""
    gone_before: Decimal = _NONE
    """What was shipped, or given to others, under the record that this one corrects."""
    recovered: Decimal | None
    """What came back in recalls; for the sponsor's people alone."""
    remaining: Decimal | None
    """What is left in stock; null before the end of manufacture.

    Made, less what has left, here or before, was given to others or destroyed at the site; what came back and may be
    used is there again.
    """
    markets: tuple[MarketQuantity, ...] = ()
    """For the sponsor's people alone."""
    shipments: tuple[ShippedQuantity, ...] = ()
    differences: tuple[str, ...] = ()
    """What does not add up, in words."""


class Released(NamedTuple):
    """What is released for a market, or had been until that was taken back."""

    market: str
    decision: MarketDecision | None
    quantity: Decimal
    is_taken_back: bool = False


class Taken(NamedTuple):
    """What was destroyed, and what came back."""

    at_site: Decimal = _NONE
    """Destroyed at the site that made it."""
    destroyed: Decimal = _NONE
    """Destroyed anywhere."""
    returned: Decimal = _NONE
    usable: Decimal = _NONE
    """Of what came back, still there and in stock again."""


NOTHING_TAKEN = Taken()


def reconciled(
    *,
    batch_id: str,
    number: str,
    unit: str,
    planned: Decimal,
    made: Decimal | None,
    markets: Iterable[Released],
    shipments: Sequence[ShippedQuantity],
    given: Decimal = _NONE,
    gone_before: Decimal = _NONE,
    recovered: Decimal = _NONE,
    taken: Taken = NOTHING_TAKEN,
) -> Reconciliation:
    """Add up the quantities of a batch."""
    by_market = tuple(_market(each, shipments) for each in markets)
    dispatched = _sum(each.dispatched for each in shipments)
    remaining = made - dispatched - given - gone_before - taken.at_site + taken.usable if made is not None else None
    return Reconciliation(
        batch_id=batch_id,
        number=number,
        unit=unit,
        planned=planned,
        made=made,
        ordered=_sum(each.ordered for each in shipments),
        dispatched=dispatched,
        received=_sum(each.received for each in shipments),
        rejected=_sum(each.rejected for each in shipments),
        disposed=_sum(each.disposed for each in shipments),
        given=given,
        destroyed=taken.destroyed,
        returned=taken.returned,
        gone_before=gone_before,
        recovered=recovered,
        remaining=remaining,
        markets=by_market,
        shipments=tuple(shipments),
        differences=(
            *_of_batch(planned, made, remaining, unit),
            *(line for each in shipments for line in _of_shipment(each, unit)),
            *(line for each in by_market for line in _of_market(each, shipments, unit)),
            *([f"{recovered:f} {unit} came back in recalls"] if recovered else []),
        ),
    )


def for_site(whole: Reconciliation) -> Reconciliation:
    """What the site sees: what it made, what left and what arrived; no decisions and nothing of the receipt (S6)."""
    shipments = tuple(
        each.model_copy(update={"rejected": None, "disposed": None, "counted": None}) for each in whole.shipments
    )
    hidden = {
        "markets": (), "rejected": None, "disposed": None, "recovered": None, "shipments": shipments,
        "destroyed": None, "returned": None,
    }  # fmt: skip
    differences = (
        *_of_batch(whole.planned, whole.made, whole.remaining, whole.unit),
        *(line for each in shipments for line in _of_shipment(each, whole.unit)),
    )
    return whole.model_copy(update={**hidden, "differences": differences})


def _market(of: Released, shipments: Sequence[ShippedQuantity]) -> MarketQuantity:
    own = [each for each in shipments if each.market == of.market]
    return MarketQuantity(
        market=of.market,
        decision=of.decision,
        released=_NONE if of.is_taken_back else of.quantity,
        taken_back=of.quantity if of.is_taken_back else _NONE,
        ordered=_sum(each.ordered for each in own),
        dispatched=_sum(each.dispatched for each in own),
        received=_sum(each.received for each in own),
        remaining=_NONE if of.is_taken_back else of.quantity - _sum(each.counted for each in own),
    )


def _of_batch(planned: Decimal, made: Decimal | None, remaining: Decimal | None, unit: str) -> list[str]:
    found = []
    if made is not None and made != planned:
        found.append(f"made {_words(made - planned, unit)} than planned")
    if remaining is not None and remaining < _NONE:
        found.append(f"{-remaining:f} {unit} more dispatched or given to other batches than made")
    return found


def _of_shipment(each: ShippedQuantity, unit: str) -> list[str]:
    found = []
    if each.dispatched is not None and each.dispatched != each.ordered:
        found.append(f"{each.shipment_id}: {_words(each.dispatched - each.ordered, unit)} dispatched than ordered")
    if each.dispatched is not None and each.received is not None and each.received != each.dispatched:
        found.append(f"{each.shipment_id}: {_words(each.received - each.dispatched, unit)} received than dispatched")
    if each.rejected:
        found.append(f"{each.shipment_id}: {each.rejected:f} {unit} rejected at receipt")
    if each.disposed:
        found.append(f"{each.shipment_id}: {each.disposed:f} {unit} returned or destroyed")
    return found


def _of_market(each: MarketQuantity, shipments: Sequence[ShippedQuantity], unit: str) -> list[str]:
    left = _sum(of.counted for of in shipments if of.market == each.market)
    over = left - each.released - each.taken_back
    return [f"{each.market}: {over:f} {unit} more ordered or shipped than released"] if over > _NONE else []


def _words(difference: Decimal, unit: str) -> str:
    return f"{abs(difference):f} {unit} {'more' if difference > _NONE else 'less'}"


def _sum(quantities: Iterable[Decimal | None]) -> Decimal:
    return sum((each for each in quantities if each is not None), _NONE)
