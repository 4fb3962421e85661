"""The one transaction in which an entry is written: what its lines and checks need of it."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from pydantic import JsonValue
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.core.clocks import ClockRule, Deadline
from domain.core.days import Calendar
from domain.core.entry import Entry, Line, Written
from domain.core.events import Event, Signature, link
from domain.core.facts import Fact
from domain.core.forms import Action, Audience, Form
from domain.core.people import Actor, Role
from domain.core.refusals import Code, Refused
from domain.policy.policy import Policy
from records.core.identities import refuse_unless_still_permitted
from records.core.policies import Policies
from records.core.projecting import apply
from records.core.registries import Registries
from records.core.streams import lock_stream, refuse_unless_among
from records.core.tables.cases import CaseRow, RecordRow, TaskRow
from records.core.tables.journal import EventRow, StreamRow


class Writing:
    """One entry being written. `rows` are the event rows, to be inserted last."""

    def __init__(
        self,
        session: AsyncSession,
        entry: Entry,
        registries: Registries,
        policies: Policies,
        recorded_at: datetime,
        *,
        web: str,
    ) -> None:
        self.session = session
        self.entry = entry
        self.registries = registries
        self.policies = policies
        self.recorded_at = recorded_at
        self.web = web
        """Where cases are shown to people."""
        self.rows: list[EventRow] = []
        self.events: list[Event] = []
        """What has been written so far."""
        self.written = Written(numbers=())
        """What the caller will be told."""
        self.task: TaskRow | None = None
        self.requester = entry.actor
        """Who requests a case that is opened: the actor, or the program where a rule demands it."""
        self.line: Line | None = None
        """The line that is being written."""
        self.following: tuple[Fact, ...] = ()
        """The facts whose reactions are running, the outermost first."""
        self.taking_up = False
        """Whether a fact that held in an older version is taken up: then only what protects follows from it."""
        self.relies_on: tuple[str, ...] = ()
        """The appointments that the signature stands on, in words."""
        self.licensed_at: tuple[str, ...] = ()
        """The sites of the licences that these are named on."""
        self.appointed_as: frozenset[Role] = frozenset()
        """The roles of these; none where the signature stands on no appointment."""
        self._policy: Policy | None = None
        self._heads: dict[str, StreamRow] = {}

    @property
    def at(self) -> datetime:
        return self.entry.at.astimezone(UTC)

    @property
    def acts_as(self) -> frozenset[Role]:
        """In which roles the person acts: those of the appointments relied on, else all that they hold."""
        return self.appointed_as or frozenset(self.actor.roles)

    @property
    def actor(self) -> Actor:
        return self.entry.actor

    async def refuse_unless_permitted(
        self,
        action: Action,
        *,
        by: frozenset[Role] | None = None,
        task: TaskRow | None = None,
        form: Form | None = None,
        site_id: str | None = None,
    ) -> None:
        """Raise `Refused` unless the actor may take the action at this instant. `by`: whom it is for this time."""
        policy = await self.policy()
        await refuse_unless_still_permitted(
            self.session,
            self.actor,
            action,
            at=self.at,
            cool_off=policy.limits.role_cool_off,
            by=by,
            task=task,
            form=form,
            site_id=site_id,
        )

    async def policy(self) -> Policy:
        """The policy in force at this instant."""
        if self._policy is None:
            self._policy = await self.policies.in_force(self.session, self.at)
        return self._policy

    async def calendar_of(self, clock: ClockRule | Deadline, site_id: str) -> Calendar:
        """The calendar that a clock counts in, of a case at this site."""
        return await self.policies.calendar_of_clock(self.session, clock.days_of, site_id, self.at)

    async def case(self) -> CaseRow:
        """The case the entry belongs to. Raises `Refused(NOT_FOUND)`."""
        row = await self.session.get(CaseRow, self.entry.stream)
        if row is None:
            raise Refused(Code.NOT_FOUND, "There is no such case.")
        return row

    async def head(self, stream: str) -> StreamRow:
        """The locked head of a stream."""
        if stream not in self._heads:
            self._heads[stream] = await lock_stream(self.session, stream)
        return self._heads[stream]

    def refuse_unless_locked(self, streams: Iterable[str]) -> None:
        """Raise `Overtaken` unless all of these are locked, as they are known now. The entry begins again then."""
        refuse_unless_among(streams, self._heads)

    async def append(
        self,
        type_: str,
        payload: dict[str, JsonValue],
        *,
        stream: str | None = None,
        audience: Audience = Audience.SPONSOR,
    ) -> int:
        """Write a further event that a check found necessary. It is not among the numbers that the caller is told."""
        return await self._append(type_, payload, stream=stream, audience=audience)

    async def record(
        self,
        type_: str,
        payload: dict[str, JsonValue],
        *,
        stream: str | None = None,
        audience: Audience = Audience.SPONSOR,
        signature: Signature | None = None,
    ) -> int:
        """Write the event of a line. Its number is among those that the caller is told."""
        number = await self._append(type_, payload, stream=stream, audience=audience, signature=signature)
        self.answer(numbers=(*self.written.numbers, number))
        return number

    def answer(self, **told: Any) -> None:
        """Tell the caller more."""
        self.written = self.written.model_copy(update=told)

    async def next_version(self, case_id: str, action: str) -> int:
        """The version that the next record of an action in a case is."""
        query = select(func.count()).where(col(RecordRow.case_id) == case_id, col(RecordRow.action) == action)
        return int((await self.session.exec(query)).one()) + 1

    async def _append(
        self,
        type_: str,
        payload: dict[str, JsonValue],
        *,
        stream: str | None = None,
        audience: Audience = Audience.SPONSOR,
        signature: Signature | None = None,
    ) -> int:
        stream = stream or self.entry.stream
        head = await self.head(stream)
        event = Event(
            stream=stream,
            number=head.number + 1,
            type=type_,
            command_id=self.entry.command_id,
            actor=self.entry.actor,
            audience=audience,
            site_id=await self._site_of(stream, payload),
            occurred_at=self.at,
            recorded_at=self.recorded_at,
            payload=payload,
            signature=signature,
        )
        await apply(self.session, self.registries, event)
        body = event.body()
        head.number, head.hash = event.number, link(head.hash, body)
        self.rows.append(event_row(event, body, head.hash))
        self.events.append(event)
        return event.number

    async def _site_of(self, stream: str, payload: dict[str, JsonValue]) -> str | None:
        case = await self.session.get(CaseRow, stream)
        if case is not None:
            return case.site_id
        order = payload.get("order")
        site = order.get("site_id") if isinstance(order, dict) else payload.get("site_id")
        return site if isinstance(site, str) else None


def event_row(event: Event, body: str, hash_: str) -> EventRow:
    """The row of an event: its body and the copies of it that are searched."""
    return EventRow(
        stream=event.stream,
        number=event.number,
        type=event.type,
        command_id=event.command_id,
        site_id=event.site_id,
        audience=event.audience.value,
        recorded_at=event.recorded_at,
        body=body,
        hash=hash_,
    )
