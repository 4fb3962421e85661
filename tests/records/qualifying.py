"""A case whose steps a test takes one by one: the journal is real, the procedure is the test's own."""

import itertools
from collections.abc import Awaitable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from pydantic import JsonValue

from domain.asl.asl import AslStatus, stream_of
from domain.core.attestations import stated_by_nobody
from domain.core.case import CaseOrder
from domain.core.entry import Answer, AnyLine, Entry, Move, OpenTask, PlainEvent, StartCase, Written
from domain.core.forms import Audience, Form, Process, record_hash
from domain.core.people import SYSTEM, Actor
from domain.core.refusals import Refusal, Refused
from domain.event.site_event import SiteEventReport
from domain.processes import form_of
from domain.triage.triage import EventTriage
from records.core.tables.cases import CaseRow, TaskRow
from records.core.tables.journal import SignatureTokenRow
from tests.domain.filling import filled
from tests.records.seeded import START, Seeded
from tests.stating import judged, stated

REQUEST: dict[str, JsonValue] = {
    "site_id": "VM-02",
    "activity": "API_MFG",
    "product": "ARL-204",
    "stage": "COMMERCIAL",
    "markets": ["EU", "US"],
    "sole_source": True,
    "justification": "The only manufacturer with free capacity.",
}
"""The seeded site and scope, as they are registered."""
_numbers = itertools.count(uuid4().int >> 96)
"""Each process starts elsewhere: a database that one has filled may be handed to another."""


async def refused(attempt: Awaitable[object]) -> Refusal:
    """The refusal that an attempt ends with; success fails the test."""
    with pytest.raises(Refused) as caught:
        await attempt
    return caught.value.refusal


@dataclass
class Qualifying:
    """One case, by default a qualification, and the instant it has come to, which the test may move."""

    seeded: Seeded
    case_id: str
    at: datetime = START
    process: Process = Process.QUALIFICATION
    tasks: dict[str, str] = field(default_factory=dict)
    """The open task of each action that was asked for."""

    async def asks(self, action: str, **prefill: JsonValue) -> dict[str, Any]:
        """The procedure opens a task, with what it knows already. Returns what the task suggests."""
        form = form_of(self.process, action).action
        task_id = self.tasks[action] = f"{self.case_id}.{next(_numbers)}"
        line = OpenTask(task_id=task_id, action=action, by=form.by, clock=form.clock, since=self.at, prefill=prefill)
        await self.writes(line)
        prefill = dict((await self.seeded.row(TaskRow, task_id)).prefill)
        assert stated_by_nobody(form_of(self.process, action), prefill) == prefill, "a statement is made for a person"
        return prefill

    async def does(self, user: str, action: str, **changes: Any) -> Written:
        """Ask, and answer as suggested, with changes."""
        return await self.answers(user, action, {**await self.asks(action), **changes})

    async def answers(
        self,
        user: str,
        action: str,
        given: dict[str, Any] | None = None,
        *,
        on_behalf_of: str | None = None,
        **changes: Any,
    ) -> Written:
        """A person submits a form, signed if it must be: for the open task of the action, else as an offer."""
        line, actor = await self.prepares(user, action, given, on_behalf_of=on_behalf_of, **changes)
        written = await self.writes(line, by=actor)
        self.tasks.pop(action, None)
        return written

    async def prepares(
        self,
        user: str,
        action: str,
        given: dict[str, Any] | None = None,
        *,
        on_behalf_of: str | None = None,
        **changes: Any,
    ) -> tuple[Answer, Actor]:
        """What a person is about to submit, signed if it must be."""
        kind = form_of(self.process, action)
        known = {**(given or {}), **changes}
        if kind is EventTriage and "outcomes" not in known:
            known = {**judged(SiteEventReport.stored((await self.row()).order["request"])), **known}
        form = filled(kind, stated(kind, known, self.at))
        actor = await self.seeded.actor(user, on_behalf_of=on_behalf_of, at=self.at)
        line = Answer(
            action=action,
            form=form.model_dump(mode="json"),
            task_id=self.tasks.get(action),
            signature_token=await self._token(actor, form),
        )
        return line, actor

    async def notes(self, type_: str, payload: dict[str, JsonValue] | None = None, by: Actor | str = SYSTEM) -> Written:
        """Note a fact."""
        return await self.writes(PlainEvent(type=type_, payload=payload or {}, audience=Audience.SHARED), by=by)

    async def closes(self, outcome: str) -> None:
        await self.writes(Move(stage=outcome, closes=True, outcome=outcome))

    async def writes(self, *lines: AnyLine, by: Actor | str = SYSTEM, key: str = "") -> Written:
        """Write an entry of the case."""
        actor = await self.seeded.actor(by, at=self.at) if isinstance(by, str) else by
        command_id = key or f"{self.case_id}/{next(_numbers)}"
        entry = Entry(stream=self.case_id, command_id=command_id, at=self.at, actor=actor, lines=lines)
        return await self.seeded.journal.write(entry)

    def passes(self, days: int = 0, minutes: int = 0) -> None:
        self.at += timedelta(days=days, minutes=minutes)

    async def row(self) -> CaseRow:
        return await self.seeded.row(CaseRow, self.case_id)

    async def order(self) -> CaseOrder:
        """What the case is started with."""
        return CaseOrder.model_validate((await self.row()).order)

    async def _token(self, actor: Actor, form: Form) -> str | None:
        """What `POST /v1/signatures` leaves behind, if the form is to be signed."""
        if (meaning := form.meaning()) is None:
            return None
        token = f"token {next(_numbers)}"
        async with self.seeded.database.writing() as session:
            now = await self.seeded.database.now(session)
            session.add(
                SignatureTokenRow(
                    token_hash=token,
                    person=actor.person,
                    user=actor.user,
                    record_id=self.case_id,
                    action=form.action.name,
                    record_hash=record_hash(self.case_id, form),
                    meaning=meaning.value,
                    method="password",
                    issued_at=now,
                    expires_at=now + timedelta(minutes=5),
                )
            )
        return token


async def a_qualification(seeded: Seeded, by: str = "carla", *, at: datetime = START, **changes: Any) -> Qualifying:
    """A qualification, requested: by default of the seeded site for the seeded scope."""
    need_by = (at + timedelta(days=3 * 365)).date().isoformat()
    return await a_case(seeded, Process.QUALIFICATION, {**REQUEST, "need_by": need_by, **changes}, by=by, at=at)


async def a_case(
    seeded: Seeded, process: Process, form: dict[str, Any], *, by: str, at: datetime = START
) -> Qualifying:
    """A case, requested."""
    entry = Entry(
        stream="",
        command_id=f"request/{next(_numbers)}",
        at=at,
        actor=await seeded.actor(by, at=at),
        lines=(StartCase(process=process, form=form),),
    )
    (case_id,) = (await seeded.journal.write(entry)).started
    return Qualifying(seeded, case_id, at, process)


async def stands(
    seeded: Seeded, status: AslStatus, *, scope_id: str = "SC-1", site_id: str = "VM-02", **more: JsonValue
) -> None:
    """The approved supplier list has said so of a scope for more than a year."""
    since = START - timedelta(days=400)
    statement: dict[str, JsonValue] = {
        "scope_id": scope_id,
        "site_id": site_id,
        "supplier_id": "SUP-1",
        "status": status.value,
        "suspension_scope": "NEW_ORDERS" if status is AslStatus.SUSPENDED else None,
        "effective_from": since.isoformat(),
        "reason_code": "DECISION",
        "reason": "As decided.",
        "decided_in": "QC-0",
        "decided_by": [],
        "oversight_model": None,
        "valid_to": None,
        "next_requal_due": None,
        "next_audit_due": None,
        **more,
    }
    await seeded.write("asl.changed", stream_of(scope_id), statement, key=f"states/{next(_numbers)}", at=since)
