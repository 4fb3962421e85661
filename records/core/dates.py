"""Facts that arise by a date: each context says which are due, one standing clock writes them.

They arise whether or not a case still runs. A look is an indexed query; what it finds is written in one entry each.
"""

from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

import structlog
from pydantic import JsonValue
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.core.entry import Entry, PlainEvent
from domain.core.refusals import Refused
from records.core.database import OUTAGES, Database
from records.core.journal import Journal
from records.core.policies import Policies
from records.core.registries import DECLARED, Registries

AHEAD = timedelta(days=1)
"""How far a look sees, so that the clock knows the exact instant of what comes next."""
EVERY = timedelta(minutes=15)
"""A look is made at every quarter of an hour: midnight comes at one in every time zone, and so what was recorded since
the last look with a day that ends is not missed."""

log = structlog.get_logger()


class Arising(NamedTuple):
    """Something that becomes true at an instant: the event that says so. The check of that event establishes it."""

    at: datetime
    stream: str
    type: str
    payload: dict[str, JsonValue]
    key: str
    """What tells it from the same of another date."""


Look = Callable[[AsyncSession, Policies, datetime], Awaitable[list[Arising]]]
"""What has become true by an instant and is not recorded yet, or will until then. The rest may be among it."""


def arises(order: int) -> Callable[[Look], Look]:
    """Declare a look of the standing clock."""

    def declare(look: Look) -> Look:
        DECLARED.dates.declare("date", look, order)
        return look

    return declare


class Dates:
    """What the standing clock does at each look."""

    def __init__(self, database: Database, journal: Journal, registries: Registries) -> None:
        self._database, self._journal, self._registries = database, journal, registries
        self._policies = Policies()

    async def establish(self, now: datetime, *, cause: str = "clock") -> datetime:
        """Write what has become true by `now`; returns when to look again. Safe to repeat.

        What the records refuse, or a defect keeps from being written, does not keep the others from it; the next look
        finds it again. Raises what shows that the records cannot be written at all.
        """
        found = await self._found(now)
        for each in found:
            if each.at <= now:
                await self._write(each, now, cause)
        return min([next_quarter(now), *(each.at for each in found if each.at > now)])

    async def _found(self, now: datetime) -> list[Arising]:
        found: list[Arising] = []
        async with self._database.reading() as session:
            for look in self._registries.dates.of("date"):
                found += await look(session, self._policies, now + AHEAD)
        return in_order(found)

    async def _write(self, each: Arising, now: datetime, cause: str) -> None:
        event = PlainEvent(type=each.type, payload={**each.payload, "cause": cause})
        entry = Entry(stream=each.stream, command_id=f"{each.type}:{each.stream}:{each.key}", at=now, lines=(event,))
        try:
            await self._journal.write(entry)
        except OUTAGES:
            raise
        except Refused as refused:
            log.info("not true any more", stream=each.stream, type=each.type, reason=refused.refusal.message)
        except Exception:
            log.exception("the clock cannot write an entry", stream=each.stream, type=each.type)


def next_quarter(now: datetime) -> datetime:
    """The next instant, after this one, at which it is midnight somewhere or may be."""
    return now + EVERY - (now - datetime.min.replace(tzinfo=now.tzinfo)) % EVERY


def in_order(found: Iterable[Arising]) -> list[Arising]:
    """What becomes true first comes first."""
    return sorted(found, key=lambda each: (each.at, each.stream, each.type))
