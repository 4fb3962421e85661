"""The certificates of a scope as its oversight watches them."""

from datetime import date

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.certificate import CertificateStatus
from domain.oversight_schedule import WatchedCertificate
from domain.policy import Policy
from records.tables import CertificateRow, ScopeRow


async def watched_certificates(
    session: AsyncSession, scope: ScopeRow, policy: Policy, day: date
) -> tuple[WatchedCertificate, ...]:
    """PLACEHOLDER until w3."""
    query = select(CertificateRow).where(
        col(CertificateRow.scope_id) == scope.scope_id,
        col(CertificateRow.status) == CertificateStatus.VERIFIED.value,
        col(CertificateRow.valid_to).is_not(None),
    )
    last: dict[str, CertificateRow] = {}
    for row in (await session.exec(query.order_by(col(CertificateRow.sort_valid_to)))).all():
        last[row.type] = row
    demanded = {each.certificate.value for each in policy.required_documents if each.certificate and each.mandatory}
    return tuple(
        WatchedCertificate(
            certificate_id=row.certificate_id, type=type_, valid_to=row.valid_to, demanded=type_ in demanded
        )
        for type_, row in last.items()
        if row.valid_to is not None
    )
