"""Gathers what a decision on a qualification rests on; what follows from it is decided in `domain/`."""

from collections.abc import Sequence
from datetime import date

from sqlmodel import col, select

from domain.audit.alternatives import (
    QualificationWaiverDecision,
    RecommendationAgreement,
    ThirdPartyDecision,
    ThirdPartyReport,
)
from domain.audit.finding import FindingStatus, Severity
from domain.audit.waiver import waiver_holds
from domain.core.forms import Process
from domain.policy.market_rule import MarketRule, declares_substances
from domain.qualification.conditions import ConditionStatus
from domain.qualification.decision import QualificationOutcome
from domain.qualification.evidence import AuditedFinding, QualificationEvidence
from domain.qualification.questionnaire_drafts import QuestionnaireState
from domain.qualification.request import QualificationKind
from domain.site.site import RiskTier
from records.agreement.in_force import agreement_in_force
from records.asl.tables.listing import ConditionRow
from records.audit.outcomes import stated_outcome
from records.audit.tables.audits import AuditRow, FindingRow
from records.core.case_records import CaseRecords
from records.core.scopes import scope_of
from records.core.tables.cases import CaseRow
from records.qualification.tables.qualification import QualificationRow
from records.qualification.tables.questionnaires import QuestionnaireRow
from records.qualification.tables.risk import RiskAssessmentRow

_SETTLED = (QuestionnaireState.ACCEPTED.value, QuestionnaireState.OMITTED.value)


async def evidence_of(
    case_records: CaseRecords, *, documents_missing: Sequence[str], today: date, rows: Sequence[MarketRule]
) -> QualificationEvidence:
    """What the records hold on a case. `today` is the day at the site, on which the documents are missing.

    `rows` are those of the markets in the policy in force.
    """
    session, case = case_records.session, case_records.case
    row = await session.get_one(QualificationRow, case.case_id)
    evidence = QualificationEvidence(
        kind=QualificationKind(row.kind),
        questionnaire_settled=await _is_questionnaire_settled(case_records, row),
        documents_missing=tuple(documents_missing),
        tier_approved=await _has_approved_tier(case_records),
        agreement_effective=await agreement_in_force(session, row.scope_id, today) is not None,
        conditions_open=await _open_conditions(case_records),
        was_conditional=row.decision == QualificationOutcome.CONDITIONALLY_APPROVED.value,
    )
    evidence = evidence.model_copy(update=await _assurance(case_records))
    if evidence.waived_until is None:
        return evidence
    scope = await scope_of(session, case)
    holds = waiver_holds(
        evidence.waived_until,
        today=today,
        tier=scope.risk_tier or RiskTier.CRITICAL,
        api_for_eu=declares_substances(rows, [scope.activity], scope.markets),
    )
    return evidence.model_copy(update={"waiver_holds": holds})


async def _is_questionnaire_settled(case_records: CaseRecords, row: QualificationRow) -> bool:
    if row.kind == QualificationKind.OWNERSHIP_CHANGE.value:
        return True
    questionnaire = await case_records.session.get(QuestionnaireRow, row.case_id)
    return questionnaire is not None and questionnaire.state in _SETTLED


async def _has_approved_tier(case_records: CaseRecords) -> bool:
    query = select(RiskAssessmentRow.status).where(
        col(RiskAssessmentRow.case_id) == case_records.case.case_id, col(RiskAssessmentRow.status) != "REJECTED"
    )
    newest = (await case_records.session.exec(query.order_by(col(RiskAssessmentRow.version).desc()).limit(1))).first()
    return newest == "APPROVED"


async def _open_conditions(case_records: CaseRecords) -> tuple[int, ...]:
    query = select(ConditionRow.number).where(
        col(ConditionRow.case_id) == case_records.case.case_id, col(ConditionRow.status) != ConditionStatus.MET.value
    )
    return tuple((await case_records.session.exec(query.order_by(col(ConditionRow.number)))).all())


async def _assurance(case_records: CaseRecords) -> dict[str, object]:
    """What the newest of audit, waiver and bought report says."""
    waiver = (await case_records.rows(QualificationWaiverDecision))[:1]
    if waiver and "expires_on" in waiver[0].effect:
        return {"waived_until": date.fromisoformat(str(waiver[0].effect["expires_on"]))}
    agreement = await case_records.latest(RecommendationAgreement)
    agreed = {"recommendation_agreed": agreement is not None and agreement.agree}
    accepted = await case_records.latest(ThirdPartyDecision)
    if accepted is not None and accepted.accept:
        report = await case_records.the(ThirdPartyReport)
        return {"recommendation": report.recommendation, "last_day": report.audited_to, **agreed}
    query = (
        select(AuditRow)
        .join(CaseRow, col(CaseRow.case_id) == col(AuditRow.case_id))
        .where(
            col(CaseRow.owner) == case_records.case.case_id,
            col(CaseRow.process) == Process.AUDIT.value,
            col(AuditRow.report_version).is_not(None),
        )
        .order_by(col(CaseRow.number).desc())
    )
    audit = (await case_records.session.exec(query.limit(1))).first()
    if audit is None:
        return {}
    return {
        "recommendation": stated_outcome(audit),
        "last_day": audit.last_day if audit.full_scope else None,
        "findings": await _findings(case_records, audit.case_id),
        **agreed,
    }


async def _findings(case_records: CaseRecords, audit_id: str) -> tuple[AuditedFinding, ...]:
    query = select(FindingRow).where(col(FindingRow.case_id) == audit_id).order_by(col(FindingRow.number))
    return tuple(
        AuditedFinding(finding_id=row.finding_id, severity=Severity(row.severity), status=FindingStatus(row.status))
        for row in (await case_records.session.exec(query)).all()
    )
