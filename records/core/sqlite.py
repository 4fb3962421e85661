"""SQLite at one trip to its thread for each statement. The driver alone makes four: cursor, statement, rows, end.

A quarter of all that a decision under the gates cost went into the other three.
"""

# ruff: noqa: SLF001 - SQLAlchemy and its driver meet in names that they call private

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from typing import Any

import aiosqlite
from sqlalchemy.dialects.sqlite.aiosqlite import AsyncAdapt_aiosqlite_connection, AsyncAdapt_aiosqlite_dbapi
from sqlalchemy.dialects.sqlite.aiosqlite import AsyncAdapt_aiosqlite_cursor as AdaptedCursor


class _Statement:
    """What is known of one statement when its trip is over; nothing of it is left open in the database."""

    arraysize = 1
    description: Any = None
    rowcount = -1
    lastrowid: int | None = None

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self._rows: list[Any] = []

    async def execute(self, operation: str, parameters: Sequence[Any] = ()) -> None:
        await self._on_thread("execute", operation, parameters)

    async def executemany(self, operation: str, parameters: Sequence[Sequence[Any]]) -> None:
        await self._on_thread("executemany", operation, parameters)

    async def fetchall(self) -> list[Any]:
        return self._rows

    def close(self) -> None:
        """It is closed already."""

    async def _on_thread(self, *statement: Any) -> None:
        await self._connection._execute(self._run, *statement)

    def _run(self, method: str, operation: str, parameters: Sequence[Any]) -> None:
        with closing(self._connection._conn.cursor()) as cursor:
            getattr(cursor, method)(operation, parameters)
            self._rows = cursor.fetchall() if cursor.description else []
            self.description, self.rowcount, self.lastrowid = cursor.description, cursor.rowcount, cursor.lastrowid


class _Cursor(AdaptedCursor):
    __slots__ = ()
    _awaitable_cursor_close = False

    def _make_new_cursor(self, connection: Any) -> Any:
        return _Statement(connection)

    def _aenter_cursor(self, cursor: Any) -> Any:
        return cursor


class _Connection(AsyncAdapt_aiosqlite_connection):
    __slots__ = ()
    _cursor_cls = _Cursor


class _Driver(AsyncAdapt_aiosqlite_dbapi):
    def connect(self, *args: Any, **options: Any) -> AsyncAdapt_aiosqlite_connection:
        return _Connection(self, super().connect(*args, **options)._connection)


DRIVER = _Driver(aiosqlite, sqlite3)
"""For `create_async_engine(module=...)`."""
