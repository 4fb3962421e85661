"""Placing holds and demanding reviews, in the transaction of what demands them. Called by reactions to facts only."""

from collections.abc import Collection, Iterable
from datetime import datetime

from pydantic import JsonValue
from sqlmodel import col, select

from domain.batch.batch import Relation
from domain.batch.holds import BatchState, HoldType, is_held
from domain.batch.shelf_life import uses_as_it_is
from domain.core.names import name_key
from records.batch.genealogy import lock_families, parents
from records.batch.holds import Cause, _placed, has_cause, open_batches
from records.batch.notifying import notify_batch
from records.batch.tables.batches import BatchParentRow, BatchRow, HoldRow, ReviewDemandRow
from records.core.identities import next_id
from records.core.writing import Writing


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
    keys = {name_key(each) for each in only} if only is not None else None
    found = {batch_id for batch_id, number in numbers.items() if keys is None or name_key(number) in keys}
    family = await lock_families(writing, found)
    held: list[str] = []
    for batch_id in family:
        if batch_id not in found:
            continue  # it is held with the batch that it comes from
        batch = await writing.session.get_one(BatchRow, batch_id, populate_existing=True)
        if await place_hold(writing, batch, type_, reason, placed_in=placed_in):
            held.append(batch.batch_id)
    return held


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
        await notify_batch(writing, batch.batch_id)


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
    (`domain.batch.holds.is_held`). A hold is the same one if type, case and market are; of those that people
    place also the reason. The caller holds the lock of the batch.
    """
    family, cause = await lock_families(writing, (batch.batch_id,)), Cause(type_, reason, placed_in, market, by_hand)
    hold_id = await _place(writing, batch, cause)
    await _spread(writing, family, batch, hold_id, cause)
    return hold_id


async def hold_alone(writing: Writing, batch: BatchRow, type_: HoldType, reason: str) -> str | None:
    """Hold a batch for what says nothing of the batches that come from it. The caller holds the lock of the batch."""
    cause = Cause(type_, reason, batch.batch_id)
    return await _hold(writing, batch, cause) if is_held(type_, BatchState(batch.state)) else None


async def hold_what_was_made_after(writing: Writing, batch: BatchRow, ended_at: datetime, reason: str) -> list[str]:
    """Hold what was made from a batch, as it is, after an instant, and all that comes from that.

    Returns the ids of the batches that used it. The caller holds the lock of the batch.
    """
    await lock_families(writing, (batch.batch_id,))
    query = (
        select(BatchRow, BatchParentRow.relation)
        .join(BatchParentRow, col(BatchParentRow.batch_id) == col(BatchRow.batch_id))
        .where(col(BatchParentRow.parent_id) == batch.batch_id, col(BatchRow.started_at) >= ended_at)
        .order_by(col(BatchRow.batch_id))
        .execution_options(populate_existing=True)
    )
    held: list[str] = []
    for child, relation in (await writing.session.exec(query)).all():
        if uses_as_it_is(Relation(relation)) and await place_hold(
            writing, child, HoldType.SUPPLY, reason, placed_in=batch.batch_id
        ):
            held.append(child.batch_id)
    return held


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
    await notify_batch(writing, batch.batch_id)
    return hold_id
