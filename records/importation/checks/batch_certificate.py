"""Checks of manufacturer's certificates: what they say of a batch is what the records say of it."""

from sqlmodel import col, or_, select

from domain.batch.batch import UseKind
from domain.batch.facts.events import ImportCorrected
from domain.core.people import Org
from domain.core.refusals import Code, Refused
from domain.core.repeats import refuse_repeated
from domain.importation.batch_certificate import (
    BATCH_CERTIFICATE,
    CertifiedBatch,
    ManufacturerCertificate,
    ManufacturerCertificateReview,
    refuse_own_review,
    refuse_unless_of_the_batch,
)
from domain.policy.market_rule import refuse_unknown
from domain.site.certificate import CertificateStatus, CertificateType
from records.batch.tables.batches import BatchRow, BatchUseRow
from records.core.checks.changes import part, refuse_unless_allowed
from records.core.declared import Effect, checks_event
from records.core.documents.references import refuse_unless_kept
from records.core.reactions import establish
from records.core.tables.master_data import ScopeRow, SiteRow
from records.core.writing import Writing
from records.importation.tables import BatchCertificateRow
from records.site.tables import CertificateRow


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
    batch = await _batch(writing, row, form) if row is not None else None
    day = writing.at.date()
    if row is not None:
        calendar = await writing.policies.calendar_of(writing.session, row.site_id, writing.at)
        day = calendar.local_day(writing.at)
    refuse_unless_of_the_batch(form, batch, day)
    return {"site_id": row.site_id if row is not None else None}


@checks_event("batch_certificate.review")
async def reviews(writing: Writing, payload: Effect) -> Effect:
    """By another person than who has entered it. One that counted and is turned down has releases reviewed."""
    await refuse_unless_allowed(writing, ManufacturerCertificateReview)
    number, form = writing.entry.stream, ManufacturerCertificateReview.stored(part(payload, "form"))
    await writing.head(number)
    row = await writing.session.get(BatchCertificateRow, number, populate_existing=True)
    if row is None:
        raise Refused(Code.NOT_FOUND, "There is no such certificate.")
    refuse_own_review(form, writing.actor, row.entered_by, accepted=row.accepted)
    if row.accepted:
        why = f"The manufacturer's certificate {number} does not count any more: {form.finding}"[:4000]
        await establish(writing, ImportCorrected(batch_id=row.batch_id, case_id=number, why=why))
    return {}


async def _batch(writing: Writing, row: BatchRow, form: ManufacturerCertificate) -> CertifiedBatch:
    session = writing.session
    steps = select(BatchUseRow.reference).where(
        col(BatchUseRow.batch_id) == row.batch_id, col(BatchUseRow.kind) == UseKind.SCOPE.value
    )
    scopes = {row.scope_id, *(await session.exec(steps)).all()}
    sites = (
        select(SiteRow.site_id, SiteRow.country)
        .join(ScopeRow, col(ScopeRow.site_id) == col(SiteRow.site_id))
        .where(col(ScopeRow.scope_id).in_(sorted(scopes)))
    )
    authorisations = (
        select(CertificateRow.number)
        .join(SiteRow, col(SiteRow.site_id) == col(CertificateRow.site_id))
        .where(
            col(SiteRow.country) == form.issued_in,
            col(CertificateRow.type) == CertificateType.MIA.value,
            col(CertificateRow.status) == CertificateStatus.VERIFIED.value,
            or_(col(CertificateRow.valid_to).is_(None), col(CertificateRow.valid_to) >= form.issued_on),
        )
    )
    return CertifiedBatch(
        numbers=tuple(each for each in (row.number, row.sponsor_number) if each is not None),
        product=row.product,
        strength=row.strength,
        begun_on=row.started_on,
        made_on=row.made_on,
        expires_on=row.expiry_on,
        makers=dict((await session.exec(sites)).all()),
        authorisations=tuple((await session.exec(authorisations)).all()),
    )
