"""Supplies under exception, as functions of the journal."""

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.core.events import Event
from domain.delivery.shipment import ShipmentDispatch
from domain.release.gate_exception import OnException
from domain.release.supply_exception import (
    SupplyProposal,
    SupplyQualitySignature,
    SupplyRegulatorySignature,
    SupplySignature,
    SupplyWithdrawal,
    conditions_in,
)
from records.batch.settling import settle
from records.batch.tables.decisions import BatchMarketRow
from records.core.payloads import part, submitted
from records.core.projectors import follows
from records.delivery.tables import ShipmentRow
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
    if not part(event, "effect").get("gone", True):
        row.stands = False
        await _stands_there(session, row)


@follows(*ShipmentDispatch.action.event_types(), order=10)
async def leave(session: AsyncSession, event: Event) -> None:
    """What had left under one before it was stopped is told after that."""
    shipment = await session.get_one(ShipmentRow, event.stream)
    if shipment.supply_exception is None:
        return
    query = select(SupplyExceptionRow).where(col(SupplyExceptionRow.number) == shipment.supply_exception)
    row = (await session.exec(query)).one()
    if not row.stands and row.taken_back_at is None:
        row.stands = True
        await _stands_there(session, row)


async def _stands_there(session: AsyncSession, row: SupplyExceptionRow) -> None:
    """Whether any supply to the market stands, and what that makes of the batch."""
    await session.flush()
    query = select(SupplyExceptionRow.number).where(
        col(SupplyExceptionRow.batch_id) == row.batch_id,
        col(SupplyExceptionRow.market) == row.market,
        col(SupplyExceptionRow.stands),
    )
    market = await session.get_one(BatchMarketRow, (row.batch_id, row.market))
    market.supply_stands = (await session.exec(query.limit(1))).first() is not None
    await settle(session, row.batch_id)


async def _sign(session: AsyncSession, event: Event, form: OnException) -> None:
    effect = part(event, "effect")
    row = await session.get_one(SupplyExceptionRow, form.exception_id)
    if not form.approve:
        row.declined_by, row.declined_at = event.actor.person, event.occurred_at
        return
    row.signers, row.signatures = effect["signers"], row.signatures + 1
    if (number := effect.get("supply")) is not None:
        row.number, row.granted_at, row.stands = str(number), event.occurred_at, True
        market = await session.get_one(BatchMarketRow, (row.batch_id, row.market))
        market.supplied_under = [*(market.supplied_under or ()), row.number]
        await _stands_there(session, row)
