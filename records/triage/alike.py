"""Numbers of ours that are only like one that an event names (section 22): proposed to who triages it."""

from collections import defaultdict
from collections.abc import Collection, Sequence

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.batch.batch import UseKind
from domain.batch.holds.holds import BatchState
from domain.batch.making.lots_in_doubt import NamedLots, is_named, may_be_named
from domain.core.names import likenesses, name_key
from domain.triage.triage import LotLike
from records.batch.genealogy import in_order
from records.batch.making.bearing import bearing, lots_used_at
from records.batch.making.own_lots import issuers_at, numbers_of
from records.batch.making.users import sites_that_know
from records.batch.site_events import used_lot
from records.batch.tables.batches import BatchRow, BatchUseRow
from records.core.likenesses import owners_alike
from records.core.tables.likenesses import Likened


async def lots_like(session: AsyncSession, site_id: str, lots: Sequence[str]) -> dict[str, LotLike]:
    """By key the numbers of ours that are like one that an event names, and not the same.

    They are those of batches that its site knows, and of lots of materials that are used there or made by it; and the
    very number of a batch that only others know, which may be that of another maker as well.
    """
    if not lots:
        return {}
    named = NamedLots.told(lots, await issuers_at(session, site_id))
    found: dict[str, tuple[str, set[str]]] = {}
    known = [*await _own(session, site_id, named), *await _used(session, site_id, named)]
    for number, batch_id in [*known, *await _of_others(session, site_id, lots)]:
        found.setdefault(name_key(number), (number, set()))[1].add(batch_id)
    return {
        key: LotLike(number, tuple(sorted(batches, key=in_order))) for key, (number, batches) in sorted(found.items())
    }


async def _own(session: AsyncSession, site_id: str, named: NamedLots) -> list[tuple[str, str]]:
    query = select(BatchRow).where(
        col(BatchRow.batch_id).in_(owners_alike(Likened.BATCH, named.alike)),
        col(BatchRow.state) != BatchState.CLOSED.value,
    )
    rows = [
        row
        for row in (await session.exec(query.order_by(col(BatchRow.batch_id)))).all()
        if named.numbers.isdisjoint(map(name_key, numbers_of(row)))
    ]
    sites = await sites_that_know(session, [row.batch_id for row in rows]) if rows else {}
    return [
        (number, row.batch_id)
        for row in rows
        if site_id in sites[row.batch_id]
        for number in numbers_of(row)
        if not likenesses(number).isdisjoint(named.alike)
    ]


async def _of_others(session: AsyncSession, site_id: str, lots: Sequence[str]) -> list[tuple[str, str]]:
    """Batches with that very number as their site has given it. What the sponsor has numbered is not asked about."""
    wanted = set(map(name_key, lots))
    used = await lots_used_at(session, site_id, wanted)
    found = (await bearing(session, site_id, lots, used)).elsewhere
    return [(row.number, row.batch_id) for row in found if name_key(row.number) in wanted]


async def _used(session: AsyncSession, site_id: str, named: NamedLots) -> list[tuple[str, str]]:
    """A lot whose number was not kept apart from its material is left to the gate."""
    query = (
        select(BatchUseRow)
        .join(BatchRow, col(BatchRow.batch_id) == col(BatchUseRow.batch_id))
        .where(
            col(BatchUseRow.batch_id).in_(owners_alike(Likened.MATERIAL, named.alike)),
            col(BatchUseRow.kind) == UseKind.MATERIAL.value,
            col(BatchUseRow.lot).is_not(None),
            col(BatchRow.state) != BatchState.CLOSED.value,
        )
    )
    rows = (await session.exec(query.order_by(col(BatchUseRow.batch_id), col(BatchUseRow.reference)))).all()
    here = await _used_at(session, site_id, {row.batch_id for row in rows})
    found: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        lot, is_here = used_lot(row), row.batch_id in here
        is_alike = may_be_named(lot, named, here=is_here, is_closed=True)
        if row.lot is not None and is_alike and not is_named(lot, named, here=is_here):
            found[row.lot].add(row.batch_id)
    return [(lot, batch_id) for lot, batches in found.items() for batch_id in batches]


async def _used_at(session: AsyncSession, site_id: str, batch_ids: Collection[str]) -> set[str]:
    sites = await sites_that_know(session, batch_ids) if batch_ids else {}
    return {batch_id for batch_id, known in sites.items() if site_id in known}
