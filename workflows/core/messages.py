"""Messages between cases."""

from collections.abc import Mapping

from pydantic import JsonValue
from temporalio import workflow

from domain.core.case import CaseOrder, Message, Subject
from domain.core.entry import Send
from workflows.core.journal_writer import JournalWriter


class Messages:
    """What a case receives from others and sends to them; a message that is delivered twice counts once."""

    def __init__(self, order: CaseOrder, journal: JournalWriter) -> None:
        self._journal = journal
        self._messages: list[Message] = []
        self._ids: dict[str, None] = dict.fromkeys(order.carried.received if order.carried else ())
        self.changes = 0
        """How many times this run has received that something it watches has changed."""

    @property
    def ids(self) -> tuple[str, ...]:
        """Ids of all messages received, also by the runs before."""
        return tuple(self._ids)

    def listen(self) -> None:
        """Have a signal for every subject."""
        for subject in Subject:
            workflow.set_signal_handler(subject.value, self._receive)

    def received(self, sender: str, subject: Subject) -> Mapping[str, JsonValue] | None:
        """What another case has sent on a subject, if it has."""
        for message in self._messages:
            if (message.sender, message.subject) == (sender, subject):
                return message.payload
        return None

    async def send(self, to: str, subject: Subject, payload: Mapping[str, JsonValue]) -> None:
        """Have a message delivered by the relay."""
        await self._journal.put(Send(to=to, subject=subject, payload=dict(payload)))

    async def _receive(self, message: Message) -> None:
        if message.message_id in self._ids:
            return
        self._ids[message.message_id] = None
        if message.subject is Subject.CHANGED:
            self.changes += 1
        else:
            self._messages.append(message)
