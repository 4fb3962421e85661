"""The only write path: one entry is one transaction of checks, events, projections and outbox rows."""

import contextlib

from sqlalchemy.exc import IntegrityError
from sqlmodel import func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.core.entry import Answer, Entry, PlainEvent, Written
from domain.core.forms import Process
from domain.core.refusals import Code, Refused
from records.core.database import Database
from records.core.lines.dispatch import write_lines
from records.core.policies import Policies
from records.core.registries import Registries
from records.core.streams import lock_stream
from records.core.tables.journal import CommandRow
from records.core.writing import Writing

_FEED_LOCK = 7_033_041
"""PostgreSQL advisory lock, taken last in every writing transaction: positions are given out in the order of commit,
so that no reader of the feed skips an event whose transaction commits late."""


class Journal:
    """Writes entries. Repeating an entry with the same `command_id` returns the stored answer and changes nothing."""

    def __init__(self, database: Database, registries: Registries, *, web: str = "") -> None:
        self._database = database
        self._registries = registries
        self._policies = Policies()
        self._web = web

    async def write(self, entry: Entry) -> Written:
        """Write one entry. Raises `Refused` if the records say no; then nothing has changed."""
        for _ in range(3):
            with contextlib.suppress(IntegrityError):
                return await self._write_once(entry)
        return await self._write_once(entry)

    async def _write_once(self, entry: Entry) -> Written:
        async with self._database.writing() as session:
            for stream in await self._locked_by(session, entry):
                await lock_stream(session, stream)
            stored = await answered(session, entry.command_id, entry.fingerprint)
            if stored is not None:
                return stored
            at = await self._database.now(session)
            writing = Writing(session, entry, self._registries, self._policies, at, web=self._web)
            written = await write_lines(writing)
            await session.flush()
            if not self._database.is_sqlite:
                await session.exec(select(func.pg_advisory_xact_lock(_FEED_LOCK)))
            session.add_all(writing.rows)
            session.add(
                CommandRow(
                    command_id=entry.command_id,
                    stream=entry.stream or next(iter(written.started), ""),
                    fingerprint=entry.fingerprint,
                    answer=written.model_dump_json(),
                )
            )
            await session.flush()
        return written

    async def _locked_by(self, session: AsyncSession, entry: Entry) -> list[str]:
        """The streams that an entry locks before anything else: what many cases share, then that of its case."""
        prefix = entry.stream.partition("-")[0]
        answers = [(prefix, line.action) for line in entry.lines if isinstance(line, Answer)]
        answers += [(prefix, line.type) for line in entry.lines if isinstance(line, PlainEvent)]
        declared = [self._registries.streams_above.find(answer) for answer in answers]
        above = {stream for streams in declared if streams for stream in await streams(session, entry.stream)}
        return [*sorted(above, key=_in_order), *([entry.stream] if entry.stream else [])]


def _in_order(stream: str) -> tuple[str, int, str]:
    """The order in which streams are locked: batches by their number, as everywhere; others by their name."""
    prefix, _, number = stream.rpartition("-")
    is_batch = prefix == Process.BATCH.prefix and number.isdecimal()
    return (prefix, int(number) if is_batch else 0, stream)


async def answered(session: AsyncSession, command_id: str, fingerprint: str) -> Written | None:
    """The stored answer of a command. Raises `Refused(KEY_REUSED)` if the key was used for another request."""
    row = await session.get(CommandRow, command_id)
    if row is None:
        return None
    if fingerprint and row.fingerprint and row.fingerprint != fingerprint:
        raise Refused(Code.KEY_REUSED, "This Idempotency-Key was used for another request.")
    return Written.model_validate_json(row.answer)
