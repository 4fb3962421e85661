"""The manufacturing authorisations that sites have shown, for those who compare what a certificate prints."""

from collections import defaultdict
from collections.abc import Collection

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.importation.batch_certificate import ManufacturerCertificate
from domain.importation.licences import ONCE_VERIFIED, Licence, fault_of_signer
from domain.policy.reliance import SignedAs
from domain.site.certificate import OF_MANUFACTURE, CertificateStatus
from domain.site.site import Activity
from records.core.tables.master_data import SiteRow
from records.importation.tables import ImportConsignmentRow
from records.site.tables import CertificateRow


async def licences_of(session: AsyncSession, site_ids: Collection[str]) -> dict[str, tuple[Licence, ...]]:
    """Those that were ever verified, by site. One statement."""
    query = select(CertificateRow).where(
        col(CertificateRow.site_id).in_(sorted(site_ids)),
        col(CertificateRow.type).in_(sorted(OF_MANUFACTURE)),
        col(CertificateRow.status).in_(sorted(each.value for each in ONCE_VERIFIED)),
    )
    found: dict[str, list[Licence]] = defaultdict(list)
    for row in (await session.exec(query.order_by(col(CertificateRow.serial).desc()))).all():
        found[row.site_id].append(_licence(row))
    return {site_id: tuple(each) for site_id, each in found.items()}


async def imported_under_by_country(session: AsyncSession, batch_id: str) -> dict[str, tuple[Licence, ...]]:
    """The authorisations under which a batch was imported, by the country of its arrival; a country without one, too.

    Two statements. What was taken back of arrivals, or does not cover import, counts for nothing.
    """
    query = (
        select(SiteRow.country, ImportConsignmentRow.authorisation_id)
        .join(ImportConsignmentRow, col(ImportConsignmentRow.to_site_id) == col(SiteRow.site_id))
        .where(col(ImportConsignmentRow.batch_id) == batch_id, col(ImportConsignmentRow.withdrawn_at).is_(None))
        .order_by(col(ImportConsignmentRow.number))
    )
    arrived = [(country, under) for country, under in (await session.exec(query)).all() if country is not None]
    named = select(CertificateRow).where(
        col(CertificateRow.certificate_id).in_(sorted({under for _, under in arrived if under is not None})),
        col(CertificateRow.status).in_(sorted(each.value for each in ONCE_VERIFIED)),
        col(CertificateRow.import_checked_on).is_not(None),
    )
    known = {row.certificate_id: _licence(row) for row in (await session.exec(named)).all()} if arrived else {}
    found: dict[str, list[Licence]] = {country: [] for country, _ in arrived}
    for country, under in dict.fromkeys(arrived):
        if under in known:
            found[country].append(known[under])
    return {country: tuple(each) for country, each in found.items()}


def _licence(row: CertificateRow) -> Licence:
    return Licence(row.number, CertificateStatus(row.status), row.valid_to, row.stopped_on, row.stopped_until)


async def fault_of_the_signer(session: AsyncSession, form: ManufacturerCertificate) -> str | None:
    """Why nobody certifies under the number that a certificate names, by what is on record now. Two statements."""
    if form.signed_under is None:
        return None
    if form.signed_as is SignedAs.IMPORTER:
        imports = (await imported_under_by_country(session, form.batch_id)).get(form.issued_in, ())
        return fault_of_signer(form.signed_under, imports, form.issued_in, form.issued_on, imported=True)
    named = {each.site_id for each in form.sites if each.activity is not Activity.TESTING}
    query = select(SiteRow.site_id).where(
        col(SiteRow.site_id).in_(sorted(named)), col(SiteRow.country) == form.issued_in
    )
    known = await licences_of(session, (await session.exec(query)).all())
    of_all = [licence for each in known.values() for licence in each]
    return fault_of_signer(form.signed_under, of_all, form.issued_in, form.issued_on)
