"""Checks, declared by the form or plain event they belong to. A check refuses, or returns its effect."""

from collections.abc import Awaitable, Callable
from datetime import date
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, JsonValue
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.core.entry import Answer, OpenTask, PlainEvent
from domain.core.forms import Audience, Form, Process
from records.core.registries import DECLARED
from records.core.tables.cases import CaseRow
from records.core.writing import Writing

Effect = dict[str, JsonValue]
F = TypeVar("F", bound=Form)
FormCheck = Callable[[Writing, CaseRow, F], Awaitable[Effect]]
RequestCheck = Callable[[Writing, F], Awaitable["Requested"]]
Suggestion = Callable[[Writing, CaseRow, OpenTask], Awaitable[Effect]]
EventCheck = Callable[[Writing, Effect], Awaitable[Effect]]
AfterOpening = Callable[[Writing, str, F], Awaitable[None]]
StreamsAbove = Callable[[AsyncSession, str], Awaitable[list[str]]]
StreamsOfEvent = Callable[[AsyncSession, str, Effect], Awaitable[list[str]]]
DueDay = Callable[[Writing, CaseRow, OpenTask], Awaitable[date | None]]


class Requested(BaseModel):
    """The facts a new case is opened with, or the case that the request is merged into."""

    model_config = ConfigDict(frozen=True)

    title: str = ""
    kind: str = ""
    supplier_id: str = ""
    site_id: str = ""
    scope_ids: tuple[str, ...] = ()
    markets: frozenset[str] = frozenset()
    activities: frozenset[str] = frozenset()
    risk_tier: str | None = None
    trigger: str | None = None
    owner: str | None = None
    merged_into: str | None = None
    reopens: bool = False
    known_as: str | None = None
    """The case that this very request has opened before; then nothing is written."""
    audience: Audience | None = None
    """Who sees the request, where that depends on who sends it (S6); by default as the form says."""
    effect: Effect = {}
    """What the records found, for projectors."""


def checks(form: type[F]) -> Callable[[FormCheck[F]], FormCheck[F]]:
    """Declare what the records check before a form is written."""

    def declare(check: FormCheck[F]) -> FormCheck[F]:
        DECLARED.checks.declare(form, check)
        return check

    return declare


def suggests(form: type[Form]) -> Callable[[Suggestion], Suggestion]:
    """Declare what a new task suggests as its answer: dates that the calendar allows, versions to read."""

    def declare(suggestion: Suggestion) -> Suggestion:
        DECLARED.suggestions.declare(form, suggestion)
        return suggestion

    return declare


def due(*forms: type[Form]) -> Callable[[DueDay], DueDay]:
    """Declare the day on which a new task is due by the records, in place of the counted one; `None` leaves that."""

    def declare(day: DueDay) -> DueDay:
        for form in forms:
            DECLARED.due_days.declare(form, day)
        return day

    return declare


def opens(form: type[F]) -> Callable[[RequestCheck[F]], RequestCheck[F]]:
    """Declare what the records check before a case is opened, and the facts it is opened with."""

    def declare(check: RequestCheck[F]) -> RequestCheck[F]:
        DECLARED.openers.declare(form, check)
        return check

    return declare


def once_opened(form: type[F]) -> Callable[[AfterOpening[F]], AfterOpening[F]]:
    """Declare what becomes true once a case is opened by a form: it has its id by then, and its request is written."""

    def declare(step: AfterOpening[F]) -> AfterOpening[F]:
        DECLARED.opened.declare(form, step)
        return step

    return declare


def locks_above(*forms: type[Form]) -> Callable[[StreamsAbove], StreamsAbove]:
    """Declare the streams that an answer must lock before that of its own case: what many cases share comes first.

    Two transactions that lock the same streams in different orders would stop each other. What is declared is asked
    once more under the locks; if it is more then, the entry is written from its start.
    """

    def declare(streams: StreamsAbove) -> StreamsAbove:
        async def of_answer(session: AsyncSession, stream: str, _: Answer) -> list[str]:
            return await streams(session, stream)

        for form in forms:
            for process in Process:
                if form.action.belongs_to(process):
                    DECLARED.streams_above.declare((process.prefix, form.action.name), of_answer)
        return streams

    return declare


def locks_above_event(prefix: str, type_: str) -> Callable[[StreamsOfEvent], StreamsOfEvent]:
    """The same of a plain event of a record that belongs to no case, by what it says. `prefix` is that of its name."""

    def declare(streams: StreamsOfEvent) -> StreamsOfEvent:
        async def of_event(session: AsyncSession, stream: str, line: PlainEvent) -> list[str]:
            return await streams(session, stream, line.payload)

        DECLARED.streams_above.declare((prefix, type_), of_event)
        return streams

    return declare


def checks_event(type_: str) -> Callable[[EventCheck], EventCheck]:
    """Declare what the records check before a plain event is written."""

    def declare(check: EventCheck) -> EventCheck:
        DECLARED.event_checks.declare(type_, check)
        return check

    return declare
