"""Checks of the sponsor's green light for clinical supply, and of its withdrawal."""

from datetime import date

from sqlmodel import col, select

from domain.batch.trial import RULE
from domain.core.people import Role
from domain.core.refusals import Code, Refused, broken
from domain.core.signatures import refuse_hands
from domain.core.text import in_a_title
from domain.delivery.green_light import Lit
from domain.delivery.leaving import refuse_if_stopped
from domain.delivery.shipment import CONSIGNORS
from domain.release.certification import MarketRelease, QcuApproval, QpCertification
from domain.release.green_light import GreenLight, GreenLightWithdrawal, refuse_unless_given
from domain.release.tranche import FurtherApproval, FurtherCertification, FurtherMarketRelease
from records.batch.tables.batches import BatchRow
from records.batch.tables.decisions import GreenLightRow
from records.core.declared import Effect, checks, locks_above
from records.core.outgoing import outbox
from records.core.people.recipients import candidates
from records.core.people.signers import hands_of
from records.core.tables.cases import CaseRow, RecordRow
from records.core.writing import Writing
from records.delivery.checks.quarantine import lists_of
from records.delivery.green_lights import lit_of, trial_of
from records.delivery.shipping import shipments_of, stock_of

_CERTIFIES = (QpCertification, QcuApproval, MarketRelease, FurtherCertification, FurtherApproval, FurtherMarketRelease)
_TOLD = CONSIGNORS | {Role.REG_AFFAIRS, Role.QP}

locks_above(GreenLight, GreenLightWithdrawal)(lists_of)


@checks(GreenLight)
async def gives_green_light(writing: Writing, case: CaseRow, form: GreenLight) -> Effect:
    """Of a market that is released, and that nothing stops; by another person than who has certified it."""
    batch = await writing.session.get_one(BatchRow, case.case_id, populate_existing=True)
    stock = await stock_of(writing, batch, form.market)
    if stock is None:
        raise broken(RULE, "The batch is not made for this market.", market="is none of the batch")
    refuse_if_stopped(stock, quarantine=False)
    refuse_hands(writing.actor.persons, await _certifiers(writing, case.case_id, form.market))
    refuse_unless_given(
        form,
        certified=await trial_of(writing.session, batch.batch_id, form.market),
        lit=await lit_of(writing.session, batch.batch_id),
        today=await _today(writing, batch),
    )
    return {}


@checks(GreenLightWithdrawal)
async def withdraws_green_light(writing: Writing, case: CaseRow, form: GreenLightWithdrawal) -> Effect:
    """Whatever stands against the batch. Whoever may dispatch what was ordered under it is told."""
    row = await writing.session.get(GreenLightRow, (case.case_id, form.green_light))
    if row is None:
        raise broken(RULE, "There is no such green light.", green_light="unknown")
    if row.withdrawn_at is not None:
        message = "It is withdrawn already."
        raise Refused(Code.ALREADY_ANSWERED, message, who=row.withdrawn_by, when=row.withdrawn_at.isoformat())
    orders = await _open_orders(writing, Lit.model_validate(row.model_dump(include=set(Lit.model_fields))), case)
    people = await candidates(writing.session, sorted(_TOLD), case.site_id, at=writing.at)
    subject = f"{case.case_id}: the green light for {in_a_title(row.destination)} is withdrawn"
    stopped = f"Stopped: {', '.join(orders)}." if orders else "No order is open."
    text = f"{case.title}\nNothing more leaves for {row.destination}, trial {row.trial}, {row.market}.\n{stopped}"
    await outbox.mail(writing.session, writing.recorded_at, people, subject=subject, text=text)
    return {"orders": [*orders]}


async def _open_orders(writing: Writing, lit: Lit, case: CaseRow) -> list[str]:
    """What was ordered for the market and the place, and has not left."""
    return [
        row.case_id
        for row in await shipments_of(writing.session, case.case_id)
        if row.dispatched_at is None and row.market == lit.market and lit.is_for(row.destination, row.address)
    ]


async def _certifiers(writing: Writing, batch_id: str, market: str) -> list[str]:
    """Whose hands the decisions on a market were, on every part of the batch."""
    query = select(RecordRow).where(
        col(RecordRow.case_id) == batch_id, col(RecordRow.action).in_([form.action.name for form in _CERTIFIES])
    )
    rows = (await writing.session.exec(query)).all()
    numbers = [row.number for row in rows if row.form.get("market") == market]
    return await hands_of(writing.session, batch_id, numbers)


async def _today(writing: Writing, batch: BatchRow) -> date:
    return (await writing.policies.calendar_of(writing.session, batch.site_id, writing.at)).local_day(writing.at)
