"""Events that are neither the form of a case nor about its tasks: master data, what a procedure notes."""

from domain.core.entry import PlainEvent
from domain.core.people import SYSTEM
from records.core.registries import Misdeclared
from records.core.signing import consume
from records.core.writing import Writing

_UNCHECKED = frozenset({"attempt.refused"})
"""What is written about a person who was refused: there is nothing left to check."""


async def write_plain(writing: Writing, line: PlainEvent) -> None:
    """The event, with what its check found; signed if the line says what is signed.

    What a procedure notes may need no check; what a person records has one. Raises `Misdeclared` if it is missing.
    """
    check = writing.registries.event_checks.find(line.type)
    if check is None and writing.actor != SYSTEM and line.type not in _UNCHECKED:
        raise Misdeclared(f"The check of {line.type} was not declared.")
    effect = await check(writing, line.payload) if check else {}
    signature = None
    if line.signs is not None:
        signature = await consume(writing, line.signature_token, line.signs)
    payload = {**line.payload, "effect": effect} if effect else line.payload
    await writing.record(line.type, payload, audience=line.audience, signature=signature)
    writing.answer(effect={**writing.written.effect, **effect})
