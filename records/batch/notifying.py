"""How the procedure of a batch is notified that something has changed."""

from domain.core.case import Subject
from domain.core.entry import Send
from records.core.outgoing import outbox
from records.core.tables.cases import CaseRow
from records.core.writing import Writing


async def notify_batch(writing: Writing, batch_id: str) -> None:
    """The batch's own procedure is notified that something has changed, also if it writes this itself."""
    if await writing.session.get(CaseRow, batch_id) is not None:
        line = Send(to=batch_id, subject=Subject.CHANGED, payload={})
        message_id = f"{writing.entry.command_id}:{batch_id}"
        outbox.signal(writing.session, writing.recorded_at, batch_id, message_id, writing.entry.stream, line)
