"""Facts: what has become true in the business. What follows from a fact is declared elsewhere, by `reacts`.

Some facts are states of the business: they hold until they are revoked, and are journaled with their cause and what
followed (section 16, law 1). Others are messages between contexts: what they say is in the event of who says it.
"""

import inspect
from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import ClassVar

from pydantic import BaseModel, ConfigDict


class FactName(BaseModel):
    """Which fact: kind and identity."""

    model_config = ConfigDict(frozen=True)

    kind: str
    identity: str


class Cause(BaseModel):
    """What has made a fact true, or untrue again."""

    model_config = ConfigDict(frozen=True)

    entry: str
    """The stream in which it was written: a case, a site."""
    by: str
    """What was written there: the action of a form, the event of a clock, or `upgrade`."""
    fact: FactName | None = None
    """The fact that it follows from, if it follows from one."""


class Consequences(BaseModel):
    """What followed from a fact."""

    model_config = ConfigDict(frozen=True)

    held: tuple[str, ...] = ()
    """Batches on which a hold was placed for the fact itself."""
    holds: tuple[str, ...] = ()
    """The holds on them."""
    held_with_them: tuple[str, ...] = ()
    """Batches that are held because they come from these."""
    reviews: tuple[str, ...] = ()
    """Batches whose release is reviewed."""
    to_look_at: tuple[str, ...] = ()
    """Batches that these come from: what is true of a batch may be so of them."""
    opened: tuple[str, ...] = ()
    """Cases that were opened."""

    def __add__(self, other: "Consequences") -> "Consequences":
        """All that followed, each thing once."""
        return Consequences(
            **{
                name: tuple(dict.fromkeys((*getattr(self, name), *getattr(other, name))))
                for name in Consequences.model_fields
            }
        )

    @property
    def subjects(self) -> tuple[str, ...]:
        """The batches and cases that it had consequences for."""
        return self.held + self.held_with_them + self.reviews + self.to_look_at + self.opened


class Fact(BaseModel, ABC):
    """A statement that has become true. The docstring of each kind says what it means.

    Only a check or a clock establishes a fact, in the transaction that makes it true. Two facts of one kind with the
    same identity are the same fact.
    """

    model_config = ConfigDict(frozen=True)

    @property
    def name(self) -> FactName:
        """What it is called by: the name of its class never changes, since journals hold it."""
        return FactName(kind=type(self).__name__, identity=self.identity)

    @property
    @abstractmethod
    def identity(self) -> str:
        """What distinguishes it from others of its kind."""


class StandingFact(Fact):
    """A state of the business: it is journaled, and holds until it is revoked. While it holds nothing follows twice."""

    never_ends: ClassVar[str] = ""
    """Why nothing makes it untrue; empty where something revokes it."""

    @property
    @abstractmethod
    def stream(self) -> str:
        """Where it is journaled. Whoever establishes it may lock that."""

    @property
    @abstractmethod
    def about(self) -> tuple[str, ...]:
        """Ids of what it is about: batches, cases, scopes, sites, certificates."""


class DecisionProposedByEscalation(Fact):
    """Nobody has acted in time, and a step of the escalation ladder puts a decision before people (section 9).

    It is not journaled: the alarm that says so is.
    """

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


def stream_of_facts(subject: str) -> str:
    """The stream that holds the facts about what has no case of its own: a scope, a certificate, an agreement."""
    return f"FACTS-{subject}"


def kinds_of(fact: type[Fact] = Fact) -> Iterator[type[Fact]]:
    """Every kind of fact that can be established, once, as far as its module is imported."""
    yield from dict.fromkeys(_kinds(fact))


def _kinds(fact: type[Fact]) -> Iterator[type[Fact]]:
    for kind in fact.__subclasses__():
        if not inspect.isabstract(kind):
            yield kind
        yield from _kinds(kind)
