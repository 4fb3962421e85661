"""Events that are neither the form of a case nor about its tasks: master data, what a procedure notes."""

from domain.entry import PlainEvent
from records.signing import consume
from records.writing import Writing


async def write_plain(writing: Writing, line: PlainEvent) -> None:
    """The event, with what its check found if it has one; signed if the line says what is signed."""
    check = writing.registries.event_checks.find(line.type)
    effect = await check(writing, line.payload) if check else {}
    signature = None
    if line.signs is not None:
        signature = await consume(writing, line.signature_token, line.signs)
    payload = {**line.payload, "effect": effect} if effect else line.payload
    await writing.record(line.type, payload, audience=line.audience, signature=signature)
    writing.answer(effect={**writing.written.effect, **effect})
