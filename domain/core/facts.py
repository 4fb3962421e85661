"""Facts: what has become true in the business. What follows from a fact is declared elsewhere, by `reacts`."""

import inspect
from abc import ABC, abstractmethod
from collections.abc import Iterator

from pydantic import BaseModel, ConfigDict


class Fact(BaseModel, ABC):
    """A statement that has become true. The docstring of each kind says what it means.

    Only a check or a clock establishes a fact, in the transaction that makes it true. Two facts of one kind with the
    same identity are the same fact.
    """

    model_config = ConfigDict(frozen=True)

    @property
    @abstractmethod
    def identity(self) -> str:
        """What distinguishes it from others of its kind."""


class DecisionProposedByEscalation(Fact):
    """Nobody has acted in time, and a step of the escalation ladder puts a decision before people (section 9)."""

    case_id: str
    step_id: str
    """The escalation step, by the event that says that it was taken."""
    proposes: str
    """What is proposed, in the words of the policy: SUSPEND, PROBATION and others."""
    says: str
    """Why, as the policy says it."""

    @property
    def identity(self) -> str:
        return self.step_id


def kinds_of(fact: type[Fact] = Fact) -> Iterator[type[Fact]]:
    """Every kind of fact that can be established, as far as its module is imported."""
    for kind in fact.__subclasses__():
        if not inspect.isabstract(kind):
            yield kind
        yield from kinds_of(kind)
