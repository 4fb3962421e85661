"""Exceptions of gates, as functions of the journal."""

from sqlmodel.ext.asyncio.session import AsyncSession

from domain.core.events import Event
from domain.release.gate_exception import ExceptionRegulatorySignature, ExceptionRequest, ExceptionSignature
from records.core.payloads import part, submitted
from records.core.projectors import follows
from records.release.tables import GateExceptionRow


@follows(*ExceptionRequest.action.event_types())
async def request_exception(session: AsyncSession, event: Event) -> None:
    """An exception waits for two more signatures."""
    form = submitted(event, ExceptionRequest)
    session.add(
        GateExceptionRow(
            exception_id=str(part(event, "effect")["exception_id"]),
            batch_id=event.stream,
            gate=form.gate.value,
            market=form.market,
            authority_letter=form.authority_letter.document_id,
            version=int(str(event.payload["version"])),
            requested_by=event.actor.person,
            requested_at=event.occurred_at,
            reasons=part(event, "effect").get("reasons"),
        )
    )


@follows(*ExceptionSignature.action.event_types())
async def sign_exception(session: AsyncSession, event: Event) -> None:
    """The qualified person has signed or declined."""
    form = submitted(event, ExceptionSignature)
    row = await session.get_one(GateExceptionRow, form.exception_id)
    if form.approve:
        row.signed_by = event.actor.person
    else:
        row.declined_by, row.declined_at = event.actor.person, event.occurred_at


@follows(*ExceptionRegulatorySignature.action.event_types())
async def grant_exception(session: AsyncSession, event: Event) -> None:
    """Regulatory affairs have signed, and it counts; or they have declined."""
    form = submitted(event, ExceptionRegulatorySignature)
    row = await session.get_one(GateExceptionRow, form.exception_id)
    if form.approve:
        row.granted_by, row.granted_at = event.actor.person, event.occurred_at
    else:
        row.declined_by, row.declined_at = event.actor.person, event.occurred_at
