"""Engines, transactions and the schema, for SQLite and PostgreSQL alike."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, create_engine, event, inspect, make_url, pool, text
from sqlalchemy.engine.default import DefaultExecutionContext
from sqlalchemy.exc import DatabaseError, IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as WaitedTooLong
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry
from sqlmodel import func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from records.core.sqlite import DRIVER

MIGRATIONS = Path(__file__).parents[1] / "migrations"
PATIENCE = timedelta(seconds=10)
"""How long a writer waits for its turn, and then for a lock that another process holds."""


class Overtaken(Exception):
    """What was read before it was locked has changed meanwhile. Nothing has been written."""


OUTAGES: tuple[type[Exception], ...] = (OperationalError, InterfaceError, WaitedTooLong, ConnectionError, Overtaken)
"""What passes by itself: the database is away, or locked for longer than a writer waits. Nothing has been written."""

_DEADLOCK = "40P01"
"""How PostgreSQL names two writers that wait for each other; it has ended one of them."""


def passes_at_once(error: Exception) -> bool:
    """Whether a transaction that failed so is tried again from its start: another writer came between."""
    if isinstance(error, OperationalError):
        return getattr(error.orig, "sqlstate", None) == _DEADLOCK
    return isinstance(error, IntegrityError | Overtaken)


class Database:
    """Transactions on the records. `writing()` serialises writers on SQLite; on PostgreSQL row locks do."""

    def __init__(self, url: str, *, pool_size: int = 20, patience: timedelta = PATIENCE) -> None:
        self.is_sqlite = url.startswith("sqlite")
        on_server = {"pool_size": pool_size, "max_overflow": 10}
        options: dict[str, Any] = {"module": DRIVER} if self.is_sqlite else on_server
        self.engine: AsyncEngine = create_async_engine(url, **options)
        prepare(self.engine.sync_engine, patience)
        self._reader = self.engine.execution_options(reading=True)
        self._patience = patience
        self._turn = asyncio.Lock()

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncSession]:
        """One transaction: committed when the block ends, rolled back when it raises. Raises one of `OUTAGES`."""
        async with self._turn_to_write(), AsyncSession(self.engine, expire_on_commit=False) as session, session.begin():
            yield session

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """A consistent look at what is committed; never blocks writers, and is refused every write."""
        async with AsyncSession(self._reader, expire_on_commit=False) as session:
            yield session

    @asynccontextmanager
    async def _turn_to_write(self) -> AsyncIterator[None]:
        """On SQLite writers of one process queue here: the database's own wait is a lottery, in which some lose long.

        Who waits holds no connection, so that readers find one.
        """
        if not self.is_sqlite:
            yield
            return
        try:
            async with asyncio.timeout(self._patience.total_seconds()):
                await self._turn.acquire()
        except TimeoutError:
            raise WaitedTooLong("database is locked: the writers before this one take too long") from None
        try:
            yield
        finally:
            self._turn.release()

    async def now(self, session: AsyncSession) -> datetime:
        """The instant of recording: the database server's clock, aware, in UTC."""
        if self.is_sqlite:
            return datetime.now(UTC)
        moment: datetime = (await session.exec(select(func.clock_timestamp()))).one()
        return moment.astimezone(UTC)

    async def close(self) -> None:
        await self.engine.dispose()


def prepare(engine: Engine, patience: timedelta = PATIENCE) -> None:
    """Let SQLite write ahead, sync every commit, and begin transactions when we do; let no look write anywhere."""
    event.listen(engine, "before_cursor_execute", _refuse_to_write, named=True)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", partial(_prepare_sqlite, patience))
        event.listen(engine, "begin", _begin_sqlite)
        event.listen(engine, "invalidate", _end_sqlite)


def _prepare_sqlite(patience: timedelta, connection: Any, _: ConnectionPoolEntry) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout={patience // timedelta(milliseconds=1)}",  # first: the others may meet a lock
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "recursive_triggers=ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _refuse_to_write(conn: Connection, context: DefaultExecutionContext | None, **_: Any) -> None:
    """A look that turned into a write would meet a lock that no wait of SQLite covers, and be lost at its end."""
    writes = context is not None and (context.isinsert or context.isupdate or context.isdelete)
    if writes and conn.get_execution_options().get("reading", False):
        raise AssertionError("Records are written in `writing()` alone.")


def _begin_sqlite(connection: Connection) -> None:
    reading = connection.get_execution_options().get("reading", False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def _end_sqlite(connection: Any, _: ConnectionPoolEntry, _cause: BaseException | None) -> None:
    """A cancelled writer's connection is closed, but keeps its lock while a traceback still holds a cursor of it."""
    # A second cancellation may come: the rollback is queued all the same, and the first one is raised again.
    with suppress(sqlite3.Error, asyncio.CancelledError):
        connection.rollback()


def _alembic(url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    return config


class SchemaMismatch(CommandError):
    """The database is not ours, or a newer version of the program has used it. Nothing has been changed."""


def upgrade(url: str) -> None:
    """Bring the schema to the newest version. Safe to repeat. Raises `SchemaMismatch`.

    Not to be called from a running event loop.
    """
    config = _alembic(url)
    _refuse_unless_ours(url, {revision.revision for revision in ScriptDirectory.from_config(config).walk_revisions()})
    command.upgrade(config, "head")


def synchronous(url: str) -> str:
    """The address of the same database for a driver that is not asynchronous; psycopg is both."""
    parsed = make_url(url)
    driver = {"sqlite+aiosqlite": "sqlite"}.get(parsed.drivername, parsed.drivername)
    return parsed.set(drivername=driver).render_as_string(hide_password=False)


def _refuse_unless_ours(url: str, known: set[str]) -> None:
    engine = create_engine(synchronous(url), poolclass=pool.NullPool)
    try:
        with engine.connect() as connection:
            tables = set(inspect(connection).get_table_names())
            if not tables:
                return
            if "alembic_version" not in tables:
                raise SchemaMismatch("the database holds tables of another program.")
            present = set(connection.execute(text("SELECT version_num FROM alembic_version")).scalars())
    except OperationalError:
        raise
    except DatabaseError as error:
        raise SchemaMismatch(f"it is not a database ({error.orig}).") from None
    if strange := present - known:
        raise SchemaMismatch(f"its schema ({', '.join(sorted(strange))}) is newer than this program.")
