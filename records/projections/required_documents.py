"""The documents that sites have to show, and their certificates, as functions of the journal."""

from pydantic import TypeAdapter
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.case_documents import DocumentStatus
from domain.certificate import CertificateEntry, CertificateStatus
from domain.document_forms import (
    DocumentReview,
    DocumentSubmission,
    DocumentVerdict,
    ReviewedDocument,
    SubmittedDocument,
)
from domain.events import Event
from domain.forms import LAST_DAY
from records.projections.declared import follows
from records.projections.payloads import part, submitted
from records.tables import CaseDocumentRow, CaseRow, CertificateRow, ScopeRow

_ENTRIES = TypeAdapter(dict[str, CertificateEntry])


@follows("qualification.submit-documents")
async def receive_documents(session: AsyncSession, event: Event) -> None:
    """What was sent takes the place of what was shown before. A certificate not judged yet gives way at once."""
    entries = _ENTRIES.validate_python(part(event, "effect").get("certificates", {}))
    for sent in submitted(event, DocumentSubmission).documents:
        entry = entries.get(sent.key)
        if entry is not None:
            await _enter(session, event, sent, entry)
        row = await session.get(CaseDocumentRow, (event.stream, sent.key))
        if row is None:
            row = CaseDocumentRow(
                case_id=event.stream,
                key=sent.key,
                status=DocumentStatus.RECEIVED.value,
                submitted_by=event.actor.person,
                submitted_at=event.occurred_at,
            )
            session.add(row)
        await _supersede(session, row.certificate_id, CertificateStatus.RECEIVED)
        row.status = DocumentStatus.RECEIVED.value
        row.submitted_by, row.submitted_at = event.actor.person, event.occurred_at
        row.document = sent.document.model_dump(mode="json") if sent.document else None
        row.not_available, row.comment = sent.not_available, sent.comment
        row.certificate_id = entry.certificate_id if entry else None
        row.ends_on = entry.valid_to if entry else sent.document.valid_to if sent.document else None
        row.reviewed_by = row.reviewed_at = row.reason = None


async def _enter(session: AsyncSession, event: Event, sent: SubmittedDocument, entry: CertificateEntry) -> None:
    """A received certificate."""
    case = await session.get_one(CaseRow, event.stream)
    assert sent.certificate is not None
    assert sent.document is not None
    session.add(
        CertificateRow(
            certificate_id=entry.certificate_id,
            serial=int(entry.certificate_id.removeprefix("CERT-")),
            site_id=case.site_id,
            scope_id=case.scope_ids[0],
            case_id=case.case_id,
            **sent.certificate.model_dump(include={"number", "authority", "inspected_on", "scope_text"}),
            type=sent.certificate.type.value,
            valid_to=entry.valid_to,
            sort_valid_to=entry.valid_to or LAST_DAY,
            document_id=sent.document.document_id,
            status=CertificateStatus.RECEIVED.value,
            replaces=entry.replaces,
        )
    )


@follows("qualification.review-documents")
async def review_documents(session: AsyncSession, event: Event) -> None:
    """Documents as judged."""
    for verdict in submitted(event, DocumentReview).verdicts:
        row = await session.get_one(CaseDocumentRow, (event.stream, verdict.key))
        accepted = verdict.verdict is DocumentVerdict.ACCEPT
        row.status = (DocumentStatus.ACCEPTED if accepted else DocumentStatus.REJECTED).value
        row.reviewed_by, row.reviewed_at, row.reason = event.actor.person, event.occurred_at, verdict.reason
        if row.certificate_id is not None:
            await _judge(session, event, verdict, await session.get_one(CertificateRow, row.certificate_id))


async def _judge(session: AsyncSession, event: Event, verdict: ReviewedDocument, row: CertificateRow) -> None:
    """A certificate as judged, with the names of who checked the register and confirmed the scope."""
    if verdict.register_checked_on is not None:
        row.register_checked_on, row.register_checked_by = verdict.register_checked_on, event.actor.person
    if verdict.scope_confirmed:
        row.scope_confirmed_by = event.actor.person
        row.confirmed_activity = (await session.get_one(ScopeRow, row.scope_id)).activity
    if verdict.verdict is DocumentVerdict.ACCEPT:
        row.status = CertificateStatus.VERIFIED.value
        await _supersede(session, row.replaces, CertificateStatus.VERIFIED)
    else:
        row.status = CertificateStatus.REJECTED.value


async def _supersede(session: AsyncSession, certificate_id: str | None, status: CertificateStatus) -> None:
    """A certificate of that status gives way to a later one; one of another status stays as it is."""
    if certificate_id is None:
        return
    before = await session.get_one(CertificateRow, certificate_id)
    if before.status == status.value:
        before.status = CertificateStatus.SUPERSEDED.value
