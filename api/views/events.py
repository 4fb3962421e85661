"""Events: the journal as a feed, by pages or as a stream, and what other programs tell of a site."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated
from uuid import uuid4

from fastapi import APIRouter, Header, Query, Response, status
from fastapi.sse import EventSourceResponse, ServerSentEvent

from api.core.actions import StartedCase
from api.core.auth import Caller
from api.core.commands import open_case
from api.core.problems import declared
from api.core.recording import Cursor, Limit
from api.core.tools import ToolsOf
from api.event.cloud_events import BODY, Received
from domain.core.forms import Process
from domain.event.cloud_event import report_of
from records.core.queries.events import Feed, events_after, feed, newest_position
from records.event.queries import place_of
from records.views.cases import one_case

router = APIRouter(prefix="/v1", tags=["events"])

POLL = 0.3
"""Seconds between two looks for new events."""
STREAM_FOR = 900.0
"""Seconds after which a stream ends. Clients come back with `Last-Event-ID`, and their rights are checked anew."""

LAST_POSITION = 2**63 - 1
"""The highest position a journal can have: positions are signed integers of 64 bits."""

Type = Annotated[str | None, Query(max_length=80, examples=["audit.report"])]
Stream = Annotated[str | None, Query(max_length=80, examples=["AUD-1"])]


@router.get("/events")
async def list_events(
    caller: Caller,
    tools: ToolsOf,
    cursor: Cursor = None,
    limit: Limit = 50,
    type: Type = None,  # noqa: A002 - the name of the parameter
    stream: Stream = None,
) -> Feed:
    """Events in the order of commit. Going on from `next` misses none, however long one waits.

    The feed has no last page. One without items says that nothing newer is there: keep its `next` and ask again later.
    """
    async with tools.database.reading() as session:
        return await feed(session, caller, cursor=cursor, limit=limit, type_=type, stream=stream)


@router.post(
    "/events",
    status_code=status.HTTP_201_CREATED,
    openapi_extra=BODY,
    responses={
        200: {"model": StartedCase, "description": "The event is known already; this is its case"},
        **declared(404, 409, 413, 415, 422),
    },
)
async def receive_event(caller: Caller, event: Received, tools: ToolsOf, response: Response) -> StartedCase:
    """Report an event at a site as a CloudEvent 1.0. `source` and `id` identify it: sent again, it changes nothing.

    `type` ends with a type of the events at sites (`com.vendor.site.deviation`), `subject` is the site or the scope,
    `time` the time of detection, `data` the other fields of `POST /v1/site-events`.
    """
    async with tools.database.reading() as session:
        site_id, scope_ids = await place_of(session, event.subject)
    report = report_of(event, site_id, scope_ids)
    opened = await open_case(tools, caller, Process.EVENT, report, str(uuid4()))
    async with tools.database.reading() as session:
        view = await one_case(session, caller, Process.EVENT, opened.case_id, tools.clock())
    response.headers["Location"] = view.url
    if opened.merged:
        response.status_code = status.HTTP_200_OK
    return StartedCase(**dict(view), started=opened.started, merged=opened.merged)


@router.get("/events/stream", response_class=EventSourceResponse)
async def stream_events(
    caller: Caller,
    tools: ToolsOf,
    last_event_id: Annotated[int | None, Header(ge=0, le=LAST_POSITION)] = None,
    type: Type = None,  # noqa: A002 - the name of the parameter
    stream: Stream = None,
) -> AsyncIterator[ServerSentEvent]:
    """The same as it happens. `Last-Event-ID` is the last position that was read; without it the stream starts now."""
    clock = asyncio.get_running_loop().time
    until = clock() + STREAM_FOR
    position = last_event_id
    yield ServerSentEvent(comment="open", retry=2000)
    while clock() < until:
        async with tools.database.reading() as session:
            if position is None:
                position = await newest_position(session)
            events = await events_after(session, caller, position, limit=100, type_=type, stream=stream)
        for event in events:
            yield ServerSentEvent(id=str(event.position), data=event)
            position = event.position
        if not events:
            await asyncio.sleep(POLL)
