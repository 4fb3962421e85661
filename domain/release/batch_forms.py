"""Process E: every form of a batch's disposition (domain specification, section 8)."""

from domain.batch.analysis_forms import CertificateOfAnalysis, OwnTesting
from domain.batch.departure import DepartureAssessment, DepartureFiling
from domain.batch.deviation import BatchChange, DeviationAcceptance, DeviationClosure, DeviationReport
from domain.batch.disposition import BatchCancellation, Redirection, RejectionAnswer, SiteDisposition
from domain.batch.hold import HoldPlacement, HoldReview, LiftConfirmation, LiftProposal, LongHoldReview
from domain.batch.manufacture import ManufactureEnd, ManufactureStart, ParameterReport
from domain.batch.manufacture_correction import ManufactureCorrection, ManufactureCorrectionConfirmation
from domain.batch.market_judgement import MarketCoJudgement, MarketJudgement
from domain.batch.oos import OosInvestigation, OosLaboratoryPhase, OosOwnLaboratoryPhase, OosReport
from domain.batch.oos_review import DiscountConfirmation, InvalidationReview, RawDataComparison, ResamplingDecision
from domain.batch.package import BatchPackage, Completeness, RecordProvision, RecordRequest
from domain.batch.reclassification import DeviationReclassification
from domain.batch.request import BatchRegistration
from domain.batch.retest import ExtensionRequest, ExtensionSignature, Retest
from domain.batch.review import ProcessReview, RecordReview, ResultsReview
from domain.batch.working_again import ReworkApproval, ReworkAssessment
from domain.core.forms import Forms
from domain.delivery.quarantine import QuarantineApproval, QuarantineConfirmation
from domain.release.at_risk_use import AtRiskApproval, AtRiskProposal
from domain.release.certification import QcuApproval, QpCertification
from domain.release.field_alert import FieldAlertAssessment
from domain.release.further_processing import PartialConfirmation, ProcessingRelease, ReleaseWithdrawal
from domain.release.gate_exception import ExceptionRegulatorySignature, ExceptionRequest, ExceptionSignature
from domain.release.recall import RecallClosure, RecallPlan
from domain.release.rejection_correction import CorrectionConfirmation, CorrectionCounterSignature
from domain.release.release_review import LaterFinding, ReleaseReview
from domain.release.tranche import FurtherApproval, FurtherCertification

BATCH_FORMS = Forms(
    BatchRegistration,
    BatchCancellation,
    ManufactureStart,
    ParameterReport,
    ManufactureEnd,
    ManufactureCorrection,
    ManufactureCorrectionConfirmation,
    Retest,
    ExtensionRequest,
    ExtensionSignature,
    CertificateOfAnalysis,
    OwnTesting,
    HoldPlacement,
    LiftProposal,
    LiftConfirmation,
    HoldReview,
    LongHoldReview,
    MarketJudgement,
    MarketCoJudgement,
    LaterFinding,
    ReleaseReview,
    RecallPlan,
    RecallClosure,
    ExceptionRequest,
    ExceptionSignature,
    ExceptionRegulatorySignature,
    CorrectionConfirmation,
    CorrectionCounterSignature,
    DeviationReport,
    DeviationClosure,
    DepartureAssessment,
    DepartureFiling,
    DeviationAcceptance,
    DeviationReclassification,
    OosReport,
    OosLaboratoryPhase,
    OosOwnLaboratoryPhase,
    RawDataComparison,
    InvalidationReview,
    ResamplingDecision,
    OosInvestigation,
    DiscountConfirmation,
    BatchChange,
    SiteDisposition,
    RejectionAnswer,
    BatchPackage,
    Completeness,
    RecordRequest,
    RecordProvision,
    ResultsReview,
    RecordReview,
    ProcessReview,
    Redirection,
    QuarantineApproval,
    QuarantineConfirmation,
    QpCertification,
    QcuApproval,
    FurtherCertification,
    FurtherApproval,
    ProcessingRelease,
    PartialConfirmation,
    ReleaseWithdrawal,
    AtRiskProposal,
    AtRiskApproval,
    ReworkAssessment,
    ReworkApproval,
)
"""Beside these, `FieldAlertAssessment` is used here as in a suspension."""

FORMS_OF_A_BATCH = BATCH_FORMS + Forms(FieldAlertAssessment)
