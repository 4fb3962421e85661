"""What is there of a batch, and where; and what may still need it."""

from datetime import datetime
from decimal import Decimal

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.batch.batch import DeviationState, OosState, PhysicalStatus
from domain.batch.holds.holds import HoldType
from domain.core.names import likenesses, likenesses_in
from domain.delivery.destruction import StockKind
from domain.event.site_event import EventType
from records.batch.holds.holds import open_holds
from records.batch.making.own_lots import numbers_of
from records.batch.tables.batches import BatchRow
from records.batch.tables.process import BatchDeviationRow, OosRow
from records.core.questions import answers, ask
from records.core.tables.cases import CaseRow
from records.core.writing import Writing
from records.delivery.questions import NeededBy
from records.delivery.shipping import (
    decimal,
    destructions_of,
    going,
    gone_from,
    goods_of,
    left_of_return,
    returns_of,
    shipments_of,
)
from records.delivery.tables import DestructionRow, ReturnRow, ShipmentRow
from records.event.tables import SiteEventRow

_NONE = Decimal(0)
_UNDER_WAY = (OosState.LABORATORY.value, OosState.INVESTIGATION.value)
_KEEPS = frozenset({HoldType.COMPLAINT, HoldType.EVENT, HoldType.LEGAL})
"""Holds that keep goods as evidence, and not only from the market."""


async def left_there(session: AsyncSession, batch: BatchRow, stock: StockKind, held_in: str | None) -> Decimal:
    """What is there of a batch at one place, less what is to be destroyed of it. 0 at a place that is none of it."""
    waiting = [
        each
        for each in await destructions_of(session, batch.batch_id)
        if (each.stock, each.held_in) == (stock.value, held_in)
    ]
    promised = sum((going(each) for each in waiting if each.destroyed_quantity is None), _NONE)
    if stock is StockKind.AT_SITE:
        return max((decimal(batch.quantity) or _NONE) - await at_or_from_site(session, batch.batch_id), _NONE)
    if stock is StockKind.SAMPLES:
        return (decimal(batch.sample_quantity) or _NONE) - sum((going(each) for each in waiting), _NONE)
    if stock is StockKind.DELIVERED:
        shipment = await session.get(ShipmentRow, held_in, populate_existing=True)
        return left_of_delivery(shipment) - promised if shipment and shipment.batch_id == batch.batch_id else _NONE
    back = await session.get(ReturnRow, held_in, populate_existing=True)
    if back is None or back.batch_id != batch.batch_id:
        return _NONE
    there = left_of_return(back) - promised
    if back.usable:  # a part of it may have been delivered again
        there = min(there, (decimal(batch.quantity) or _NONE) - await gone_from(session, batch.batch_id))
    return max(there, _NONE)


async def at_or_from_site(session: AsyncSession, batch_id: str) -> Decimal:
    """What is no longer at the site: gone, whatever came back elsewhere."""
    back = sum((left_of_return(each) for each in await returns_of(session, batch_id) if each.usable), _NONE)
    return await gone_from(session, batch_id) + back


def left_of_delivery(row: ShipmentRow) -> Decimal:
    """What has arrived with a shipment and was not taken away again."""
    taken = Decimal(row.disposed_quantity) + Decimal(row.removed_quantity)
    return max((decimal(row.received_quantity) or _NONE) - taken, _NONE)


async def settle_destroyed(session: AsyncSession, batch_id: str, at: datetime) -> None:
    """The batch is destroyed once something was, and nothing is left: at the site, on its way, blocked, come back.

    What the market has taken is not there any more. Called by projectors.
    """
    await session.flush()
    batch = await session.get_one(BatchRow, batch_id)
    all_ordered = await destructions_of(session, batch_id)
    destroyed = [each for each in all_ordered if each.destroyed_quantity is not None]
    shipments = await shipments_of(session, batch_id)
    if not any(each.stock != StockKind.SAMPLES.value for each in destroyed):
        return
    promised = sum((going(each) for each in all_ordered if each not in destroyed and _is_at_site(each)), _NONE)
    at_site = (decimal(batch.quantity) or _NONE) - await at_or_from_site(session, batch_id) + promised
    blocked = [each for each in shipments if each.received_at is None or goods_of(each, batch, at).blocked > _NONE]
    back = await returns_of(session, batch_id)
    kept = [each for each in back if not each.usable and left_of_return(each) > _NONE]
    at_site += sum((left_of_return(each) for each in back if each.usable), _NONE)
    if at_site <= _NONE and not blocked and not kept:
        batch.physical_status = PhysicalStatus.DESTROYED.value


def _is_at_site(row: DestructionRow) -> bool:
    return row.stock == StockKind.AT_SITE.value


async def needed_by(writing: Writing, batch: BatchRow) -> list[str]:
    """What names a batch and may still need its goods, in words."""
    return [each for found in await ask(writing, NeededBy(batch.batch_id)) for each in found]


@answers(NeededBy, order=10)
async def investigations_need_it(writing: Writing, asked: NeededBy) -> list[str]:
    """Open deviations and results, holds that keep evidence, and open complaints that name it or a number like its."""
    session, batch = writing.session, await writing.session.get_one(BatchRow, asked.batch_id)
    deviations = select(BatchDeviationRow.deviation_id).where(
        col(BatchDeviationRow.batch_id) == batch.batch_id, col(BatchDeviationRow.state) == DeviationState.OPEN.value
    )
    results = select(OosRow.oos_id).where(col(OosRow.batch_id) == batch.batch_id, col(OosRow.state).in_(_UNDER_WAY))
    found = [f"deviation {each} is open" for each in (await session.exec(deviations)).all()]
    found += [f"result {each} is under investigation" for each in (await session.exec(results)).all()]
    found += [
        f"hold {each.hold_id} ({each.type}) stands"
        for each in await open_holds(session, batch.batch_id)
        if HoldType(each.type) in _KEEPS
    ]
    return [*sorted(found), *await _complaints(session, batch)]


async def _complaints(session: AsyncSession, batch: BatchRow) -> list[str]:
    query = (
        select(SiteEventRow)
        .join(CaseRow, col(CaseRow.case_id) == col(SiteEventRow.case_id))
        .where(
            col(SiteEventRow.site_id) == batch.site_id,
            col(SiteEventRow.type) == EventType.COMPLAINT.value,
            col(CaseRow.closed_at).is_(None),
        )
    )
    rows = (await session.exec(query.order_by(col(SiteEventRow.case_id)))).all()
    own = set[str]().union(*map(likenesses, numbers_of(batch)))
    return [
        f"complaint {row.case_id} is open"
        for row in rows
        if not own.isdisjoint(set[str]().union(*map(likenesses_in, row.lots)))
    ]


async def destruction_row(writing: Writing, case_id: str) -> DestructionRow:
    """A destruction as it stands now."""
    return await writing.session.get_one(DestructionRow, case_id, populate_existing=True)
