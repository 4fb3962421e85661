"""Events that are neither the form of a case nor about its tasks: master data, what a procedure notes."""

from domain.core.entry import PlainEvent
from domain.core.people import SYSTEM
from records.core.checks.changes import refuse_if_stale
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
    if line.signs is not None:
        refuse_if_stale(writing, (await writing.head(writing.entry.stream)).number)
    line = await _counted(writing, line)
    effect = await check(writing, line.payload) if check else {}
    signature = None
    if line.signs is not None:
        signature = await consume(writing, line.signature_token, line.signs)
    payload = {**line.payload, "effect": effect} if effect else line.payload
    await writing.record(line.type, payload, audience=line.audience, signature=signature)
    writing.answer(effect={**writing.written.effect, **effect})


async def _counted(writing: Writing, line: PlainEvent) -> PlainEvent:
    """With the version of its record, where the form names none: the next one, under the lock of the record."""
    signs = line.signs
    if signs is None or signs.version is not None:
        return line
    version = await writing.next_version(signs.record_id, signs.action)
    payload = {**line.payload, "version": version}
    return line.model_copy(update={"payload": payload, "signs": signs.model_copy(update={"version": version})})
