"""The journal as a feed: pages by cursor, or a stream of server-sent events."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Header, Query
from fastapi.sse import EventSourceResponse, ServerSentEvent

from api.auth import Caller
from api.recording import Cursor, Limit
from api.tools import ToolsOf
from records.queries.events import Feed, events_after, feed, newest_position

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
    """Events in the order of commit. Going on from `next` misses none, however long one waits."""
    async with tools.database.reading() as session:
        return await feed(session, caller, cursor=cursor, limit=limit, type_=type, stream=stream)


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
