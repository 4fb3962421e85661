"""Where batches come from, and the order in which families of them are locked."""

from collections.abc import Collection, Iterable

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from records.batch.tables.batches import BatchParentRow
from records.core.writing import Writing

MOST_LOOKED_AT = 1000
"""So many batches that one comes from are looked at when something is learned of it, and so many are locked before it.

It must be one number: what is looked at has been locked.
"""


def in_order(batch_id: str) -> tuple[int, str]:
    """The order in which batches are locked: by their number. What comes from a batch has a higher one."""
    _, _, number = batch_id.rpartition("-")
    return (int(number) if number.isdecimal() else 0, batch_id)


async def lock_families(writing: Writing, batch_ids: Iterable[str]) -> list[str]:
    """Lock batches and all that come from them, in one order; returns them in it.

    A batch that is being registered waits for the locks of those it comes from, so the family does not grow meanwhile.
    """
    locked: set[str] = set()
    waiting = set(batch_ids)
    while waiting:
        for batch_id in sorted(waiting, key=in_order):
            await writing.head(batch_id)
        locked |= waiting
        waiting = set(await children(writing.session, waiting)) - locked
    return sorted(locked, key=in_order)


async def children(session: AsyncSession, batch_ids: Collection[str]) -> list[str]:
    """The batches that come directly from one of these, by their number."""
    query = select(BatchParentRow.batch_id).where(col(BatchParentRow.parent_id).in_(sorted(batch_ids)))
    return sorted(set((await session.exec(query)).all()), key=in_order)


async def descendants(session: AsyncSession, batch_ids: Collection[str]) -> set[str]:
    """These batches, and all that come from them over all steps, not locked."""
    found, edge = set(batch_ids), set(batch_ids)
    while edge:
        edge = set(await children(session, edge)) - found
        found |= edge
    return found


async def parents(session: AsyncSession, batch_id: str) -> list[str]:
    """The batches that a batch comes directly from, by their number."""
    query = select(BatchParentRow.parent_id).where(col(BatchParentRow.batch_id) == batch_id)
    return sorted((await session.exec(query)).all(), key=in_order)


async def ancestors(session: AsyncSession, batch_id: str) -> set[str]:
    """The batches that a batch comes from over all steps, the nearest ones; at most `MOST_LOOKED_AT`."""
    found: set[str] = set()
    edge = {batch_id}
    while edge and len(found) < MOST_LOOKED_AT:
        query = select(BatchParentRow.parent_id).where(col(BatchParentRow.batch_id).in_(sorted(edge)))
        edge = set((await session.exec(query)).all()) - found
        found |= set(sorted(edge, key=in_order)[: MOST_LOOKED_AT - len(found)])
    return found
