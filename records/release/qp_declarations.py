"""What the records say of the makers that a declaration is to cover, and what else shows their GMP."""

from collections.abc import Sequence
from datetime import date

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.asl.asl import next_audit_due
from domain.audit.alternatives import ThirdPartyDecision, ThirdPartyReport
from domain.audit.outcome import Recommendation
from domain.core.forms import Process
from domain.release.qp_declaration import DeclaredSite, Maker
from domain.site.certificate import OF_MANUFACTURE, CertificateType
from domain.site.site import Activity
from records.asl.statements import statement_in_force
from records.audit.intervals import months_between_audits
from records.core.case_records import CaseRecords
from records.core.tables.cases import CaseRow
from records.core.tables.master_data import ScopeRow
from records.core.writing import Writing
from records.release.gate_evidence.audits import Audits, audits_at, findings_at
from records.release.gate_evidence.submitted import Submitted
from records.release.tables import DeclaredSiteRow, QpDeclarationRow
from records.site.certificates import certificates_for

_GMP = frozenset({CertificateType.GMP_CERT}) | OF_MANUFACTURE


async def maker_of(writing: Writing, covered: DeclaredSite) -> tuple[Maker, str] | None:
    """What is known of a maker and of the audit that is named for it, and its site; `None` if there is no such scope.

    Whoever states something else of the scope meanwhile waits for this entry.
    """
    session = writing.session
    scope = await session.get(ScopeRow, covered.scope_id)
    if scope is None:
        return None
    maker = Maker(activity=Activity(scope.activity), product=scope.product)
    case = await session.get(CaseRow, covered.audit_id)
    if case is None or case.site_id != scope.site_id or (case.scope_ids and scope.scope_id not in case.scope_ids):
        return maker, scope.site_id
    audits = await _audits_at(session, scope.site_id)
    audit = next((row for row, _ in audits.of_scope(scope) if row.case_id == case.case_id), None)
    if audit is not None:
        maker = maker.model_copy(
            update={
                "is_audit": True,
                "is_reported": audit.report_version is not None,
                "is_full_scope": audit.full_scope,
                "last_day": audit.last_day,
            }
        )
    elif case.process == Process.QUALIFICATION.value and (bought := await _bought(session, case)) is not None:
        maker = maker.model_copy(
            update={"is_audit": True, "is_reported": True, "is_full_scope": True, "last_day": bought.audited_to}
        )
    return await _since(writing, maker, scope, audits), scope.site_id


async def _audits_at(session: AsyncSession, site_id: str) -> Audits:
    audited = await audits_at(session, [site_id])
    submitted = await Submitted.in_cases(session, {case.case_id for _, case in audited})
    return Audits(audited, await findings_at(session, [site_id]), submitted)


async def _bought(session: AsyncSession, case: CaseRow) -> ThirdPartyReport | None:
    """The report of another auditor, if it was accepted in the place of an own audit."""
    records = CaseRecords(session, case)
    accepted = await records.latest(ThirdPartyDecision)
    return await records.the(ThirdPartyReport) if accepted is not None and accepted.accept else None


async def _since(writing: Writing, maker: Maker, scope: ScopeRow, audits: Audits) -> Maker:
    """When the next audit is due after that day, and what was found since."""
    statement = await statement_in_force(writing.session, scope.scope_id, writing.at)
    policy = await writing.policy()
    if maker.last_day is None or statement is None:
        return maker
    months = months_between_audits(scope, statement, policy)
    reports = audits.reports(scope, maker.last_day, policy.limits.majors_for_conditional)
    is_bad = any(each.recommendation is Recommendation.UNACCEPTABLE and each.verified_by is None for each in reports)
    return maker.model_copy(
        update={
            "next_due": next_audit_due(maker.last_day, months),
            "outcome": Recommendation.UNACCEPTABLE if is_bad else None,
        }
    )


async def declared_sites(session: AsyncSession, number: str) -> Sequence[DeclaredSiteRow]:
    """The makers that a declaration covers."""
    query = select(DeclaredSiteRow).where(col(DeclaredSiteRow.number) == number)
    return (await session.exec(query.order_by(col(DeclaredSiteRow.scope_id)))).all()


async def shown_otherwise(session: AsyncSession, scope_id: str, number: str, today: date) -> bool:
    """Whether a certificate that names the activity, or another declaration, shows the GMP of a scope."""
    scope = await session.get_one(ScopeRow, scope_id)
    for row in await certificates_for(session, scope_id):
        valid = row.valid_to is None or row.valid_to >= today
        if row.status == "VERIFIED" and row.type in _GMP and row.confirmed_activity == scope.activity and valid:
            return True
    query = (
        select(QpDeclarationRow.number)
        .join(DeclaredSiteRow, col(DeclaredSiteRow.number) == col(QpDeclarationRow.number))
        .where(
            col(DeclaredSiteRow.scope_id) == scope_id,
            col(QpDeclarationRow.number) != number,
            col(QpDeclarationRow.withdrawn_at).is_(None),
            col(QpDeclarationRow.valid_until) >= today,
        )
    )
    return (await session.exec(query.limit(1))).first() is not None
