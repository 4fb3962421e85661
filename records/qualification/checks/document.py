"""Checks of the documents that a site has to show, and of their review."""

from sqlmodel import col, select

from domain.core.entry import OpenTask
from domain.policy.required_documents import RequiredDocument
from domain.qualification.case_documents import unmet, wanted
from domain.qualification.document_forms import (
    DocumentReview,
    DocumentSubmission,
    DocumentVerdict,
    judged,
    refuse_unless_reviewed,
    refuse_unless_submittable,
    suggested_document_review,
    suggested_submission,
)
from domain.site.certificate import CertificateData, CertificateEntry
from records.core.declared import Effect, checks, suggests
from records.core.lookups import Lookups, lookups_of
from records.core.tables.cases import CaseRow
from records.core.writing import Writing
from records.qualification.queries.documents import held_in, required_in
from records.qualification.tables.documents import CaseDocumentRow
from records.site.certificates import entered
from records.site.tables import CertificateRow
from records.site.voiding import is_followed


@suggests(DocumentSubmission)
async def suggests_documents(writing: Writing, case: CaseRow, line: OpenTask) -> Effect:
    """What is still missing, was rejected, or has expired."""
    lookups = await lookups_of(writing, case)
    held = await held_in(writing.session, case.case_id)
    return suggested_submission(wanted((await _required(writing, case)).values(), held, lookups.today))


@checks(DocumentSubmission)
async def can_be_submitted(writing: Writing, case: CaseRow, form: DocumentSubmission) -> Effect:
    """The documents fit the scope; every certificate gets its id and the last day of its validity."""
    lookups = await lookups_of(writing, case)
    refuse_unless_submittable(form, (await _required(writing, case)).values(), latest_day=lookups.latest_day)
    entries: Effect = {
        sent.key: (await _entered(lookups, sent.key, sent.certificate)).model_dump(mode="json")
        for sent in form.documents
        if sent.certificate is not None
    }
    return {"certificates": entries} if entries else {}


async def _entered(lookups: Lookups, key: str, certificate: CertificateData) -> CertificateEntry:
    """A certificate as it is entered. Once verified it replaces the one that is verified for the scope and key now."""
    query = (
        select(CertificateRow)
        .join(CaseDocumentRow, col(CaseDocumentRow.certificate_id) == col(CertificateRow.certificate_id))
        .where(col(CertificateRow.scope_id) == lookups.case.scope_ids[0], col(CaseDocumentRow.key) == key)
        .order_by(col(CertificateRow.serial).desc())
    )
    before = (await lookups.session.exec(query.limit(1))).first()
    gmp_years = lookups.limits.gmp_certificate_years
    return await entered(lookups.session, certificate, before, gmp_years=gmp_years, today=lookups.today)


@suggests(DocumentReview)
async def suggests_review(writing: Writing, case: CaseRow, line: OpenTask) -> Effect:
    """The documents that await judgement."""
    return suggested_document_review(await held_in(writing.session, case.case_id))


@checks(DocumentReview)
async def can_be_reviewed(writing: Writing, case: CaseRow, form: DocumentReview) -> Effect:
    """Every document that awaits judgement is judged; says whether all mandatory ones are accepted and valid today."""
    lookups = await lookups_of(writing, case)
    held, required = await held_in(writing.session, case.case_id), await _required(writing, case)
    mandatory = [key for key, document in required.items() if document.mandatory]
    refuse_unless_reviewed(
        form,
        held,
        mandatory=mandatory,
        today=lookups.today,
        latest_day=lookups.latest_day,
        earliest=lookups.before(lookups.limits.screening_check_age_max, lookups.today),
    )
    await _follow_what_was_void(writing, case, form)
    return {"complete": not unmet(required.values(), judged(held, form), lookups.today)}


async def _follow_what_was_void(writing: Writing, case: CaseRow, form: DocumentReview) -> None:
    """A certificate that is accepted counts: what was void before it is followed."""
    for verdict in form.verdicts:
        row = await writing.session.get(CaseDocumentRow, (case.case_id, verdict.key))
        if verdict.verdict is DocumentVerdict.ACCEPT and row is not None and row.certificate_id is not None:
            await is_followed(writing, await writing.session.get_one(CertificateRow, row.certificate_id))


async def _required(writing: Writing, case: CaseRow) -> dict[str, RequiredDocument]:
    return await required_in(writing.session, case, (await writing.policy()).document_rules)
