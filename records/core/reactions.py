"""What follows from a fact: declared once for each fact, run in the transaction that establishes it."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from pydantic import BaseModel, ConfigDict

from domain.core.facts import Fact
from records.core.registries import DECLARED
from records.core.writing import Writing

_DEEPEST = 5
"""So many facts may follow from one another. A longer chain has no end."""


class Consequences(BaseModel):
    """What the reactions to a fact did."""

    model_config = ConfigDict(frozen=True)

    held: tuple[str, ...] = ()
    """Batches on which a hold was placed."""
    holds: tuple[str, ...] = ()
    """The holds, as far as they were asked for one by one."""
    opened: tuple[str, ...] = ()
    """Cases that were opened."""

    def __add__(self, other: "Consequences") -> "Consequences":
        return Consequences(
            held=self.held + other.held, holds=self.holds + other.holds, opened=self.opened + other.opened
        )


F = TypeVar("F", bound=Fact)
Reaction = Callable[[Writing, F], Awaitable[Consequences]]
LastStep = Callable[[Writing], Awaitable[None]]


def reacts(*facts: type[F], order: int = 0) -> Callable[[Reaction[F]], Reaction[F]]:
    """Declare what follows from a fact, or from each of several. Reactions to one run by `order`, which must differ.

    A reaction is idempotent by the identity of the fact. It may stand in a later context than what establishes it.
    """

    def declare(reaction: Reaction[F]) -> Reaction[F]:
        for fact in facts:
            DECLARED.reactions.declare(fact, reaction, order)
        return reaction

    return declare


def after_entry(*, order: int = 0) -> Callable[[LastStep], LastStep]:
    """Declare what is done after the last line of every entry; `Writing.events` says what was written.

    It writes no event: subscribers have been given theirs.
    """

    def declare(step: LastStep) -> LastStep:
        DECLARED.afterwards.declare("entry", step, order)
        return step

    return declare


async def establish(writing: Writing, fact: Fact) -> Consequences:
    """A fact has become true: run its reactions in their order, in this transaction. Returns what they did.

    Raises `RuntimeError` if facts follow from one another without end.
    """
    before = writing.following
    if len(before) == _DEEPEST:
        chain = ", ".join(f"{type(each).__name__} {each.identity}" for each in (*before, fact))
        raise RuntimeError(f"Facts follow from one another without end: {chain}.")
    writing.following = (*before, fact)
    done = Consequences()
    try:
        for reaction in writing.registries.reactions.of(type(fact)):
            done += await reaction(writing, fact)
    finally:
        writing.following = before
    return done  # a fact that is to be journaled is written here, with its cause (`before`) and what was done
