"""All projections anew from the journal. Accounts and other secrets are not in the journal and stay as they are."""

import asyncio
import gc
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

from sqlalchemy import Engine, NullPool, Table, create_engine, delete
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import class_mapper
from sqlmodel import SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.core.events import Event
from records.core.database import prepare, synchronous
from records.core.projecting import apply
from records.core.registries import Registries
from records.core.tables.journal import EventRow
from records.core.tables.kept import JOURNAL, SECRETS

BATCH = 2_000
"""Events read at a time."""
REMEMBERED = 50_000
"""Rows that are kept at hand, so that they need not be read again."""


class Rebuilt(NamedTuple):
    """How many events were read and how many seconds it took."""

    events: int
    seconds: float


def projections() -> list[Table]:
    """The tables that are functions of the journal."""
    return [table for table in SQLModel.metadata.sorted_tables if table.name not in JOURNAL | SECRETS]


async def replay(url: str, registries: Registries) -> Rebuilt:
    """Empty all projections and apply the journal to them, in one transaction: readers see the old rows until the end.

    Workers and APIs must be stopped meanwhile: on SQLite they would wait, on PostgreSQL the journal is locked for them.
    """
    started = time.perf_counter()
    count = 0
    async with _only_writer(url) as session, _without_collector():
        for table in projections():
            await session.exec(delete(table))
        async for events in _batches(session):
            for each in events:
                await apply(session, registries, each)
            count += len(events)
            await session.write_down()
    return Rebuilt(count, time.perf_counter() - started)


class Rebuilding(AsyncSession):
    """Finds rows by their keys in memory, also those that are not written down yet: most events need no query."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(expire_on_commit=False)
        self.sync_session.bind = engine
        self._rows: dict[tuple[Any, tuple[Any, ...]], Any] = {}

    def add(self, instance: object, *, _warn: bool = True) -> None:
        """Add a row and remember it."""
        super().add(instance, _warn=_warn)
        self._rows[_key(instance)] = instance

    async def get(self, entity: Any, ident: Any, **options: Any) -> Any:
        """The row, or `None`."""
        key = (entity, ident if isinstance(ident, tuple) else (ident,))
        if key not in self._rows and (row := await super().get(entity, ident, **options)) is not None:
            self._rows[key] = row
        return self._rows.get(key)

    async def get_one(self, entity: Any, ident: Any, **options: Any) -> Any:
        """The row, which exists."""
        if (row := await self.get(entity, ident, **options)) is None:
            raise NoResultFound(f"{entity.__name__} {ident}")
        return row

    async def delete(self, instance: object) -> None:
        """Delete a row; one that was never written down is forgotten."""
        self._rows.pop(_key(instance), None)
        if instance in self.sync_session.new:
            self.expunge(instance)
        else:
            await super().delete(instance)

    async def write_down(self) -> None:
        """Write to the database what has gathered, and forget rows when there are too many."""
        await self.flush()
        if len(self._rows) > REMEMBERED:
            self._rows.clear()
            gc.collect()


def _key(row: object) -> tuple[Any, tuple[Any, ...]]:
    return type(row), tuple(class_mapper(type(row)).primary_key_from_instance(row))


@asynccontextmanager
async def _without_collector() -> AsyncIterator[None]:
    """No garbage collection but that of `write_down`: going through all remembered rows takes a quarter of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


@asynccontextmanager
async def _only_writer(url: str) -> AsyncIterator[Rebuilding]:
    """One transaction over a driver that is not asynchronous: nobody else is served here, and it is faster."""
    engine = create_engine(synchronous(url), poolclass=NullPool)
    prepare(engine)
    try:
        async with Rebuilding(engine) as session, session.begin():
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


def rebuild(url: str, registries: Registries) -> None:
    """The command `vetted db rebuild`: rebuild and say how long it took."""
    rebuilt = asyncio.run(replay(url, registries))
    print(f"{rebuilt.events} events in {rebuilt.seconds:.1f} s.")  # noqa: T201 - the answer of a command
