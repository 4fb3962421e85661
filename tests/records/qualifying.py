"""Qualification cases in the journal, as far as the records see them: requested, asked for and answered."""

import itertools
from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from pydantic import JsonValue
from sqlalchemy import select
from sqlmodel import SQLModel

from domain.asl import AslStatus
from domain.case import CaseOrder
from domain.entry import Answer, Entry, Move, OpenTask, StartCase, Written
from domain.events import Event
from domain.forms import Form, Process, record_hash
from domain.people import SYSTEM
from domain.refusals import Refusal, Refused
from records.identities import next_id
from records.rebuild import projections, replay
from records.tables import AslRow, CaseRow, EventRow, SignatureTokenRow, TaskRow
from tests.records.seeded import START, Seeded

REQUEST: dict[str, JsonValue] = {
    "site_id": "VM-02",
    "activity": "API_MFG",
    "product": "ARL-204",
    "stage": "COMMERCIAL",
    "markets": ["EU", "US"],
    "sole_source": True,
    "need_by": "2027-12-31",
    "justification": "The only manufacturer with free capacity.",
}
_numbers = itertools.count(1)


async def refused(attempt: Awaitable[object]) -> Refusal:
    """The refusal that an attempt ends with."""
    with pytest.raises(Refused) as caught:
        await attempt
    return caught.value.refusal


@dataclass(frozen=True)
class Qualifying:
    """The records of a seeded system in which qualifications run."""

    seeded: Seeded

    async def requests(self, user: str = "carla", *, at: datetime = START, **changes: Any) -> str:
        """A person requests a qualification. Returns the case's id."""
        entry = Entry(
            stream="",
            command_id=f"request:{next(_numbers)}",
            at=at,
            actor=await self.seeded.actor(user),
            lines=(StartCase(process=Process.QUALIFICATION, form={**REQUEST, **changes}),),
        )
        (case_id,) = (await self.seeded.journal.write(entry)).started
        return case_id

    async def asks(self, case_id: str, form: type[Form], *, at: datetime = START) -> TaskRow:
        """The procedure asks for a form. Returns the task."""
        task_id = f"{case_id}.{next(_numbers)}"
        line = OpenTask(task_id=task_id, action=form.action.name, by=form.action.by, clock=form.action.clock, since=at)
        await self._writes(case_id, line, at=at)
        async with self.seeded.database.reading() as session:
            return await session.get_one(TaskRow, task_id)

    async def answers(
        self, user: str, case_id: str, form: Form, *, task: TaskRow | None = None, at: datetime = START
    ) -> Written:
        """A person submits a form, signed if it is to be signed."""
        actor = await self.seeded.actor(user)
        token = f"token-{next(_numbers)}" if form.meaning() else None
        if token is not None and (meaning := form.meaning()) is not None:
            async with self.seeded.database.writing() as session:
                now = await self.seeded.database.now(session)
                session.add(
                    SignatureTokenRow(
                        token_hash=token,
                        person=actor.person,
                        user=user,
                        record_id=case_id,
                        action=form.action.name,
                        record_hash=record_hash(case_id, form),
                        meaning=meaning.value,
                        method="password",
                        issued_at=now,
                        expires_at=now + timedelta(hours=1),
                    )
                )
        line = Answer(
            action=form.action.name,
            form=form.model_dump(mode="json"),
            task_id=task.task_id if task else None,
            signature_token=token,
        )
        entry = Entry(stream=case_id, command_id=f"answer:{next(_numbers)}", at=at, actor=actor, lines=(line,))
        return await self.seeded.journal.write(entry)

    async def uploads(self, sha256: str = "0" * 64, *, media_type: str = "application/pdf") -> dict[str, JsonValue]:
        """A document is recorded. Returns the reference to it."""
        async with self.seeded.database.writing() as session:
            document_id = await next_id(session, "DOC")
        record: dict[str, JsonValue] = {
            "sha256": sha256,
            "size": 9,
            "media_type": media_type,
            "title": "Extract of a register",
            "filename": "extract",
            "case_id": None,
            "site_id": None,
        }
        await self.seeded.write("document.uploaded", document_id, record)
        return {"document_id": document_id, "sha256": sha256}

    async def closes(self, case_id: str, outcome: str) -> None:
        await self._writes(case_id, Move(stage=outcome, closes=True, outcome=outcome), at=START)

    async def stands(self, status: AslStatus, *, scope_id: str = "SC-1", site_id: str = "VM-02") -> None:
        """The approved supplier list says so of a scope."""
        async with self.seeded.database.writing() as session:
            session.add(
                AslRow(
                    scope_id=scope_id,
                    number=next(_numbers),
                    site_id=site_id,
                    supplier_id="SUP-1",
                    status=status.value,
                    effective_from=START - timedelta(days=400),
                    recorded_at=START - timedelta(days=400),
                    reason_code="DECISION",
                    reason="As decided.",
                    decided_in="QC-0",
                    decided_by=[],
                )
            )

    async def order(self, case_id: str) -> CaseOrder:
        """What the case is started with."""
        async with self.seeded.database.reading() as session:
            return CaseOrder.model_validate((await session.get_one(CaseRow, case_id)).order)

    async def events(self, stream: str) -> list[Event]:
        query = select(EventRow.__table__.c.body).where(EventRow.__table__.c.stream == stream)  # type: ignore[attr-defined]
        async with self.seeded.database.engine.connect() as connection:
            bodies = (await connection.execute(query.order_by(EventRow.__table__.c.number))).scalars()  # type: ignore[attr-defined]
            return [Event.model_validate_json(body) for body in bodies]

    async def rows(self, table: type[SQLModel]) -> list[dict[str, Any]]:
        """All rows of a table, by their keys."""
        return (await self._all([table.__table__]))[table.__tablename__]  # type: ignore[attr-defined, index]

    async def rebuilt_rows_differ_in(self, *, besides: frozenset[str] = frozenset()) -> set[str]:
        """Rebuild all projections. Returns the tables that hold other rows than before."""
        before = await self._all(projections())
        await replay(self.seeded.database.engine.url.render_as_string(hide_password=False))
        after = await self._all(projections())
        return {name for name in before if before[name] != after[name]} - besides

    async def _all(self, tables: Any) -> dict[str, list[dict[str, Any]]]:
        found: dict[str, list[dict[str, Any]]] = {}
        async with self.seeded.database.engine.connect() as connection:
            for table in tables:
                rows = (await connection.execute(select(table).order_by(*table.primary_key.columns))).mappings()
                found[table.name] = [dict(row) for row in rows]
        return found

    async def _writes(self, case_id: str, *lines: OpenTask | Move, at: datetime) -> Written:
        entry = Entry(stream=case_id, command_id=f"step:{next(_numbers)}", at=at, actor=SYSTEM, lines=lines)
        return await self.seeded.journal.write(entry)
