"""What checks look up about the delivery of a batch."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.asl.asl import SuspensionScope
from domain.batch.batch import BatchStage, MarketDecision, Relation
from domain.batch.disposition import SiteVerdict
from domain.batch.making.shelf_life import ShelfLife
from domain.core.refusals import broken
from domain.core.text import in_a_title
from domain.delivery.destruction import StockKind
from domain.delivery.leaving import Arranged, MarketStock, Permitted
from domain.delivery.receipt import Goods
from domain.delivery.shipment import RULE, Destination, ShipmentOrder
from records.asl.statements import reach_of, statement_in_force
from records.batch.batches import lock_lists, scopes_used
from records.batch.holds.holds import open_holds
from records.batch.making.shelf_life import life_for, shelf_life_of
from records.batch.questions import LeftOf
from records.batch.tables.batches import BatchParentRow, BatchRow
from records.batch.tables.decisions import BatchMarketRow, ReviewDemandRow
from records.core.questions import answers, ask
from records.core.tables.cases import CaseRow
from records.core.writing import Writing
from records.delivery.authorised import authorised_there, stop_of
from records.delivery.official_release import lacks_official_release
from records.delivery.questions import LiesOutside, SuppliedUnder
from records.delivery.tables import DestructionRow, QuarantineArrangementRow, ReturnRow, ShipmentRow

_NONE = Decimal(0)
_REJECTED = MarketDecision.REJECT.value


async def locked_batch(writing: Writing, batch_id: str, *scope_ids: str) -> BatchRow:
    """The batch as it is now. It and the lists that it rests on stay locked, the lists first, as suspensions do."""
    batch = await writing.session.get_one(BatchRow, batch_id)
    await lock_lists(writing, (*await scopes_used(writing.session, batch), *scope_ids))
    await writing.head(batch_id)
    return await writing.session.get_one(BatchRow, batch_id, populate_existing=True)


async def stock_of(
    writing: Writing,
    batch: BatchRow,
    market: str,
    destination: Destination | None = None,
    *,
    as_of: datetime | None = None,
    zone: str | None = None,
    supply: str | None = None,
    by_the_gates: bool = True,
) -> MarketStock | None:
    """What is known of a batch and one of its markets; `None` if it is not made for it.

    The caller holds the locks of `locked_batch`. `destination` is that of a shipment in quarantine. `as_of` leaves out
    what has stopped the market only since then. `zone` is that in which the goods lie, by default the site's. `supply`
    is the number of the supply under exception that goods go under; the gates are looked at for it, unless told not to.
    Raises `Refused` if there is no such one of the batch.
    """
    session = writing.session
    row = await session.get(BatchMarketRow, (batch.batch_id, market), populate_existing=True)
    if row is None:
        return None
    shipments = await shipments_of(session, batch.batch_id)
    life = await life_there(writing, batch, market, zone)
    instant, policy = as_of or writing.at, await writing.policy()
    authorised = await authorised_there(session, policy, batch, row, instant, as_of=as_of)
    holds = [each for each in await open_holds(session, batch.batch_id) if _was_before(each.placed_at, as_of)]
    return MarketStock(
        unit=batch.unit or "",
        made=decimal(batch.quantity),
        decision=MarketDecision(row.decision) if row.decision and _was_before(row.decided_at, as_of) else None,
        withdrawn=row.withdrawn_at is not None and _was_before(row.withdrawn_at, as_of),
        rejected=await _is_rejected(session, batch, as_of),
        holds=tuple(each.type for each in holds if each.market in (None, market)),
        not_authorised=await stop_of(writing, batch, authorised, market, instant.date()),
        official_release_missing=await lacks_official_release(
            session, policy, batch, row, instant.date(), known=authorised.known
        ),
        review_open=await _is_reviewed(session, batch, as_of),
        case_held=(await session.get_one(CaseRow, batch.batch_id)).held,
        shelf_life_over=life.stopped_by(instant),
        ended=life.over_in_words if life.is_over(instant) else None,
        fully_suspended=await _is_fully_suspended(writing, batch, instant),
        released=decimal(row.quantity),
        committed=sum((await counted(session, batch.batch_id, shipments, market=market)).values(), _NONE),
        gone=await gone_from(session, batch.batch_id),
        outside=await _outside(writing, batch.batch_id, market),
        arranged=await _arranged(session, batch, market, destination, shipments) if destination else None,
        permitted=await _permitted(writing, batch, market, shipments, supply, by_the_gates, as_of, life.zone)
        if supply is not None
        else None,
    )


async def _outside(writing: Writing, batch_id: str, market: str) -> Decimal:
    if not any(each.usable for each in await returns_of(writing.session, batch_id)):
        return _NONE
    (found,) = await ask(writing, LiesOutside(batch_id, market))
    return found


async def _permitted(
    writing: Writing,
    batch: BatchRow,
    market: str,
    shipments: Iterable[ShipmentRow],
    supply: str,
    by_the_gates: bool,  # noqa: FBT001
    as_of: datetime | None,
    zone: str,
) -> Permitted:
    """A supply under exception, and what goes under it."""
    asked = SuppliedUnder(batch.batch_id, market, supply, by_the_gates, as_of)
    (found,) = await ask(writing, asked)
    if found is None:
        raise broken(RULE, "There is no such supply under exception.", supply_exception="is none of this market")
    used = sum((leaving(each) for each in shipments if each.supply_exception == supply), _NONE)
    today = (as_of or writing.at).astimezone(ZoneInfo(zone)).date()
    return found.model_copy(update={"used": used, "today": today})


async def life_there(writing: Writing, batch: BatchRow, market: str, zone: str | None) -> ShelfLife:
    """Until when goods of a batch may be used in a time zone in which they lie, or at the site."""
    if zone is not None:
        return life_for(batch, market, zone)
    return await shelf_life_of(writing.session, writing.policies, batch, writing.at, market)


async def left_of(session: AsyncSession, batch_id: str) -> Decimal:
    """What is left of a batch: made, or planned until then, less what is shipped and given to other batches."""
    batch = await session.get_one(BatchRow, batch_id, populate_existing=True)
    return max(Decimal(batch.quantity or batch.size or 0) - await gone_from(session, batch_id), _NONE)


@answers(LeftOf)
async def answers_what_is_left(writing: Writing, asked: LeftOf) -> Decimal:
    """Less what is shipped and given to other batches."""
    return await left_of(writing.session, asked.batch_id)


async def gone_from(session: AsyncSession, batch_id: str) -> Decimal:
    """What is ordered or shipped of a batch, given to others or destroyed, also under the record that it corrects.

    What came back and may be used is there again.
    """
    gone = sum((leaving(each) for each in await shipments_of(session, batch_id)), await given_away(session, batch_id))
    back = sum((left_of_return(each) for each in await returns_of(session, batch_id) if each.usable), _NONE)
    return gone + await gone_before(session, batch_id) + await destroyed_at_site(session, batch_id) - back


async def counted(
    session: AsyncSession, batch_id: str, shipments: Iterable[ShipmentRow], *, market: str | None = None
) -> dict[str, Decimal]:
    """What each shipment of a batch, for one market or for all, takes of what is released for its market.

    All that leaves. What came back and may be used is there again; what is blocked or destroyed was released all the
    same. Of goods in quarantine what was taken away before they were set free never was.
    """
    takes = {each.case_id: _released_of(each) for each in shipments if market in (None, each.market)}
    for each in await returns_of(session, batch_id):
        if each.usable and each.shipment_id in takes:
            takes[each.shipment_id] -= left_of_return(each)
    return takes


def _released_of(row: ShipmentRow) -> Decimal:
    return leaving(row) - (min(Decimal(row.disposed_quantity), leaving(row)) if row.quarantine else _NONE)


async def gone_before(session: AsyncSession, batch_id: str) -> Decimal:
    """What went under the record that a batch corrects: the goods are the same. Nothing if it corrects none."""
    rejected = await corrected_by(session, batch_id)
    return await gone_from(session, rejected) if rejected is not None else _NONE


async def corrected_by(session: AsyncSession, batch_id: str) -> str | None:
    """The batch whose wrong rejection this record corrects."""
    query = select(BatchParentRow.parent_id).where(
        col(BatchParentRow.batch_id) == batch_id, col(BatchParentRow.relation) == Relation.CORRECTION.value
    )
    return (await session.exec(query)).first()


async def given_away(session: AsyncSession, batch_id: str) -> Decimal:
    """What went, or is to go, into other batches; those that were called off before they were made do not count.

    Nor does the record that corrects a rejection, which is of the same goods.
    """
    query = (
        select(BatchParentRow.quantity)
        .join(CaseRow, col(CaseRow.case_id) == col(BatchParentRow.batch_id))
        .where(
            col(BatchParentRow.parent_id) == batch_id,
            col(BatchParentRow.relation) != Relation.CORRECTION.value,
            col(CaseRow.stage) != BatchStage.CANCELLED.value,
        )
    )
    return sum((Decimal(each) for each in (await session.exec(query)).all() if each is not None), _NONE)


async def shipments_of(session: AsyncSession, batch_id: str) -> list[ShipmentRow]:
    """The shipments of a batch that were not called off, the oldest first."""
    query = select(ShipmentRow).where(col(ShipmentRow.batch_id) == batch_id, col(ShipmentRow.cancelled_at).is_(None))
    return list((await session.exec(query.order_by(col(ShipmentRow.ordered_at), col(ShipmentRow.case_id)))).all())


async def returns_of(session: AsyncSession, batch_id: str) -> list[ReturnRow]:
    """What came back of the shipments of a batch, the oldest first."""
    query = select(ReturnRow).where(col(ReturnRow.batch_id) == batch_id)
    return list((await session.exec(query.order_by(col(ReturnRow.received_at), col(ReturnRow.case_id)))).all())


async def destructions_of(session: AsyncSession, batch_id: str) -> list[DestructionRow]:
    """The destructions of a batch that were neither refused nor called off."""
    query = select(DestructionRow).where(
        col(DestructionRow.batch_id) == batch_id, col(DestructionRow.refused_at).is_(None)
    )
    return list((await session.exec(query.order_by(col(DestructionRow.case_id)))).all())


async def destroyed_at_site(session: AsyncSession, batch_id: str) -> Decimal:
    """What was destroyed of a batch at the site that made it, or is to be."""
    return sum(
        (going(each) for each in await destructions_of(session, batch_id) if each.stock == StockKind.AT_SITE.value),
        _NONE,
    )


def going(row: DestructionRow) -> Decimal:
    """What is destroyed, or is to be."""
    return Decimal(row.destroyed_quantity or row.quantity)


def left_of_return(row: ReturnRow) -> Decimal:
    """What is still there of goods that came back."""
    return Decimal(row.quantity) - Decimal(row.destroyed_quantity)


def ordered(case: CaseRow) -> ShipmentOrder:
    """The order of a shipment."""
    return ShipmentOrder.stored(case.order["request"])


def leaving(row: ShipmentRow) -> Decimal:
    """What leaves, or has left, with a shipment."""
    return Decimal(row.dispatched_quantity or row.quantity)


def taken_away(row: ShipmentRow) -> Decimal:
    """What was returned or destroyed of it, in its own case or after it.

    Never more than what left, however much was counted at receipt.
    """
    return min(Decimal(row.disposed_quantity) + Decimal(row.removed_quantity), leaving(row))


def goods_of(row: ShipmentRow, batch: BatchRow, at: datetime) -> Goods:
    """The goods of a shipment of a batch that has arrived, at an instant."""
    return Goods(
        received=Decimal(row.received_quantity or 0),
        rejected=Decimal(row.rejected_quantity or 0),
        disposed=Decimal(row.disposed_quantity) + Decimal(row.removed_quantity),
        quarantined=(row.quarantine or row.stopped) and row.unblocked_at is None,
        expired=_is_over_there(row, batch, at),
        spoilt=row.within_limits is False and row.excursion_accepted is not True,
    )


def _is_over_there(row: ShipmentRow, batch: BatchRow, at: datetime) -> bool:
    """Whether the last day has passed where the goods lie; of older deliveries, whether the clock has found it."""
    if row.zone is None:
        return batch.expired_at is not None and row.market not in batch.extended_markets
    return life_for(batch, row.market, row.zone).is_over(at)


async def _arranged(
    session: AsyncSession, batch: BatchRow, market: str, destination: Destination, shipments: list[ShipmentRow]
) -> Arranged | None:
    """The newest confirmed arrangement for the market and the place, and what goes under it."""
    query = (
        select(QuarantineArrangementRow)
        .where(
            col(QuarantineArrangementRow.batch_id) == batch.batch_id,
            col(QuarantineArrangementRow.market) == market,
            col(QuarantineArrangementRow.confirmed).is_(True),
        )
        .order_by(col(QuarantineArrangementRow.version).desc())
    )
    for row in (await session.exec(query)).all():
        if Destination(name=row.destination, address=row.address).key == destination.key:
            used = sum((leaving(each) for each in shipments if each.arrangement == row.version), _NONE)
            return Arranged(version=row.version, quantity=Decimal(row.quantity), used=used)
    return None


async def _is_reviewed(session: AsyncSession, batch: BatchRow, as_of: datetime | None) -> bool:
    """Whether a review of the release is open that was demanded by then."""
    if as_of is None or not batch.review_open:
        return batch.review_open
    query = select(ReviewDemandRow.number).where(
        col(ReviewDemandRow.batch_id) == batch.batch_id,
        col(ReviewDemandRow.reviewed_at).is_(None),
        col(ReviewDemandRow.demanded_at) <= as_of,
    )
    return (await session.exec(query.limit(1))).first() is not None


async def _is_rejected(session: AsyncSession, batch: BatchRow, as_of: datetime | None) -> bool:
    """Whether the site had rejected a batch by then, or every market of it was rejected."""
    if batch.site_decision == SiteVerdict.REJECTED.value and _was_before(batch.site_decided_at, as_of):
        return True
    rows = (await session.exec(select(BatchMarketRow).where(col(BatchMarketRow.batch_id) == batch.batch_id))).all()
    return bool(rows) and all(row.decision == _REJECTED and _was_before(row.decided_at, as_of) for row in rows)


def _was_before(since: datetime | None, as_of: datetime | None) -> bool:
    """Whether what is so now was so by an instant, if one is asked about; what says no instant was always so."""
    return as_of is None or since is None or since <= as_of


async def _is_fully_suspended(writing: Writing, batch: BatchRow, at: datetime) -> bool:
    statements = [
        await statement_in_force(writing.session, each, at) for each in await scopes_used(writing.session, batch)
    ]
    return SuspensionScope.FULL in {reach_of(each) for each in statements}


def in_words(batch: BatchRow, quantity: Decimal) -> str:
    """Goods of a batch in the title of a case."""
    return f"{quantity:f} {batch.unit} of batch {in_a_title(batch.number)}"


def decimal(text: str | None) -> Decimal | None:
    """A stored quantity; `None` without one."""
    return Decimal(text) if text is not None else None
