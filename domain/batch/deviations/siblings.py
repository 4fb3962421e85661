"""Batches that share something with a batch: where a failure may have happened as well.

21 CFR 211.192: an unexplained failure is investigated in other batches too, whether or not they have been distributed.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from enum import StrEnum

from domain.batch.batch import PhysicalStatus
from domain.batch.holds.holds import BatchState
from domain.core.view import View


class Shared(StrEnum):
    """What two batches may share."""

    PERIOD = "PERIOD"
    """Made at the same site at about the same time (policy key `limits.sibling_period`)."""
    EQUIPMENT = "EQUIPMENT"
    PARAMETER_SET = "PARAMETER_SET"
    MATERIAL = "MATERIAL"
    """A lot of a material, as `name lot`."""
    SAME_LOT_NUMBER = "SAME_LOT_NUMBER"
    """The same material and number, from a maker that is written differently: perhaps the same lot."""
    ANALYST = "ANALYST"
    PARENT = "PARENT"
    """Both come from the same batch."""
    GENEALOGY = "GENEALOGY"
    """One comes from the other."""


class SharedThing(View):
    """One thing that is shared."""

    kind: Shared
    reference: str
    """What it is: its number, lot, name or id; the site for a period."""


class Sibling(View):
    """A batch that shares something with another one."""

    batch_id: str
    number: str
    site_id: str
    scope_id: str
    state: BatchState
    stage: str | None
    """Where its disposition stands; `None` of a batch that was registered as made."""
    physical_status: PhysicalStatus
    made_on: date | None
    expiry_on: date | None
    released_in: tuple[str, ...]
    """Markets in which it is released and not withdrawn: it may have been distributed."""
    shared: tuple[SharedThing, ...]
    """What is shared, by kind."""


class SiblingList(View):
    """The siblings of a batch. Those that may be distributed come first, then those that share most."""

    items: tuple[Sibling, ...]
    truncated: bool = False
    """Whether there are more than are listed."""


def by_urgency(siblings: Iterable[Sibling]) -> list[Sibling]:
    """Released ones first, then those that share the most kinds of things, then by id."""
    return sorted(
        siblings,
        key=lambda each: (not each.released_in, -len({thing.kind for thing in each.shared}), _natural(each.batch_id)),
    )


def period_around(start: date | None, end: date | None, days: int) -> tuple[date, date] | None:
    """The days in which another batch counts as made at the same time; `None` before manufacture has begun."""
    first, last = start or end, end or start
    if first is None or last is None:
        return None
    return first - timedelta(days=days), last + timedelta(days=days)


def _natural(batch_id: str) -> tuple[int, str]:
    return len(batch_id), batch_id
