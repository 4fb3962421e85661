"""Certifications for a market where somebody else checks them, as functions of the journal."""

from sqlmodel.ext.asyncio.session import AsyncSession

from domain.core.events import Event
from domain.release.certification_abroad import AbroadWithdrawal, CertificationAbroad
from records.core.payloads import part, submitted
from records.core.projectors import follows
from records.release.projections.authorised import keep_what_it_stands_on
from records.release.tables import CertificationAbroadRow


@follows("certification_abroad.certify")
async def keep_certification_abroad(session: AsyncSession, event: Event) -> None:
    """What is certified, for which market, under which entry of which register."""
    form, effect = submitted(event, CertificationAbroad), part(event, "effect")
    keep_what_it_stands_on(session, event, form.batch_id, form.market)
    session.add(
        CertificationAbroadRow(
            number=event.stream,
            batch_id=form.batch_id,
            market=form.market,
            under=form.under,
            quantity=str(form.quantity),
            trial=form.trial.number if form.trial is not None else None,
            certificate_number=str(effect["certificate_number"]),
            register_name=str(effect["register"]),
            register_number=int(str(effect["register_number"])),
            certified_by=event.actor.person,
            certified_at=event.occurred_at,
        )
    )


@follows("certification_abroad.withdraw")
async def keep_withdrawal_abroad(session: AsyncSession, event: Event) -> None:
    """It counts no more."""
    row = await session.get_one(CertificationAbroadRow, event.stream)
    row.withdrawn_by, row.withdrawn_at = event.actor.person, event.occurred_at
    row.withdrawn_because = submitted(event, AbroadWithdrawal).reason
