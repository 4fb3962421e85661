"""A statement on SQLite is one trip to its thread, and leaves nothing open behind it."""

from typing import Any

import aiosqlite
import pytest
from sqlalchemy import CursorResult, TextClause, text
from sqlalchemy.exc import IntegrityError

from records.core.database import Database
from tests.records.databases import on_one_database

pytestmark = on_one_database


@pytest.fixture
async def table(database: Database) -> Database:
    await _told(database, text("CREATE TABLE things (id INTEGER PRIMARY KEY, name TEXT UNIQUE)"))
    return database


async def _told(database: Database, *statements: TextClause) -> list[CursorResult[Any]]:
    async with database.writing() as session:
        connection = await session.connection()
        return [await connection.execute(each) for each in statements]


@pytest.fixture
def trips(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was done on the thread of a connection."""
    made: list[str] = []
    as_it_is: Any = aiosqlite.Connection._execute  # noqa: SLF001 - each of its calls is a trip

    async def noted(self: Any, function: Any, *args: Any, **named: Any) -> Any:
        made.append(function.__name__)
        return await as_it_is(self, function, *args, **named)

    monkeypatch.setattr(aiosqlite.Connection, "_execute", noted)
    return made


async def test_a_look_goes_to_the_thread_once_for_each_statement(table: Database, trips: list[str]) -> None:
    async with table.reading() as session:
        connection = await session.connection()
        assert (await connection.execute(text("SELECT name FROM things"))).all() == []
        assert (await connection.execute(text("SELECT 1"))).scalar_one() == 1
    statements = [each for each in trips if each != "rollback"]
    assert len(statements) == len(["BEGIN", "SELECT name", "SELECT 1"])


async def test_rows_numbers_and_names_of_columns_are_those_of_the_statement(table: Database) -> None:
    insert = text("INSERT INTO things (name) VALUES (:name)")
    async with table.writing() as session:
        connection = await session.connection()
        one = await connection.execute(insert, {"name": "one"})
        assert (one.rowcount, one.lastrowid) == (1, 1)
        more = await connection.execute(insert, [{"name": "two"}, {"name": "three"}])
        assert more.rowcount == 2
        returned = await connection.execute(text("INSERT INTO things (name) VALUES ('four') RETURNING id, name"))
        assert [dict(row) for row in returned.mappings()] == [{"id": 4, "name": "four"}]
        changed = await connection.execute(text("UPDATE things SET name = name || '!' WHERE id < 3"))
        assert changed.rowcount == 2
    async with table.reading() as session:
        found = await (await session.connection()).execute(text("SELECT id, name AS called FROM things ORDER BY id"))
        assert list(found.keys()) == ["id", "called"]
        assert found.first() == (1, "one!")


async def test_a_statement_that_fails_says_so_and_holds_no_lock(table: Database) -> None:
    one = text("INSERT INTO things (name) VALUES ('one')")
    for _ in range(2):
        with pytest.raises(IntegrityError, match="UNIQUE constraint failed"):
            await _told(table, one, one)
    await _told(table, text("DROP TABLE things"))
