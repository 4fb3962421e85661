"""What authorities do with certificates, as a function of the journal."""

from sqlmodel.ext.asyncio.session import AsyncSession

from domain.core.events import Event
from domain.oversight.certificate_act import (
    CertificateRestoration,
    CertificateStop,
    ImportConfirmation,
    ImportConfirmationWithdrawal,
)
from domain.site.certificate import CertificateStatus
from records.core.payloads import part, submitted
from records.core.projectors import follows
from records.site.tables import CertificateRow


@follows("certificate.stop")
async def stop(session: AsyncSession, event: Event) -> None:
    """They count no more from that day on. One that was suspended before stays so from the earlier day."""
    form = submitted(event, CertificateStop)
    for certificate_id in part(event, "effect")["certificates"]:
        row = await session.get_one(CertificateRow, certificate_id)
        is_stopped = row.status == CertificateStatus.SUSPENDED.value and row.stopped_on is not None
        row.stopped_on = min(form.since, row.stopped_on) if is_stopped and row.stopped_on else form.since
        row.status, row.stopped_until = form.act.value, None


@follows("certificate.restore")
async def restore(session: AsyncSession, event: Event) -> None:
    """They count again."""
    form = submitted(event, CertificateRestoration)
    for certificate_id in part(event, "effect")["certificates"]:
        row = await session.get_one(CertificateRow, certificate_id)
        row.status, row.stopped_until = CertificateStatus.VERIFIED.value, form.since
        row.register_checked_on, row.register_checked_by = form.register_checked_on, event.actor.person


@follows("certificate.confirm-import")
async def keep_import(session: AsyncSession, event: Event) -> None:
    """They cover import."""
    form = submitted(event, ImportConfirmation)
    for certificate_id in part(event, "effect")["certificates"]:
        row = await session.get_one(CertificateRow, certificate_id)
        row.import_checked_on, row.import_confirmed_by = form.register_checked_on, event.actor.person
        row.import_wording = form.wording


@follows(f"certificate.{ImportConfirmationWithdrawal.action.name}")
async def take_import_back(session: AsyncSession, event: Event) -> None:
    """They do not cover import any more. Who confirmed it, and in which words, stays in the journal."""
    for certificate_id in part(event, "effect")["certificates"]:
        row = await session.get_one(CertificateRow, certificate_id)
        row.import_checked_on = row.import_confirmed_by = row.import_wording = None
