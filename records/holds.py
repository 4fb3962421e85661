"""Placing holds, in the transaction of what demands them."""

from collections.abc import Collection
from typing import TYPE_CHECKING

from sqlmodel import col, select

from domain.case import Subject
from domain.entry import Tell
from domain.holds import BatchState, HoldType
from records import outbox
from records.identities import next_id
from records.tables import BatchRow, CaseRow, HoldRow

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
    """Hold every open batch of a scope, or those of them with these numbers, and have certified ones looked at again.

    A batch that has such a hold from the same case gets no second one. Returns the ids of the batches that are held.
    """
    query = select(BatchRow).where(col(BatchRow.scope_id) == scope_id, col(BatchRow.state) != BatchState.CLOSED.value)
    if only is not None:
        query = query.where(col(BatchRow.number).in_(sorted(only)))
    held: list[str] = []
    for batch in (await writing.session.exec(query.order_by(col(BatchRow.batch_id)))).all():
        await writing.head(batch.batch_id)
        if batch.state == BatchState.CERTIFIED.value:
            payload = {"reason": reason, "cause": placed_in}
            await writing.append("batch.review_demanded", {**payload, "site_id": batch.site_id}, stream=batch.batch_id)
        elif not await _is_held(writing, batch.batch_id, type_, placed_in):
            await _hold(writing, batch, type_, reason, placed_in)
            held.append(batch.batch_id)
        await _tell(writing, batch.batch_id)
    return held


async def _hold(writing: "Writing", batch: BatchRow, type_: HoldType, reason: str, placed_in: str) -> None:
    hold_id = await next_id(writing.session, "HOLD")
    await writing.append(
        "batch.held",
        {
            "hold_id": hold_id,
            "type": type_.value,
            "reason": reason,
            "placed_in": placed_in,
            "site_id": batch.site_id,
        },
        stream=batch.batch_id,
    )


async def _is_held(writing: "Writing", batch_id: str, type_: HoldType, placed_in: str) -> bool:
    query = select(HoldRow.hold_id).where(
        col(HoldRow.batch_id) == batch_id,
        col(HoldRow.type) == type_.value,
        col(HoldRow.placed_in) == placed_in,
        col(HoldRow.lifted_at).is_(None),
    )
    return (await writing.session.exec(query.limit(1))).first() is not None


async def _tell(writing: "Writing", batch_id: str) -> None:
    """The batch's own procedure hears of it, if it has one."""
    if await writing.session.get(CaseRow, batch_id) is not None:
        line = Tell(to=batch_id, subject=Subject.CHANGED, payload={})
        message_id = f"{writing.entry.command_id}:{batch_id}"
        outbox.signal(writing.session, writing.recorded_at, batch_id, message_id, writing.entry.stream, line)
