"""What may leave of a batch, and for which market (domain specification, section 8).

Nothing goes to a market that is not released for it. Before that goods go in quarantine alone, blocked from the market,
under an arrangement that quality has approved and the qualified person has confirmed (section 1, quarantine shipment).
"""

from datetime import date
from decimal import Decimal

from pydantic import BaseModel, ConfigDict

from domain.batch.batch import MarketDecision
from domain.batch.making import shelf_life
from domain.core.refusals import Code, Refused
from domain.delivery.shipment import RULE, Destination

_NONE = Decimal(0)


class Arranged(BaseModel):
    """An arrangement for quarantine that is approved and confirmed, and what was ordered under it."""

    model_config = ConfigDict(frozen=True)

    version: int
    quantity: Decimal
    used: Decimal = _NONE


class Permitted(BaseModel):
    """A supply under exception, by the authority's permission, and what was ordered under it."""

    model_config = ConfigDict(frozen=True)

    number: str
    quantity: Decimal
    until: date
    """Last day on which goods leave and arrive under it, where they arrive."""
    places: frozenset[str]
    """The consignees that it names (`Destination.key`)."""
    withdrawn: bool = False
    found: tuple[str, ...] = ()
    """What the gates have found since it was proposed."""
    used: Decimal = _NONE
    today: date | None = None
    """The day where the goods arrive."""

    @property
    def over(self) -> tuple[str, ...]:
        """Why nothing goes under it any more; empty while it may."""
        return (
            *((f"{self.number} is stopped",) if self.withdrawn else ()),
            *((f"{self.number} was until {self.until}",) if self.today is not None and self.today > self.until else ()),
        )

    def refuse_other(self, destination: Destination, arrival: date, field: str) -> None:
        """Raise `Refused` unless goods go to a consignee that it names, and arrive in time. `field` names the day."""
        faults: dict[str, str] = {}
        if destination.key not in self.places:
            faults["destination"] = f"is no consignee of {self.number}"
        if arrival > self.until:
            faults[field] = f"is after {self.until}, the last day of {self.number}"
        if faults:
            raise _closed("The permission does not cover it.", **faults)


class MarketStock(BaseModel):
    """What the records know of a batch and one of its markets. Quantities are in the unit of the batch."""

    model_config = ConfigDict(frozen=True)

    unit: str
    made: Decimal | None
    """`None` before the end of manufacture."""
    decision: MarketDecision | None
    withdrawn: bool = False
    """Whether the release was taken back."""
    rejected: bool = False
    """Whether the site or the sponsor has rejected the batch."""
    holds: tuple[str, ...] = ()
    """Types of the holds that stand for the market."""
    not_authorised: str | None = None
    """That no authorisation of the product is in force in the market any more, in words; `None` while one is."""
    official_release_missing: bool = False
    """Whether the authorisation of the market demands an official batch release that is not on record."""
    review_open: bool = False
    case_held: bool = False
    """Whether the case of the batch is on hold: nothing waits there but what protects."""
    fully_suspended: bool = False
    """Whether a site and scope that was used is suspended in full."""
    released: Decimal | None = None
    committed: Decimal = _NONE
    """What orders and shipments take of what is released for the market."""
    gone: Decimal = _NONE
    """Ordered or shipped for all markets, or given to other batches."""
    outside: Decimal = _NONE
    """What came back, may be used, and lies outside the area of the market: it is imported first."""
    shelf_life_over: str | None = None
    """That the last day of use has passed, or that a retest is due, in words; `None` while neither is so."""
    ended: str | None = None
    """The first of these alone: no test makes the goods usable again."""
    arranged: Arranged | None = None
    """The arrangement for the market and the destination."""
    permitted: Permitted | None = None
    """The supply under exception that goods go under which are not released."""

    @property
    def stopped_by(self) -> tuple[str, ...]:
        """Why nothing goes to the market; empty if it may."""
        if self.permitted is not None:
            return self._stops_the_permitted(self.permitted)
        if self.decision is not MarketDecision.RELEASE:
            return ("the market is not released" if self.decision is None else "the market is rejected",)
        return (
            *((self.shelf_life_over,) if self.shelf_life_over else ()),
            *(("the release was withdrawn",) if self.withdrawn else ()),
            *((self.not_authorised,) if self.not_authorised else ()),
            *(f"on hold: {each}" for each in self.holds),
            *(("the official batch release is not on record",) if self.official_release_missing else ()),
            *(("a review after the release is open",) if self.review_open else ()),
            *(("its case is on hold",) if self.case_held else ()),
        )

    @property
    def on_arrival(self) -> "MarketStock":
        """The same for goods that have left: once the market is decided, as for what goes by that decision."""
        return self if self.decision is None else self.model_copy(update={"permitted": None})

    @property
    def over_for_good(self) -> tuple[str, ...]:
        """Why nothing goes to the market any more, whatever is judged on holds and reviews; empty while it may."""
        return (
            *((self.ended,) if self.ended else ()),
            *(("the release was withdrawn",) if self.withdrawn else ()),
            *(("the batch is rejected",) if self.rejected else ()),
            *(("the market is rejected",) if self.decision is MarketDecision.REJECT else ()),
            *(self._ends(self.permitted) if self.permitted is not None else ()),
        )

    def _stops_the_permitted(self, permitted: Permitted) -> tuple[str, ...]:
        """Why nothing goes under an exception. Of holds those stop it that the permission does not speak of."""
        return (
            *((self.shelf_life_over,) if self.shelf_life_over else ()),
            *self._ends(permitted),
            *(("the batch is rejected",) if self._is_rejected else ()),
            *(("the official batch release is not on record",) if self.official_release_missing else ()),
            *(("a review after the release is open",) if self.review_open else ()),
            *(("its case is on hold",) if self.case_held else ()),
            *permitted.found,
        )

    def _ends(self, permitted: Permitted) -> tuple[str, ...]:
        """Why nothing goes under it any more: once the market is decided, that decision rules the goods."""
        return (*permitted.over, *(("the market is decided",) if self.decision is not None else ()))

    @property
    def quarantine_stopped_by(self) -> tuple[str, ...]:
        """Why nothing goes in quarantine. Holds do not stop it: the goods stay blocked."""
        return (
            *(("no arrangement for this market and destination is in force",) if self.arranged is None else ()),
            *((self.shelf_life_over,) if self.shelf_life_over else ()),
            *(("the batch is rejected",) if self._is_rejected else ()),
            *(("the site is suspended in full",) if self.fully_suspended else ()),
        )

    @property
    def _is_rejected(self) -> bool:
        return self.rejected or self.withdrawn or self.decision is MarketDecision.REJECT

    def left(self, *, quarantine: bool) -> Decimal:
        """What can still be ordered: of the release or the arrangement, and never more than was made."""
        if self.made is None:
            return _NONE
        if quarantine:
            granted = self.arranged.quantity - self.arranged.used if self.arranged is not None else _NONE
        elif self.permitted is not None:
            granted = self.permitted.quantity - self.permitted.used
        else:
            granted = (self.made if self.released is None else self.released) - self.committed
        return max(min(granted, self.made - self.gone - self.outside), _NONE)


def refuse_unless_orderable(quantity: Decimal, stock: MarketStock, *, quarantine: bool) -> None:
    """Raise `Refused` unless so much may be ordered for the market. Quantities are compared exactly."""
    if quarantine and stock.decision is MarketDecision.RELEASE and not stock.withdrawn:
        raise _closed("The market is released: order it without quarantine.", quarantine="is over")
    if stock.permitted is not None and stock.decision is MarketDecision.RELEASE and not stock.withdrawn:
        raise _closed("The market is released: order it without exception.", supply_exception="is over")
    refuse_if_stopped(stock, quarantine=quarantine)
    left = stock.left(quarantine=quarantine)
    if quantity > left:
        fault = f"at most {left} {stock.unit} are left"
        if stock.outside:
            fault += f", beside {stock.outside:f} that came back from outside the area of the market: import them first"
        raise _closed(f"Of the batch {left} {stock.unit} are left.", quantity=fault)


def refuse_if_stopped(stock: MarketStock, *, quarantine: bool, to_site: bool = False) -> None:
    """Raise `Refused` if nothing may leave. The site is not told what the sponsor holds against it (S6)."""
    refuse_if_over(stock)
    reasons = stock.quarantine_stopped_by if quarantine else stock.stopped_by
    if reasons:
        raise _closed("Nothing may leave: " + ("ask the sponsor" if to_site else ", ".join(reasons)) + ".")


def refuse_if_over(stock: MarketStock) -> None:
    """Raise `Refused` once the last day of use has passed, in whatever way goods were to leave. The site knows it."""
    words = stock.shelf_life_over
    if words is not None:
        raise Refused(
            Code.SHELF_LIFE_ENDED, f"Nothing may leave: {words}.", rule=shelf_life.RULE, fields={"batch_id": words}
        )


def refuse_unless_unblockable(stock: MarketStock, *, transport_within: bool | None, accepted: Decimal) -> None:
    """Raise `Refused` unless goods that came in quarantine may go to the market now."""
    refuse_if_over(stock)
    if accepted <= _NONE:
        raise _closed("There are no accepted goods to take the block off.")
    if transport_within is not True:
        raise _closed("The transport is not shown to have been within its conditions.")
    refuse_if_stopped(stock, quarantine=False)
    if stock.released is not None and stock.committed > stock.released:
        message = f"{stock.released} {stock.unit} are released, {stock.committed} are ordered or shipped."
        raise _closed(message)


def _closed(message: str, **fields: str) -> Refused:
    return Refused(Code.GATE_CLOSED, message, rule=RULE, fields=fields)
