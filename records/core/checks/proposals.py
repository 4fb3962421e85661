"""Records that one person proposes and another one decides on, version by version: programmes, specifications, uses."""

from datetime import datetime
from typing import Protocol

from domain.core.document import RecordVersion, refuse_unless_current
from domain.core.people import refuse_proposer
from domain.core.refusals import Code, Refused
from records.core.queries.events import event_of
from records.core.tables.cases import RecordRow
from records.core.writing import Writing


class Proposed(Protocol):
    """A version that was proposed."""

    version: int
    sha256: str
    decided_by: str | None
    decided_at: datetime | None


def refuse_unless_next(replaces: int, newest: Proposed | None) -> None:
    """Raise `Refused(VERSION_STALE)` unless a proposal takes the place of the newest version; 0 if there is none."""
    number = newest.version if newest is not None else 0
    if replaces != number:
        raise Refused(Code.VERSION_STALE, f"The newest version is {number}; take the place of that one.")


async def refuse_unless_decidable(
    writing: Writing, record_id: str, action: str, newest: Proposed, read: RecordVersion, field: str
) -> None:
    """Raise `Refused` unless it is the newest version that was read, nobody has decided on it, and another proposed it.

    `record_id` and `action` say under which record it was proposed, `field` where the form names the version (S1).
    """
    refuse_unless_current(read, version_of(newest), field)
    if newest.decided_at is not None:
        message = f"Version {newest.version} has been decided on."
        raise Refused(Code.ALREADY_ANSWERED, message, who=newest.decided_by, when=newest.decided_at.isoformat())
    await refuse_who_proposed(writing, record_id, action, newest.version)


async def refuse_who_proposed(writing: Writing, record_id: str, action: str, version: int) -> None:
    """Raise `Refused` if who has proposed a version decides on it (S1), in whoever's name that was (S11)."""
    record = await writing.session.get_one(RecordRow, (record_id, action, version))
    refuse_proposer(writing.actor.persons, (await event_of(writing.session, record_id, record.number)).actor.persons)


def version_of(proposed: Proposed) -> RecordVersion:
    """What a form names that was read."""
    return RecordVersion(version=proposed.version, sha256=proposed.sha256)
