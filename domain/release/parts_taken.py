"""What is taken of a batch for a market is no more than is released of it there (domain specification, section 17)."""

from collections.abc import Collection, Iterable
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple


class TakenPart(NamedTuple):
    """What one batch takes of another one."""

    batch_id: str
    quantity: Decimal
    """In the unit of the batch that it is taken of."""
    began_at: datetime | None
    """Start of its manufacture; `None` before that."""
    number: int
    """By which those that have not begun follow each other: the one that was registered first has the lowest."""


def beyond(released: Decimal, parts: Iterable[TakenPart]) -> dict[str, Decimal]:
    """The batches that take more than is released, each with what it and those before it take in sum.

    In the order in which they began, and then in that in which they were registered.
    """
    found: dict[str, Decimal] = {}
    taken = Decimal(0)
    for each in sorted(parts, key=_order):
        taken += each.quantity
        if taken > released:
            found[each.batch_id] = taken
    return found


def beyond_its_use(released: Decimal, parts: Iterable[TakenPart], decided: Collection[str]) -> dict[str, Decimal]:
    """The batches that take more than is released for their use, where the rest is released for another one.

    What the others are made for is known once they are released: those that are in `decided` have taken it. What is not
    decided on comes after them, whenever it was begun; for another use it takes of the rest.
    """
    known = list(parts)
    used = [each for each in known if each.batch_id in decided]
    taken = sum((each.quantity for each in used), Decimal(0))
    found = beyond(released, used)
    waiting = (each for each in known if each.batch_id not in decided)
    return found | {each.batch_id: taken + each.quantity for each in waiting if taken + each.quantity > released}


def _order(part: TakenPart) -> tuple[bool, float, int]:
    return part.began_at is None, part.began_at.timestamp() if part.began_at is not None else 0.0, part.number
