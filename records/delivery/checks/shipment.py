"""Checks of a delivery until it leaves: its order, its dispatch. A hold that comes in between stops it there."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from domain.core.entry import OpenTask
from domain.core.people import Org
from domain.core.refusals import Code, Refused, broken
from domain.core.text import in_a_title
from domain.delivery.green_light import refuse_if_lacking, refuse_misplaced_trial
from domain.delivery.leaving import MarketStock, refuse_if_stopped, refuse_unless_orderable
from domain.delivery.shipment import (
    RULE,
    ShipmentDispatch,
    ShipmentOrder,
    refuse_unless_dispatched,
    refuse_unless_ordered,
    suggested_dispatch,
    zone_there,
)
from records.asl.statements import statement_in_force, status_of
from records.batch.tables.batches import BatchRow
from records.core.declared import Effect, Requested, checks, checks_event, opens, suggests
from records.core.tables.cases import CaseRow
from records.core.tables.master_data import ScopeRow, SiteRow
from records.core.writing import Writing
from records.delivery.destinations import refuse_unless_inside, refuse_unless_of_the_next_step
from records.delivery.green_lights import is_clinical, lack_of, lack_on
from records.delivery.shipping import in_words, life_there, locked_batch, ordered, stock_of
from records.delivery.tables import ShipmentRow
from records.site.scopes import site_and_scopes


@opens(ShipmentOrder)
async def opens_a_shipment(writing: Writing, form: ShipmentOrder) -> Requested:
    """Of a released market as much as is left, or in quarantine what was arranged (`refuse_unless_orderable`)."""
    known = await writing.session.get(BatchRow, form.batch_id)
    if known is None:
        raise broken(RULE, "There is no such batch.", batch_id="unknown")
    site = await writing.session.get(SiteRow, form.to_site_id) if form.to_site_id is not None else None
    zone = zone_there(form, *((site.tz, site.address) if site is not None else (None, None)))
    refuse_unless_ordered(form, today=writing.at.astimezone(ZoneInfo(zone)).date())
    await _refuse_unknown_carrier(writing, form)
    batch = await _locked(writing, form)
    refuse_misplaced_trial(form.trial, is_clinical=is_clinical(batch))
    if not form.quarantine:
        await refuse_unless_of_the_next_step(writing.session, batch, form)
        await refuse_unless_inside(writing, form, site.country if site is not None else None)
    stock = await _stock(writing, batch, form, zone)
    if stock.permitted is not None:
        stock.permitted.refuse_other(form.destination, form.deliver_by, "deliver_by")
    refuse_unless_orderable(form.quantity, stock, quarantine=form.quarantine)
    if not form.quarantine:
        refuse_if_lacking(await lack_of(writing, batch, form))
        refuse_if_lacking(await lack_on(writing.session, batch, form, form.deliver_by))
    await _refuse_short_life(writing, batch, form, zone, form.deliver_by, "deliver_by")
    requested = await site_and_scopes(writing, batch.site_id, (batch.scope_id,))
    return requested.model_copy(
        update={
            "title": f"Delivery of {in_words(batch, form.quantity)} to {in_a_title(form.destination.name)}",
            "kind": "QUARANTINE" if form.quarantine else "DELIVERY",
            "markets": frozenset({form.market}),
            "owner": batch.batch_id,
            "effect": {
                "arrangement": stock.arranged.version if stock.arranged and form.quarantine else None,
                "zone": zone,
            },
        }
    )


async def _refuse_short_life(
    writing: Writing, batch: BatchRow, order: ShipmentOrder, zone: str | None, arrival: date, field: str
) -> None:
    """The life that is left on the planned day of arrival is what the market asks for (its row)."""
    life = await life_there(writing, batch, order.market, zone)
    life.refuse_if_late(
        arrival, field, (await writing.policy()).remaining_life_for(order.market, clinical=is_clinical(batch))
    )


async def _refuse_unknown_carrier(writing: Writing, form: ShipmentOrder) -> None:
    if form.carrier_scope_id is not None and await writing.session.get(ScopeRow, form.carrier_scope_id) is None:
        raise broken(RULE, "There is no such scope.", carrier_scope_id="unknown")


async def _locked(writing: Writing, order: ShipmentOrder) -> BatchRow:
    """The batch, locked with the lists that it rests on and that of the carrier, which is active."""
    locked = await locked_batch(writing, order.batch_id, *((order.carrier_scope_id,) if order.carrier_scope_id else ()))
    await _refuse_unless_active(writing, order)
    return locked


async def _refuse_unless_active(writing: Writing, form: ShipmentOrder) -> None:
    """A carrier or warehouse on the list is used only while it is approved (EU GDP 2013/C 343/01, 7.1)."""
    if form.carrier_scope_id is None:
        return
    status = status_of(await statement_in_force(writing.session, form.carrier_scope_id, writing.at))
    if status is None or not status.is_active:
        message = f"{form.carrier_scope_id} is {status or 'not approved'}."
        raise Refused(Code.GATE_CLOSED, message, rule="G12", fields={"carrier_scope_id": "is not approved"})


async def _stock(
    writing: Writing,
    batch: BatchRow,
    order: ShipmentOrder,
    zone: str | None,
    *,
    as_of: datetime | None = None,
    by_the_gates: bool = True,
) -> MarketStock:
    """`zone` is that of the destination, in which the end of a permission counts."""
    destination = order.destination if order.quarantine else None
    stock = await stock_of(
        writing,
        batch,
        order.market,
        destination,
        as_of=as_of,
        zone=zone if order.supply_exception is not None else None,
        supply=order.supply_exception,
        by_the_gates=by_the_gates,
    )
    if stock is None:
        raise broken(RULE, "The batch is not made for this market.", market="is none of the batch")
    return stock


@checks_event("shipment.stopped")
async def stops(writing: Writing, payload: Effect) -> Effect:
    """Nothing may leave of what was ordered and has not left: why, as things stand now; empty if it still may."""
    case = await writing.case()
    order = ordered(case)
    batch = await locked_batch(writing, order.batch_id)
    zone = (await writing.session.get_one(ShipmentRow, case.case_id)).zone
    return {"because": [*(await _stock(writing, batch, order, zone, by_the_gates=False)).over_for_good]}


@suggests(ShipmentDispatch)
async def suggests_a_dispatch(writing: Writing, case: CaseRow, line: OpenTask) -> Effect:
    """All that was ordered."""
    return suggested_dispatch(ordered(case).quantity)


@checks(ShipmentDispatch)
async def dispatches(writing: Writing, case: CaseRow, form: ShipmentDispatch) -> Effect:
    """What was ordered leaves, unless something stops it by now: a hold, a withdrawal, a suspension, the carrier.

    What had left before is on its way, whatever stops it now. That is recorded with the papers that show it; the goods
    arrive blocked.
    """
    order = ordered(case)
    refuse_unless_dispatched(form, order, ordered_at=case.requested_at, now=writing.at)
    batch = await _locked(writing, order)
    zone = (await writing.session.get_one(ShipmentRow, case.case_id)).zone
    there = zone or (await writing.policies.calendar_of(writing.session, batch.site_id, writing.at)).tz
    stock = await _stock(writing, batch, order, zone, as_of=form.dispatched_at if form.documents else None)
    to_site = writing.actor.org is Org.CDMO
    refuse_if_stopped(stock, quarantine=order.quarantine, to_site=to_site)
    if not order.quarantine:
        refuse_if_lacking(await lack_of(writing, batch, order), to_site=to_site)
    arrival = max(order.deliver_by, form.dispatched_at.astimezone(ZoneInfo(there)).date())
    await _refuse_short_life(writing, batch, order, zone, arrival, "dispatched_at")
    if stock.permitted is not None:
        stock.permitted.refuse_other(order.destination, arrival, "dispatched_at")
    return {}
