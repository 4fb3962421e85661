"""What is known of a scope when its risk is scored, in a qualification or outside one."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.audit.finding import FindingStatus, Severity
from domain.core.forms import Process
from domain.event.site_event import AuthorityOutcome, EventType, RiskFact, adverse_fact
from domain.qualification.questionnaire_forms import OmissionDecision, OmissionVerdict
from domain.qualification.risk import risk_facts
from domain.qualification.risk_forms import RiskAssessment, RiskSituation
from domain.qualification.screening import Screening
from domain.site.site import Activity
from records.audit.tables.audits import AuditRow, FindingRow
from records.core.case_records import CaseRecords
from records.core.tables.cases import CaseRow, RecordRow
from records.core.tables.master_data import ScopeRow
from records.event.tables import SiteEventRow
from records.inspection.tables import InspectionRow
from records.qualification.tables.risk import RiskAssessmentRow

_OVER = (FindingStatus.WITHDRAWN.value, FindingStatus.CLOSED.value)


async def situation_of(session: AsyncSession, case: CaseRow, scope: ScopeRow) -> RiskSituation:
    """The facts that set the floor of a tier, and what of the site is not known.

    Outside a qualification the screening and the questionnaire are those of the scope's last one. What authorities have
    done since the screening counts as it would have there.
    """
    source = await _screened_case(session, case, scope)
    records = CaseRecords(session, source) if source is not None else None
    screening = next(iter(await records.rows(Screening)), None) if records else None
    omission = await records.latest(OmissionDecision) if records else None
    told = [*(screening.effect.get("facts", ()) if screening else ())]
    return RiskSituation(
        activity=Activity(scope.activity),
        facts=risk_facts(
            [*told, *await _adverse_facts(session, scope, screening.at if screening else None)],
            open_critical_finding=await _has_critical_finding(session, case.site_id),
        ),
        is_known=await _is_audited(session, case.site_id),
        is_silent=omission is not None and omission.verdict is OmissionVerdict.GO_ON,
    )


async def approved_assessment(session: AsyncSession, scope_id: str) -> RiskAssessment | None:
    """The assessment that gave a scope its tier; `None` if none was approved yet."""
    query = (
        select(RecordRow.form)
        .join(
            RiskAssessmentRow,
            (col(RiskAssessmentRow.case_id) == col(RecordRow.case_id))
            & (col(RiskAssessmentRow.version) == col(RecordRow.version)),
        )
        .where(
            col(RecordRow.action) == RiskAssessment.action.name,
            col(RiskAssessmentRow.scope_id) == scope_id,
            col(RiskAssessmentRow.approved_at).is_not(None),
        )
        .order_by(col(RiskAssessmentRow.approved_at).desc(), col(RiskAssessmentRow.case_id).desc())
    )
    form = (await session.exec(query.limit(1))).first()
    return RiskAssessment.stored(form) if form is not None else None


async def _screened_case(session: AsyncSession, case: CaseRow, scope: ScopeRow) -> CaseRow | None:
    """The qualification whose screening counts: the case itself, else the last one of the scope that had one."""
    if case.process == Process.QUALIFICATION.value:
        return case
    query = (
        select(CaseRow)
        .join(RecordRow, col(RecordRow.case_id) == col(CaseRow.case_id))
        .where(
            col(CaseRow.site_id) == scope.site_id,
            col(CaseRow.process) == Process.QUALIFICATION.value,
            col(CaseRow.trigger) == scope.scope_id,
            col(RecordRow.action) == Screening.action.name,
        )
        .order_by(col(CaseRow.number).desc())
    )
    return (await session.exec(query.limit(1))).first()


async def _adverse_facts(session: AsyncSession, scope: ScopeRow, since: datetime | None) -> Sequence[RiskFact]:
    """What events and inspections have told of acts of authorities against the scope since its screening."""
    query = select(SiteEventRow).where(col(SiteEventRow.site_id) == scope.site_id)
    if since is not None:
        query = query.where(col(SiteEventRow.received_at) > since)
    facts = await _facts_of_inspections(session, scope, since)
    for row in (await session.exec(query.order_by(col(SiteEventRow.received_at)))).all():
        outcome = AuthorityOutcome(row.authority_outcome) if row.authority_outcome else None
        fact = adverse_fact(EventType(row.type), outcome)
        if fact is not None and scope.scope_id in row.scope_ids:
            facts.append(fact)
    return facts


async def _facts_of_inspections(session: AsyncSession, scope: ScopeRow, since: datetime | None) -> list[RiskFact]:
    query = select(InspectionRow).where(col(InspectionRow.site_id) == scope.site_id)
    facts: list[RiskFact] = []
    for row in (await session.exec(query.order_by(col(InspectionRow.told_at)))).all():
        told = [
            (row.outcome_at, EventType.INSPECTION_OUTCOME, AuthorityOutcome(row.outcome) if row.outcome else None),
            (row.warned_at, EventType.WARNING_LETTER, None),
        ]
        for at, type_, outcome in told:
            fact = adverse_fact(type_, outcome)
            counts = at is not None and (since is None or at > since)
            if fact is not None and counts and scope.scope_id in row.scope_ids:
                facts.append(fact)
    return facts


async def _is_audited(session: AsyncSession, site_id: str) -> bool:
    audit = select(AuditRow.case_id).where(col(AuditRow.site_id) == site_id, col(AuditRow.report_version).is_not(None))
    return (await session.exec(audit.limit(1))).first() is not None


async def _has_critical_finding(session: AsyncSession, site_id: str) -> bool:
    finding = select(FindingRow.finding_id).where(
        col(FindingRow.site_id) == site_id,
        col(FindingRow.issued),
        col(FindingRow.severity) == Severity.CRITICAL.value,
        col(FindingRow.status).not_in(_OVER),
    )
    return (await session.exec(finding.limit(1))).first() is not None
