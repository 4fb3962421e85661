"""The lock under which a stream of the journal grows."""

from collections.abc import Collection, Iterable

from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.core.events import GENESIS
from records.core.database import Overtaken
from records.core.tables.journal import StreamRow


async def lock_stream(session: AsyncSession, stream: str) -> StreamRow:
    """Lock the head of a stream until the transaction ends, creating the stream if it is new."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    await session.exec(dialect.insert(StreamRow).values(stream=stream, number=0, hash=GENESIS).on_conflict_do_nothing())
    return await session.get_one(StreamRow, stream, with_for_update=True, populate_existing=True)


def refuse_unless_among(streams: Iterable[str], locked: Collection[str]) -> None:
    """Raise `Overtaken` if something is to be locked that is not: before the locks it was not there to be read."""
    if not set(streams) <= set(locked):
        raise Overtaken("What was read before it was locked has changed meanwhile.")
