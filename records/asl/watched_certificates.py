"""The certificates of a scope as its oversight watches them (domain specification, section 5)."""

from datetime import date

from sqlmodel.ext.asyncio.session import AsyncSession

from domain.core.forms import Process
from domain.policy.policy import Policy
from domain.policy.required_documents import required_for
from domain.site.certificate import Certificate, CertificateType, Named, Watched, is_valid_on, last_to_end, line_of
from domain.site.site import Activity, ProductStage
from records.core.scopes import open_case_for
from records.core.tables.master_data import ScopeRow
from records.site.certificates import certificates_for
from records.site.tables import CertificateRow


async def watched_certificates(
    session: AsyncSession, scope: ScopeRow, policy: Policy, day: date
) -> tuple[Watched, ...]:
    """Of each type that was verified for the scope the certificate that counts for its activity and ends last.

    `day` is the day at the site, `policy` the one in force. A type of which none counts is not among them.
    """
    activity = Activity(scope.activity)
    known = [_named(row) for row in await certificates_for(session, scope.scope_id)]
    demanded = demanded_types(policy, scope)
    return tuple([
        Watched(
            type=each.type,
            certificate_id=each.certificate_id,
            valid_to=each.certificate.valid_to,
            valid=is_valid_on(each.certificate.valid_to, day),
            demanded=each.type in demanded,
            renewal_open=await _is_renewed(session, scope.scope_id, each.type),
        )
        for each in last_to_end(known, activity)
    ])  # fmt: skip


def _named(row: CertificateRow) -> Named:
    certificate = Certificate.model_validate(row, from_attributes=True)
    return Named(row.certificate_id, CertificateType(row.type), certificate)


def demanded_types(policy: Policy, scope: ScopeRow) -> frozenset[CertificateType]:
    """The types without which the policy does not let the scope be approved."""
    required = required_for(policy.document_rules, Activity(scope.activity), scope.markets, ProductStage(scope.stage))
    return frozenset(each.certificate for each in required if each.mandatory and each.certificate is not None)


async def _is_renewed(session: AsyncSession, scope_id: str, type_: CertificateType) -> bool:
    return await open_case_for(session, Process.RENEWAL, line_of(scope_id, type_)) is not None
