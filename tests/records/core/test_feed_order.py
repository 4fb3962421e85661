import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.core.entry import Entry, PlainEvent
from domain.core.events import Event
from domain.core.people import SYSTEM
from records.contexts import load
from records.core.database import Database
from records.core.journal import Journal
from records.core.queries.events import events_after
from records.core.writing import event_row

WRITERS = 12
EACH = 15


@pytest.fixture
def database_kind() -> str:
    """SQLite has one writer at a time; there is nothing to prove."""
    return "postgresql"


def entry(stream: str, command_id: str) -> Entry:
    return Entry(stream=stream, command_id=command_id, at=datetime.now(UTC), lines=(PlainEvent(type="note.made"),))


class Reader:
    """Follows the feed by position, as every consumer does."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._position = 0
        self.seen: list[str] = []

    async def look(self) -> None:
        async with self._database.reading() as session:
            events = await events_after(session, SYSTEM, self._position, limit=100, type_=None, stream=None)
        for event in events:
            self._position = event.position
            self.seen.append(f"{event.stream}#{event.number}")

    async def follow(self) -> None:
        while True:
            await self.look()
            await asyncio.sleep(0.001)


@pytest.fixture
def reader(database: Database) -> Reader:
    return Reader(database)


async def write_many(database: Database) -> list[str]:
    """Many writers, each on streams of its own."""
    keeper = Journal(database, load())

    async def writer(name: int) -> None:
        for number in range(EACH):
            await keeper.write(entry(f"S-{name}", f"{name}/{number}"))

    await asyncio.gather(*(writer(name) for name in range(WRITERS)))
    return [f"S-{name}#{number}" for name in range(WRITERS) for number in range(1, EACH + 1)]


class Late(Database):
    """Its transactions are complete, positions included, and commit only when they may."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.complete = asyncio.Event()
        self.may_commit = asyncio.Event()

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncSession]:
        async with super().writing() as session:
            yield session
            self.complete.set()
            await self.may_commit.wait()


async def write_by_the_journal(database: Database, stream: str) -> None:
    await Journal(database, load()).write(entry(stream, stream))


async def write_without_the_lock(database: Database, stream: str) -> None:
    now = datetime.now(UTC)
    event = Event(
        stream=stream, number=1, type="note.made", command_id=stream, actor=SYSTEM, occurred_at=now, recorded_at=now
    )
    async with database.writing() as session:
        session.add(event_row(event, event.body(), "0" * 64))
        await session.flush()


@pytest.mark.parametrize(
    ("write", "seen"),
    [(write_by_the_journal, ["LATE#1", "QUICK#1"]), (write_without_the_lock, ["QUICK#1"])],
    ids=["journal", "control"],
)
async def test_an_event_that_commits_late_is_not_skipped_thanks_to_the_lock(
    database: Database,
    database_url: str,
    reader: Reader,
    write: Callable[[Database, str], Coroutine[None, None, None]],
    seen: list[str],
) -> None:
    """The control inserts the same rows without the lock, and the late event is lost to the reader for ever."""
    slow = Late(database_url)
    late = asyncio.create_task(write(slow, "LATE"))
    await slow.complete.wait()
    quick = asyncio.create_task(write(database, "QUICK"))
    if write is write_without_the_lock:
        await quick
    else:
        await asyncio.wait([quick], timeout=0.5)
    await reader.look()
    slow.may_commit.set()
    await asyncio.gather(late, quick)
    await reader.look()
    await slow.close()
    assert reader.seen == seen


async def test_no_reader_skips_an_event_while_many_write_and_some_commit_late(
    database: Database, database_url: str, reader: Reader
) -> None:
    following = asyncio.create_task(reader.follow())
    slow = Late(database_url)
    late = asyncio.create_task(write_by_the_journal(slow, "LATE"))
    writing = asyncio.create_task(write_many(database))
    await slow.complete.wait()
    await asyncio.sleep(0.3)
    slow.may_commit.set()
    expected = [*await writing, "LATE#1"]
    await late
    following.cancel()
    await asyncio.gather(following, return_exceptions=True)
    await reader.look()
    await slow.close()
    assert sorted(reader.seen) == sorted(expected)
