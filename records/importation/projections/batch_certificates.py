"""Manufacturer's certificates, as functions of the journal."""

from sqlmodel.ext.asyncio.session import AsyncSession

from domain.core.events import Event
from domain.importation.batch_certificate import ManufacturerCertificate, ManufacturerCertificateReview
from records.core.payloads import part, submitted
from records.core.projectors import follows
from records.importation.tables import BatchCertificateRow


@follows("batch_certificate.enter")
async def keep_certificate(session: AsyncSession, event: Event) -> None:
    """It is on file, and waits for its review."""
    form = submitted(event, ManufacturerCertificate)
    assert event.signature is not None, "It is signed by who enters it."
    session.add(
        BatchCertificateRow(
            number=event.stream,
            batch_id=form.batch_id,
            site_id=part(event, "effect")["site_id"],
            content=form.model_dump(mode="json"),
            entered_by=event.actor.person,
            by_name=event.signature.printed_name,
            entered_at=event.occurred_at,
        )
    )


@follows("batch_certificate.review")
async def keep_review(session: AsyncSession, event: Event) -> None:
    """It counts, or it does not."""
    row, form = (
        await session.get_one(BatchCertificateRow, event.stream),
        submitted(event, ManufacturerCertificateReview),
    )
    assert event.signature is not None, "A review is signed."
    row.accepted, row.finding = form.accept, form.finding
    row.reviewed_by, row.reviewer_name = event.actor.person, event.signature.printed_name
    row.reviewed_at = event.occurred_at
