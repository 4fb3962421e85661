"""What a context asks without knowing who knows: the mirror of reactions.

A question is declared where it is asked, and answered in the contexts that know. Sealing refuses a question that nobody
answers, and one that wants exactly one answer and has more.
"""

from collections.abc import Awaitable, Callable
from typing import Any, Generic, TypeVar

from records.core.registries import DECLARED
from records.core.writing import Writing

A = TypeVar("A")


class Question(Generic[A]):
    """Asked in a transaction: an answer may look things up, lock, or refuse. A frozen dataclass says what is asked."""


class Condition(Generic[A]):
    """Asked while a query is composed: an answer is part of SQL, and looks nothing up."""


C = TypeVar("C", bound=type[Question[Any]] | type[Condition[Any]])
Q = TypeVar("Q", bound=Question[Any])
P = TypeVar("P", bound=Condition[Any])
Answerer = Callable[[Writing, Q], Awaitable[Any]]
Composer = Callable[[P], Any]


def asked(*, of_one: bool = False) -> Callable[[C], C]:
    """Declare a question; `of_one` if only one context may answer it."""

    def declare(question: C) -> C:
        DECLARED.questions.declare(question, of_one)
        return question

    return declare


def answers(question: type[Q], *, order: int = 0) -> Callable[[Answerer[Q]], Answerer[Q]]:
    """Declare an answer to a question. Answers to one question are given by `order`, which must differ."""

    def declare(answerer: Answerer[Q]) -> Answerer[Q]:
        DECLARED.answers.declare(question, answerer, order)
        return answerer

    return declare


def composes(condition: type[P], *, order: int = 0) -> Callable[[Composer[P]], Composer[P]]:
    """Declare the part of a query that a condition asks for."""

    def declare(composer: Composer[P]) -> Composer[P]:
        DECLARED.conditions.declare(condition, composer, order)
        return composer

    return declare


async def ask(writing: Writing, question: Question[A]) -> list[A]:
    """The answers of all contexts that know, in their order. Raises what they raise."""
    return [await answerer(writing, question) for answerer in writing.registries.answers.of(type(question))]


def composed(condition: Condition[A]) -> list[A]:
    """The parts of a query from all contexts that have one. It has no transaction, so it asks what was loaded."""
    return [composer(condition) for composer in DECLARED.conditions.of(type(condition))]
