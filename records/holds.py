"""Placing holds, in the transaction of what demands them."""

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

from pydantic import JsonValue
from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.batch import UseKind
from domain.case import Subject
from domain.entry import Tell
from domain.holds import BatchState, HoldType
from records import outbox
from records.identities import next_id
from records.tables import BatchParentRow, BatchRow, BatchUseRow, CaseRow, HoldRow

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
    used = select(BatchUseRow.batch_id).where(
        col(BatchUseRow.kind) == UseKind.SCOPE.value, col(BatchUseRow.reference) == scope_id
    )
    query = select(BatchRow).where(
        or_(col(BatchRow.scope_id) == scope_id, col(BatchRow.batch_id).in_(used)),
        col(BatchRow.state) != BatchState.CLOSED.value,
    )
    if only is not None:
        query = query.where(col(BatchRow.number).in_(sorted(only)))
    held: list[str] = []
    for found in (await writing.session.exec(query.order_by(col(BatchRow.batch_id)))).all():
        await writing.head(found.batch_id)
        batch = await writing.session.get_one(BatchRow, found.batch_id, populate_existing=True)
        if batch.released:
            await demand_review(writing, batch, reason, cause=placed_in)
        if batch.state == BatchState.OPEN.value and await place_hold(
            writing, batch, type_, reason, placed_in=placed_in
        ):
            held.append(batch.batch_id)
    return held


async def demand_review(writing: "Writing", batch: BatchRow, reason: str, *, cause: str) -> None:
    """Something was learned after the release: the qualified person looks at the batch again."""
    payload: dict[str, JsonValue] = {"reason": reason, "cause": cause, "site_id": batch.site_id}
    await writing.append("batch.review_demanded", payload, stream=batch.batch_id)
    await tell_batch(writing, batch.batch_id)


async def place_hold(
    writing: "Writing",
    batch: BatchRow,
    type_: HoldType,
    reason: str,
    *,
    placed_in: str,
    market: str | None = None,
    inherited_from: str | None = None,
) -> str | None:
    """Hold a batch, and every batch that comes from it. Returns the id of the hold, `None` if it has that one already.

    A hold is the same one if type, case and market are. The caller holds the lock of the batch.
    """
    if await _is_held(writing.session, batch.batch_id, type_, placed_in, market):
        return None
    hold_id = await next_id(writing.session, "HOLD")
    payload: dict[str, JsonValue] = {
        "hold_id": hold_id,
        "type": type_.value,
        "reason": reason,
        "placed_in": placed_in,
        "market": market,
        "inherited_from": inherited_from,
        "site_id": batch.site_id,
    }
    await writing.append("batch.held", payload, stream=batch.batch_id)
    await tell_batch(writing, batch.batch_id)
    await _pass_on(writing, batch, hold_id, type_, reason, placed_in, market)
    return hold_id


async def inherited(writing: "Writing", parents: Iterable[str]) -> list[dict[str, JsonValue]]:
    """The holds that a new batch is born with: those of its parents that stand, each under an id of its own."""
    query = select(HoldRow).where(col(HoldRow.batch_id).in_(sorted(parents)), col(HoldRow.lifted_at).is_(None))
    return [
        {
            "hold_id": await next_id(writing.session, "HOLD"),
            "type": hold.type,
            "reason": hold.reason,
            "placed_in": hold.placed_in,
            "market": hold.market,
            "inherited_from": hold.hold_id,
        }
        for hold in (await writing.session.exec(query.order_by(col(HoldRow.hold_id)))).all()
    ]


async def open_holds(session: AsyncSession, batch_id: str) -> list[HoldRow]:
    """The holds that stand on a batch, the oldest first."""
    query = select(HoldRow).where(col(HoldRow.batch_id) == batch_id, col(HoldRow.lifted_at).is_(None))
    return list((await session.exec(query.order_by(col(HoldRow.placed_at), col(HoldRow.hold_id)))).all())


async def tell_batch(writing: "Writing", batch_id: str) -> None:
    """The batch's own procedure hears that something has changed, if it has one and does not write this itself."""
    if batch_id != writing.entry.stream and await writing.session.get(CaseRow, batch_id) is not None:
        line = Tell(to=batch_id, subject=Subject.CHANGED, payload={})
        message_id = f"{writing.entry.command_id}:{batch_id}"
        outbox.signal(writing.session, writing.recorded_at, batch_id, message_id, writing.entry.stream, line)


async def _pass_on(
    writing: "Writing",
    batch: BatchRow,
    hold_id: str,
    type_: HoldType,
    reason: str,
    placed_in: str,
    market: str | None,
) -> None:
    """What comes from a batch is held with it."""
    query = select(BatchParentRow.batch_id).where(col(BatchParentRow.parent_id) == batch.batch_id)
    for child_id in sorted((await writing.session.exec(query)).all()):
        await writing.head(child_id)
        child = await writing.session.get_one(BatchRow, child_id, populate_existing=True)
        if child.released:
            await demand_review(writing, child, reason, cause=placed_in)
        if child.state == BatchState.OPEN.value:
            await place_hold(writing, child, type_, reason, placed_in=placed_in, market=market, inherited_from=hold_id)


async def _is_held(session: AsyncSession, batch_id: str, type_: HoldType, placed_in: str, market: str | None) -> bool:
    query = select(HoldRow.hold_id).where(
        col(HoldRow.batch_id) == batch_id,
        col(HoldRow.type) == type_.value,
        col(HoldRow.placed_in) == placed_in,
        col(HoldRow.market).is_(None) if market is None else col(HoldRow.market) == market,
        col(HoldRow.lifted_at).is_(None),
    )
    return (await session.exec(query.limit(1))).first() is not None
