"""All projections anew from the journal. Accounts and other secrets are not in the journal and stay as they are."""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import NamedTuple

from sqlalchemy import Table, delete
from sqlmodel import SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.events import Event
from records.database import Database
from records.projections import apply
from records.tables import JOURNAL, SECRETS, EventRow

BATCH = 500
"""Events read and written at a time."""


class Rebuilt(NamedTuple):
    events: int
    seconds: float


def projections() -> list[Table]:
    """The tables that are functions of the journal."""
    return [table for table in SQLModel.metadata.sorted_tables if table.name not in JOURNAL | SECRETS]


async def replay(database: Database) -> Rebuilt:
    """Empty all projections and apply the journal to them, in one transaction: readers see the old rows until the end.

    Workers and APIs must be stopped meanwhile; on SQLite they would wait, on PostgreSQL their writes would be lost.
    """
    started = time.perf_counter()
    count = 0
    async with database.writing() as session:
        for table in projections():
            await session.exec(delete(table))
        async for events in _batches(session):
            kept: list[object] = []
            for event in events:
                await apply(session, event)
                kept.extend(session.new)
            await session.flush()
            count += len(events)
    return Rebuilt(count, time.perf_counter() - started)


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

    async def run() -> Rebuilt:
        database = Database(url)
        try:
            return await replay(database)
        finally:
            await database.close()

    rebuilt = asyncio.run(run())
    print(f"{rebuilt.events} events in {rebuilt.seconds:.1f} s.")  # noqa: T201 - the answer of a command
