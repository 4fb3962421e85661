"""Checks of goods that come back."""

from zoneinfo import ZoneInfo

from domain.core.refusals import broken
from domain.delivery.destruction import StockKind
from domain.delivery.returns import (
    RULE,
    PartContainer,
    ReturnAssessment,
    Returned,
    ReturnReceipt,
    refuse_other_origin,
    refuse_unless_counted,
    refuse_unless_returnable,
    refuse_unless_usable,
)
from domain.delivery.shipment import ShipmentDispatch
from records.batch.making.shelf_life import shelf_life_of
from records.batch.tables.batches import BatchRow
from records.core.case_records import CaseRecords
from records.core.declared import Effect, Requested, checks, opens
from records.core.questions import ask
from records.core.tables.cases import CaseRow
from records.core.tables.master_data import SiteRow
from records.core.writing import Writing
from records.delivery.green_lights import is_clinical
from records.delivery.questions import SetsFree
from records.delivery.shipping import in_words, locked_batch, ordered, stock_of
from records.delivery.stock import left_there
from records.delivery.tables import ReturnRow, ShipmentRow
from records.site.scopes import site_and_scopes


@opens(ReturnReceipt)
async def opens_a_return(writing: Writing, form: ReturnReceipt) -> Requested:
    """Of a delivery that has arrived and is settled, not more than is left of it there."""
    session = writing.session
    known = await session.get(ShipmentRow, form.shipment_id)
    if known is None:
        raise broken(RULE, "There is no such delivery.", shipment_id="unknown")
    batch = await locked_batch(writing, known.batch_id)
    shipment = await session.get_one(ShipmentRow, form.shipment_id, populate_existing=True)
    case = await session.get_one(CaseRow, form.shipment_id)
    refuse_unless_returnable(
        form,
        left=await left_there(session, batch, StockKind.DELIVERED, form.shipment_id),
        is_settled=case.closed_at is not None,
        received_at=shipment.received_at,
        now=writing.at,
    )
    await _refuse_unless_counted(writing, form, batch, shipment, case)
    origin = await _went_to(writing, case)
    refuse_other_origin(form, origin)
    requested = await site_and_scopes(writing, batch.site_id, (batch.scope_id,))
    return requested.model_copy(
        update={
            "title": f"Return of {in_words(batch, form.quantity)} from {form.shipment_id}",
            "kind": "RETURN",
            "markets": frozenset({shipment.market}),
            "owner": batch.batch_id,
            "effect": {
                "batch_id": batch.batch_id,
                "market": shipment.market,
                "from_country": form.from_country or origin,
            },
        }
    )


async def _went_to(writing: Writing, shipment: CaseRow) -> str | None:
    """The country of the registered site that a delivery went to; `None` if it went elsewhere, or that is not known."""
    site_id = ordered(shipment).to_site_id
    site = await writing.session.get(SiteRow, site_id) if site_id is not None else None
    return site.country if site is not None else None


async def _refuse_unless_counted(
    writing: Writing, form: ReturnReceipt, batch: BatchRow, shipment: ShipmentRow, case: CaseRow
) -> None:
    """What is said of opened containers fits the dispatch."""
    zone = ZoneInfo(
        shipment.zone or (await writing.policies.calendar_of(writing.session, batch.site_id, writing.at)).tz
    )
    dispatch = await CaseRecords(writing.session, case).the(ShipmentDispatch)
    assert shipment.received_at is not None, "Nothing comes back that has not arrived."
    refuse_unless_counted(
        form,
        dispatched=[each.number for each in dispatch.containers],
        unit=batch.unit or "",
        arrived_on=shipment.received_at.astimezone(zone).date(),
        back_on=form.received_at.astimezone(zone).date(),
    )


@checks(ReturnAssessment)
async def assesses_a_return(writing: Writing, case: CaseRow, form: ReturnAssessment) -> Effect:
    """Set free only what is shown to be good, in time and still released."""
    session = writing.session
    row = await session.get_one(ReturnRow, case.case_id)
    batch = await locked_batch(writing, row.batch_id)
    stock = await stock_of(writing, batch, row.market)
    shipment = await session.get_one(CaseRow, row.shipment_id)
    calendar = await writing.policies.calendar_of(session, batch.site_id, writing.at)
    life = await shelf_life_of(session, writing.policies, batch, writing.at, row.market)
    least = (await writing.policy()).remaining_life_for(row.market, clinical=is_clinical(batch))
    dispatch = await CaseRecords(session, shipment).the(ShipmentDispatch)
    opened = (PartContainer.model_validate(each) for each in row.part_containers)
    returned = Returned(
        opened=tuple(f"{each.container} was opened on {each.opened_on}" for each in opened),
        stopped_by=stock.stopped_by if stock is not None else ("the batch is not made for this market",),
        life_short=life.too_short(calendar.local_day(writing.at), least),
        excursion_max=min(each.max_excursion_minutes for each in ordered(shipment).conditions),
        dispatch_sealed=all(each.seal is not None for each in dispatch.containers),
    )
    refuse_unless_usable(form, returned)
    known = row.from_country or await _went_to(writing, shipment)
    refuse_other_origin(form, known)
    if form.usable:
        await ask(writing, SetsFree(row.case_id, known or form.from_country))
    return {"usable": form.usable}
