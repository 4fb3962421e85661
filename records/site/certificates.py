"""The certificates of a scope, and which of them is verified in the place of which."""

from collections.abc import Sequence
from datetime import date

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.site.certificate import CertificateData, CertificateEntry, CertificateStatus, valid_until
from records.core.identities import next_id
from records.site.tables import CertificateRow


async def certificates_for(session: AsyncSession, scope_id: str) -> Sequence[CertificateRow]:
    """All certificates that were shown for a scope, the first one first."""
    query = select(CertificateRow).where(col(CertificateRow.scope_id) == scope_id)
    return (await session.exec(query.order_by(col(CertificateRow.serial)))).all()


async def verified_in_place_of(session: AsyncSession, row: CertificateRow) -> CertificateRow | None:
    """What is verified now of the certificates that took the place of one another, the given one among them."""
    line, size = {row.certificate_id}, 0
    known = await certificates_for(session, row.scope_id)
    while len(line) > size:
        size = len(line)
        for each in known:
            if each.replaces is not None and line & {each.certificate_id, each.replaces}:
                line |= {each.certificate_id, each.replaces}
    verified = [each for each in known if each.certificate_id in line and _counts(each)]
    return verified[-1] if verified else None


def _counts(row: CertificateRow) -> bool:
    """One whose scope text lacks the activity is in nobody's place."""
    return row.status == CertificateStatus.VERIFIED.value and row.confirmed_activity is not None


async def entered(
    session: AsyncSession, certificate: CertificateData, before: CertificateRow | None, *, gmp_years: int, today: date
) -> CertificateEntry:
    """A certificate as it is entered. Once verified it replaces what is verified in the line of the one before."""
    replaced = await verified_in_place_of(session, before) if before is not None else None
    return CertificateEntry(
        certificate_id=await next_id(session, "CERT"),
        valid_to=valid_until(certificate, gmp_years=gmp_years, today=today),
        replaces=replaced.certificate_id if replaced is not None else None,
    )
