"""Goods that come back from outside the area of their market are imported anew (domain specification, section 18)."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from domain.core.countries import country_name
from domain.core.refusals import broken
from domain.importation.consignment import RULE


def refuse_unless_imported(*, origin: str | None, area: Collection[str], missing: Sequence[str]) -> None:
    """Raise `Refused` if returned goods would be set free that came from outside the area, and are not imported.

    `origin` is the country that they came from, as far as it is known; `area` that of the market. `missing` is what is
    not recorded of their import, in words.
    """
    if origin is None:
        fault = "say from which country they came back: from outside the area of the market it is an import"
        raise broken(RULE, "Nobody knows whether it is an import.", from_country=fault)
    if origin not in area and missing:
        fault = f"they came back from {country_name(origin)}, which is an import: {', '.join(missing)}"
        raise broken(RULE, "These goods are imported anew first.", usable=fault)


class CameBack(NamedTuple):
    """Goods of a delivery that came back and may be used."""

    quantity: Decimal
    """What is left of them, in the unit of the batch."""
    imported: Decimal
    """What of them has arrived in the area as it must, cleared by customs."""
    since: datetime
    """When they were set free."""


class OrderedElsewhere(NamedTuple):
    """What was ordered for a market outside the area."""

    quantity: Decimal
    at: datetime


def came_from_outside(origin: str | None, area_there: Collection[str], area: Collection[str]) -> bool:
    """Whether goods came back from outside an area.

    Where nobody knows the country, the market decides that they were delivered for: `area_there` is its own area. From
    inside it they were set free as what comes from inside.
    """
    return origin not in area if origin is not None else set(area_there).isdisjoint(area)


def lying_outside(back: Iterable[CameBack], elsewhere: Iterable[OrderedElsewhere]) -> Decimal:
    """How much of a batch lies outside an area and is imported before it goes to a market inside: a new import.

    `back` came from outside. What was ordered for markets outside since it was set free is taken of it first.
    """
    left = [(each.quantity - each.imported, each.since) for each in back if each.quantity > each.imported]
    since = min((at for _, at in left), default=None)
    taken = [each.quantity for each in elsewhere if since is not None and each.at >= since]
    return max(sum((quantity for quantity, _ in left), _NONE) - sum(taken, _NONE), _NONE)


_NONE = Decimal(0)
