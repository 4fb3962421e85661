"""Who writes waits for a turn, in the order of asking; who reads never writes."""

import asyncio
import sqlite3
from contextlib import closing
from datetime import timedelta

import pytest
from sqlalchemy import make_url
from sqlalchemy.exc import OperationalError
from sqlmodel import select, text

from records.core.database import OUTAGES, Database, passes_at_once
from records.core.people.accounts import NO_PASSWORD
from records.core.streams import lock_stream
from records.core.tables.journal import AccountRow
from tests.records.databases import Databases


def account(user: str) -> AccountRow:
    return AccountRow(user=user, person_id="PER-1", password_hash=NO_PASSWORD)


@pytest.fixture
def sqlite(databases: Databases) -> str:
    return databases.migrated("sqlite")


async def test_more_writers_than_connections_have_their_turn_in_the_order_of_asking(sqlite: str) -> None:
    database, order = Database(sqlite), list[int]()

    async def writes(number: int) -> None:
        async with database.writing() as session:
            session.add(account(f"user {number}"))
            order.append(number)

    await asyncio.gather(*(writes(number) for number in range(40)))
    async with database.reading() as session:
        assert len((await session.exec(select(AccountRow))).all()) == 40
    await database.close()
    assert order == list(range(40))


async def test_who_reads_finds_a_connection_while_many_wait_to_write(sqlite: str) -> None:
    database, ends = Database(sqlite), asyncio.Event()

    async def writes(number: int) -> None:
        async with database.writing() as session:
            session.add(account(f"user {number}"))
            await session.flush()
            await ends.wait()

    waiting = [asyncio.create_task(writes(number)) for number in range(40)]
    await asyncio.sleep(0)
    async with database.reading() as session:
        assert (await session.exec(select(AccountRow))).all() == []
    ends.set()
    await asyncio.gather(*waiting)
    await database.close()


async def test_a_writer_that_has_waited_long_enough_is_told_of_an_outage_and_the_next_one_writes(sqlite: str) -> None:
    database = Database(sqlite, patience=timedelta(milliseconds=50))
    async with database.writing() as session:
        session.add(account("first"))
        with pytest.raises(OUTAGES, match="database is locked"):
            async with database.writing():
                pass
    async with database.writing() as session:
        session.add(account("third"))
    async with database.reading() as session:
        assert [row.user for row in (await session.exec(select(AccountRow))).all()] == ["first", "third"]
    await database.close()


async def test_a_writer_that_goes_away_while_it_waits_takes_nobody_s_turn(sqlite: str) -> None:
    database = Database(sqlite)

    async def writes(user: str) -> None:
        async with database.writing() as session:
            session.add(account(user))

    async with database.writing() as session:
        session.add(account("first"))
        gone, stays = asyncio.create_task(writes("gone")), asyncio.create_task(writes("stays"))
        await asyncio.sleep(0)
        gone.cancel()
    await stays
    async with database.reading() as session:
        assert [row.user for row in (await session.exec(select(AccountRow))).all()] == ["first", "stays"]
    await database.close()


async def test_a_look_is_refused_every_write(database: Database) -> None:
    async with database.reading() as session:
        session.add(account("tom"))
        with pytest.raises(AssertionError, match="writing"):
            await session.flush()


LONG = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 999999) SELECT max(i) FROM n"
"""A look that takes a good part of a second, then shows the first of two rows."""


async def test_a_writer_that_is_cancelled_in_the_middle_of_a_look_keeps_no_lock(sqlite: str) -> None:
    database, looks = Database(sqlite), asyncio.Event()

    async def writes() -> None:
        async with database.writing() as session:
            session.add(account("cancelled"))
            await session.flush()
            looks.set()
            await (await session.connection()).execute(text(f"{LONG} UNION ALL SELECT 1"))

    writer = asyncio.create_task(writes())
    await looks.wait()
    await asyncio.sleep(0.1)
    writer.cancel()
    with pytest.raises(asyncio.CancelledError) as kept:  # and with it the traceback, which holds the cursor
        await writer
    with closing(sqlite3.connect(str(make_url(sqlite).database), timeout=0, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
    assert kept.tb is not None
    async with database.reading() as session:
        assert (await session.exec(select(AccountRow))).all() == []
    await database.close()


async def test_of_two_writers_that_wait_for_each_other_one_begins_again(databases: Databases) -> None:
    database, met = Database(databases.migrated("postgresql")), asyncio.Barrier(2)

    async def writes(first: str, second: str) -> None:
        async with database.writing() as session:
            await lock_stream(session, first)
            await met.wait()
            await lock_stream(session, second)

    endings = await asyncio.gather(writes("A-1", "B-1"), writes("B-1", "A-1"), return_exceptions=True)
    (error,) = [each for each in endings if isinstance(each, Exception)]
    assert passes_at_once(error)
    await database.close()


async def test_who_waits_too_long_or_is_refused_does_not_begin_again_at_once() -> None:
    assert not passes_at_once(OperationalError("", None, sqlite3.OperationalError("database is locked")))
    assert not passes_at_once(ValueError())
