"""A qualification in the journal, step by step: tasks are opened, answered as they suggest, and signed."""

import itertools
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from domain.entry import Answer, AnyLine, Entry, Fact, Move, OpenTask, StartCase, Written
from domain.forms import Process, record_hash, sha256
from domain.people import SYSTEM, Actor
from records.database import Database
from records.rebuild import projections
from records.registry import form_of
from records.tables import SignatureTokenRow, TaskRow
from tests.domain.filling import filled
from tests.records.seeded import START, Seeded

REQUEST: dict[str, Any] = {
    "site_id": "VM-02",
    "activity": "API_MFG",
    "product": "ARL-204",
    "stage": "COMMERCIAL",
    "markets": ["EU", "US"],
    "need_by": "2025-12-31",
    "justification": "Sole source of the API.",
}
_numbers = itertools.count(1)


@dataclass
class Qualifying:
    """One case, by default a qualification, and the instant it has come to."""

    seeded: Seeded
    case_id: str
    at: datetime = START
    process: Process = Process.QUALIFICATION
    tasks: dict[str, str] = field(default_factory=dict)
    """The newest task of each action."""

    async def asks(self, action: str) -> dict[str, Any]:
        """Open a task; returns what it suggests."""
        form = form_of(self.process, action)
        task_id = self.tasks[action] = f"{self.case_id}.{next(_numbers)}"
        line = OpenTask(task_id=task_id, action=action, by=form.action.by, clock=form.action.clock, since=self.at)
        await self.writes(line)
        async with self.seeded.database.reading() as session:
            return dict((await session.get_one(TaskRow, task_id)).prefill)

    async def does(self, user: str, action: str, **changes: Any) -> Written:
        """Ask and answer as suggested, with changes."""
        return await self.answers(user, action, {**await self.asks(action), **changes})

    async def answers(self, user: str, action: str, form: dict[str, Any]) -> Written:
        """Answer the newest task of an action, or take it as an offer."""
        actor = await self.seeded.actor(user, at=self.at)
        whole = filled(form_of(self.process, action), form)
        token = await self._token(actor, whole) if whole.meaning() is not None else None
        line = Answer(
            action=action,
            form=whole.model_dump(mode="json"),
            task_id=self.tasks.get(action),
            signature_token=token,
        )
        return await self.writes(line, by=actor)

    async def notes(self, type_: str) -> Written:
        """Note a fact."""
        return await self.writes(Fact(type=type_))

    async def closes(self, outcome: str) -> None:
        await self.writes(Move(stage=outcome, closes=True, outcome=outcome))

    def passes(self, days: int) -> None:
        self.at += timedelta(days=days)

    async def writes(self, line: AnyLine, by: Actor = SYSTEM) -> Written:
        command_id = f"{self.case_id}/{next(_numbers)}"
        entry = Entry(stream=self.case_id, command_id=command_id, at=self.at, actor=by, lines=(line,))
        return await self.seeded.journal.write(entry)

    async def _token(self, actor: Actor, form: Any) -> str:
        """What `POST /v1/signatures` leaves behind."""
        token = sha256(f"token {next(_numbers)}")
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
                    meaning=form.meaning().value,
                    method="password",
                    issued_at=now,
                    expires_at=now + timedelta(minutes=5),
                )
            )
        return token


async def a_qualification(seeded: Seeded, at: datetime = START, by: str = "paul", **changes: Any) -> Qualifying:
    """A qualification of the seeded site and scope, requested."""
    return await a_case(seeded, Process.QUALIFICATION, {**REQUEST, **changes}, at=at, by=by)


async def a_case(seeded: Seeded, process: Process, form: dict[str, Any], *, at: datetime, by: str) -> Qualifying:
    """A case, requested."""
    request = StartCase(process=process, form=form)
    entry = Entry(
        stream="", command_id=f"request/{next(_numbers)}", at=at, actor=await seeded.actor(by, at=at), lines=(request,)
    )
    (case_id,) = (await seeded.journal.write(entry)).started
    return Qualifying(seeded, case_id, at, process)


async def projected(database: Database) -> dict[str, list[dict[str, Any]]]:
    """All rows of all projections."""
    found = {}
    async with database.engine.connect() as connection:
        for table in projections():
            rows = (await connection.execute(select(table).order_by(*table.primary_key.columns))).mappings()
            found[table.name] = [dict(row) for row in rows]
    return found
