"""Certificates as they are received and judged, in whichever case: what projectors of such events have in common."""

from datetime import date
from typing import NamedTuple

from sqlmodel.ext.asyncio.session import AsyncSession

from domain.core.document import DocumentReference
from domain.core.events import Event
from domain.core.forms import LAST_DAY
from domain.site.certificate import CertificateData, CertificateEntry, CertificateStatus
from records.core.tables.cases import CaseRow
from records.site.tables import CertificateRow


class Judgement(NamedTuple):
    """What a person has said of a certificate."""

    accepted: bool
    register_checked_on: date | None
    scope_confirmed: bool
    activity: str | None
    """The activity of the scope, if the scope text names it."""


async def enter(
    session: AsyncSession,
    event: Event,
    certificate: CertificateData,
    document: DocumentReference,
    entry: CertificateEntry,
) -> None:
    """A received certificate."""
    case = await session.get_one(CaseRow, event.stream)
    session.add(
        CertificateRow(
            certificate_id=entry.certificate_id,
            serial=int(entry.certificate_id.removeprefix("CERT-")),
            site_id=case.site_id,
            scope_id=case.scope_ids[0],
            case_id=case.case_id,
            **certificate.model_dump(include={"number", "authority", "issued_by", "inspected_on", "scope_text"}),
            type=certificate.type.value,
            valid_to=entry.valid_to,
            sort_valid_to=entry.valid_to or LAST_DAY,
            document_id=document.document_id,
            status=CertificateStatus.RECEIVED.value,
            replaces=entry.replaces,
        )
    )


async def judge(session: AsyncSession, event: Event, row: CertificateRow, judgement: Judgement) -> None:
    """A certificate as judged, with the names of who checked the register and confirmed the scope.

    It takes the place of another one only if it counts for the scope.
    """
    if judgement.register_checked_on is not None:
        row.register_checked_on, row.register_checked_by = judgement.register_checked_on, event.actor.person
    if judgement.scope_confirmed:
        row.scope_confirmed_by = event.actor.person
        row.confirmed_activity = judgement.activity
    if not judgement.accepted:
        row.status = CertificateStatus.REJECTED.value
        return
    row.status = CertificateStatus.VERIFIED.value
    if judgement.activity is not None:
        await supersede(session, row.replaces, CertificateStatus.VERIFIED)


async def supersede(session: AsyncSession, certificate_id: str | None, status: CertificateStatus) -> None:
    """A certificate of that status gives way to a later one; one of another status stays as it is."""
    if certificate_id is None:
        return
    before = await session.get_one(CertificateRow, certificate_id)
    if before.status == status.value:
        before.status = CertificateStatus.SUPERSEDED.value
