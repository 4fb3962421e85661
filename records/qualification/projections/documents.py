"""The documents that sites have to show, and their certificates, as functions of the journal."""

from pydantic import TypeAdapter
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.core.events import Event
from domain.qualification.case_documents import DocumentStatus
from domain.qualification.document_forms import DocumentReview, DocumentSubmission, DocumentVerdict
from domain.site.certificate import CertificateEntry, CertificateStatus
from records.core.payloads import part, submitted
from records.core.projectors import follows
from records.core.tables.master_data import ScopeRow
from records.qualification.tables.documents import CaseDocumentRow
from records.site.projections.certificates import Judgement, enter, judge, supersede
from records.site.tables import CertificateRow

_ENTRIES = TypeAdapter(dict[str, CertificateEntry])


@follows("qualification.submit-documents")
async def receive_documents(session: AsyncSession, event: Event) -> None:
    """What was sent takes the place of what was shown before. A certificate not judged yet gives way at once."""
    entries = _ENTRIES.validate_python(part(event, "effect").get("certificates", {}))
    for sent in submitted(event, DocumentSubmission).documents:
        entry = entries.get(sent.key)
        if entry is not None:
            assert sent.certificate is not None
            assert sent.document is not None
            await enter(session, event, sent.certificate, sent.document, entry)
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
        await supersede(session, row.certificate_id, CertificateStatus.RECEIVED)
        row.status = DocumentStatus.RECEIVED.value
        row.submitted_by, row.submitted_at = event.actor.person, event.occurred_at
        row.document = sent.document.model_dump(mode="json") if sent.document else None
        row.not_available, row.comment = sent.not_available, sent.comment
        row.certificate_id = entry.certificate_id if entry else None
        row.ends_on = entry.valid_to if entry else sent.document.valid_to if sent.document else None
        row.reviewed_by = row.reviewed_at = row.reason = None


@follows("qualification.review-documents")
async def review_documents(session: AsyncSession, event: Event) -> None:
    """Documents as judged."""
    for verdict in submitted(event, DocumentReview).verdicts:
        row = await session.get_one(CaseDocumentRow, (event.stream, verdict.key))
        accepted = verdict.verdict is DocumentVerdict.ACCEPT
        row.status = (DocumentStatus.ACCEPTED if accepted else DocumentStatus.REJECTED).value
        row.reviewed_by, row.reviewed_at, row.reason = event.actor.person, event.occurred_at, verdict.reason
        if row.certificate_id is not None:
            certificate = await session.get_one(CertificateRow, row.certificate_id)
            scope = await session.get_one(ScopeRow, certificate.scope_id)
            judgement = Judgement(
                accepted=accepted,
                register_checked_on=verdict.register_checked_on,
                scope_confirmed=verdict.scope_confirmed,
                activity=scope.activity if verdict.scope_confirmed else None,
            )
            await judge(session, event, certificate, judgement)
