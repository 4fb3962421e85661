"""What follows for appointments from what becomes of the certificates that they stand on."""

from collections.abc import Sequence

from sqlmodel import col, select

from domain.appointment.appointment import LicenceKind
from domain.appointment.facts import SignedUnderNone
from domain.appointment.reliance import Appointment, Signing, fault_of_papers
from domain.core.people import Role
from domain.site.facts import CertificateStopped, CertificateVoid
from records.appointment.appointments import stands_on, with_papers
from records.appointment.tables import AppointmentRow
from records.appointment.telling import tell_of_loss
from records.appointment.uses import signed_since
from records.core.reactions import Consequences, establish, reacts
from records.core.writing import Writing
from records.site.papers import copies_of
from records.site.tables import CertificateRow


@reacts(CertificateVoid, order=40, protects=True)
async def tells_who_is_left(writing: Writing, fact: CertificateVoid) -> Consequences:
    """An authorisation counts no more: tasks and markets that nobody can decide any more are told."""
    row = await writing.session.get(CertificateRow, fact.certificate_id)
    await _tell(writing, await _lost(writing, [row]) if row is not None else [])
    return Consequences()


@reacts(CertificateStopped, order=40, protects=True)
async def has_what_was_signed_since_looked_at(writing: Writing, fact: CertificateStopped) -> Consequences:
    """The same where an authority has stopped it; what was signed under it since that day is reviewed.

    Under an appointment that has ended meanwhile as well: it may have been signed before that end. Of what the site has
    shown of the same paper several times, it follows once.
    """
    row = await writing.session.get(CertificateRow, fact.certificate_id)
    known = await copies_of(writing, row) if row is not None else []
    same = [each for each in known if row is not None and each.status == row.status]
    lost = await _lost(writing, same) if same and same[0] is row else []
    await _tell(writing, lost)
    done = Consequences()
    since = fact.since or writing.at.date()
    for number, found in (await signed_since(writing.session, {each.number for each in lost}, since)).items():
        told = SignedUnderNone(number=number, of_its_licence=True, since=since, reason=fact.why, **found._asdict())
        done += await establish(writing, told)
    return done


async def _tell(writing: Writing, lost: Sequence[Appointment]) -> None:
    """Who is left is asked where an appointment that has not ended is lost."""
    left = [each for each in lost if each.ended_from is None]
    if left:
        await tell_of_loss(writing, {each.role for each in left}, without={each.number for each in left})


async def _lost(writing: Writing, gone: Sequence[CertificateRow]) -> list[Appointment]:
    """The appointments that stand on these certificates, and on no other one that counts today; ended ones as well."""
    kinds = {each.type for each in gone} & {kind.value for kind in LicenceKind}
    query = select(AppointmentRow).where(
        col(AppointmentRow.kind).in_(sorted(kinds)),
        col(AppointmentRow.approved).is_(True),
    )
    rows = [
        row
        for row in (await writing.session.exec(query.order_by(col(AppointmentRow.number)))).all()
        if any(stands_on(row, each) for each in gone)
    ]
    ids, today = {each.certificate_id for each in gone}, writing.at.date()
    lost = []
    for each in await with_papers(writing.session, rows, {}):
        left = tuple(paper for paper in each.papers if paper.certificate_id not in ids)
        other = each.model_copy(update={"papers": left})
        if not left or fault_of_papers(other, Signing(roles=frozenset({Role(each.role)})), today):
            lost.append(each)
    return lost
