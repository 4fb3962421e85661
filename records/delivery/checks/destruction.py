"""Checks of the destruction of stock and samples: at its order, its approval and its record, as things stand then."""

from datetime import date
from decimal import Decimal

from sqlmodel.ext.asyncio.session import AsyncSession

from domain.batch.facts.batch_fact import LearnedOfBatch
from domain.core.days import counted, latest_day
from domain.core.entry import OpenTask
from domain.core.people import Org
from domain.core.refusals import broken
from domain.delivery.destruction import (
    RULE,
    DestructionApproval,
    DestructionOrder,
    DestructionRecord,
    StockKind,
    refuse_before_end_of_retention,
    refuse_beyond_stock,
    refuse_unless_approvable,
    refuse_unless_located,
    refuse_unless_recordable,
    refuse_while_needed,
    suggested_record,
)
from domain.delivery.receipt import refuse_unless_settled
from records.batch.tables.batches import BatchRow
from records.core.declared import Effect, Requested, checks, checks_event, opens, suggests
from records.core.reactions import establish
from records.core.tables.cases import CaseRow
from records.core.writing import Writing
from records.delivery.shipping import in_words, shipments_of
from records.delivery.stock import destruction_row, left_there, needed_by
from records.site.scopes import site_and_scopes


@opens(DestructionOrder)
async def opens_a_destruction(writing: Writing, form: DestructionOrder) -> Requested:
    """Of what is there, that nothing needs any more."""
    refuse_unless_located(form)
    batch = await writing.session.get(BatchRow, form.batch_id)
    if batch is None or (writing.actor.org is Org.CDMO and batch.site_id not in writing.actor.sites):
        raise broken(RULE, "There is no such batch.", batch_id="unknown")
    await writing.head(batch.batch_id)
    batch = await writing.session.get_one(BatchRow, form.batch_id, populate_existing=True)
    there = await left_there(writing.session, batch, form.stock, form.held_in)
    refuse_beyond_stock(form.quantity, there, batch.unit or "")
    await _refuse_unless_settled(writing, form)
    await _refuse_unless_free(writing, batch, form.stock)
    requested = await site_and_scopes(writing, batch.site_id, (batch.scope_id,))
    return requested.model_copy(
        update={
            "title": f"Destruction of {in_words(batch, form.quantity)}",
            "kind": form.stock.value,
            "owner": batch.batch_id,
        }
    )


async def _refuse_unless_settled(writing: Writing, form: DestructionOrder) -> None:
    if form.stock is StockKind.DELIVERED and form.held_in is not None:
        delivery = await writing.session.get_one(CaseRow, form.held_in)
        refuse_unless_settled("held_in", is_settled=delivery.closed_at is not None, rule=RULE)


@checks(DestructionApproval)
async def approves_a_destruction(writing: Writing, case: CaseRow, form: DestructionApproval) -> Effect:
    """While nothing needs it; a refusal is always possible."""
    refuse_unless_approvable(form)
    if form.approve:
        await _refuse_if_needed_now(writing, case)
    return {}


@suggests(DestructionRecord)
async def suggests_the_destruction(writing: Writing, case: CaseRow, line: OpenTask) -> Effect:
    """What was approved."""
    return suggested_record(Decimal((await destruction_row(writing, case.case_id)).quantity))


@checks(DestructionRecord)
async def records_a_destruction(writing: Writing, case: CaseRow, form: DestructionRecord) -> Effect:
    """Not more than was approved. What was done although something needs it is recorded, and the release reviewed."""
    row = await destruction_row(writing, case.case_id)
    assert row.approved_at is not None, "It is approved before."
    await writing.head(row.batch_id)
    calendar = await writing.policies.calendar_of(writing.session, case.site_id, writing.at)
    refuse_unless_recordable(
        form,
        approved=Decimal(row.quantity),
        approved_on=calendar.local_day(row.approved_at),
        latest_day=latest_day(writing.at),
        fell_on=calendar.local_day(row.fell_at) if row.fell_at is not None else None,
    )
    batch = await writing.session.get_one(BatchRow, row.batch_id, populate_existing=True)
    if form.done_although is not None and batch.is_out:
        why = f"{form.quantity:f} {batch.unit} were destroyed while needed ({row.fell_because}): {form.done_although}"
        await establish(writing, LearnedOfBatch(batch_id=batch.batch_id, case_id=case.case_id, why=why[:4000]))
    return {}


@checks_event("destruction.approval_fell")
async def falls(writing: Writing, payload: Effect) -> Effect:
    """What needs by now what was to be destroyed; empty if its approval stands."""
    row = await destruction_row(writing, writing.entry.stream)
    await writing.head(row.batch_id)
    batch = await writing.session.get_one(BatchRow, row.batch_id, populate_existing=True)
    return {"needed_by": [*await needed_by(writing, batch)]}


async def _refuse_if_needed_now(writing: Writing, case: CaseRow) -> None:
    row = await destruction_row(writing, case.case_id)
    await writing.head(row.batch_id)
    batch = await writing.session.get_one(BatchRow, row.batch_id, populate_existing=True)
    await _refuse_unless_free(writing, batch, StockKind(row.stock))


async def _refuse_unless_free(writing: Writing, batch: BatchRow, stock: StockKind) -> None:
    refuse_while_needed(await needed_by(writing, batch))
    if stock is StockKind.SAMPLES:
        calendar = await writing.policies.calendar_of(writing.session, batch.site_id, writing.at)
        limits = (await writing.policy()).limits
        distributed = await _last_dispatch(writing.session, batch)
        ends = [counted(batch.expiry_on, limits.samples_after_expiry, calendar)] if batch.expiry_on else []
        if (begins := distributed or (batch.made_on if batch.expiry_on is None else None)) is not None:
            ends.append(counted(begins, limits.samples_after_distribution, calendar))
        refuse_before_end_of_retention(max(ends, default=None), calendar.local_day(writing.at))


async def _last_dispatch(session: AsyncSession, batch: BatchRow) -> date | None:
    days = [each.dispatched_at.date() for each in await shipments_of(session, batch.batch_id) if each.dispatched_at]
    return max(days, default=None)
