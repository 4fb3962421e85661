"""Calendar feeds: who may read which calendar without signing in. Tokens never enter the journal, nor the database."""

import secrets

from sqlmodel import col, select

from domain.core.forms import sha256
from domain.core.people import Actor
from domain.core.refusals import Code, Refused
from records.core.database import Database
from records.core.people.actors import actor_of
from records.core.tables.calendar_feeds import CalendarFeedRow

_BYTES = 32
"""Long enough that nobody guesses one."""


async def open_feed(database: Database, actor: Actor) -> str:
    """A new token for the person's calendar; the one before is good no more. It cannot be read again later."""
    token = secrets.token_urlsafe(_BYTES)
    async with database.writing() as session:
        made_at = await database.now(session)
        row = CalendarFeedRow(person_id=actor.person, user=actor.user, token_hash=sha256(token), made_at=made_at)
        await session.merge(row)
    return token


async def reader_of(database: Database, token: str) -> Actor:
    """Whose calendar a token opens, in their own right. Raises `Refused(NOT_FOUND)`, also for a disabled account."""
    async with database.reading() as session:
        query = select(CalendarFeedRow).where(col(CalendarFeedRow.token_hash) == sha256(token))
        row = (await session.exec(query)).first()
        try:
            if row is not None:
                return await actor_of(session, row.person_id, row.user, at=row.made_at)
        except Refused:
            pass
    raise Refused(Code.NOT_FOUND, "There is no such calendar.")
