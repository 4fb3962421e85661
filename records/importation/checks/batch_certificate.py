"""Checks of manufacturer's certificates: what they say of a batch is what the records say of it."""

from datetime import date

from domain.batch.facts.events import ImportCorrected
from domain.core.people import Org
from domain.core.refusals import Code, Refused
from domain.core.repeats import refuse_repeated
from domain.importation.batch_certificate import (
    BATCH_CERTIFICATE,
    ManufacturerCertificate,
    ManufacturerCertificateReview,
    refuse_own_review,
)
from domain.importation.certified_batch import refuse_unless_acceptable, refuse_unless_of_the_batch
from domain.policy.market_rule import refuse_unknown
from records.batch.tables.batches import BatchRow
from records.core.checks.changes import part, refuse_unless_allowed
from records.core.declared import Effect, checks_event
from records.core.documents.references import refuse_unless_kept
from records.core.reactions import establish
from records.core.writing import Writing
from records.importation.certified_batch import certified_batch
from records.importation.tables import BatchCertificateRow


@checks_event("batch_certificate.enter")
async def enters(writing: Writing, payload: Effect) -> Effect:
    """Under a number that is new; by the sponsor, or by the site of the batch."""
    await refuse_unless_allowed(writing, ManufacturerCertificate)
    number, form = writing.entry.stream, ManufacturerCertificate.stored(part(payload, "form"))
    refuse_repeated(form)
    await refuse_unless_kept(writing.session, form, writing.actor, writing.at)
    if not BATCH_CERTIFICATE.names(number) or (await writing.head(number)).number > 0:
        raise Refused(Code.CONFLICT, f"{number} is taken.", fields={"number": "is taken"})
    refuse_unknown((await writing.policy()).markets, {"importing_country": form.importing_country})
    row = await writing.session.get(BatchRow, form.batch_id)
    if row is not None and writing.actor.org is Org.CDMO and row.site_id not in writing.actor.sites:
        row = None  # of another site as little is known as of none (S6)
    day = await _day(writing, row) if row is not None else writing.at.date()
    batch = await certified_batch(writing, row, form, day) if row is not None else None
    refuse_unless_of_the_batch(form, batch, day)
    return {"site_id": row.site_id if row is not None else None}


@checks_event("batch_certificate.review")
async def reviews(writing: Writing, payload: Effect) -> Effect:
    """By another person than who has entered it; accepted where it says what the records say, and no result fails.

    One that counted and is turned down has releases reviewed.
    """
    await refuse_unless_allowed(writing, ManufacturerCertificateReview)
    number, form = writing.entry.stream, ManufacturerCertificateReview.stored(part(payload, "form"))
    await writing.head(number)
    row = await writing.session.get(BatchCertificateRow, number, populate_existing=True)
    if row is None:
        raise Refused(Code.NOT_FOUND, "There is no such certificate.")
    refuse_own_review(form, writing.actor, row.entered_by, accepted=row.accepted)
    if form.accept:
        batch, content = (
            await writing.session.get_one(BatchRow, row.batch_id),
            ManufacturerCertificate.stored(row.content),
        )
        day = await _day(writing, batch)
        refuse_unless_acceptable(content, await certified_batch(writing, batch, content, day), day)
    if row.accepted:
        why = f"The manufacturer's certificate {number} does not count any more: {form.finding}"[:4000]
        await establish(writing, ImportCorrected(batch_id=row.batch_id, case_id=number, why=why))
    return {}


async def _day(writing: Writing, row: BatchRow) -> date:
    """Today, where the batch is made."""
    return (await writing.policies.calendar_of(writing.session, row.site_id, writing.at)).local_day(writing.at)
