"""The outbox from the relay's side: what is due next, who is delivering it, and how it went."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, update
from sqlalchemy.orm import aliased
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from records.core.database import Database
from records.core.tables.journal import OutboxRow

DIGEST_AT_MOST = 200
"""Mails in one digest."""


@dataclass(frozen=True)
class RetrySchedule:
    """How long a delivery is tried: the wait doubles from `first` to `longest`; after `tries` it is a dead letter."""

    first: timedelta
    longest: timedelta
    tries: int

    def wait(self, tries: int) -> timedelta | None:
        """The wait after that many failed tries, or `None` if it is not tried again."""
        if tries >= self.tries:
            return None
        doublings = min(tries - 1, 30)
        return min(self.first * (1 << doublings), self.longest)


_CASES = RetrySchedule(timedelta(seconds=0.5), timedelta(seconds=30), tries=20_000)
RETRIES: Mapping[str, RetrySchedule] = {
    "start": _CASES,
    "signal": _CASES,
    "answer": _CASES,
    "mail": RetrySchedule(timedelta(seconds=5), timedelta(minutes=10), tries=1_000),
    "webhook": RetrySchedule(timedelta(seconds=5), timedelta(hours=1), tries=80),
}
"""About a week for cases and mail, three days for webhooks."""


@dataclass(frozen=True)
class Delivery:
    """Rows that are delivered together: one row, or the late mails of one person."""

    rows: tuple[OutboxRow, ...]

    @property
    def head(self) -> OutboxRow:
        return self.rows[0]


@dataclass(frozen=True)
class Outcome:
    """How a delivery went. `error` of one that was delivered is a note; `final` means that another try is of no use."""

    delivery: Delivery
    delivered: bool
    error: str | None = None
    final: bool = False


class Deliveries:
    """Hands out the oldest due row of each lane to one relay at a time.

    A claim lasts `lease` and is renewed while the relay lives, so the rows of a killed one are free again soon.
    """

    def __init__(
        self,
        database: Database,
        *,
        lease: timedelta = timedelta(seconds=6),
        digest_after: timedelta = timedelta(minutes=15),
        retries: Mapping[str, RetrySchedule] = RETRIES,
    ) -> None:
        self._database = database
        self._lease = lease
        self._digest_after = digest_after
        self._retries = retries

    async def turn(self, relay: str, outcomes: Sequence[Outcome], at_most: int) -> list[Delivery]:
        """Settle what was delivered and claim up to `at_most` more. Writes only if there is something to."""
        if not outcomes:
            async with self._database.reading() as session:
                due = due_heads(await self._database.now(session)).limit(1)
                if at_most < 1 or (await session.exec(due)).first() is None:
                    return []
        async with self._database.writing() as session:
            now = await self._database.now(session)
            for outcome in outcomes:
                await self._settle(session, relay, outcome, now)
            return await self._claim(session, relay, now, at_most) if at_most > 0 else []

    async def renew(self, relay: str, deliveries: Sequence[Delivery]) -> None:
        """Keep the claims on deliveries that are under way."""
        if not deliveries:
            return
        async with self._database.writing() as session:
            until = await self._database.now(session) + self._lease
            await session.exec(_held(relay, deliveries).values(claimed_until=until))

    async def release(self, relay: str, deliveries: Sequence[Delivery]) -> None:
        """Give up claims at once, so that another relay need not wait for them to run out."""
        if not deliveries:
            return
        async with self._database.writing() as session:
            await session.exec(_held(relay, deliveries).values(claimed_by=None, claimed_until=None))

    async def _claim(self, session: AsyncSession, relay: str, now: datetime, at_most: int) -> list[Delivery]:
        query = due_heads(now).order_by(col(OutboxRow.outbox_id)).limit(at_most)
        heads = (await session.exec(query.with_for_update(skip_locked=True))).all()
        deliveries = [Delivery((head, *await self._digest(session, head, now))) for head in heads]
        for row in (row for delivery in deliveries for row in delivery.rows):
            row.claimed_by, row.claimed_until = relay, now + self._lease
        return deliveries

    async def _digest(self, session: AsyncSession, head: OutboxRow, now: datetime) -> Sequence[OutboxRow]:
        """The further mails of a person whose mail is late already (section 14)."""
        if head.kind != "mail" or now - head.created_at < self._digest_after:
            return ()
        query = select(OutboxRow).where(
            col(OutboxRow.lane) == head.lane, pending(OutboxRow), col(OutboxRow.outbox_id) > head.outbox_id
        )
        query = query.order_by(col(OutboxRow.outbox_id)).limit(DIGEST_AT_MOST - 1)
        return (await session.exec(query.with_for_update(skip_locked=True))).all()

    async def _settle(self, session: AsyncSession, relay: str, outcome: Outcome, now: datetime) -> None:
        change: dict[str, Any] = {"claimed_by": None, "claimed_until": None}
        held = _held(relay, [outcome.delivery])
        if outcome.delivered:
            tried = col(OutboxRow.tries) + 1
            await session.exec(held.values(delivered_at=now, tries=tried, last_error=outcome.error, **change))
            return
        head = outcome.delivery.head
        tries = head.tries + 1
        wait = None if outcome.final else self._retries[head.kind].wait(tries)
        failed = {**change, "tries": tries, "last_error": outcome.error, "not_before": now + wait if wait else None}
        if wait is None:
            failed["dead_at"] = now
        await session.exec(_held(relay, [Delivery((head,))]).values(**failed))
        await session.exec(held.values(**change))


def pending(row: type[OutboxRow]) -> ColumnElement[bool]:
    """Neither delivered nor given up; the words of the partial indexes."""
    return col(row.delivered_at).is_(None) & col(row.dead_at).is_(None)


def due_heads(now: datetime) -> SelectOfScalar[OutboxRow]:
    """The oldest pending row of each lane, if it is due and nobody is delivering it."""
    earlier = aliased(OutboxRow)
    blocked = select(earlier.outbox_id).where(
        col(earlier.lane) == OutboxRow.lane, pending(earlier), col(earlier.outbox_id) < OutboxRow.outbox_id
    )
    return select(OutboxRow).where(
        pending(OutboxRow),
        col(OutboxRow.not_before).is_(None) | (col(OutboxRow.not_before) <= now),
        col(OutboxRow.claimed_until).is_(None) | (col(OutboxRow.claimed_until) < now),
        ~blocked.exists(),
    )


def _held(relay: str, deliveries: Sequence[Delivery]) -> Any:
    """An update of the rows that this relay still holds."""
    ids = [row.outbox_id for delivery in deliveries for row in delivery.rows]
    return update(OutboxRow).where(col(OutboxRow.outbox_id).in_(ids), col(OutboxRow.claimed_by) == relay)


async def deliveries_of(session: AsyncSession, lane: str, *, before: int | None, limit: int) -> list[OutboxRow]:
    """The newest rows of a lane, delivered or not; one more than `limit` if there are more."""
    query = select(OutboxRow).where(col(OutboxRow.lane) == lane)
    if before is not None:
        query = query.where(col(OutboxRow.outbox_id) < before)
    return list((await session.exec(query.order_by(col(OutboxRow.outbox_id).desc()).limit(limit + 1))).all())


async def deliver_again(session: AsyncSession, row: OutboxRow, now: datetime) -> OutboxRow:
    """Put a copy of a row at the end of its lane. The old row stays as it is: it tells what happened."""
    again = OutboxRow(kind=row.kind, lane=row.lane, payload=row.payload, created_at=now)
    session.add(again)
    await session.flush()
    return again
