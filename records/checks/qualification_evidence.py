"""Gathers what a decision on a qualification rests on; what follows from it is decided in `domain/`."""

from datetime import date

from sqlmodel import col, select

from domain.asl import interval_months
from domain.audit_alternatives import (
    QualificationWaiverDecision,
    RecommendationAgreement,
    ThirdPartyDecision,
    ThirdPartyReport,
)
from domain.audit_report import Recommendation
from domain.finding import FindingStatus, Severity
from domain.forms import Process
from domain.qualification_evidence import AuditedFinding, QualificationEvidence
from domain.qualification_request import QualificationKind
from domain.questionnaire_drafts import QuestionnaireState
from records.agreements import agreement_in_force
from records.checks.facts import Facts
from records.queries.required_documents import documents_complete_on
from records.scopes import scope_of
from records.tables import (
    AuditRow,
    CaseRow,
    ConditionRow,
    FindingRow,
    QualificationRow,
    QuestionnaireRow,
    RiskAssessmentRow,
)

_SETTLED = (QuestionnaireState.ACCEPTED.value, QuestionnaireState.OMITTED.value)


async def evidence_of(facts: Facts) -> QualificationEvidence:
    """What the records hold on the case now."""
    session, case = facts.session, facts.case
    row = await session.get_one(QualificationRow, case.case_id)
    evidence = QualificationEvidence(
        kind=QualificationKind(row.kind),
        questionnaire_settled=await _is_questionnaire_settled(facts, row),
        documents_missing=tuple(await documents_complete_on(facts.writing, case, facts.today)),
        tier_approved=await _has_approved_tier(facts),
        agreement_effective=await agreement_in_force(session, row.scope_id, facts.today) is not None,
        conditions_open=await _open_conditions(facts),
        was_conditional=row.decision == "CONDITIONALLY_APPROVED",
    )
    return evidence.model_copy(update=await _assurance(facts))


async def audit_interval(facts: Facts) -> int | None:
    """Months between full-scope audits of the scope by its tier; `None` before it has one."""
    scope = await scope_of(facts.session, facts.case)
    if scope.risk_tier is None:
        return None
    return interval_months(scope.risk_tier, facts.limits, [scope.activity], scope.markets)


async def _is_questionnaire_settled(facts: Facts, row: QualificationRow) -> bool:
    if row.kind == QualificationKind.OWNERSHIP_CHANGE.value:
        return True
    questionnaire = await facts.session.get(QuestionnaireRow, row.case_id)
    return questionnaire is not None and questionnaire.state in _SETTLED


async def _has_approved_tier(facts: Facts) -> bool:
    query = select(RiskAssessmentRow.case_id).where(
        col(RiskAssessmentRow.case_id) == facts.case.case_id, col(RiskAssessmentRow.status) == "APPROVED"
    )
    return (await facts.session.exec(query.limit(1))).first() is not None


async def _open_conditions(facts: Facts) -> tuple[int, ...]:
    query = select(ConditionRow.number).where(
        col(ConditionRow.case_id) == facts.case.case_id, col(ConditionRow.status) != "MET"
    )
    return tuple((await facts.session.exec(query.order_by(col(ConditionRow.number)))).all())


async def _assurance(facts: Facts) -> dict[str, object]:
    """What the newest of audit, waiver and bought report says."""
    waiver = (await facts.rows(QualificationWaiverDecision))[:1]
    if waiver and "expires_on" in waiver[0].effect:
        return {"waived_until": date.fromisoformat(str(waiver[0].effect["expires_on"]))}
    agreement = await facts.latest(RecommendationAgreement)
    agreed = {"recommendation_agreed": agreement is not None and agreement.agree}
    accepted = await facts.latest(ThirdPartyDecision)
    if accepted is not None and accepted.accept:
        report = await facts.the(ThirdPartyReport)
        return {"recommendation": report.recommendation, "last_day": report.audited_to, **agreed}
    query = (
        select(AuditRow)
        .join(CaseRow, col(CaseRow.case_id) == col(AuditRow.case_id))
        .where(
            col(CaseRow.owner) == facts.case.case_id,
            col(CaseRow.process) == Process.AUDIT.value,
            col(AuditRow.report_version).is_not(None),
        )
        .order_by(col(CaseRow.number).desc())
    )
    audit = (await facts.session.exec(query.limit(1))).first()
    if audit is None:
        return {}
    return {
        "recommendation": Recommendation(str(audit.recommendation)),
        "last_day": audit.last_day if audit.full_scope else None,
        "findings": await _findings(facts, audit.case_id),
        **agreed,
    }


async def _findings(facts: Facts, audit_id: str) -> tuple[AuditedFinding, ...]:
    query = select(FindingRow).where(col(FindingRow.case_id) == audit_id).order_by(col(FindingRow.number))
    return tuple(
        AuditedFinding(finding_id=row.finding_id, severity=Severity(row.severity), status=FindingStatus(row.status))
        for row in (await facts.session.exec(query)).all()
    )
