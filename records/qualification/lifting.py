"""Gathers what stands against lifting a status; what follows from it is decided in `domain/`."""

from sqlmodel import col, select

from domain.asl.asl import AslStatus
from domain.asl.lifting import Hindrances
from domain.audit.capa import SETTLED as SETTLED_CAPAS
from domain.audit.finding import SETTLED as SETTLED_FINDINGS
from domain.audit.finding import Severity
from domain.qualification.conditions import ConditionStatus
from domain.site.certificate import CertificateStatus
from records.agreement.in_force import agreement_in_force
from records.agreement.tables import AgreementRow
from records.asl.statements import statement_in_force
from records.asl.tables.listing import ConditionRow
from records.asl.watched_certificates import demanded_types, watched_certificates
from records.audit.outcomes import against_lifting
from records.audit.tables.audits import CapaRow, FindingRow
from records.core.lookups import Lookups
from records.core.scopes import scope_of
from records.core.tables.cases import CaseRow
from records.core.tables.master_data import ScopeRow
from records.site.tables import CertificateRow


async def hindrances(lookups: Lookups) -> Hindrances:
    """What the records hold against lifting the status of the scope that a case is about, today."""
    scope = await scope_of(lookups.session, lookups.case)
    open_audits, unacceptable = await against_lifting(lookups, scope.scope_id)
    return Hindrances(
        open_audits=open_audits,
        unacceptable_audit=unacceptable,
        critical_findings=await _critical_findings(lookups),
        critical_capas=await _critical_capas(lookups),
        expired_certificates=await _expired_certificates(lookups, scope),
        agreement_lapsed=await _has_lapsed(lookups, scope.scope_id),
        unmet_conditions=await _unmet_conditions(lookups, scope.scope_id),
        requalification_overdue=await _is_overdue(lookups, scope.scope_id),
    )


async def _critical_findings(lookups: Lookups) -> tuple[str, ...]:
    query = select(FindingRow.finding_id).where(
        col(FindingRow.site_id) == lookups.case.site_id,
        col(FindingRow.issued),
        col(FindingRow.severity) == Severity.CRITICAL.value,
        col(FindingRow.status).not_in(SETTLED_FINDINGS),
    )
    return tuple((await lookups.session.exec(query.order_by(col(FindingRow.finding_id)))).all())


async def _critical_capas(lookups: Lookups) -> tuple[str, ...]:
    query = select(CapaRow.capa_id).where(
        col(CapaRow.site_id) == lookups.case.site_id,
        col(CapaRow.severity) == Severity.CRITICAL.value,
        col(CapaRow.status).not_in(SETTLED_CAPAS),
    )
    return tuple((await lookups.session.exec(query.order_by(col(CapaRow.capa_id)))).all())


async def _expired_certificates(lookups: Lookups, scope: ScopeRow) -> tuple[str, ...]:
    """Kinds of certificates that the policy demands, of which verified ones are known and none counts and is valid."""
    policy = await lookups.writing.policy()
    watched = await watched_certificates(lookups.session, scope, policy, lookups.today)
    covered = {each.type.value for each in watched if each.valid}
    query = select(CertificateRow.type).where(
        col(CertificateRow.scope_id) == scope.scope_id,
        col(CertificateRow.type).in_(sorted(each.value for each in demanded_types(policy, scope))),
        col(CertificateRow.status) == CertificateStatus.VERIFIED.value,
    )
    return tuple(sorted(set((await lookups.session.exec(query)).all()) - covered))


async def _is_overdue(lookups: Lookups, scope_id: str) -> bool:
    """Whether the status has expired, or the requalification was not decided within its grace (`requal.grace`).

    Where the conditional approval has ended that the case itself has given, people go on in the case.
    """
    statement = await statement_in_force(lookups.session, scope_id, lookups.now)
    if statement is None:
        return False
    if statement.status == AslStatus.EXPIRED.value and statement.decided_in != lookups.case.case_id:
        return True
    due, grace = statement.next_requal_due, (await lookups.writing.policy()).clock("requal.grace").span
    return due is not None and lookups.now >= lookups.calendar.end_of(lookups.after(grace, due))


async def _has_lapsed(lookups: Lookups, scope_id: str) -> bool:
    """Whether there was an agreement and none is in force."""
    once = select(AgreementRow.case_id).where(
        col(AgreementRow.scope_id) == scope_id, col(AgreementRow.effective_from) <= lookups.today
    )
    was_effective = (await lookups.session.exec(once.limit(1))).first() is not None
    return was_effective and await agreement_in_force(lookups.session, scope_id, lookups.today) is None


async def _unmet_conditions(lookups: Lookups, scope_id: str) -> tuple[str, ...]:
    query = (
        select(ConditionRow)
        .join(CaseRow, col(CaseRow.case_id) == col(ConditionRow.case_id))
        .where(
            col(ConditionRow.scope_id) == scope_id,
            col(ConditionRow.status) != ConditionStatus.MET.value,
            col(CaseRow.closed_at).is_(None),
        )
        .order_by(col(ConditionRow.case_id), col(ConditionRow.number))
    )
    return tuple(f"{row.case_id}/{row.number}" for row in (await lookups.session.exec(query)).all())
