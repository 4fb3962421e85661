"""What a case says of itself and to others: it moves, opens another case, tells one."""

from pydantic import JsonValue

from domain.core.entry import Move, Send, StartCase
from domain.core.forms import Audience
from domain.core.people import SYSTEM
from domain.core.repeats import refuse_repeated
from records.core.documents.references import refuse_unless_kept
from records.core.opening import open_or_merge
from records.core.outgoing import outbox
from records.core.writing import Writing


async def move(writing: Writing, line: Move) -> None:
    """Stage and offers of a case that moves on or closes."""
    payload: dict[str, JsonValue] = {"stage": line.stage, "offers": list(line.offers), "outcome": line.outcome}
    type_ = "case.closed" if line.closes else "case.moved"
    case = await writing.case()
    await writing.record(type_, payload, audience=Audience.SHARED if case.shared else Audience.SPONSOR)


async def start(writing: Writing, line: StartCase) -> None:
    """A case is requested, by a person or by the case of the entry, which then owns it."""
    form = writing.registries.forms.requesting(line.process).stored(line.form)
    if writing.actor != SYSTEM:
        await writing.refuse_unless_permitted(form.action)
        refuse_repeated(form)
        await refuse_unless_kept(writing.session, form, writing.actor, writing.at)
    await open_or_merge(writing, line.process, form, owner=writing.entry.stream or None)


async def send(writing: Writing, line: Send) -> None:
    """A message goes to another case, by the relay."""
    number = await writing.record("case.told", {"to": line.to, "subject": line.subject, "payload": line.payload})
    stream = writing.entry.stream
    outbox.signal(writing.session, writing.recorded_at, line.to, f"{stream}#{number}", stream, line)
