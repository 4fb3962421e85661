"""What follows from a fact: declared once for each fact, run in the transaction that establishes it."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any, TypeVar

from pydantic import JsonValue
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.core.entry import AlarmLine, Answer, Line, PlainEvent, StartCase
from domain.core.facts import Cause, Consequences, Fact, FactName, StandingFact
from domain.core.people import SYSTEM
from domain.core.refusals import Code, Refused
from records.core.declared import Effect, checks_event
from records.core.policies import Policies
from records.core.registries import DECLARED
from records.core.tables.facts import FactRow, FactSubjectRow
from records.core.writing import Writing

_DEEPEST = 5
"""So many facts may follow from one another. A longer chain has no end."""

F = TypeVar("F", bound=Fact)
Reaction = Callable[[Writing, F], Awaitable[Consequences]]
LastStep = Callable[[Writing], Awaitable[None]]
Finder = Callable[[AsyncSession, Policies, datetime], Awaitable[Sequence[StandingFact]]]
__all__ = [
    "Consequences",
    "after_entry",
    "establish",
    "finds",
    "reacts",
    "revoke",
    "revoke_about",
    "standing_about",
    "standing_cause",
]


def reacts(*facts: type[F], order: int = 0, protects: bool = False) -> Callable[[Reaction[F]], Reaction[F]]:
    """Declare what follows from a fact, or from each of several. Reactions to one run by `order`, which must differ.

    A reaction is idempotent by the identity of the fact. It may stand in a later context than what establishes it.
    One that `protects` (holds, demands a review) follows as well where a fact of an older version is taken up.
    """

    def declare(reaction: Reaction[F]) -> Reaction[F]:
        for fact in facts:
            DECLARED.reactions.declare(fact, reaction, order)
        if protects:
            DECLARED.protective.add(reaction)
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


def finds(kind: type[StandingFact]) -> Callable[[Finder], Finder]:
    """Declare what finds the facts of a kind that hold at an instant by the records, for databases of older versions.

    It leaves out what people have judged already: nothing that they have decided follows again.
    """

    def declare(finder: Finder) -> Finder:
        DECLARED.standing.declare(kind, finder)
        return finder

    return declare


async def establish(writing: Writing, fact: Fact) -> Consequences:
    """A fact has become true: run its reactions in their order, in this transaction. Returns what they did.

    One that stands is journaled with its cause and its consequences; while it stands nothing follows from it twice.
    Raises `RuntimeError` if facts follow from one another without end.
    """
    if not isinstance(fact, StandingFact):
        return await _follow(writing, fact)
    await writing.head(fact.stream)
    if fact.name in [each.name for each in writing.following] or await _row_of(writing, fact.name) is not None:
        return Consequences()
    cause = _cause(writing)
    done = await _follow(writing, fact)
    effect: Effect = done.model_dump(mode="json", exclude_defaults=True)
    await writing.append("fact.established", {**payload_of(fact, cause), "effect": effect}, stream=fact.stream)
    return done


async def revoke(writing: Writing, kind: type[StandingFact], identity: str) -> None:
    """A fact is true no more; what followed from it stays until people undo it. Nothing happens if it does not stand.

    Once it is revoked the same fact may become true again, and everything follows anew.
    """
    row = await _row_of(writing, FactName(kind=kind.__name__, identity=identity))
    if row is not None:
        await _revoke(writing, row)


async def revoke_about(writing: Writing, kind: type[StandingFact], subject: str) -> None:
    """The same for every fact of a kind about something."""
    for row in await standing_about(writing, kind, subject):
        await _revoke(writing, row)


async def standing_about(writing: Writing, kind: type[StandingFact], subject: str) -> list[FactRow]:
    """The facts of a kind about something that stand, the oldest first."""
    query = (
        select(FactRow)
        .join(FactSubjectRow, col(FactSubjectRow.fact_id) == col(FactRow.fact_id))
        .where(
            col(FactSubjectRow.subject) == subject,
            col(FactRow.kind) == kind.__name__,
            col(FactRow.revoked_at).is_(None),
        )
        .order_by(col(FactRow.established_at), col(FactRow.fact_id))
    )
    return [row for row in (await writing.session.exec(query)).all() if subject in row.about]


def standing_cause(writing: Writing) -> FactName | None:
    """The innermost fact that stands among those whose reactions are running."""
    return next((each.name for each in reversed(writing.following) if isinstance(each, StandingFact)), None)


def payload_of(fact: StandingFact, cause: Cause) -> dict[str, JsonValue]:
    """What the event says that establishes a fact, without what followed."""
    return {
        **fact.name.model_dump(),
        "fact": fact.model_dump(mode="json"),
        "about": [*dict.fromkeys(fact.about)],
        "cause": cause.model_dump(mode="json"),
    }


@checks_event("fact.established")
async def takes_up(writing: Writing, payload: Effect) -> Effect:
    """What held in an older version is established: what protects follows, and nothing else. No person writes it."""
    if writing.actor != SYSTEM:
        raise Refused(Code.WRONG_ROLE, "Only checks and clocks establish facts.")
    fact: Any = writing.registries.facts[str(payload["kind"])].model_validate(payload["fact"])
    if await _row_of(writing, fact.name) is not None:
        raise Refused(Code.NOT_OPEN, f"{fact.name.kind} {fact.identity} is established.")
    writing.taking_up = True
    try:
        done = await _follow(writing, fact)
    finally:
        writing.taking_up = False
    return done.model_dump(mode="json", exclude_defaults=True)


async def _follow(writing: Writing, fact: Fact) -> Consequences:
    before = writing.following
    if len(before) == _DEEPEST:
        chain = ", ".join(f"{type(each).__name__} {each.identity}" for each in (*before, fact))
        raise RuntimeError(f"Facts follow from one another without end: {chain}.")
    writing.following = (*before, fact)
    done = Consequences()
    try:
        for reaction in writing.registries.reactions.of(type(fact)):
            if not writing.taking_up or reaction in writing.registries.protective:
                done += await reaction(writing, fact)
    finally:
        writing.following = before
    return done


async def _row_of(writing: Writing, name: FactName) -> FactRow | None:
    query = select(FactRow).where(
        col(FactRow.kind) == name.kind, col(FactRow.identity) == name.identity, col(FactRow.revoked_at).is_(None)
    )
    return (await writing.session.exec(query)).first()


async def _revoke(writing: Writing, row: FactRow) -> None:
    said: dict[str, JsonValue] = {
        "kind": row.kind,
        "identity": row.identity,
        "cause": _cause(writing).model_dump(mode="json"),
    }
    await writing.append("fact.revoked", said, stream=row.stream)


def _cause(writing: Writing) -> Cause:
    following = writing.following
    return Cause(entry=writing.entry.stream, by=_said(writing.line), fact=following[-1].name if following else None)


def _said(line: Line | None) -> str:
    match line:
        case Answer():
            return line.action
        case PlainEvent():
            return line.type
        case StartCase():
            return f"{line.process.noun}.request"
        case AlarmLine():
            return "escalation"
    return "procedure"
