"""Placing holds, in the transaction of what demands them."""

from collections.abc import Collection, Iterable
from typing import NamedTuple

from pydantic import JsonValue
from sqlalchemy import ColumnElement, and_
from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.batch import UseKind
from domain.case import Subject
from domain.entry import Tell
from domain.holds import BatchState, HoldType, is_held
from domain.text import number_key
from records import outbox
from records.genealogy import in_order, lock_families, parents
from records.identities import next_id
from records.tables import BatchMarketRow, BatchRow, BatchUseRow, CaseRow, HoldRow, ReviewDemandRow
from records.writing import Writing


async def hold_open_batches(
    writing: Writing,
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
    numbers = await open_batches(writing.session, scope_id)
    keys = {number_key(each) for each in only} if only is not None else None
    found = {batch_id for batch_id, number in numbers.items() if keys is None or number_key(number) in keys}
    family = await lock_families(writing, found)
    held: list[str] = []
    for batch_id in family:
        if batch_id not in found:
            continue  # it is held with the batch that it comes from
        batch = await writing.session.get_one(BatchRow, batch_id, populate_existing=True)
        if await place_hold(writing, batch, type_, reason, placed_in=placed_in):
            held.append(batch.batch_id)
    return held


async def open_batches(session: AsyncSession, scope_id: str) -> dict[str, str]:
    """The numbers, by id, of the open and the certified batches that a scope makes, or makes a part of."""
    query = select(BatchRow.batch_id, BatchRow.number).where(
        makes_a_part(scope_id), col(BatchRow.state) != BatchState.CLOSED.value
    )
    return dict((await session.exec(query)).all())


def makes_a_part(scope_id: str) -> ColumnElement[bool]:
    """The batches that a scope makes, or makes a part of."""
    used = select(BatchUseRow.batch_id).where(
        col(BatchUseRow.kind) == UseKind.SCOPE.value, col(BatchUseRow.reference) == scope_id
    )
    return or_(col(BatchRow.scope_id) == scope_id, col(BatchRow.batch_id).in_(used))


async def demand_review(writing: Writing, batch: BatchRow, reason: str, *, cause: str) -> None:
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
    writing: Writing,
    batch: BatchRow,
    type_: HoldType,
    reason: str,
    *,
    placed_in: str,
    market: str | None = None,
    by_hand: bool = False,
) -> str | None:
    """Hold a batch, and every batch that comes from it. What is released of them is reviewed.

    Returns the id of the hold; `None` if it has that one already, or none is placed on it any more
    (`domain.holds.is_held`). A hold is the same one if type, case and market are; of those that people place also the
    reason. The caller holds the lock of the batch.
    """
    family, cause = await lock_families(writing, (batch.batch_id,)), Cause(type_, reason, placed_in, market, by_hand)
    hold_id = await _place(writing, batch, cause)
    await _spread(writing, family, batch, hold_id, cause)
    return hold_id


async def hold_children(writing: Writing, batch: BatchRow, reason: str) -> None:
    """Hold what comes from a batch that is rejected. The caller holds the lock of the batch."""
    family = await lock_families(writing, (batch.batch_id,))
    await _spread(writing, family, batch, None, Cause(HoldType.SUPPLY, reason, batch.batch_id))


async def hold_what_is_left(writing: Writing, batch: BatchRow, reason: str) -> None:
    """Hold what is not decided yet of a batch whose release is taken back, and what comes from it.

    Its release is reviewed just now. The caller holds the lock of the batch.
    """
    family, cause = await lock_families(writing, (batch.batch_id,)), Cause(HoldType.SUPPLY, reason, batch.batch_id)
    hold_id = await _hold(writing, batch, cause) if batch.state == BatchState.OPEN.value else None
    await _spread(writing, family, batch, hold_id, cause)


async def inherited(writing: Writing, sources: Iterable[str]) -> list[dict[str, JsonValue]]:
    """The holds that a new batch is born with, each cause once, under own ids.

    Those that stand on the batches it comes from; and one for each whose release is reviewed, or was taken back for a
    market. The caller holds the locks of these.
    """
    batch_ids = sorted(sources, key=in_order)
    query = select(HoldRow).where(col(HoldRow.batch_id).in_(batch_ids), col(HoldRow.lifted_at).is_(None))
    holds = (await writing.session.exec(query.order_by(col(HoldRow.placed_at), col(HoldRow.hold_id)))).all()
    born: list[tuple[Cause, str | None]] = [(cause_of(hold), hold.hold_id) for hold in holds]
    born += [(cause, None) for each in batch_ids for cause in await _doubts(writing.session, each)]
    causes: dict[Cause, tuple[Cause, str | None]] = {}
    for cause, hold_id in born:
        same = cause._replace(placed_by=None, reason=cause.reason if cause.by_hand else "")
        causes.setdefault(same, (cause, hold_id))
    return [_placed(await next_id(writing.session, "HOLD"), cause, hold_id) for cause, hold_id in causes.values()]


async def _doubts(session: AsyncSession, batch_id: str) -> list[Cause]:
    """What is doubtful about a batch that was released."""
    batch = await session.get_one(BatchRow, batch_id)
    markets = await taken_back(session, batch_id)
    if markets:
        return [
            Cause(HoldType.SUPPLY, f"The release of {batch.number} is taken back for {', '.join(markets)}", batch_id)
        ]
    return [Cause(HoldType.SUPPLY, f"The release of {batch.number} is reviewed", batch_id)] if batch.review_open else []


async def taken_back(session: AsyncSession, batch_id: str) -> tuple[str, ...]:
    """The markets for which a release of a batch was withdrawn or recalled, in order."""
    query = select(BatchMarketRow.market).where(
        col(BatchMarketRow.batch_id) == batch_id, col(BatchMarketRow.withdrawn_at).is_not(None)
    )
    return tuple((await session.exec(query.order_by(col(BatchMarketRow.market)))).all())


async def open_holds(session: AsyncSession, batch_id: str) -> list[HoldRow]:
    """The holds that stand on a batch, the oldest first."""
    query = select(HoldRow).where(col(HoldRow.batch_id) == batch_id, col(HoldRow.lifted_at).is_(None))
    return list((await session.exec(query.order_by(col(HoldRow.placed_at), col(HoldRow.hold_id)))).all())


async def tell_batch(writing: Writing, batch_id: str) -> None:
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


async def _spread(writing: Writing, family: Iterable[str], of: BatchRow, hold_id: str | None, cause: Cause) -> None:
    """What comes from a batch is held with it. The family is locked, and in the order in which it came to be."""
    held = {of.batch_id: hold_id}
    for batch_id in family:
        if batch_id != of.batch_id:
            batch = await writing.session.get_one(BatchRow, batch_id, populate_existing=True)
            sources = [held[each] for each in await parents(writing.session, batch_id) if each in held]
            held[batch_id] = await _place(writing, batch, cause, next(filter(None, sources), None))


async def _place(writing: Writing, batch: BatchRow, cause: Cause, inherited_from: str | None = None) -> str | None:
    state = BatchState(batch.state)
    if batch.released and state is not BatchState.CLOSED:
        await demand_review(writing, batch, cause.reason, cause=cause.placed_in)
    return await _hold(writing, batch, cause, inherited_from) if is_held(cause.type, state) else None


async def _hold(writing: Writing, batch: BatchRow, cause: Cause, inherited_from: str | None = None) -> str | None:
    held = select(HoldRow.hold_id).where(col(HoldRow.batch_id) == batch.batch_id, has_cause(cause))
    if (await writing.session.exec(held.limit(1))).first() is not None:
        return None
    hold_id = await next_id(writing.session, "HOLD")
    payload = {**_placed(hold_id, cause, inherited_from), "site_id": batch.site_id}
    await writing.append("batch.held", payload, stream=batch.batch_id)
    await tell_batch(writing, batch.batch_id)
    return hold_id


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
