"""All projections anew from the journal. Accounts and other secrets are not in the journal and stay as they are."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import NamedTuple

from sqlalchemy import NullPool, Table, create_engine, delete, event
from sqlmodel import SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.events import Event
from records.database import prepare, synchronous
from records.projections import apply
from records.tables import JOURNAL, SECRETS, EventRow

BATCH = 500
"""Events read at a time."""
REMEMBERED = 50_000
"""Rows that are kept at hand, so that they need not be read again."""


class Rebuilt(NamedTuple):
    events: int
    seconds: float


def projections() -> list[Table]:
    """The tables that are functions of the journal."""
    return [table for table in SQLModel.metadata.sorted_tables if table.name not in JOURNAL | SECRETS]


async def replay(url: str) -> Rebuilt:
    """Empty all projections and apply the journal to them, in one transaction: readers see the old rows until the end.

    Workers and APIs must be stopped meanwhile: on SQLite they would wait, on PostgreSQL the journal is locked for them.
    """
    started = time.perf_counter()
    count = 0
    async with _only_writer(url) as session:
        for table in projections():
            await session.exec(delete(table))
        remembered: list[object] = []
        for event_ in ("pending_to_persistent", "loaded_as_persistent"):
            event.listen(session.sync_session, event_, lambda _, row: remembered.append(row))
        async for events in _batches(session):
            for each in events:
                await apply(session, each)
            count += len(events)
            await session.flush()
            if len(remembered) > REMEMBERED:
                remembered.clear()
    return Rebuilt(count, time.perf_counter() - started)


@asynccontextmanager
async def _only_writer(url: str) -> AsyncIterator[AsyncSession]:
    """One transaction over a driver that is not asynchronous: nobody else is served here, and it is faster."""
    engine = create_engine(synchronous(url), poolclass=NullPool)
    prepare(engine)
    try:
        session = AsyncSession(expire_on_commit=False)
        session.sync_session.bind = engine
        async with session, session.begin():
            if engine.dialect.name == "postgresql":
                await session.run_sync(
                    lambda sync: sync.connection().exec_driver_sql("LOCK TABLE events IN SHARE MODE")
                )
            yield session
    finally:
        engine.dispose()


async def _batches(session: AsyncSession) -> AsyncIterator[list[Event]]:
    after = 0
    while True:
        query = select(EventRow.position, EventRow.body).where(col(EventRow.position) > after)
        rows = (await session.exec(query.order_by(col(EventRow.position)).limit(BATCH))).all()
        if not rows:
            return
        yield [Event.model_validate_json(body) for _, body in rows]
        after = rows[-1][0] or 0


def rebuild(url: str) -> None:
    """The command `vetted db rebuild`: rebuild and say how long it took."""
    rebuilt = asyncio.run(replay(url))
    print(f"{rebuilt.events} events in {rebuilt.seconds:.1f} s.")  # noqa: T201 - the answer of a command
