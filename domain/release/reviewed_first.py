"""What a batch comes from is reviewed before it: nothing is released or confirmed meanwhile (domain specification, 19).

Gate G14 says so of every release, further part and confirmation. A review that confirms a release, and a conclusion
that does, look at no gates; this is the same rule for them, by market.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from domain.core.people import Role
from domain.core.refusals import broken
from domain.release.gate_words import words


class AwaitedReview(NamedTuple):
    """A batch that others come from, whose release for a market is under review."""

    batch: str
    """Its number and id."""
    market: str
    roles: tuple[Role, ...]
    """Of whom it waits for there."""
    why: str
    """What was learned of it."""

    def in_words(self) -> str:
        """What is waited for, in one line."""
        whom = " or ".join(words(each) for each in self.roles)
        return f"{self.batch} is reviewed for {self.market} first, by {whom}: {self.why}"


def refuse_before_what_it_comes_from(awaited: Mapping[str, Iterable[AwaitedReview]]) -> None:
    """Raise `Refused` when a release is confirmed before the review of what the batch comes from is answered there.

    `awaited` are these reviews by the field that confirms. Taking back never waits.
    """
    faults = {field: "; ".join(each.in_words() for each in reviews) for field, reviews in awaited.items()}
    if found := {field: fault for field, fault in faults.items() if fault}:
        raise broken("batch.post_release", "What the batch comes from is under review.", **found)
