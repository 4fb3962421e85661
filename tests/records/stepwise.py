"""A qualification whose steps a test asks for itself: the journal is real, the procedure is the test's own."""

import itertools
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from pydantic import JsonValue
from sqlalchemy import select
from sqlmodel import SQLModel

from domain.entry import Answer, Entry, OpenTask, StartCase, Written
from domain.forms import Process, record_hash
from domain.people import SYSTEM
from domain.refusals import Refusal, Refused
from records.database import Database
from records.policies import Policies
from records.rebuild import projections, replay
from records.registry import form_of
from records.tables import CaseRow, SignatureTokenRow, TaskRow
from records.writing import Writing
from tests.domain.filling import filled
from tests.records.seeded import START, Seeded

SHA = "0" * 64
_REQUEST: dict[str, JsonValue] = {
    "site_id": "VM-02",
    "activity": "API_MFG",
    "product": "ARL-204",
    "stage": "COMMERCIAL",
    "markets": ["EU", "US"],
    "need_by": "2026-12-31",
    "justification": "The only manufacturer of the intermediate with free capacity.",
}


@dataclass
class Qualifying:
    """One case, at an instant that the test may move."""

    seeded: Seeded
    case_id: str
    at: datetime = START
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    async def asks(self, action: str) -> dict[str, Any]:
        """Open the task of an action; returns what it suggests."""
        form = form_of(Process.QUALIFICATION, action).action
        task = f"{self.case_id}.{next(self._numbers)}"
        line = OpenTask(task_id=task, action=action, by=form.by, clock=form.clock, since=self.at)
        entry = Entry(stream=self.case_id, command_id=f"ask:{task}", at=self.at, actor=SYSTEM, lines=(line,))
        await self.seeded.journal.write(entry)
        async with self.seeded.database.reading() as session:
            return dict((await session.get_one(TaskRow, task)).prefill)

    async def answers(self, user: str, action: str, **changes: Any) -> dict[str, Any]:
        """Ask, and answer as suggested, with changes; signed if it must be. Returns the effect."""
        return (await self.sends(user, action, await self.asks(action), **changes)).effect

    async def sends(self, user: str, action: str, prefill: dict[str, Any], **changes: Any) -> Written:
        """Submit a form; signed if it must be."""
        form = filled(form_of(Process.QUALIFICATION, action), prefill, **changes)
        actor, number = await self.seeded.actor(user), next(self._numbers)
        token = None
        if (meaning := form.meaning()) is not None:
            token = f"{self.case_id}:{number}"
            await self._add(
                SignatureTokenRow(
                    token_hash=token,
                    person=actor.person,
                    user=user,
                    record_id=self.case_id,
                    action=action,
                    record_hash=record_hash(self.case_id, form),
                    meaning=meaning.value,
                    method="password",
                    issued_at=self.at,
                    expires_at=self.at + timedelta(days=36500),
                )
            )
        line = Answer(action=action, form=form.model_dump(mode="json"), signature_token=token)
        entry = Entry(
            stream=self.case_id, command_id=f"{self.case_id}:{number}", at=self.at, actor=actor, lines=(line,)
        )
        return await self.seeded.journal.write(entry)

    async def is_refused(self, user: str, action: str, **changes: Any) -> Refusal:
        """Ask, and try to answer; success fails the test."""
        prefill = await self.asks(action)
        try:
            effect = (await self.sends(user, action, prefill, **changes)).effect
        except Refused as refused:
            return refused.refusal
        raise AssertionError(f"{user} was let through: {effect}")

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[Writing]:
        """An entry of the case that is being written now."""
        entry = Entry(stream=self.case_id, command_id="now", at=self.at, lines=())
        async with self.seeded.database.writing() as session:
            yield Writing(session, entry, Policies(), self.at, web="")

    async def row(self, table: type[SQLModel], key: Any) -> Any:
        """A row of the projections, as it is now."""
        async with self.seeded.database.reading() as session:
            return await session.get_one(table, key)

    async def case(self) -> CaseRow:
        return await self.row(CaseRow, self.case_id)  # type: ignore[no-any-return]

    async def _add(self, row: SQLModel) -> None:
        async with self.seeded.database.writing() as session:
            session.add(row)


async def qualifying(seeded: Seeded, **changes: JsonValue) -> Qualifying:
    """A qualification of the seeded site, requested by Carla. Example documents are kept."""
    start = StartCase(process=Process.QUALIFICATION, form={**_REQUEST, **changes})
    carla, number = await seeded.actor("carla"), len(changes)
    entry = Entry(stream="", command_id=f"qualify:{changes}:{number}", at=START, actor=carla, lines=(start,))
    (case_id,) = (await seeded.journal.write(entry)).started
    kept: dict[str, JsonValue] = {
        "sha256": SHA,
        "size": 8,
        "media_type": "text/plain",
        "title": "Evidence",
        "filename": "evidence.txt",
        "case_id": None,
        "site_id": None,
    }
    await seeded.write("document.uploaded", "DOC-1", kept, key="example document")
    return Qualifying(seeded, case_id)


async def projected(database: Database) -> dict[str, list[dict[str, Any]]]:
    """All rows of all projections."""
    found = {}
    async with database.engine.connect() as connection:
        for table in projections():
            rows = (await connection.execute(select(table).order_by(*table.primary_key.columns))).mappings()
            found[table.name] = [dict(row) for row in rows]
    return found


async def is_rebuilt_identically(database: Database, *tables: str) -> None:
    """Fail unless the journal alone gives the same rows again, and some in each of these tables."""
    before = await projected(database)
    assert [name for name in tables if not before[name]] == []
    await replay(database.engine.url.render_as_string(hide_password=False))
    assert await projected(database) == before
