"""What one round of a technical exchange brought that another one did not have, item by item."""

from collections.abc import Iterable
from enum import StrEnum

from pydantic import JsonValue

from domain.core.change import Difference
from domain.core.view import View
from domain.exchange.round import ItemKind, ItemOutcome


class ItemView(View):
    """An item as it stands in one round."""

    number: int
    kind: ItemKind
    topic: str
    text: str
    parameter: str | None
    current: str | None
    proposed: str | None
    unit: str | None
    rationale: str | None
    documents: tuple[dict[str, JsonValue], ...]
    carried_from: int | None
    """The round before, if it was left open there."""
    comment: str | None
    """What was said to be still open as it was carried over."""
    response: str | None
    response_documents: tuple[dict[str, JsonValue], ...]
    verdict: ItemOutcome | None
    reason: str | None
    """Why the verdict is what it is."""


class ItemFate(StrEnum):
    """What has become of an item between two rounds."""

    NEW = "NEW"
    CARRIED = "CARRIED"
    """It is in both rounds."""
    SETTLED = "SETTLED"
    """It is in the first round alone."""


class ItemDifference(View):
    """What has become of one item."""

    number: int
    topic: str
    fate: ItemFate
    verdict: ItemOutcome | None
    """The last one."""
    answered: bool
    """Whether the second round brought an answer to it that is not that of the first."""
    changes: tuple[Difference, ...]
    """Response, verdict and reason where they differ, old and new."""


class RoundDifference(View):
    """What has become of the items between two rounds of an exchange."""

    from_round: int
    to_round: int
    items: tuple[ItemDifference, ...]


_COMPARED = ("response", "verdict", "reason")


def round_difference(
    from_round: int, old: Iterable[ItemView], to_round: int, new: Iterable[ItemView]
) -> RoundDifference:
    """What has become of the items of two rounds, by number."""
    before, after = ({item.number: item for item in items} for items in (old, new))
    numbers = sorted(before.keys() | after.keys())
    items = tuple(_between(before.get(number), after.get(number)) for number in numbers)
    return RoundDifference(from_round=from_round, to_round=to_round, items=items)


def _between(old: ItemView | None, new: ItemView | None) -> ItemDifference:
    last = new or old
    assert last is not None, "It is an item of one of the rounds."
    changes = tuple(
        Difference(field=name, old=getattr(old, name, None), new=getattr(new, name, None))
        for name in _COMPARED
        if new is not None and getattr(old, name, None) != getattr(new, name)
    )
    return ItemDifference(
        number=last.number,
        topic=last.topic,
        fate=ItemFate.NEW if old is None else ItemFate.CARRIED if new is not None else ItemFate.SETTLED,
        verdict=last.verdict,
        answered=any(change.field == "response" and change.new is not None for change in changes),
        changes=changes,
    )
