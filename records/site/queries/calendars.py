"""Calendars as people see them: the sponsor all, a CDMO those of its sites (S6)."""

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.core.people import Actor
from domain.core.refusals import Code, Refused
from domain.core.view import View
from domain.site.calendar import SiteCalendar
from records.core.queries.keyset import page
from records.core.queries.visibility import reads_everything
from records.core.tables.master_data import CalendarRow, SiteRow


class CalendarList(View):
    """A page of calendars."""

    items: tuple[SiteCalendar, ...]
    next: str | None = None


async def calendars(session: AsyncSession, actor: Actor, *, cursor: str | None, limit: int) -> CalendarList:
    """Calendars by id."""
    query = select(CalendarRow)
    if not reads_everything(actor):
        own = select(SiteRow.calendar_id).where(col(SiteRow.site_id).in_(sorted(actor.sites)))
        query = query.where(col(CalendarRow.calendar_id).in_(own))
    rows, following = await page(session, query, "calendar_id", cursor=cursor, limit=limit)
    return CalendarList(items=tuple(map(_shown, rows)), next=following)


async def one_calendar(session: AsyncSession, actor: Actor, calendar_id: str) -> SiteCalendar:
    """One calendar. Raises `Refused(NOT_FOUND)`."""
    query = select(CalendarRow).where(col(CalendarRow.calendar_id) == calendar_id)
    if not reads_everything(actor):
        own = select(SiteRow.calendar_id).where(col(SiteRow.site_id).in_(sorted(actor.sites)))
        query = query.where(col(CalendarRow.calendar_id).in_(own))
    row = (await session.exec(query)).first()
    if row is None:
        raise Refused(Code.NOT_FOUND, "There is no such calendar.", rule="S6")
    return _shown(row)


def _shown(row: CalendarRow) -> SiteCalendar:
    return SiteCalendar.model_validate(row, from_attributes=True)
