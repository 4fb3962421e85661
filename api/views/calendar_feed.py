"""A person's calendar for programs that cannot sign in: audits and due tasks as iCalendar (RFC 5545)."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Header, Path, Response
from icalendar import Calendar, Event
from pydantic import Field

from api.core.auth import Caller
from api.core.problems import declared
from api.core.tools import ToolsOf
from domain.core.forms import sha256
from domain.core.view import View
from records.core.outgoing.calendar_feeds import open_feed, reader_of
from records.views.calendar_feed import CalendarEntry, calendar_entries

router = APIRouter(prefix="/v1/calendar-feed", tags=["calendar feed"], responses=declared(401, 403, 422))

_MEDIA_TYPE = "text/calendar; charset=utf-8"
_AS_CALENDAR: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/calendar": {"schema": {"type": "string"}}}, "description": "The calendar"},
    304: {"description": "It is the same as before"},
}


class CalendarFeed(View):
    """The address of a calendar. Whoever knows it can read the calendar; it is shown only now."""

    url: str = Field(examples=["https://vetted.example/v1/calendar-feed/Zk3...Q.ics"])


@router.post("", status_code=201)
async def open_calendar_feed(caller: Caller, tools: ToolsOf) -> CalendarFeed:
    """Get the address of your calendar. The address before is good no more."""
    token = await open_feed(tools.database, caller)
    return CalendarFeed(url=f"{tools.settings.public_url}{router.prefix}/{token}.ics")


@router.get("/{token}.ics", response_class=Response, responses=_AS_CALENDAR | declared(404))
async def read_calendar_feed(
    token: Annotated[str, Path(max_length=100)],
    tools: ToolsOf,
    if_none_match: Annotated[str | None, Header(max_length=200)] = None,
) -> Response:
    """The calendar: audits that the person may know of, and their open tasks on the days on which they are due."""
    reader = await reader_of(tools.database, token)
    async with tools.database.reading() as session:
        entries = await calendar_entries(session, reader, tools.clock())
    text = in_icalendar(entries, tools.settings.public_url)
    headers = {"ETag": f'"{sha256(text)}"', "Cache-Control": "private, no-cache", "Referrer-Policy": "no-referrer"}
    if if_none_match == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    return Response(text, media_type=_MEDIA_TYPE, headers=headers)


def in_icalendar(entries: Iterable[CalendarEntry], public_url: str) -> str:
    """The text of a calendar. The same entries give the same text, so that its hash tells whether it has changed."""
    calendar = Calendar()
    calendar.add("prodid", "-//Vetted//Calendar feed//EN")
    calendar.add("version", "2.0")
    calendar.add("name", "Vetted")
    calendar.add("refresh-interval", timedelta(hours=1))
    for entry in entries:
        calendar.add_component(_event(entry, public_url))
    text: bytes = calendar.to_ical()
    return text.decode()


def _event(entry: CalendarEntry, public_url: str) -> Event:
    event = Event()
    event.add("uid", f"{entry.uid}@vetted")
    event.add("dtstamp", _whole_seconds(entry.changed_at))
    event.add("dtstart", entry.first_day)
    event.add("dtend", entry.last_day + timedelta(days=1))  # exclusive
    event.add("summary", entry.title)
    event.add("url", f"{public_url}{entry.url}")
    event.add("status", "TENTATIVE" if entry.tentative else "CONFIRMED")
    event.add("transp", "TRANSPARENT")
    return event


def _whole_seconds(at: datetime) -> datetime:
    return at.replace(microsecond=0)
