"""Placing holds, in the transaction of what demands them."""

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, NamedTuple

from pydantic import JsonValue
from sqlalchemy import ColumnElement, and_
from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.batch import UseKind
from domain.case import Subject
from domain.entry import Tell
from domain.holds import BatchState, HoldType
from records import outbox
from records.genealogy import children, lock_families
from records.identities import next_id
from records.tables import BatchRow, BatchUseRow, CaseRow, HoldRow, ReviewDemandRow

if TYPE_CHECKING:
    from records.writing import Writing


async def hold_open_batches(
    writing: "Writing",
    scope_id: str,
    type_: HoldType,
    reason: str,
    *,
    placed_in: str,
    only: Collection[str] | None = None,
) -> list[str]:
    """Hold every open batch that a scope makes a part of, or those of them with these numbers.

    What is released of them is looked at again. A batch that has such a hold from the same case gets no second one.
    Returns the ids of the batches that are held. The caller holds the lock of the scope's row of the list.
    """
    query = select(BatchRow.batch_id).where(makes_a_part(scope_id), col(BatchRow.state) != BatchState.CLOSED.value)
    if only is not None:
        query = query.where(col(BatchRow.number).in_(sorted(only)))
    found = set((await writing.session.exec(query)).all())
    family = await lock_families(writing, found)
    held: list[str] = []
    for batch_id in family:
        if batch_id not in found:
            continue  # it is held with the batch that it comes from
        batch = await writing.session.get_one(BatchRow, batch_id, populate_existing=True)
        if batch.released and batch.state != BatchState.CLOSED.value:
            await demand_review(writing, batch, reason, cause=placed_in)
        if batch.state == BatchState.OPEN.value and await place_hold(
            writing, batch, type_, reason, placed_in=placed_in
        ):
            held.append(batch.batch_id)
    return held


def makes_a_part(scope_id: str) -> ColumnElement[bool]:
    """The batches that a scope makes, or makes a part of."""
    used = select(BatchUseRow.batch_id).where(
        col(BatchUseRow.kind) == UseKind.SCOPE.value, col(BatchUseRow.reference) == scope_id
    )
    return or_(col(BatchRow.scope_id) == scope_id, col(BatchRow.batch_id).in_(used))


async def demand_review(writing: "Writing", batch: BatchRow, reason: str, *, cause: str) -> None:
    """Something was learned after the release: the qualified person looks at the batch again.

    What is demanded already, from the same case for the same reason, is not demanded twice.
    """
    query = select(ReviewDemandRow.number).where(
        col(ReviewDemandRow.batch_id) == batch.batch_id,
        col(ReviewDemandRow.cause) == cause,
        col(ReviewDemandRow.reason) == reason,
        col(ReviewDemandRow.reviewed_at).is_(None),
    )
    if (await writing.session.exec(query.limit(1))).first() is None:
        payload: dict[str, JsonValue] = {"reason": reason, "cause": cause, "site_id": batch.site_id}
        await writing.append("batch.review_demanded", payload, stream=batch.batch_id)
        await tell_batch(writing, batch.batch_id)


class Cause(NamedTuple):
    """Why a batch is held. The same cause holds a batch once."""

    type: HoldType
    reason: str
    placed_in: str
    market: str | None = None
    by_hand: bool = False
    """Whether a person has placed it; then another reason is another cause."""
    placed_by: str | None = None
    """The person who has placed the hold that it is inherited from, if it is."""


async def place_hold(
    writing: "Writing",
    batch: BatchRow,
    type_: HoldType,
    reason: str,
    *,
    placed_in: str,
    market: str | None = None,
    by_hand: bool = False,
) -> str | None:
    """Hold a batch, and every batch that comes from it. Returns the id of the hold, `None` if it has that one already.

    A hold is the same one if type, case and market are; of those that people place also the reason. The caller holds
    the lock of the batch.
    """
    await lock_families(writing, (batch.batch_id,))
    return await _place(writing, batch, Cause(type_, reason, placed_in, market, by_hand))


async def hold_children(writing: "Writing", batch: BatchRow, type_: HoldType, reason: str) -> None:
    """Hold what comes from a batch that is not held itself: it is taken back after its release."""
    await lock_families(writing, (batch.batch_id,))
    await _pass_on(writing, batch, None, Cause(type_, reason, batch.batch_id))


async def inherited(writing: "Writing", parents: Iterable[str]) -> list[dict[str, JsonValue]]:
    """The holds that a new batch is born with: those of its parents that stand, each cause once, under own ids."""
    query = select(HoldRow).where(col(HoldRow.batch_id).in_(sorted(parents)), col(HoldRow.lifted_at).is_(None))
    holds = (await writing.session.exec(query.order_by(col(HoldRow.placed_at), col(HoldRow.hold_id)))).all()
    causes: dict[Cause, HoldRow] = {}
    for hold in holds:
        cause = cause_of(hold)._replace(placed_by=None)
        causes.setdefault(cause if hold.by_hand else cause._replace(reason=""), hold)
    return [_placed(await next_id(writing.session, "HOLD"), cause_of(hold), hold.hold_id) for hold in causes.values()]


async def open_holds(session: AsyncSession, batch_id: str) -> list[HoldRow]:
    """The holds that stand on a batch, the oldest first."""
    query = select(HoldRow).where(col(HoldRow.batch_id) == batch_id, col(HoldRow.lifted_at).is_(None))
    return list((await session.exec(query.order_by(col(HoldRow.placed_at), col(HoldRow.hold_id)))).all())


async def tell_batch(writing: "Writing", batch_id: str) -> None:
    """The batch's own procedure hears that something has changed, also if it writes this itself."""
    if await writing.session.get(CaseRow, batch_id) is not None:
        line = Tell(to=batch_id, subject=Subject.CHANGED, payload={})
        message_id = f"{writing.entry.command_id}:{batch_id}"
        outbox.signal(writing.session, writing.recorded_at, batch_id, message_id, writing.entry.stream, line)


def cause_of(hold: HoldRow) -> Cause:
    """Why a hold was placed."""
    return Cause(HoldType(hold.type), hold.reason, hold.placed_in, hold.market, hold.by_hand, hold.placed_by)


def has_cause(cause: Cause) -> ColumnElement[bool]:
    """The holds that stand for a cause."""
    same = and_(
        col(HoldRow.type) == cause.type.value,
        col(HoldRow.placed_in) == cause.placed_in,
        col(HoldRow.market).is_(None) if cause.market is None else col(HoldRow.market) == cause.market,
        col(HoldRow.by_hand) == cause.by_hand,
        col(HoldRow.lifted_at).is_(None),
    )
    return and_(same, col(HoldRow.reason) == cause.reason) if cause.by_hand else same


async def _place(writing: "Writing", batch: BatchRow, cause: Cause, inherited_from: str | None = None) -> str | None:
    held = select(HoldRow.hold_id).where(col(HoldRow.batch_id) == batch.batch_id, has_cause(cause))
    if (await writing.session.exec(held.limit(1))).first() is not None:
        return None
    hold_id = await next_id(writing.session, "HOLD")
    payload = {**_placed(hold_id, cause, inherited_from), "site_id": batch.site_id}
    await writing.append("batch.held", payload, stream=batch.batch_id)
    await tell_batch(writing, batch.batch_id)
    await _pass_on(writing, batch, hold_id, cause)
    return hold_id


async def _pass_on(writing: "Writing", batch: BatchRow, hold_id: str | None, cause: Cause) -> None:
    """What comes from a batch is held with it. Its family is locked."""
    for child_id in await children(writing.session, (batch.batch_id,)):
        child = await writing.session.get_one(BatchRow, child_id, populate_existing=True)
        if child.released and child.state != BatchState.CLOSED.value:
            await demand_review(writing, child, cause.reason, cause=cause.placed_in)
        if child.state == BatchState.OPEN.value:
            await _place(writing, child, cause, hold_id)


def _placed(hold_id: str, cause: Cause, inherited_from: str | None) -> dict[str, JsonValue]:
    return {
        "hold_id": hold_id,
        "type": cause.type.value,
        "reason": cause.reason,
        "placed_in": cause.placed_in,
        "market": cause.market,
        "by_hand": cause.by_hand,
        "placed_by": cause.placed_by,
        "inherited_from": inherited_from,
    }
