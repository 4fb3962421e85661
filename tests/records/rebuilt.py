"""Rebuilding the projections from the journal, and comparing them."""

from typing import Any

from sqlalchemy import select

from records.contexts import load
from records.core.database import Database
from records.core.rebuild import projections, replay

Rows = dict[str, list[dict[str, Any]]]
"""The rows of each table, in the order of their keys."""


async def projected(database: Database) -> Rows:
    """All rows of all projections."""
    found: Rows = {}
    async with database.engine.connect() as connection:
        for table in projections():
            rows = (await connection.execute(select(table).order_by(*table.primary_key.columns))).mappings()
            found[table.name] = [dict(row) for row in rows]
    return found


async def are_rebuilt_identically(database: Database, *tables: str) -> None:
    """The same for these tables alone, where a test has put rows into others by hand."""
    before = await projected(database)
    assert [name for name in tables if not before[name]] == []
    await replay(database.engine.url.render_as_string(hide_password=False), load())
    after = await projected(database)
    assert {name: after[name] for name in tables} == {name: before[name] for name in tables}


async def is_rebuilt_identically(database: Database, *tables: str) -> None:
    """Fail unless the journal alone gives the same rows again, and some in each of these tables."""
    before = await projected(database)
    assert [name for name in tables if not before[name]] == []
    await replay(database.engine.url.render_as_string(hide_password=False), load())
    assert await projected(database) == before
