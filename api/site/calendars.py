"""Calendars of sites."""

from fastapi import APIRouter, Response

from api.core.auth import Caller
from api.core.problems import declared
from api.core.recording import Cursor, IfMatch, Limit, Recording, created, tag
from api.core.tools import ToolsOf
from domain.site.calendar import CalendarChange, CalendarRegistration, SiteCalendar
from records.site.queries.calendars import CalendarList, calendars, one_calendar

router = APIRouter(prefix="/v1/calendars", tags=["policy and calendars"], responses=declared(401, 403, 422))


@router.get("")
async def list_calendars(caller: Caller, tools: ToolsOf, cursor: Cursor = None, limit: Limit = 50) -> CalendarList:
    """Calendars by id."""
    async with tools.database.reading() as session:
        return await calendars(session, caller, cursor=cursor, limit=limit)


@router.post("", status_code=201, responses=declared(409))
async def register_calendar(
    form: CalendarRegistration, tools: ToolsOf, caller: Caller, recording: Recording, response: Response
) -> SiteCalendar:
    """Register a calendar."""
    await recording.register("calendar.registered", form, stream=form.calendar_id)
    calendar = await show_calendar(form.calendar_id, caller, tools, response)
    created(response, f"/v1/calendars/{calendar.calendar_id}", calendar.version)
    return calendar


@router.get("/{calendar_id}", responses=declared(404))
async def show_calendar(calendar_id: str, caller: Caller, tools: ToolsOf, response: Response) -> SiteCalendar:
    """One calendar."""
    async with tools.database.reading() as session:
        calendar = await one_calendar(session, caller, calendar_id)
    tag(response, calendar.version)
    return calendar


@router.patch("/{calendar_id}", responses=declared(404, 412, 428))
async def change_calendar(
    calendar_id: str,
    form: CalendarChange,
    version: IfMatch,
    caller: Caller,
    tools: ToolsOf,
    recording: Recording,
    response: Response,
) -> SiteCalendar:
    """Change a calendar. Clocks that run keep their due dates."""
    await show_calendar(calendar_id, caller, tools, response)
    await recording.change("calendar.changed", calendar_id, form, version)
    return await show_calendar(calendar_id, caller, tools, response)
