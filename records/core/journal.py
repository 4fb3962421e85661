"""The only write path: one entry is one transaction of checks, events, projections and outbox rows."""

from sqlmodel import func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.core.entry import Answer, Entry, PlainEvent, Written
from domain.core.forms import Process
from domain.core.refusals import Code, Refused
from records.core.database import Database, passes_at_once
from records.core.lines.dispatch import write_lines
from records.core.policies import Policies
from records.core.registries import Registries
from records.core.streams import lock_stream, refuse_unless_among
from records.core.tables.journal import CommandRow
from records.core.writing import Writing

_FEED_LOCK = 7_033_041
"""PostgreSQL advisory lock, taken last in every writing transaction: positions are given out in the order of commit,
so that no reader of the feed skips an event whose transaction commits late."""


_TRIES = 6
"""So often an entry is written from its start when others come between."""


class Journal:
    """Writes entries. Repeating an entry with the same `command_id` returns the stored answer and changes nothing."""

    def __init__(self, database: Database, registries: Registries, *, web: str = "") -> None:
        self._database = database
        self._registries = registries
        self._policies = Policies()
        self._web = web

    async def write(self, entry: Entry) -> Written:
        """Write one entry. Raises `Refused` if the records say no; then nothing has changed."""
        for _ in range(_TRIES - 1):
            try:
                return await self._write_once(entry)
            except Exception as error:
                if not passes_at_once(error):
                    raise
        return await self._write_once(entry)

    async def _write_once(self, entry: Entry) -> Written:
        async with self._database.writing() as session:
            await self._lock(session, entry)
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

    async def _lock(self, session: AsyncSession, entry: Entry) -> None:
        """Lock what an entry locks. Raises `Overtaken` if it is more by then; on SQLite nobody comes between."""
        locked = await self._locked_by(session, entry)
        for stream in locked:
            await lock_stream(session, stream)
        if len(locked) > 1 and not self._database.is_sqlite:
            refuse_unless_among(await self._locked_by(session, entry), locked)

    async def _locked_by(self, session: AsyncSession, entry: Entry) -> list[str]:
        """The streams that an entry locks before anything else: what many cases share, then that of its case."""
        prefix = entry.stream.partition("-")[0]
        above: set[str] = set()
        for line in entry.lines:
            if isinstance(line, Answer | PlainEvent):
                said = line.action if isinstance(line, Answer) else line.type
                streams = self._registries.streams_above.find((prefix, said))
                above |= set(await streams(session, entry.stream, line)) if streams else set()
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
