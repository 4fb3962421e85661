"""Checks of the renewal of a certificate: its request, what the site sends, and its verification."""

from datetime import date

from sqlmodel import col, select

from domain.core.document import refuse_unless_current
from domain.core.entry import OpenTask
from domain.core.forms import Process
from domain.oversight.renewal import (
    CertificateSubmission,
    CertificateVerification,
    RenewalRequest,
    answer_due,
    counts,
    refuse_unless_renewable,
    refuse_unless_sendable,
    refuse_unless_verifiable,
    suggested_certificate,
)
from domain.site.certificate import CertificateEntry, CertificateStatus, CertificateType, line_of
from domain.site.site import Activity
from records.core.checks.decisions import suggests_current
from records.core.declared import Effect, Requested, checks, due, opens, suggests
from records.core.lookups import Lookups, lookups_of
from records.core.scopes import open_case_for, scope_of
from records.core.tables.cases import CaseRow
from records.core.writing import Writing
from records.site.certificates import entered
from records.site.scopes import site_and_scopes
from records.site.tables import CertificateRow
from records.site.voiding import is_followed, is_narrowed


@opens(RenewalRequest)
async def opens_a_renewal(writing: Writing, form: RenewalRequest) -> Requested:
    """The certificate was verified for the scope; one case renews the certificates of a type (section 5)."""
    requested = await site_and_scopes(writing, form.site_id, (form.scope_id,))
    query = select(CertificateRow).where(
        col(CertificateRow.certificate_id) == form.certificate_id, col(CertificateRow.scope_id) == form.scope_id
    )
    row = (await writing.session.exec(query)).first()
    refuse_unless_renewable(CertificateStatus(row.status) if row is not None else None)
    assert row is not None
    line = line_of(form.scope_id, CertificateType(row.type))
    await writing.head(f"RENEWAL-{line}")
    if (merged_into := await open_case_for(writing.session, Process.RENEWAL, line)) is not None:
        return Requested(merged_into=merged_into)
    return requested.model_copy(
        update={"title": f"Renewal of the {row.type} of {form.site_id}", "kind": row.type, "trigger": line}
    )


@due(CertificateSubmission)
async def due_before_it_ends(writing: Writing, case: CaseRow, line: OpenTask) -> date | None:
    """The site answers within its clock, and not after the last day of the certificate."""
    lookups = await lookups_of(writing, case)
    clock = (await writing.policy()).clock(line.clock or "doc.response")
    return answer_due(lookups.after(clock.span), (await _renewed(lookups)).valid_to, today=lookups.today)


@suggests(CertificateSubmission)
async def suggests_a_certificate(writing: Writing, case: CaseRow, line: OpenTask) -> Effect:
    """A certificate of the type that is renewed."""
    return suggested_certificate(CertificateType(case.kind))


@checks(CertificateSubmission)
async def can_be_sent(writing: Writing, case: CaseRow, form: CertificateSubmission) -> Effect:
    """A certificate of the type that is renewed. It gets its id, its last day, and the one whose place it takes."""
    lookups = await lookups_of(writing, case)
    latest = await lookups.latest(CertificateVerification)
    verified = latest is not None and latest.accept
    refuse_unless_sendable(form, CertificateType(case.kind), verified=verified, latest_day=lookups.latest_day)
    if form.certificate is None:
        return {}
    gmp_years = lookups.limits.gmp_certificate_years
    before = await _renewed(lookups)
    entry = await entered(lookups.session, form.certificate, before, gmp_years=gmp_years, today=lookups.today)
    return {"certificate": entry.model_dump(mode="json")}


suggests_current(CertificateSubmission, "submission", CertificateVerification)


@checks(CertificateVerification)
async def can_be_verified(writing: Writing, case: CaseRow, form: CertificateVerification) -> Effect:
    """The current submission was read and its register looked into; says which certificate is judged.

    And whether it counts for the activity of the scope.
    """
    lookups = await lookups_of(writing, case)
    refuse_unless_current(form.submission, await lookups.current(CertificateSubmission), "submission")
    entry = await _entry(lookups)
    refuse_unless_verifiable(
        form,
        available=entry is not None,
        valid_to=entry.valid_to if entry is not None else None,
        today=lookups.today,
        latest_day=lookups.latest_day,
        earliest=lookups.before(lookups.limits.screening_check_age_max, lookups.today),
    )
    activity = Activity((await scope_of(lookups.session, case)).activity)
    if form.accept and entry is not None:
        await _takes_its_place(writing, entry, is_counted=counts(form, activity))
    return {
        "certificate_id": entry.certificate_id if entry is not None else None,
        "counts_for": activity.value if counts(form, activity) else None,
    }


async def _takes_its_place(writing: Writing, entry: CertificateEntry, *, is_counted: bool) -> None:
    """What was void is followed by a certificate that counts; one that does not name the activity follows nothing."""
    if is_counted:
        await is_followed(writing, await writing.session.get_one(CertificateRow, entry.certificate_id))
    elif entry.replaces is not None:
        await is_narrowed(writing, entry.replaces, entry.certificate_id)


async def _renewed(lookups: Lookups) -> CertificateRow:
    request = RenewalRequest.stored(lookups.case.order["request"])
    return await lookups.session.get_one(CertificateRow, request.certificate_id)


async def _entry(lookups: Lookups) -> CertificateEntry | None:
    """How the certificate sent last was entered; `None` if the site said that there is none."""
    sent = (await lookups.rows(CertificateSubmission))[0].effect.get("certificate")
    return CertificateEntry.model_validate(sent) if sent is not None else None
