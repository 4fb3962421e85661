"""Rebuilding the projections from the journal, and comparing them."""

import asyncio
from typing import Any

from sqlalchemy import func, select
from sqlmodel import col

from records.contexts import load
from records.core.database import Database
from records.core.rebuild import projections, replay
from records.core.tables.journal import EventRow
from tests.authorised import forget_what_is_authorised

Rows = dict[str, list[dict[str, Any]]]
"""The rows of each table, in the order of their keys."""
_ATTEMPTS = 20


async def projected(database: Database) -> Rows:
    """All rows of all projections."""
    found: Rows = {}
    async with database.engine.connect() as connection:
        for table in projections():
            rows = (await connection.execute(select(table).order_by(*table.primary_key.columns))).mappings()
            found[table.name] = [dict(row) for row in rows]
    return found


async def before_and_after(database: Database) -> tuple[Rows, Rows]:
    """The projections before and after they are rebuilt, of one state of the journal.

    A procedure that has just answered may still write. Then both are looked at again.
    """
    for _ in range(_ATTEMPTS):
        written = await _written(database)
        before = await projected(database)
        await asyncio.to_thread(_rebuilds, database.engine.url.render_as_string(hide_password=False))
        after = await projected(database)
        if await _written(database) == written:
            return before, after
    raise AssertionError("the journal does not come to rest")


def _rebuilds(url: str) -> None:
    """Beside the loop of the test: a procedure that is writing must be able to finish, or the rebuild waits for it."""
    asyncio.run(replay(url, load()))


async def _written(database: Database) -> int:
    async with database.engine.connect() as connection:
        return (await connection.execute(select(func.max(col(EventRow.position))))).scalar_one() or 0


async def are_rebuilt_identically(database: Database, *tables: str) -> None:
    """Fail unless these tables have rows, and the same ones again; others a test may have filled by hand."""
    before, after = await before_and_after(database)
    assert [name for name in tables if not before[name]] == []
    assert {name: after[name] for name in tables} == {name: before[name] for name in tables}


async def is_rebuilt_identically(database: Database, *tables: str) -> None:
    """Fail unless the journal alone gives the same rows again, and some in each of these tables."""
    await forget_what_is_authorised(database)
    before, after = await before_and_after(database)
    assert [name for name in tables if not before[name]] == []
    differing = [name for name in before if after[name] != before[name]]
    assert {name: after[name] for name in differing} == {name: before[name] for name in differing}
