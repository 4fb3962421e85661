"""Certificates that are renewed, as functions of the journal."""

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.core.events import Event
from domain.oversight.renewal import CertificateSubmission, CertificateVerification
from domain.site.certificate import CertificateEntry, CertificateStatus
from records.core.payloads import part, submitted
from records.core.projectors import follows
from records.site.projections.certificates import Judgement, enter, judge, supersede
from records.site.tables import CertificateRow


@follows(*CertificateSubmission.action.event_types())
async def receive_certificate(session: AsyncSession, event: Event) -> None:
    """A certificate that was sent. Those of the case that are not judged yet give way at once."""
    sent = submitted(event, CertificateSubmission)
    for before in await _of_case(session, event.stream):
        await supersede(session, before.certificate_id, CertificateStatus.RECEIVED)
    if sent.certificate is not None and sent.document is not None:
        entry = CertificateEntry.model_validate(part(event, "effect")["certificate"])
        await enter(session, event, sent.certificate, sent.document, entry)


@follows(*CertificateVerification.action.event_types())
async def verify_certificate(session: AsyncSession, event: Event) -> None:
    """A certificate as judged, if one was sent."""
    verification, effect = submitted(event, CertificateVerification), part(event, "effect")
    if effect["certificate_id"] is None:
        return
    judgement = Judgement(
        accepted=verification.accept,
        register_checked_on=verification.register_checked_on,
        scope_confirmed=verification.scope_confirmed,
        activity=effect["counts_for"],
    )
    await judge(session, event, await session.get_one(CertificateRow, effect["certificate_id"]), judgement)


async def _of_case(session: AsyncSession, case_id: str) -> list[CertificateRow]:
    query = select(CertificateRow).where(col(CertificateRow.case_id) == case_id)
    return list((await session.exec(query)).all())
