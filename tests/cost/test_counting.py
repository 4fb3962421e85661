"""The instrument itself."""

from sqlalchemy import text

from records.core.database import Database
from tests.cost.counting import Counter


async def test_statements_and_transactions_that_write_are_counted_and_begin_and_commit_are_not(
    database: Database,
) -> None:
    counter = Counter()
    with counter.on(database.engine.sync_engine):
        async with database.reading() as session:
            await session.connection()
            await session.exec(text("SELECT 1"))  # type: ignore[call-overload]
        async with database.writing() as session:
            for _ in range(2):
                await session.exec(text("SELECT 1"))  # type: ignore[call-overload]
    async with database.writing() as session:
        await session.exec(text("SELECT 1"))  # type: ignore[call-overload]
    assert (counter.statements, counter.of_the_api, counter.writes) == (3, 3, 1)
