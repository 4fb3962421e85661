"""Appointments as they stand in a transaction, each with the certificates on record of its licence."""

from collections.abc import Collection, Iterable, Mapping, Sequence

from sqlalchemy import ColumnElement
from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.appointment.appointment import LicenceKind
from domain.appointment.reliance import Appointment, Paper
from domain.core.names import name_key
from domain.core.people import Role
from domain.site.certificate import Certificate, CertificateStatus
from domain.site.site import Activity
from records.appointment.tables import AppointmentRow
from records.core.tables.master_data import ScopeRow, SiteRow
from records.site.tables import CertificateRow

LICENSED = (LicenceKind.MIA.value, LicenceKind.MIA_IMP.value, LicenceKind.WDA.value)
"""Licences of which certificates are kept."""


async def appointments_of(
    session: AsyncSession, persons: Collection[str], roles: Collection[Role]
) -> list[Appointment]:
    """Every appointment of people for some roles that was not sent back, as it is now."""
    return await _with_places(
        session, col(AppointmentRow.person_id).in_(sorted(persons)), roles, col(AppointmentRow.approved).is_not(False)
    )


async def appointments_in_role(session: AsyncSession, roles: Collection[Role]) -> list[Appointment]:
    """Every approved appointment for some roles, of anybody, as it is now."""
    return await _with_places(session, col(AppointmentRow.approved).is_(True), roles)


async def _with_places(
    session: AsyncSession, condition: ColumnElement[bool], roles: Collection[Role], *more: ColumnElement[bool]
) -> list[Appointment]:
    query = (
        select(AppointmentRow, SiteRow.country)
        .outerjoin(SiteRow, col(SiteRow.site_id) == col(AppointmentRow.licence_site))
        .where(condition, col(AppointmentRow.role).in_(sorted(roles)), *more)
        .order_by(col(AppointmentRow.number))
    )
    found = (await session.exec(query.execution_options(populate_existing=True))).all()
    return await with_papers(session, [row for row, _ in found], {row.number: country for row, country in found})


async def with_papers(
    session: AsyncSession, rows: Iterable[AppointmentRow], countries: Mapping[str, str | None]
) -> list[Appointment]:
    """Appointments with the certificates of their licences. `countries` are those of the licences' sites, by number."""
    rows = list(rows)
    licensed = [row for row in rows if row.kind in LICENSED]
    papers = await papers_of(session, ((row.licence_site, row.licence) for row in licensed)) if licensed else ()
    forms = await _forms_of(session, {each.scope_id for each in papers})
    return [_appointment(row, countries.get(row.number), papers, forms) for row in rows]


async def _forms_of(session: AsyncSession, scope_ids: Collection[str]) -> Mapping[str, str | None]:
    """The dosage forms of the scopes for which certificates were confirmed."""
    if not scope_ids:
        return {}
    query = select(ScopeRow.scope_id, ScopeRow.dosage_form).where(col(ScopeRow.scope_id).in_(sorted(scope_ids)))
    return dict((await session.exec(query)).all())


async def papers_of(session: AsyncSession, licences: Iterable[tuple[str | None, str]]) -> Sequence[CertificateRow]:
    """The authorisations on record at the sites of some licences, as they are now, the oldest first.

    A licence is a site and a number. Of one without a site these are all that bear its number, wherever.
    """
    named = [*licences]
    sites = sorted({site for site, _ in named if site is not None})
    same = await _bearing(session, {name_key(number) for site, number in named if site is None})
    query = select(CertificateRow).where(
        col(CertificateRow.type).in_(LICENSED),
        or_(col(CertificateRow.site_id).in_(sites), col(CertificateRow.certificate_id).in_(same)),
    )
    query = query.order_by(col(CertificateRow.serial)).execution_options(populate_existing=True)
    return (await session.exec(query)).all()


async def _bearing(session: AsyncSession, keys: Collection[str]) -> list[str]:
    """Ids of the authorisations that bear one of some numbers; read without the rest of them."""
    if not keys:
        return []
    query = select(CertificateRow.certificate_id, CertificateRow.number).where(col(CertificateRow.type).in_(LICENSED))
    return sorted(each for each, number in (await session.exec(query)).all() if name_key(number) in keys)


def _appointment(
    row: AppointmentRow,
    country: str | None,
    papers: Sequence[CertificateRow],
    forms: Mapping[str, str | None],
) -> Appointment:
    return Appointment(
        number=row.number,
        person=row.person_id,
        role=Role(row.role),
        kind=LicenceKind(row.kind),
        licence=row.licence,
        holder=row.holder,
        acts_for=row.acts_for,
        acts_by=row.acts_by,
        licence_site=row.licence_site,
        country=country,
        markets=tuple(row.markets),
        sites=tuple(row.sites),
        products=tuple(row.products),
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        approved=row.approved is True,
        ended_from=row.ended_from,
        papers=tuple(_paper(each, forms.get(each.scope_id)) for each in papers if stands_on(row, each)),
    )


def stands_on(row: AppointmentRow, paper: CertificateRow) -> bool:
    """Whether an appointment stands on a certificate: the one that it names, and whatever bears its number."""
    named = row.certificate_id is not None and row.certificate_id == paper.certificate_id
    return named or is_of(paper, row.licence_site, LicenceKind(row.kind), row.licence)


def is_of(paper: CertificateRow, site_id: str | None, kind: LicenceKind, number: str) -> bool:
    """Whether a certificate on record is that of a licence. One of no site on record is known by its number alone."""
    same = name_key(paper.number) == name_key(number)
    return site_id in (None, paper.site_id) and paper.type == kind.value and same


def _paper(row: CertificateRow, dosage_form: str | None) -> Paper:
    certificate = Certificate(
        status=CertificateStatus(row.status),
        valid_to=row.valid_to,
        register_checked_on=row.register_checked_on,
        scope_confirmed_by=row.scope_confirmed_by,
        confirmed_activity=Activity(row.confirmed_activity) if row.confirmed_activity is not None else None,
    )
    return Paper(certificate_id=row.certificate_id, certificate=certificate, dosage_form=dosage_form)
