"""Checks of what an authority does with a certificate, and what follows for the scopes that it was shown for."""

from collections.abc import Sequence
from datetime import date

from domain.asl.asl import stream_of
from domain.core.days import counted
from domain.core.refusals import Code, Refused
from domain.oversight.certificate_act import (
    CertificateRestoration,
    CertificateStop,
    ImportConfirmation,
    ImportConfirmationWithdrawal,
    refuse_unless_confirmed,
    refuse_unless_covers_import,
    refuse_unless_restorable,
    refuse_unless_stoppable,
)
from domain.site.certificate import CertificateStatus, CertificateType
from domain.site.facts import CertificateStopped, VoidBecause
from records.batch.genealogy import lock_families
from records.batch.holds.holds import open_batches
from records.core.checks.changes import part, refuse_unless_allowed
from records.core.declared import Effect, checks_event
from records.core.documents.references import refuse_unless_kept
from records.core.reactions import establish, revoke
from records.core.writing import Writing
from records.importation.importers import doubt_imports, imported_under
from records.release.appointments_ended import appointed_on, in_reach_of
from records.site.papers import copies_of, lock_paper
from records.site.tables import CertificateRow

_CALLED = {
    CertificateType.GMP_CERT.value: "GMP certificate",
    CertificateType.MIA.value: "manufacturing authorisation",
    CertificateType.MIA_IMP.value: "authorisation for investigational products",
    CertificateType.WDA.value: "wholesale authorisation",
    CertificateType.FDA_REGISTRATION.value: "registration with the FDA",
}


@checks_event("certificate.stop")
async def stops(writing: Writing, payload: Effect) -> Effect:
    """What rests on it is told at once, at every scope of the site that the same paper was shown for."""
    await refuse_unless_allowed(writing, CertificateStop)
    form = CertificateStop.stored(part(payload, "form"))
    await refuse_unless_kept(writing.session, form, writing.actor, writing.at)
    row = await _certificate(writing)
    status = CertificateStatus(row.status)
    refuse_unless_stoppable(form, CertificateType(row.type), status, latest_day=await _today(writing, row.site_id))
    same = await _same_paper(writing, row, status)
    scopes = sorted({each.scope_id for each in same})
    standing = await appointed_on(writing.session, same)
    lists, signed = await in_reach_of(writing.session, standing, form.since)
    for stream in sorted(lists.union(map(stream_of, scopes))):
        await writing.head(stream)
    made = {batch_id for scope_id in scopes for batch_id in await open_batches(writing.session, scope_id)}
    imported = await imported_under(writing.session, [each.certificate_id for each in same])
    await lock_families(writing, made | imported.keys() | signed)
    for number in standing:
        await writing.head(number)  # after the batches, as whoever signs does
    await _refuse_if_overtaken(writing, same, form.since)
    for each in same:
        await revoke(writing, CertificateStopped, each.certificate_id)  # one that was suspended is withdrawn
        paper = f"The {_CALLED.get(row.type, row.type)} {each.number}"
        words = f"{paper} is {form.act.value.lower()} by its authority since {form.since} ({form.reference})"
        fact = CertificateStopped(
            certificate_id=each.certificate_id,
            site_id=each.site_id,
            scope_id=each.scope_id,
            case_id=each.case_id,
            type=CertificateType(each.type),
            because=VoidBecause(form.act.value),
            words=words,
            since=form.since,
        )
        await establish(writing, fact)
    return {"certificates": [each.certificate_id for each in same]}


async def _refuse_if_overtaken(writing: Writing, same: Sequence[CertificateRow], since: date) -> None:
    """What has been signed under the appointments before they were locked is locked as well, or all is tried again."""
    standing = await appointed_on(writing.session, same)
    lists, signed = await in_reach_of(writing.session, standing, since)
    writing.refuse_unless_locked({*standing, *lists, *signed})


@checks_event("certificate.restore")
async def restores(writing: Writing, payload: Effect) -> Effect:
    """It counts again, as looked up in the register; holds and reviews are answered by people."""
    await refuse_unless_allowed(writing, CertificateRestoration)
    form = CertificateRestoration.stored(part(payload, "form"))
    await refuse_unless_kept(writing.session, form, writing.actor, writing.at)
    row = await _certificate(writing)
    today, earliest = await _register_days(writing, row.site_id)
    status = CertificateStatus(row.status)
    refuse_unless_restorable(form, status, row.stopped_on, today=today, earliest=earliest)
    same = await _same_paper(writing, row, status)
    for each in same:
        await revoke(writing, CertificateStopped, each.certificate_id)
    return {"certificates": [each.certificate_id for each in same]}


@checks_event("certificate.confirm-import")
async def confirms_import(writing: Writing, payload: Effect) -> Effect:
    """Of every copy of the same paper that the site has shown."""
    await refuse_unless_allowed(writing, ImportConfirmation)
    form = ImportConfirmation.stored(part(payload, "form"))
    row = await _certificate(writing)
    today, earliest = await _register_days(writing, row.site_id)
    status = CertificateStatus(row.status)
    refuse_unless_covers_import(form, CertificateType(row.type), status, today=today, earliest=earliest)
    return {"certificates": [each.certificate_id for each in await _same_paper(writing, row, status)]}


@checks_event("certificate.withdraw-import")
async def withdraws_import(writing: Writing, payload: Effect) -> Effect:
    """Of every copy of the same paper. What has arrived under it is held where it is not decided, else reviewed."""
    await refuse_unless_allowed(writing, ImportConfirmationWithdrawal)
    form = ImportConfirmationWithdrawal.stored(part(payload, "form"))
    row = await _certificate(writing)
    refuse_unless_confirmed(row.import_confirmed_by)
    same = [each.certificate_id for each in await _same_paper(writing, row, CertificateStatus(row.status))]
    reason = f"Authorisation {row.number} does not cover import: {form.reason}"
    await doubt_imports(writing, same, reason)
    return {"certificates": [*same]}


async def _register_days(writing: Writing, site_id: str) -> tuple[date, date]:
    """Today at the site, and the first day on which a register may have been looked up."""
    today, oldest = await _today(writing, site_id), (await writing.policy()).limits.screening_check_age_max
    calendar = await writing.policies.calendar_of(writing.session, site_id, writing.at)
    return today, counted(today, oldest.backward(), calendar)


async def _certificate(writing: Writing) -> CertificateRow:
    """As it is now; whoever enters something of the same paper meanwhile waits for this entry."""
    certificate_id = writing.entry.stream
    known = await writing.session.get(CertificateRow, certificate_id)
    if known is None:
        raise Refused(Code.NOT_FOUND, "There is no such certificate.")
    await lock_paper(writing, known)
    return await writing.session.get_one(CertificateRow, certificate_id, populate_existing=True)


async def _same_paper(writing: Writing, row: CertificateRow, status: CertificateStatus) -> Sequence[CertificateRow]:
    """Itself, and what was shown of the same paper for other scopes of the site and stands alike."""
    return [each for each in await copies_of(writing, row) if each.status == status.value]


async def _today(writing: Writing, site_id: str) -> date:
    return (await writing.policies.calendar_of(writing.session, site_id, writing.at)).local_day(writing.at)
