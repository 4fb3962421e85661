"""Decisions on batches by market, as functions of the journal."""

from sqlmodel.ext.asyncio.session import AsyncSession

from domain.batch.batch import MarketDecision
from domain.core.events import Event
from domain.release.certification import CertificationDecision, QcuApproval, QpCertification
from records.batch.settling import settle
from records.batch.tables.batches import BatchMarketRow
from records.core.payloads import part, submitted
from records.core.projectors import follows


@follows(*QpCertification.action.event_types())
async def certify(session: AsyncSession, event: Event) -> None:
    """A qualified person has decided."""
    await _decide(session, event, submitted(event, QpCertification))


@follows(*QcuApproval.action.event_types())
async def approve(session: AsyncSession, event: Event) -> None:
    """The quality unit has decided."""
    await _decide(session, event, submitted(event, QcuApproval))


async def _decide(session: AsyncSession, event: Event, form: CertificationDecision) -> None:
    effect = part(event, "effect")
    row = await session.get_one(BatchMarketRow, (event.stream, form.market))
    row.decision, row.decided_by, row.decided_at = form.decision.value, event.actor.person, event.occurred_at
    row.event_number = event.number
    if form.decision is MarketDecision.RELEASE:
        row.quantity = str(form.quantity)
        row.certificate_number = str(effect["certificate_number"])
        row.register_name, row.register_number = str(effect["register"]), int(str(effect["register_number"]))
    await settle(session, event.stream)
