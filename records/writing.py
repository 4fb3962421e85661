"""How each line of a journal entry becomes an event, inside the one transaction."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

from pydantic import JsonValue
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.case import OpenedTask, alarms_of
from domain.case_actions import audience_of
from domain.clocks import Deadline, Level, acknowledge_by, deadline, remaining
from domain.entry import (
    Answer,
    Entry,
    Fact,
    HandOver,
    Line,
    Move,
    OpenTask,
    Ring,
    Signed,
    StartCase,
    Tell,
    WithdrawTask,
    Written,
)
from domain.events import Event, Signature, link
from domain.forms import Action, Audience, Form, Process, record_hash
from domain.people import SYSTEM, Actor, Org
from domain.policy import Policy
from domain.refusals import Code, Refused
from records import outbox
from records.checks import DUE_DAYS, FACT_CHECKS, FORM_CHECKS, SUGGESTIONS
from records.identities import refuse_unless_still_permitted
from records.opening import opening_of
from records.policies import Policies
from records.projections import apply
from records.proposing import propose_by_rung
from records.recipients import candidates, people_at_level
from records.references import refuse_unless_kept
from records.registry import STARTABLE, form_of
from records.signing import consume
from records.streams import lock_stream
from records.tables import CaseRow, EventRow, RecordRow, StreamRow, TaskRow
from records.watching import tell_oversight


class Writing:
    """One entry being written. `rows` are the event rows, to be inserted last."""

    def __init__(
        self, session: AsyncSession, entry: Entry, policies: Policies, recorded_at: datetime, *, web: str
    ) -> None:
        self.session = session
        self.entry = entry
        self.policies = policies
        self.recorded_at = recorded_at
        self.rows: list[EventRow] = []
        self.task: TaskRow | None = None
        self.requester = entry.actor
        """Who requests a case that is opened: the actor, or the program where a rule demands it."""
        self._web = web
        self._events: list[Event] = []
        self._policy: Policy | None = None
        self._heads: dict[str, StreamRow] = {}
        self._written = Written(numbers=())

    async def write(self) -> Written:
        """Write all lines in their order. Raises `Refused` if one of them is refused."""
        writers: dict[type[Line], Callable[[Any], Awaitable[None]]] = {
            Answer: self._answer,
            OpenTask: self._open,
            HandOver: self._hand_over,
            WithdrawTask: self._withdraw,
            Ring: self._ring,
            Move: self._move,
            Fact: self._fact,
            StartCase: self._start,
            Tell: self._tell,
        }
        for line in self.entry.lines:
            await writers[type(line)](line)
        await outbox.webhooks(self.session, self.recorded_at, self._events)
        await tell_oversight(self.session, self.entry.stream, self._events)
        return self._written

    # -------------------------------------------------------------------------- lines

    async def _answer(self, line: Answer) -> None:
        case = await self.case()
        process = Process(case.process)
        form_class = form_of(process, line.action)
        form = form_class.stored(line.form)
        if case.closed_at is not None:
            raise Refused(Code.CASE_CLOSED, f"{case.case_id} is closed: {case.stage}.", when=str(case.closed_at))
        task = self.task = await self.session.get(TaskRow, line.task_id) if line.task_id else None
        if task is not None and task.state != "OPEN":
            raise Refused(
                Code.ALREADY_ANSWERED,
                "This task has been answered already.",
                who=task.closed_by_name,
                when=task.closed_at.isoformat() if task.closed_at else None,
            )
        await self.refuse_unless_permitted(form.action, task=task, site_id=case.site_id)
        version = await self._next_version(case.case_id, line.action)
        digest = record_hash(case.case_id, form)
        signature = None
        if (meaning := form.meaning()) is not None:
            signed = Signed(
                record_id=case.case_id, action=line.action, version=version, record_hash=digest, meaning=meaning
            )
            signature = await consume(self, line.signature_token, signed)
        await refuse_unless_kept(self.session, form, self.actor)
        check = FORM_CHECKS.get(form_class)
        effect = await check(self, case, form) if check else {}
        payload: dict[str, JsonValue] = {
            "task": line.task_id,
            "form": form.model_dump(mode="json"),
            "sha256": digest,
            "version": version,
            "effect": effect,
        }
        audience = audience_of(form, known_to_site=case.shared, about=await self._organisation_of(form))
        number = await self._append(form.action.event_type(process), payload, audience=audience, signature=signature)
        outbox.answer(self.session, self.recorded_at, case.case_id, number, line.action)
        self._written = self._written.model_copy(
            update={
                "record_hash": digest,
                "record_version": version,
                "effect": effect,
            }
        )

    async def _organisation_of(self, form: Form) -> Org | None:
        """The organisation of the task that a form speaks of: an extension, an acknowledgement."""
        task = await self.session.get(TaskRow, getattr(form, "task_id", ""))
        return Org(task.org) if task else None

    async def _open(self, line: OpenTask) -> None:
        case = await self.case()
        form = form_of(Process(case.process), line.action)
        due = None
        calendar = await self.policies.calendar_of(self.session, case.site_id, self.at)
        if line.clock is not None:
            policy = await self.policy()
            known = DUE_DAYS.get(form)
            due = deadline(
                line.clock,
                policy.clock(line.clock),
                policy_version=policy.version,
                start_event_id=f"{case.case_id}#{(await self.head(case.case_id)).number + 1}",
                started_at=calendar.end_of(line.since_day) if line.since_day else line.since,
                calendar=calendar,
                due_on=line.due_on or (await known(self, case, line) if known else None),
            )
        suggest = SUGGESTIONS.get(form)
        prefill = {**(await suggest(self, case, line) if suggest else {}), **line.prefill}
        cdmo = any(role.startswith("CDMO_") for role in line.by)
        left = remaining(due, self.at, calendar) if due is not None and case.held else None
        payload: dict[str, JsonValue] = {
            "task": line.task_id,
            "action": line.action,
            "title": form.action.title,
            "about": line.about,
            "roles": [role.value for role in sorted(line.by)],
            "org": (Org.CDMO if cdmo else Org.SPONSOR).value,
            "assignee": line.assignee,
            "barred": dict(line.barred),
            "prefill": prefill,
            "concerns": list(line.concerns),
            "deadline": due.model_dump(mode="json") if due else None,
            "remaining": left.model_dump(mode="json") if left else None,
            "otherwise": due.otherwise if due else form.action.otherwise,
        }
        await self._append("task.opened", payload, audience=Audience.SHARED if cdmo else Audience.SPONSOR)
        people = await candidates(
            self.session, line.by, case.site_id, assignee=line.assignee, barred=line.barred, at=self.at
        )
        await outbox.mail(
            self.session,
            self.recorded_at,
            people,
            subject=f"{case.case_id}: {form.action.title}",
            text=outbox.task_text(case, form.action.title, line.about, due, self._web),
        )
        opened = OpenedTask(task_id=line.task_id)
        if due is not None:
            opened = OpenedTask(task_id=line.task_id, due_at=due.due_at, otherwise=due.otherwise, alarms=alarms_of(due))
        self._written = self._written.model_copy(update={"opened": (*self._written.opened, opened)})

    async def _hand_over(self, line: HandOver) -> None:
        await self._append("task.handed_over", {"task": line.task_id, "to": line.to, "reason": line.reason})

    async def _withdraw(self, line: WithdrawTask) -> None:
        await self._append("task.withdrawn", {"task": line.task_id, "reason": line.reason})

    async def _ring(self, line: Ring) -> None:
        case = await self.case()
        task = await self.session.get_one(TaskRow, line.task_id)
        if task.state != "OPEN":
            return
        policy = await self.policy()
        clock = Deadline.model_validate(task.deadline)
        rung = clock.rungs[line.rung] if line.rung is not None else None
        says, proposes = (rung.says, rung.proposes) if rung else ("", None)
        people = await people_at_level(
            self.session, policy, line.level, rung.to if rung and line.alarm != "climb" else None, task, case, self.at
        )
        until = None
        if line.alarm in {"rung", "climb"} and line.level is not Level.L0:
            calendar = await self.policies.calendar_of(self.session, case.site_id, self.at)
            until = acknowledge_by(clock, self.at, calendar)
        type_ = {"reminder": "task.reminded", "due": "task.overdue"}.get(line.alarm, "task.escalated")
        number = (await self.head(case.case_id)).number + 1
        payload: dict[str, JsonValue] = {
            "task": line.task_id,
            "rung": f"{case.case_id}#{number}",
            "level": line.level.value,
            "alarm": line.alarm,
            "says": says,
            "proposes": proposes,
            "to": [person.person_id for person in people],
            "acknowledge_by": until.isoformat() if until else None,
        }
        await self._append(type_, payload)
        await outbox.mail(
            self.session,
            self.recorded_at,
            people,
            subject=f"{case.case_id}: {task.title} - {type_.removeprefix('task.')}",
            text=outbox.rung_text(case, task, says, proposes, until, self._web),
        )
        self._written = self._written.model_copy(update={"acknowledge_by": until})
        if proposes is not None and line.alarm == "rung":
            await propose_by_rung(self, case, proposes, says)

    async def _move(self, line: Move) -> None:
        payload: dict[str, JsonValue] = {"stage": line.stage, "offers": list(line.offers), "outcome": line.outcome}
        type_ = "case.closed" if line.closes else "case.moved"
        case = await self.case()
        await self._append(type_, payload, audience=Audience.SHARED if case.shared else Audience.SPONSOR)

    async def _fact(self, line: Fact) -> None:
        check = FACT_CHECKS.get(line.type)
        effect = await check(self, line.payload) if check else {}
        signature = None
        if line.signs is not None:
            signature = await consume(self, line.signature_token, line.signs)
        payload = {**line.payload, "effect": effect} if effect else line.payload
        await self._append(line.type, payload, audience=line.audience, signature=signature)
        self._written = self._written.model_copy(
            update={
                "effect": {**self._written.effect, **effect},
            }
        )

    async def _start(self, line: StartCase) -> None:
        form = STARTABLE[line.process].stored(line.form)
        if self.actor != SYSTEM:
            await self.refuse_unless_permitted(form.action)
            await refuse_unless_kept(self.session, form, self.actor)
        await self._open_case(line.process, form, owner=self.entry.stream or None)

    async def open_case(
        self, process: Process, form: Form, *, owner: str | None = None, requester: Actor = SYSTEM
    ) -> str:
        """Open a case because a rule or a decision demands it, in the transaction in which it does. Returns its id.

        The program requests it, whoever acts in this entry, unless it is `requester` who has decided so; the relay
        starts its procedure. `owner` is told its outcome.
        """
        acting, self.requester = self.requester, requester
        told = self._written
        try:
            await self._open_case(process, form, owner=owner)
        finally:
            self.requester = acting
        case_id = self._written.started[-1]
        self._written = told
        return case_id

    async def _open_case(self, process: Process, form: Form, *, owner: str | None) -> None:
        opening = await opening_of(self, process, form, owner=owner, web=self._web)
        if opening.event is not None:
            await self._append(opening.event, opening.payload, stream=opening.case_id, audience=opening.audience)
        self._written = self._written.model_copy(update={"started": (*self._written.started, opening.case_id)})
        if opening.order is not None:
            outbox.start(self.session, self.recorded_at, opening.order)
        else:
            self._written = self._written.model_copy(update={"effect": {"merged": True}})

    async def _tell(self, line: Tell) -> None:
        number = await self._append("case.told", {"to": line.to, "subject": line.subject, "payload": line.payload})
        outbox.signal(self.session, self.recorded_at, line.to, f"{self.entry.stream}#{number}", self.entry.stream, line)

    # -------------------------------------------------------------------------- what lines need

    @property
    def at(self) -> datetime:
        return self.entry.at.astimezone(UTC)

    @property
    def actor(self) -> Actor:
        return self.entry.actor

    async def refuse_unless_permitted(
        self, action: Action, *, task: TaskRow | None = None, site_id: str | None = None
    ) -> None:
        """Raise `Refused` unless the actor may take the action at this instant."""
        policy = await self.policy()
        await refuse_unless_still_permitted(
            self.session,
            self.actor,
            action,
            at=self.at,
            cool_off=policy.limits.role_cool_off,
            task=task,
            site_id=site_id,
        )

    async def policy(self) -> Policy:
        """The policy in force at this instant."""
        if self._policy is None:
            self._policy = await self.policies.in_force(self.session, self.at)
        return self._policy

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

    async def append(
        self,
        type_: str,
        payload: dict[str, JsonValue],
        *,
        stream: str | None = None,
        audience: Audience = Audience.SPONSOR,
    ) -> int:
        """Write a further event that a check found necessary. It is not among the numbers that the caller is told."""
        told = self._written.numbers
        number = await self._append(type_, payload, stream=stream, audience=audience)
        self._written = self._written.model_copy(update={"numbers": told})
        return number

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
        await apply(self.session, event)
        body = event.body()
        head.number, head.hash = event.number, link(head.hash, body)
        self.rows.append(event_row(event, body, head.hash))
        self._events.append(event)
        self._written = self._written.model_copy(update={"numbers": (*self._written.numbers, event.number)})
        return event.number

    async def _site_of(self, stream: str, payload: dict[str, JsonValue]) -> str | None:
        case = await self.session.get(CaseRow, stream)
        if case is not None:
            return case.site_id
        order = payload.get("order")
        site = order.get("site_id") if isinstance(order, dict) else payload.get("site_id")
        return site if isinstance(site, str) else None

    async def _next_version(self, case_id: str, action: str) -> int:
        query = select(func.count()).where(col(RecordRow.case_id) == case_id, col(RecordRow.action) == action)
        return int((await self.session.exec(query)).one()) + 1


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
