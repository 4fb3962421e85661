"""How much of an import lies inside an area: what has arrived, less what has left again (specification, section 18).

Goods that leave and come back arrive twice, and are there once.
"""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple, Protocol

from domain.batch.gate.chain_facts import TransportFacts
from domain.importation.facts import ConsignmentFacts, ImportRule

_NONE = Decimal(0)


class ReleasedBefore(NamedTuple):
    """What a market has released of a batch already: as much of it may have left as what was sold."""

    quantity: Decimal
    """In the unit of the batch."""
    at: datetime
    """When it released the first part."""


class Travelling(Protocol):
    """A batch that travels."""

    @property
    def market(self) -> str:
        """The market that is decided for."""

    @property
    def consignments(self) -> tuple[ConsignmentFacts, ...]:
        """What has arrived of it, anywhere."""

    @property
    def transports(self) -> tuple[TransportFacts, ...]:
        """Its deliveries."""


class _Left(NamedTuple):
    at: datetime | None
    quantity: Decimal


def inside(
    batch: Travelling, arrived: Iterable[ConsignmentFacts], rule: ImportRule, before: ReleasedBefore | None = None
) -> Decimal:
    """How much of what has arrived as it must is still in the area of the rule, in the unit of the batch; at least 0.

    A consignment that arrived elsewhere from inside has left, and so has a delivery in quarantine to a site elsewhere.
    Both may tell of the same goods: the greater counts.
    """
    came = sum((each.quantity for each in arrived), _NONE)
    consigned = [_Left(each.arrived_at, each.quantity) for each in batch.consignments if _has_left(each, rule)]
    delivered = [
        _Left(each.dispatched_at, each.quantity)
        for each in batch.transports
        if each.is_in_quarantine and each.market == batch.market and each.quantity is not None
        if each.to_country is not None and each.to_country not in rule.area
    ]
    return max(came - max(_unreleased(consigned, before), _unreleased(delivered, before)), _NONE)


def _has_left(consignment: ConsignmentFacts, rule: ImportRule) -> bool:
    return consignment.from_country in rule.area and consignment.to_country not in rule.area


def _unreleased(left: list[_Left], before: ReleasedBefore | None) -> Decimal:
    """What has left of that is not released: what was sold was certified while it was there."""
    if before is None:
        return sum((each.quantity for each in left), _NONE)
    since = sum((each.quantity for each in left if each.at is not None and each.at > before.at), _NONE)
    return sum((each.quantity for each in left), _NONE) - min(since, before.quantity)
