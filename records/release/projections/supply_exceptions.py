"""Supplies under exception, as functions of the journal."""

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.core.events import Event
from domain.release.gate_exception import OnException
from domain.release.supply_exception import (
    SupplyProposal,
    SupplyQualitySignature,
    SupplyRegulatorySignature,
    SupplySignature,
    SupplyWithdrawal,
    conditions_in,
)
from records.batch.tables.decisions import BatchMarketRow
from records.core.payloads import part, submitted
from records.core.projectors import follows
from records.release.tables import SupplyExceptionRow


@follows(*SupplyProposal.action.event_types())
async def propose(session: AsyncSession, event: Event) -> None:
    """A supply waits for three signatures."""
    form, effect = submitted(event, SupplyProposal), part(event, "effect")
    session.add(
        SupplyExceptionRow(
            exception_id=str(effect["exception_id"]),
            batch_id=event.stream,
            market=form.market,
            gates=effect["gates"],
            why={each.gate.value: each.why for each in form.gates},
            basis=form.basis.value,
            authority=form.authority,
            permission=form.permission,
            permitted_on=form.permitted_on,
            document=form.document.document_id,
            conditions=conditions_in(form),
            until=form.until,
            quantity=str(form.quantity),
            consignees=[each.model_dump(mode="json") for each in form.consignees],
            version=int(str(event.payload["version"])),
            sha256=str(event.payload["sha256"]),
            proposed_by=event.actor.person,
            proposed_at=event.occurred_at,
            signers=effect["signers"],
        )
    )


@follows(*SupplyQualitySignature.action.event_types())
async def sign_for_quality(session: AsyncSession, event: Event) -> None:
    """The head of quality has signed or declined."""
    await _sign(session, event, submitted(event, SupplyQualitySignature))


@follows(*SupplySignature.action.event_types())
async def sign(session: AsyncSession, event: Event) -> None:
    """The decider of the market has signed or declined."""
    await _sign(session, event, submitted(event, SupplySignature))


@follows(*SupplyRegulatorySignature.action.event_types())
async def grant(session: AsyncSession, event: Event) -> None:
    """Regulatory affairs have signed, and it counts; or they have declined."""
    await _sign(session, event, submitted(event, SupplyRegulatorySignature))


@follows(*SupplyWithdrawal.action.event_types())
async def withdraw(session: AsyncSession, event: Event) -> None:
    """Nothing more goes under it."""
    form = submitted(event, SupplyWithdrawal)
    query = select(SupplyExceptionRow).where(col(SupplyExceptionRow.number) == form.supply)
    row = (await session.exec(query)).one()
    row.withdrawn_by, row.withdrawn_at, row.withdrawn_because = event.actor.name, event.occurred_at, form.reason


async def _sign(session: AsyncSession, event: Event, form: OnException) -> None:
    effect = part(event, "effect")
    row = await session.get_one(SupplyExceptionRow, form.exception_id)
    if not form.approve:
        row.declined_by, row.declined_at = event.actor.person, event.occurred_at
        return
    row.signers, row.signatures = effect["signers"], row.signatures + 1
    if (number := effect.get("supply")) is not None:
        row.number, row.granted_at = str(number), event.occurred_at
        market = await session.get_one(BatchMarketRow, (row.batch_id, row.market))
        market.supplied_under = [*(market.supplied_under or ()), row.number]
