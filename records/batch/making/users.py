"""The sites that know a batch: those that make a part of it, and those that have made something of it."""

from collections import defaultdict
from collections.abc import Collection, Iterable

from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.batch.batch import UseKind
from records.batch.tables.batches import BatchParentRow, BatchRow, BatchUseRow
from records.core.tables.master_data import ScopeRow


async def sites_that_know(session: AsyncSession, batch_ids: Collection[str]) -> dict[str, set[str]]:
    """By batch the sites that make a part of it, or of anything that comes from it, to any depth."""
    comes_from = await _descent(session, batch_ids)
    sites = await _sites_of(session, set(batch_ids).union(*comes_from.values()))
    return {each: set[str]().union(*(sites[one] for one in (each, *comes_from[each]))) for each in batch_ids}


async def _descent(session: AsyncSession, batch_ids: Collection[str]) -> dict[str, set[str]]:
    """By batch all that come from it."""
    below: dict[str, set[str]] = defaultdict(set)
    known, edge = set(batch_ids), set(batch_ids)
    while edge:
        query = select(BatchParentRow).where(col(BatchParentRow.parent_id).in_(sorted(edge)))
        rows = (await session.exec(query)).all()
        for row in rows:
            below[row.parent_id].add(row.batch_id)
        edge = {row.batch_id for row in rows} - known
        known |= edge
    return {each: _reached(each, below) for each in batch_ids}


def _reached(batch_id: str, below: dict[str, set[str]]) -> set[str]:
    found: set[str] = set()
    edge = set(below.get(batch_id, ()))
    while edge:
        found |= edge
        edge = set[str]().union(*(below.get(each, ()) for each in edge)) - found
    return found


async def _sites_of(session: AsyncSession, batch_ids: Iterable[str]) -> dict[str, set[str]]:
    uses = select(BatchUseRow.reference).where(
        col(BatchUseRow.batch_id) == col(BatchRow.batch_id), col(BatchUseRow.kind) == UseKind.SCOPE.value
    )
    makes_a_part = or_(col(ScopeRow.scope_id) == col(BatchRow.scope_id), col(ScopeRow.scope_id).in_(uses))
    query = (
        select(BatchRow.batch_id, ScopeRow.site_id)
        .join(ScopeRow, makes_a_part)
        .where(col(BatchRow.batch_id).in_(sorted(batch_ids)))
    )
    found: dict[str, set[str]] = defaultdict(set)
    for batch_id, site_id in (await session.exec(query)).all():
        found[batch_id].add(site_id)
    return found
