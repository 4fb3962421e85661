"""G3 to G5: certificates, audits, and what is critical at a scope."""

from collections.abc import Sequence

from sqlmodel import col, select

from domain.audit.capa import SETTLED as SETTLED_CAPAS
from domain.audit.finding import SETTLED as SETTLED_FINDINGS
from domain.audit.finding import Severity
from domain.audit.report import Recommendation
from domain.batch.gate_facts import AuditFacts, CertificateFacts, CriticalFacts
from domain.core.days import add_months, counted
from domain.release.site_gates import certificate_types
from domain.site.certificate import CertificateStatus, CertificateType
from domain.site.site import Activity, is_api_for_eu
from records.asl.statements import statement_in_force
from records.audit.intervals import months_between_audits, next_audit
from records.audit.tables.audits import AuditRow, CapaRow, FindingRow
from records.core.tables.cases import CaseRow
from records.core.tables.master_data import ScopeRow
from records.release.gate_evidence.context import GateContext
from records.site.certificates import certificates_for
from records.site.tables import CertificateRow

_ONCE_VERIFIED = (CertificateStatus.VERIFIED.value, CertificateStatus.SUPERSEDED.value)


async def certificates_of(context: GateContext) -> tuple[CertificateFacts, ...]:
    """The certificates and authorisations that were ever verified for the scopes used."""
    return tuple([
        _certificate(row, scope)
        for scope in context.scopes
        for row in await certificates_for(context.session, scope.scope_id)
        if row.status in _ONCE_VERIFIED and row.type in certificate_types(Activity(scope.activity))
    ])  # fmt: skip


def _certificate(row: CertificateRow, scope: ScopeRow) -> CertificateFacts:
    confirmed = row.register_checked_on is not None and row.scope_confirmed_by is not None
    return CertificateFacts(
        scope_id=row.scope_id,
        certificate_id=row.certificate_id,
        type=CertificateType(row.type),
        number=row.number,
        inspected_on=row.inspected_on,
        valid_to=row.valid_to,
        is_verified=row.status == CertificateStatus.VERIFIED.value,
        covers_activity=confirmed and row.confirmed_activity == scope.activity,
    )


async def audits_of(context: GateContext) -> tuple[AuditFacts, ...]:
    """When each scope was audited last, what was recommended, and when the next audit is due."""
    return tuple([await _audits_of(context, scope) for scope in context.scopes])


async def _audits_of(context: GateContext, scope: ScopeRow) -> AuditFacts:
    statement = await statement_in_force(context.session, scope.scope_id, context.at)
    if statement is None:
        return AuditFacts(scope_id=scope.scope_id)
    reported = await _reported(context, scope)
    full = [audit.last_day for audit in reported if audit.full_scope]
    last_day = max(filter(None, [statement.last_audit_day, *full]), default=None)
    months = months_between_audits(scope, statement, context.policy)
    due = await next_audit(context.session, scope, statement, months)
    newest = max(reported, key=lambda each: (each.last_day or context.today, each.case_id), default=None)
    bought_since = statement.last_audit_day is not None and (
        newest is None or newest.last_day is None or newest.last_day < statement.last_audit_day
    )
    limits = context.policy.limits
    for_union = is_api_for_eu([scope.activity], {context.market}) and last_day is not None
    return AuditFacts(
        scope_id=scope.scope_id,
        last_day=last_day,
        reported=newest.case_id if newest is not None and not bought_since else None,
        recommendation=Recommendation(str(newest.recommendation)) if newest is not None and not bought_since else None,
        due=due,
        justifiable_until=counted(due, limits.gate_audit_overdue_max, context.calendar) if due is not None else None,
        never_after=add_months(last_day, limits.audit_interval_months_api_for_eu) if for_union and last_day else None,
    )


async def _reported(context: GateContext, scope: ScopeRow) -> Sequence[AuditRow]:
    """The audits of a scope whose report was issued."""
    query = (
        select(AuditRow, CaseRow)
        .join(CaseRow, col(CaseRow.case_id) == col(AuditRow.case_id))
        .where(
            col(AuditRow.site_id) == scope.site_id,
            col(AuditRow.report_version).is_not(None),
            col(AuditRow.recommendation).is_not(None),
        )
        .order_by(col(CaseRow.number))
    )
    found = (await context.session.exec(query)).all()
    return [audit for audit, case in found if not case.scope_ids or scope.scope_id in case.scope_ids]


async def critical_at(context: GateContext) -> tuple[CriticalFacts, ...]:
    """Critical findings and CAPAs that are open at the scopes used; one that names no scope counts for its site."""
    findings = (
        select(FindingRow, CaseRow)
        .join(CaseRow, col(CaseRow.case_id) == col(FindingRow.case_id))
        .where(
            col(FindingRow.site_id).in_(context.sites),
            col(FindingRow.issued),
            col(FindingRow.severity) == Severity.CRITICAL.value,
            col(FindingRow.status).not_in(SETTLED_FINDINGS),
        )
        .order_by(col(FindingRow.finding_id))
    )
    capas = (
        select(CapaRow, CaseRow)
        .join(CaseRow, col(CaseRow.case_id) == col(CapaRow.capa_id))
        .where(
            col(CapaRow.site_id).in_(context.sites),
            col(CapaRow.severity) == Severity.CRITICAL.value,
            col(CapaRow.status).not_in(SETTLED_CAPAS),
        )
        .order_by(col(CaseRow.number))
    )
    found = [
        (finding.finding_id, finding.site_id, finding.status, case)
        for finding, case in (await context.session.exec(findings)).all()
    ]
    rows = (await context.session.exec(capas)).all()
    found += [(capa.capa_id, capa.site_id, capa.status, case) for capa, case in rows]
    return tuple(
        CriticalFacts(reference=reference, site_id=site_id, status=status)
        for reference, site_id, status, case in found
        if context.touches(case.scope_ids)
    )
