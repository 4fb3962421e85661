"""All lines of an entry, in their order."""

from collections.abc import Awaitable, Callable
from typing import Any

from domain.core.entry import (
    AlarmLine,
    Answer,
    HandOver,
    Line,
    Move,
    OpenTask,
    PlainEvent,
    Send,
    StartCase,
    WithdrawTask,
    Written,
)
from records.core.lines.alarms import fire
from records.core.lines.answers import answer
from records.core.lines.cases import move, send, start
from records.core.lines.plain_events import write_plain
from records.core.lines.tasks import hand_over, open_task, withdraw
from records.core.outgoing import outbox
from records.core.writing import Writing

_WRITERS: dict[type[Line], Callable[[Writing, Any], Awaitable[None]]] = {
    Answer: answer,
    OpenTask: open_task,
    HandOver: hand_over,
    WithdrawTask: withdraw,
    AlarmLine: fire,
    Move: move,
    PlainEvent: write_plain,
    StartCase: start,
    Send: send,
}


async def write_lines(writing: Writing) -> Written:
    """Write all lines and what follows from them. Raises `Refused` if one of them is refused."""
    for line in writing.entry.lines:
        writing.line = line
        await _WRITERS[type(line)](writing, line)
    await outbox.webhooks(writing.session, writing.recorded_at, writing.events)
    for last in writing.registries.afterwards.of("entry"):
        await last(writing)
    return writing.written
