"""Whether the journal or a kept document was altered, removed or added behind its back (21 CFR 11.10(a), (e)).

Projections are not looked at: they are functions of the journal, and `vetted db rebuild` makes them again.
"""

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from pydantic import ValidationError
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.core.events import GENESIS, Event, link
from records.core.database import Database
from records.core.documents.store import DocumentStore
from records.core.tables.journal import CommandRow, EventRow, StreamRow

_BATCH = 1000


class Broken(NamedTuple):
    """The first place in a stream that does not hold. `number` is the event's number there."""

    stream: str
    number: int
    what: str

    def __str__(self) -> str:
        return f"{self.stream}, event {self.number}: {self.what}"


async def broken_links(database: Database) -> list[Broken]:
    """The first broken link of every stream, by stream; empty if the journal is whole.

    Whoever can rewrite a whole stream with all its hashes and its head is not found by this; for that the heads have
    to be kept somewhere else as well.
    """
    found: dict[str, Broken] = {}
    async with database.reading() as session:
        heads = {row.stream: row for row in (await session.exec(select(StreamRow))).all()}
        reached: dict[str, tuple[int, str]] = {}
        async for row in _events(session):
            if row.stream in found:
                continue
            number, previous = reached.get(row.stream, (0, GENESIS))
            what = _fault(row, number, previous)
            if what is not None:
                found[row.stream] = Broken(row.stream, number + 1, what)
            reached[row.stream] = (row.number, row.hash)
        for stream in sorted(heads.keys() | reached.keys()):
            if stream not in found and (what := _fault_of_head(heads.get(stream), reached.get(stream))):
                found[stream] = Broken(stream, reached.get(stream, (0, ""))[0] + 1, what)
        for broken in await _commands_without_events(session):
            found.setdefault(broken.stream, broken)
    return [found[stream] for stream in sorted(found)]


def _fault(row: EventRow, number: int, previous: str) -> str | None:
    """What is wrong with an event that follows on `number` and `previous`."""
    if row.number != number + 1:
        return f"missing; the next one is {row.number}"
    if link(previous, row.body) != row.hash:
        return "the text and its hash do not fit"
    try:
        event = Event.model_validate_json(row.body)
    except ValidationError:
        return "the text is not an event"
    copies: dict[str, tuple[object, object]] = {
        "stream": (row.stream, event.stream),
        "number": (row.number, event.number),
        "type": (row.type, event.type),
        "command_id": (row.command_id, event.command_id),
        "site_id": (row.site_id, event.site_id),
        "audience": (row.audience, event.audience.value),
        "recorded_at": (row.recorded_at, event.recorded_at),
    }
    for name, (column, body) in copies.items():
        if column != body:
            return f"the column {name} says {_shown(column)}, the text {_shown(body)}"
    return None


def _fault_of_head(head: StreamRow | None, reached: tuple[int, str] | None) -> str | None:
    if head is None:
        return "the stream has events but no head"
    number, hash_ = reached or (0, GENESIS)
    if head.number > number:
        return f"missing; the stream had {head.number} events"
    if head.number < number:
        return f"unknown to the head of the stream, which has {head.number} events"
    return None if head.hash == hash_ else "the head of the stream has another hash"


async def _events(session: AsyncSession) -> AsyncIterator[EventRow]:
    """All events, stream by stream, without keeping them."""
    stream, number = "", 0
    while True:
        after = (col(EventRow.stream) > stream) | ((col(EventRow.stream) == stream) & (col(EventRow.number) > number))
        query = select(EventRow).where(after).order_by(col(EventRow.stream), col(EventRow.number)).limit(_BATCH)
        rows = (await session.exec(query)).all()
        for row in rows:
            yield row
        session.expunge_all()
        if len(rows) < _BATCH:
            return
        stream, number = rows[-1].stream, rows[-1].number


async def _commands_without_events(session: AsyncSession) -> list[Broken]:
    """Every answered command left the events whose numbers it was answered with."""
    written = dict((await session.exec(select(EventRow.command_id, func.count()).group_by(EventRow.command_id))).all())
    broken = []
    for row in (await session.exec(select(CommandRow).order_by(col(CommandRow.stream)))).all():
        numbers = json.loads(row.answer)["numbers"]
        if written.get(row.command_id, 0) < len(numbers):
            broken.append(Broken(row.stream, numbers[0], f"missing; it is what command {row.command_id} wrote"))
    return broken


def _shown(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


class Checked(NamedTuple):
    """What was looked at, and all faults that were found."""

    events: int
    streams: int
    files: int
    broken: list[Broken]

    def __str__(self) -> str:
        seen = f"journal: {self.events} events in {self.streams} streams; documents: {self.files} files"
        verdict = f"Broken: {len(self.broken)}." if self.broken else "All of it is whole."
        told = (*map(str, self.broken), f"Checked: {seen}. {verdict}")
        return "\n".join((*told, "Not checked: projections. `vetted db rebuild` makes them again from the journal."))


async def check(database: Database, store: DocumentStore) -> Checked:
    """Walk the journal, then hash every kept file again."""
    broken = await broken_links(database)
    files, damaged = await _damaged_files(database, store)
    async with database.reading() as session:
        events = (await session.exec(select(func.count()).select_from(EventRow))).one()
        streams = (await session.exec(select(func.count(col(EventRow.stream).distinct())))).one()
    return Checked(events, streams, files, broken + damaged)


async def _damaged_files(database: Database, store: DocumentStore) -> tuple[int, list[Broken]]:
    """How many files the journal knows, and every upload whose file is not what it says."""
    query = select(EventRow.stream, EventRow.number, EventRow.body).where(col(EventRow.type) == "document.uploaded")
    async with database.reading() as session:
        uploads = (await session.exec(query.order_by(col(EventRow.position)))).all()
    faults: dict[str, str | None] = {}
    broken = []
    for stream, number, body in uploads:
        sha256 = str(json.loads(body)["payload"]["sha256"])
        if sha256 not in faults:
            faults[sha256] = await asyncio.to_thread(_fault_of_file, store.path(sha256), sha256)
        if (fault := faults[sha256]) is not None:
            broken.append(Broken(stream, number, fault))
    return len(faults), broken


def _fault_of_file(path: Path, sha256: str) -> str | None:
    try:
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        return f"the file {sha256} cannot be read: {error.strerror}"
    return None if found == sha256 else f"the file {sha256} was altered"


def verify(url: str, document_dir: Path) -> None:
    """The command `vetted verify`: name what is broken and say what was checked. Raises `SystemExit(1)` if any is."""

    async def run() -> Checked:
        database = Database(url)
        try:
            return await check(database, DocumentStore(document_dir))
        finally:
            await database.close()

    checked = asyncio.run(run())
    print(checked)  # noqa: T201 - the answer of a command
    if checked.broken:
        raise SystemExit(1)
