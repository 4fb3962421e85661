"""A copy of the world, in which people go on: through the journal, as the procedures and the API would write."""

import itertools
import os
import shutil
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import JsonValue
from sqlalchemy import event
from sqlmodel import col, func, select

from domain.core.entry import Answer, AnyLine, Entry, PlainEvent, Signed, StartCase, Written
from domain.core.forms import Process, record_hash
from domain.core.refusals import Refusal, Refused
from domain.processes import form_of
from records.contexts import load
from records.core.database import Database
from records.core.journal import Journal
from records.core.tables.cases import TaskRow
from records.core.tables.journal import EventRow, SignatureTokenRow
from records.release.family import MOST_ANCESTORS
from records.release.gate_evidence import context
from records.release.seen_gates import gates_of_task
from tests.one_flaw.world import CH_PACK, EU_PACK, GB_PACK, INTERMEDIATE, US_PACK, World
from tests.records.qualifying import Qualifying, a_case
from tests.records.seeded import Seeded

_documents = itertools.count(900_000)
Retold = Callable[[Entry], Sequence[Entry]]
"""What becomes of an entry as the story is told again: itself, another one, several or none."""
DECIDED_BY = {
    "EU": (EU_PACK, "certify", "quentin"),
    "US": (US_PACK, "approve", "hana"),
    "GB": (GB_PACK, "release-to-market", "ruth"),
    "CH": (CH_PACK, "release-to-market", "anna"),
}
"""What is decided on for each market, by which action, by whom."""
WHOLESALE, SWISS = "UK WDA(H) 12345", "Swissmedic 512345"
"""The licences that name who checks an import into Great Britain, and who is responsible for Switzerland."""
FIRST_STEP = {"GB": "MBC-GB-1", "CH": "MBC-CH-1"}
"""The certificate of its maker that each market relies on, where who decides only checks."""
_NAMED = {"GB": WHOLESALE, "CH": SWISS}


@dataclass
class Telling:
    """One copy, the instant it has come to, and what was refused on the way."""

    world: World
    seeded: Seeded
    at: datetime
    refused: list[Refusal] = field(default_factory=list)
    """What the journal did not take while the story was told again."""
    notes: dict[str, Any] = field(default_factory=dict)
    """What a flaw keeps for a later step."""
    most_ancestors: int = MOST_ANCESTORS
    """How many batches gates look at; thousands of them are more than a row can tell of."""

    def passes(self, **span: float) -> None:
        self.at += timedelta(**span)

    async def reached(self) -> tuple[datetime, int]:
        """The instant, and how many events there are: while it is the same, there is nothing new to read."""
        async with self.seeded.database.reading() as session:
            return self.at, (await session.exec(select(func.count()).select_from(EventRow))).one()

    def made(self, what: str) -> tuple[datetime, datetime]:
        """The instants at which the manufacture of a batch began and ended, as the story has it."""
        batch = self.world.batches[what]
        at = {
            line.action: entry.at
            for entry in self.world.story(INTERMEDIATE)
            if entry.stream == batch
            for line in entry.lines
            if isinstance(line, Answer)
        }
        return at["start"], at["finish"]

    def batch(self, what: str) -> Qualifying:
        """The case of a batch, by what it is in the story."""
        return self.case(self.world.batches[what])

    def case(self, case_id: str) -> Qualifying:
        process = next(each for each in Process if case_id.startswith(f"{each.prefix}-"))
        return Qualifying(self.seeded, case_id, self.at, process)

    async def uploads(self, user: str) -> dict[str, Any]:
        """A file of evidence. Its number is none that the story gives when it is told again."""
        document_id = f"DOC-{next(_documents)}"
        record: dict[str, JsonValue] = {"title": "Evidence", "filename": "evidence", "case_id": None, "site_id": None}
        record |= {"sha256": "e" * 64, "size": 9, "media_type": "application/pdf"}
        by = await self.seeded.actor(user, at=self.at)
        await self.seeded.write("document.uploaded", document_id, record, by=by)
        return {"document_id": document_id, "sha256": "e" * 64}

    async def opens(self, process: Process, form: dict[str, Any], *, by: str) -> Qualifying:
        """A case is requested."""
        return await a_case(self.seeded, process, form, by=by, at=self.at)

    async def task(self, case_id: str, action: str) -> TaskRow | None:
        """The open task of an action, as the procedure has left it."""
        query = select(TaskRow).where(
            col(TaskRow.case_id) == case_id, col(TaskRow.action) == action, col(TaskRow.state) == "OPEN"
        )
        async with self.seeded.database.reading() as session:
            return (await session.exec(query)).first()

    async def decides(
        self, market: str, *, by: str | None = None, action: str | None = None, **changes: Any
    ) -> Written:
        """The decision on the pack for a market, as its task suggests, with changes."""
        what, usual, decider = DECIDED_BY[market]
        batch = self.batch(what)
        task = await self.task(batch.case_id, usual)
        form: dict[str, Any] = {"market": market}
        if market in FIRST_STEP and action in (None, usual):
            form |= {"authorisation": _NAMED[market], "first_step": [FIRST_STEP[market]], "audits_known": True}
        if task is not None:
            async with self.seeded.database.reading() as session:
                form |= task.prefill | await gates_of_task(session, task, self.at)
            if action in (None, usual):
                batch.tasks[usual] = task.task_id
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(context, "MOST_ANCESTORS", self.most_ancestors)
            return await batch.answers(by or decider, action or usual, form, **changes)

    async def goes_on(self, mark: str, retold: Retold, *, only: Sequence[str]) -> None:
        """The rest of the story is told again, of some of the batches; what is refused stays undone."""
        streams = {*self.world.batches.values()} - {self.world.batches[what] for what in only}
        streams |= {paper for market, paper in FIRST_STEP.items() if DECIDED_BY[market][0] not in only}
        for told in self.world.story(mark):
            if told.stream in streams or _is_about_another(told, only, self.world):
                continue
            for entry in retold(told):
                try:
                    await self.seeded.journal.write(await self._signed(entry))
                except Refused as refused:
                    self.refused.append(refused.refusal)
                    streams |= _not_begun(entry, self.world)
                self.at = max(self.at, entry.at)

    async def _signed(self, entry: Entry) -> Entry:
        """The same with signatures that were given for what it says now."""
        lines: list[AnyLine] = []
        for number, line in enumerate(entry.lines):
            if isinstance(line, Answer) and line.signature_token is not None:
                token, read = f"{entry.command_id}#{number}", await self._read_again(entry, line)
                await self._signs(entry, read, token)
                lines.append(read.model_copy(update={"signature_token": token}))
            elif isinstance(line, PlainEvent) and line.signs is not None:
                token = f"{entry.command_id}#{number}"
                await self._signs_as(entry, line.signs, token)
                lines.append(line.model_copy(update={"signature_token": token}))
            else:
                lines.append(line)
        return entry.model_copy(update={"lines": tuple(lines), "fingerprint": ""})

    async def _read_again(self, entry: Entry, line: Answer) -> Answer:
        """Who decides has seen the gates as they are when the story is told again."""
        if line.form.get("gates_seen") is None or line.task_id is None:
            return line
        async with self.seeded.database.reading() as session:
            task = await session.get(TaskRow, line.task_id)
            seen = await gates_of_task(session, task, entry.at) if task is not None else {}
        return line.model_copy(update={"form": {**line.form, **seen}})

    async def _signs(self, entry: Entry, line: Answer, token: str) -> None:
        """What `POST /v1/signatures` leaves behind."""
        process = self.case(entry.stream).process
        form = form_of(process, line.action).stored(line.form)
        meaning = form.meaning()
        assert meaning is not None
        digest = record_hash(entry.stream, form)
        said = Signed(record_id=entry.stream, action=line.action, version=1, record_hash=digest, meaning=meaning)
        await self._signs_as(entry, said, token)

    async def _signs_as(self, entry: Entry, said: Signed, token: str) -> None:
        async with self.seeded.database.writing() as session:
            now = await self.seeded.database.now(session)
            session.add(
                SignatureTokenRow(
                    token_hash=token,
                    person=entry.actor.person,
                    user=entry.actor.user,
                    record_id=said.record_id,
                    action=said.action,
                    record_hash=said.record_hash,
                    meaning=said.meaning.value,
                    method="password",
                    issued_at=now,
                    expires_at=now + timedelta(minutes=5),
                )
            )


def _not_begun(entry: Entry, world: World) -> set[str]:
    """The batch that an entry would have registered, or begun to make: nothing more is told of it."""
    if any(isinstance(line, Answer) and line.action == "start" for line in entry.lines):
        return {entry.stream}
    numbers = {line.form.get("number") for line in entry.lines if isinstance(line, StartCase)}
    return {world.batches[what] for what in world.batches if world.numbers[what] in numbers}


def _is_about_another(entry: Entry, only: Sequence[str], world: World) -> bool:
    """Whether an entry registers a batch that is not told of again, or keeps a document of it."""
    others = [what for what in world.batches if what not in only]
    cases, numbers = {world.batches[what] for what in others}, {world.numbers[what] for what in others}
    registers = (line.form.get("number") for line in entry.lines if isinstance(line, StartCase))
    keeps = (line.payload.get("case_id") for line in entry.lines if isinstance(line, PlainEvent))
    return not numbers.isdisjoint(registers) or not cases.isdisjoint(keeps)


_databases: dict[Path, Database] = {}
"""One for each place where copies are laid: what it has compiled serves the next copy there."""


@asynccontextmanager
async def a_copy(of: Path, world: World) -> AsyncIterator[Telling]:
    """A copy of a database of the world, in the place of the one before it. It need not survive a loss of power."""
    path = Path(world.folder) / f"copy{os.getpid()}.db"
    shutil.copyfile(of, path)
    if path not in _databases:
        _databases[path] = Database(f"sqlite+aiosqlite:///{path}")
        event.listen(_databases[path].engine.sync_engine, "connect", _hurry)
    database = _databases[path]
    try:
        yield Telling(world, Seeded(database, Journal(database, load()), world.seed()), world.now)
    finally:
        await database.close()
        for ending in ("-wal", "-shm"):
            assert not path.with_name(path.name + ending).exists(), "Somebody is still connected."


async def kept_as(told: Telling, path: Path) -> None:
    """Keep the copy as it is now."""
    await told.seeded.database.close()
    shutil.copyfile(str(told.seeded.database.engine.url.database), path)


def _hurry(connection: Any, _: Any) -> None:
    connection.execute("PRAGMA synchronous=OFF")
