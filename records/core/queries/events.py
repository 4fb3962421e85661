"""The journal as a feed: every event once, in the order in which they were committed."""

from sqlalchemy import ColumnElement, and_, false
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.core.events import Event
from domain.core.forms import Audience
from domain.core.people import Actor, Org
from domain.core.view import EventView, View
from records.core.queries import pages
from records.core.queries.event_view import event_view
from records.core.queries.visibility import sees_cases, sees_streams
from records.core.tables.cases import CaseRow
from records.core.tables.journal import EventRow


class FeedEvent(EventView):
    """An event with its place in the whole journal."""

    position: int
    """Grows in the order of commit: who has read up to a position has missed nothing before it."""
    stream: str
    """The case or master record it belongs to."""
    site_id: str | None


class Feed(View):
    """A page of events in the order of commit."""

    items: tuple[FeedEvent, ...]
    next: str
    """Cursor to go on from; there is always one. A page without items says that nothing newer is there: ask later."""


def sees_feed(actor: Actor) -> ColumnElement[bool]:
    """The events an actor sees (S6)."""
    match actor.org:
        case Org.SPONSOR:
            return sees_streams(actor, col(EventRow.stream))
        case Org.CDMO:
            own = col(EventRow.site_id).in_(sorted(actor.sites)) if actor.sites else false()
            return and_(own, col(EventRow.audience) == Audience.SHARED.value)
        case Org.THIRD_PARTY:
            return col(EventRow.stream).in_(select(CaseRow.case_id).where(sees_cases(actor)))


async def event_of(session: AsyncSession, stream: str, number: int) -> Event:
    """One event by its number. Raises `NoResultFound`."""
    query = select(EventRow.body).where(col(EventRow.stream) == stream, col(EventRow.number) == number)
    return Event.model_validate_json((await session.exec(query)).one())


async def events_after(
    session: AsyncSession, actor: Actor, position: int, *, limit: int, type_: str | None, stream: str | None
) -> list[FeedEvent]:
    """Up to `limit` events behind a position, oldest first."""
    query = select(EventRow).where(col(EventRow.position) > position, sees_feed(actor))
    if type_ is not None:
        query = query.where(col(EventRow.type) == type_)
    if stream is not None:
        query = query.where(col(EventRow.stream) == stream)
    rows = (await session.exec(query.order_by(col(EventRow.position)).limit(limit))).all()
    return [
        FeedEvent(**dict(event_view(row, actor)), position=row.position or 0, stream=row.stream, site_id=row.site_id)
        for row in rows
    ]


async def feed(
    session: AsyncSession, actor: Actor, *, cursor: str | None, limit: int, type_: str | None, stream: str | None
) -> Feed:
    """One page of the feed. Raises `Refused(FORM_INVALID)` for a cursor that is none."""
    position = pages.number(cursor, greatest=pages.BIG_INTEGER) if cursor is not None else 0
    items = await events_after(session, actor, position, limit=limit, type_=type_, stream=stream)
    return Feed(items=tuple(items), next=pages.encode((items[-1].position if items else position,)))


async def newest_position(session: AsyncSession) -> int:
    """The position of the newest event; 0 in an empty journal."""
    return (await session.exec(select(func.max(col(EventRow.position))))).one() or 0
