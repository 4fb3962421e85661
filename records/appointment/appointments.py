"""Appointments as they stand in a transaction, each with the certificates on record of its licence."""

from collections.abc import Collection, Iterable, Sequence

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.appointment.appointment import LicenceKind
from domain.appointment.reliance import Appointment, Paper
from domain.core.names import name_key
from domain.core.people import Role
from domain.site.certificate import Certificate, CertificateStatus
from domain.site.site import Activity
from records.appointment.tables import AppointmentRow
from records.site.tables import CertificateRow


async def appointments_of(
    session: AsyncSession, persons: Collection[str], roles: Collection[Role]
) -> list[Appointment]:
    """Every appointment of people for some roles that was not sent back, as it is now."""
    query = select(AppointmentRow).where(
        col(AppointmentRow.person_id).in_(sorted(persons)),
        col(AppointmentRow.role).in_(sorted(roles)),
        col(AppointmentRow.approved).is_not(False),
    )
    rows = (await session.exec(query.execution_options(populate_existing=True))).all()
    return await with_papers(session, rows)


async def appointments_in_role(session: AsyncSession, roles: Collection[Role]) -> list[Appointment]:
    """Every approved appointment for some roles, of anybody, as it is now."""
    query = select(AppointmentRow).where(
        col(AppointmentRow.role).in_(sorted(roles)), col(AppointmentRow.approved).is_(True)
    )
    rows = (await session.exec(query.execution_options(populate_existing=True))).all()
    return await with_papers(session, rows)


async def with_papers(session: AsyncSession, rows: Iterable[AppointmentRow]) -> list[Appointment]:
    """Appointments with the certificates of their licences: of the site, of the kind, with the number."""
    rows = list(rows)
    papers = await papers_at(session, {row.licence_site for row in rows if row.licence_site is not None})
    return [_appointment(row, papers) for row in rows]


async def papers_at(session: AsyncSession, site_ids: Collection[str]) -> Sequence[CertificateRow]:
    """The authorisations on record of some sites, as they are now, the oldest first."""
    kinds = [LicenceKind.MIA.value, LicenceKind.WDA.value]
    if not site_ids:
        return ()
    query = select(CertificateRow).where(
        col(CertificateRow.site_id).in_(sorted(site_ids)), col(CertificateRow.type).in_(kinds)
    )
    query = query.order_by(col(CertificateRow.serial)).execution_options(populate_existing=True)
    return (await session.exec(query)).all()


def _appointment(row: AppointmentRow, papers: Sequence[CertificateRow]) -> Appointment:
    return Appointment(
        number=row.number,
        person=row.person_id,
        role=Role(row.role),
        kind=LicenceKind(row.kind),
        licence=row.licence,
        holder=row.holder,
        licence_site=row.licence_site,
        sites=tuple(row.sites),
        products=tuple(row.products),
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        approved=row.approved is True,
        ended_from=row.ended_from,
        papers=tuple(
            _paper(each) for each in papers if is_of(each, row.licence_site, LicenceKind(row.kind), row.licence)
        ),
    )


def is_of(paper: CertificateRow, site_id: str | None, kind: LicenceKind, number: str) -> bool:
    """Whether a certificate on record is that of a licence."""
    same = name_key(paper.number) == name_key(number)
    return paper.site_id == site_id and paper.type == kind.value and same


def _paper(row: CertificateRow) -> Paper:
    certificate = Certificate(
        status=CertificateStatus(row.status),
        valid_to=row.valid_to,
        register_checked_on=row.register_checked_on,
        scope_confirmed_by=row.scope_confirmed_by,
        confirmed_activity=Activity(row.confirmed_activity) if row.confirmed_activity is not None else None,
    )
    return Paper(certificate_id=row.certificate_id, certificate=certificate)
