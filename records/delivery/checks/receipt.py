"""Checks of the receipt of a delivery, and of what becomes of blocked goods."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from domain.batch.batch import MarketDecision
from domain.core.entry import OpenTask
from domain.core.refusals import Code, Refused
from domain.delivery.destruction import refuse_while_needed
from domain.delivery.facts import GoodsInDoubt
from domain.delivery.green_light import refuse_if_lacking
from domain.delivery.leaving import refuse_unless_unblockable
from domain.delivery.receipt import (
    DisposalKind,
    Goods,
    GoodsDisposal,
    ShipmentReceipt,
    Unblocking,
    is_suspect,
    refuse_unless_disposable,
    refuse_unless_received,
    suggested_disposal,
    suggested_receipt,
)
from domain.delivery.shipment import needs_logger
from records.batch.tables.batches import BatchRow
from records.core.declared import Effect, checks, suggests
from records.core.lookups import lookups_of
from records.core.reactions import establish
from records.core.tables.cases import CaseRow
from records.core.writing import Writing
from records.delivery.destinations import refuse_unless_of_the_next_step
from records.delivery.green_lights import lack_of
from records.delivery.shipping import goods_of, leaving, locked_batch, ordered, stock_of
from records.delivery.stock import needed_by
from records.delivery.tables import ShipmentRow


@suggests(ShipmentReceipt)
async def suggests_a_receipt(writing: Writing, case: CaseRow, line: OpenTask) -> Effect:
    """All that was dispatched."""
    return suggested_receipt(leaving(await shipment_row(writing, case)))


@checks(ShipmentReceipt)
async def receives(writing: Writing, case: CaseRow, form: ShipmentReceipt) -> Effect:
    """What may be falsified or mixed up holds what is left of the batch, and asks for a review of what is released.

    Goods whose market was stopped while they travelled are blocked like those that come in quarantine; those whose
    last day has passed, in the time zone of the destination, for good.
    """
    lookups, row = await lookups_of(writing, case), await shipment_row(writing, case)
    assert row.dispatched_at is not None, "It arrives after its dispatch."
    refuse_unless_received(
        form,
        dispatched=leaving(row),
        dispatched_at=row.dispatched_at,
        now=writing.at,
        tolerance=lookups.limits.receipt_difference_max_percent,
    )
    batch = await locked_batch(writing, row.batch_id)
    if is_suspect(form):
        fact = GoodsInDoubt(batch_id=batch.batch_id, case_id=case.case_id, condition=form.condition)
        await establish(writing, fact)
    measured = needs_logger(ordered(case)) and form.quantity > 0
    stock = await stock_of(writing, batch, row.market, zone=row.zone, supply=row.supply_exception)
    lack = await lack_of(writing, batch, ordered(case))
    stopped = not row.quarantine and (stock is None or bool(stock.on_arrival.stopped_by) or lack is not None)
    expired = stock is not None and stock.shelf_life_over is not None
    kept_back = row.quarantine or stopped
    arrived = Goods(received=form.quantity, rejected=form.rejected, quarantined=kept_back)
    return {
        "received_on": local_day(form.received_at, row.zone or lookups.calendar.tz).isoformat(),
        "transport_record": measured,
        "rejected_batch": stock is not None and (stock.rejected or stock.decision is MarketDecision.REJECT),
        "expired": expired,
        "stopped": stopped,
        "quarantined": kept_back and not expired and form.quantity > form.rejected,
        "blocked": arrived.blocked > 0,
    }


@checks(Unblocking)
async def unblocks(writing: Writing, case: CaseRow, form: Unblocking) -> Effect:
    """Goods go to the market once it is released, and nothing holds it; clinical supply under a green light."""
    row = await shipment_row(writing, case)
    batch = await locked_batch(writing, row.batch_id)
    stock = await stock_of(writing, batch, row.market, zone=row.zone, supply=row.supply_exception)
    if stock is None or row.unblocked_at is not None:
        raise Refused(Code.NOT_OPEN, "There is no block to take off.")
    goods, within = goods_of(row, batch, writing.at), row.excursion_accepted or row.within_limits
    refuse_unless_unblockable(stock.on_arrival, transport_within=within, accepted=goods.accepted)
    refuse_if_lacking(await lack_of(writing, batch, ordered(case)))
    await refuse_unless_of_the_next_step(writing.session, batch, ordered(case))
    return {"blocked": goods.model_copy(update={"quarantined": False}).blocked > 0}


@suggests(GoodsDisposal)
async def suggests_a_disposal(writing: Writing, case: CaseRow, line: OpenTask) -> Effect:
    """All that is blocked."""
    return suggested_disposal(await goods_now(writing, await shipment_row(writing, case)))


@checks(GoodsDisposal)
async def disposes(writing: Writing, case: CaseRow, form: GoodsDisposal) -> Effect:
    """Not more than is blocked, and nothing is destroyed that something still needs.

    What was taken away may be ordered again of the release, as far as the batch goes.
    """
    lookups, row = await lookups_of(writing, case), await shipment_row(writing, case)
    await writing.head(row.batch_id)
    goods = await goods_now(writing, row)
    refuse_unless_disposable(form, goods, received_on=row.received_on or lookups.today, latest_day=lookups.latest_day)
    if form.kind is DisposalKind.DESTROYED:
        refuse_while_needed(await needed_by(writing, await writing.session.get_one(BatchRow, row.batch_id)), "kind")
    left = goods.model_copy(update={"disposed": goods.disposed + form.quantity})
    return {"blocked": left.blocked > 0}


def local_day(at: datetime, zone: str) -> date:
    """The day of an instant in a time zone."""
    return at.astimezone(ZoneInfo(zone)).date()


async def goods_now(writing: Writing, row: ShipmentRow) -> Goods:
    """The goods of a shipment, as its batch stands now."""
    batch = await writing.session.get_one(BatchRow, row.batch_id, populate_existing=True)
    return goods_of(row, batch, writing.at)


async def shipment_row(writing: Writing, case: CaseRow) -> ShipmentRow:
    return await writing.session.get_one(ShipmentRow, case.case_id)
