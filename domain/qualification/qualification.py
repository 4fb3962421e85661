"""Process A, supplier qualification: its stages and all of its forms (domain specification, section 4)."""

from enum import StrEnum

from domain.agreement.forms import (
    AgreementAnswer,
    AgreementDraft,
    QpConsultation,
    RegulatoryConsultation,
    SiteSignature,
    SponsorSignature,
)
from domain.audit.alternatives import (
    QualificationWaiver,
    QualificationWaiverDecision,
    RecommendationAgreement,
    ThirdPartyDecision,
    ThirdPartyReport,
)
from domain.core.forms import Forms
from domain.core.people import Role
from domain.qualification.conditions import ConditionalRenewal, ConditionVerification
from domain.qualification.decision import DecisionCoSignature, DecisionProposal, DecisionSignature
from domain.qualification.document_forms import DocumentReview, DocumentSubmission
from domain.qualification.questionnaire_forms import (
    OmissionDecision,
    QuestionnaireDeclaration,
    QuestionnaireHandIn,
    QuestionnaireReview,
)
from domain.qualification.request import QualificationRequest, Reopening, Withdrawal
from domain.qualification.risk_forms import RiskAssessment, RiskDecision, TierLowering
from domain.qualification.screening import Screening, ScreeningOverride
from domain.qualification.succession import SuccessionDecision


class QualificationStage(StrEnum):
    """Where a qualification stands (section 4). ON_HOLD is no stage: the case returns to the one it was held in."""

    REQUESTED = "REQUESTED"
    SCREENING = "SCREENING"
    QUESTIONNAIRE = "QUESTIONNAIRE"
    DOCUMENT_REVIEW = "DOCUMENT_REVIEW"
    RISK_ASSESSMENT = "RISK_ASSESSMENT"
    AUDIT = "AUDIT"
    AUDIT_WAIVER_REVIEW = "AUDIT_WAIVER_REVIEW"
    CAPA_PLAN = "CAPA_PLAN"
    QTA = "QTA"
    DECISION = "DECISION"
    APPROVED = "APPROVED"
    CONDITIONALLY_APPROVED = "CONDITIONALLY_APPROVED"
    REJECTED = "REJECTED"
    WITHDRAWN = "WITHDRAWN"


QUALIFICATION_FORMS = Forms(
    QualificationRequest,
    Reopening,
    SuccessionDecision,
    Screening,
    ScreeningOverride,
    QuestionnaireHandIn,
    QuestionnaireDeclaration,
    QuestionnaireReview,
    OmissionDecision,
    DocumentSubmission,
    DocumentReview,
    RiskAssessment,
    RiskDecision,
    TierLowering,
    QualificationWaiver,
    QualificationWaiverDecision,
    ThirdPartyReport,
    ThirdPartyDecision,
    RecommendationAgreement,
    AgreementDraft,
    AgreementAnswer,
    RegulatoryConsultation,
    QpConsultation,
    SponsorSignature,
    SiteSignature,
    DecisionProposal,
    DecisionSignature,
    DecisionCoSignature,
    ConditionVerification,
    ConditionalRenewal,
    Withdrawal,
)

OWNER_ACTIONS = frozenset(
    form.action.name
    for form in QUALIFICATION_FORMS
    if Role.SUPPLIER_QUALITY in form.action.by and Role.HEAD_QA not in form.action.by and not form.action.starts
)
"""What supplier quality does in a case; whoever did one of these does not sign the decision (S3)."""
