"""Process E: every form of a batch's disposition (domain specification, section 8)."""

from domain.batch.deviations.departure import DepartureAssessment, DepartureFiling
from domain.batch.deviations.deviation import BatchChange, DeviationAcceptance, DeviationClosure, DeviationReport
from domain.batch.deviations.reclassification import DeviationReclassification
from domain.batch.deviations.working_again import ReworkApproval, ReworkAssessment
from domain.batch.disposition import BatchCancellation, Redirection, RejectionAnswer, SiteDisposition
from domain.batch.holds.hold import HoldPlacement, HoldReview, LiftConfirmation, LiftProposal, LongHoldReview
from domain.batch.holds.market_judgement import MarketCoJudgement, MarketJudgement
from domain.batch.making.manufacture import ManufactureEnd, ManufactureStart, ParameterReport
from domain.batch.making.manufacture_correction import ManufactureCorrection, ManufactureCorrectionConfirmation
from domain.batch.making.package import BatchPackage, Completeness, RecordProvision, RecordRequest
from domain.batch.making.request import BatchRegistration
from domain.batch.making.retest import ExtensionRequest, ExtensionSignature, Retest
from domain.batch.results.analysis_forms import CertificateOfAnalysis, OwnTesting
from domain.batch.results.comparison import ResultComparison
from domain.batch.results.oos import OosInvestigation, OosLaboratoryPhase, OosOwnLaboratoryPhase, OosReport
from domain.batch.results.oos_review import (
    DiscountConfirmation,
    InvalidationReview,
    RawDataComparison,
    ResamplingDecision,
)
from domain.batch.review import ProcessReview, RecordReview, ResultsReview
from domain.core.forms import Forms
from domain.delivery.quarantine import QuarantineApproval, QuarantineConfirmation
from domain.release.at_risk_use import AtRiskApproval, AtRiskProposal
from domain.release.certification import MarketRelease, QcuApproval, QpCertification
from domain.release.field_alert import FieldAlertAssessment
from domain.release.further_processing import PartialConfirmation, ProcessingRelease, ReleaseWithdrawal
from domain.release.gate_exception import ExceptionRegulatorySignature, ExceptionRequest, ExceptionSignature
from domain.release.green_light import GreenLight, GreenLightWithdrawal
from domain.release.recall import RecallClosure, RecallPlan
from domain.release.rejection_correction import CorrectionConfirmation, CorrectionCounterSignature
from domain.release.release_review import LaterFinding, ReleaseReview
from domain.release.supply_exception import (
    SupplyProposal,
    SupplyQualitySignature,
    SupplyRegulatorySignature,
    SupplySignature,
    SupplyWithdrawal,
)
from domain.release.tranche import (
    FurtherApproval,
    FurtherCertification,
    FurtherConfirmation,
    FurtherMarketRelease,
    FurtherProcessing,
)

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
    SupplyProposal,
    SupplyQualitySignature,
    SupplySignature,
    SupplyRegulatorySignature,
    SupplyWithdrawal,
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
    ResultComparison,
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
    MarketRelease,
    FurtherCertification,
    FurtherApproval,
    FurtherMarketRelease,
    FurtherProcessing,
    FurtherConfirmation,
    ProcessingRelease,
    PartialConfirmation,
    ReleaseWithdrawal,
    GreenLight,
    GreenLightWithdrawal,
    AtRiskProposal,
    AtRiskApproval,
    ReworkAssessment,
    ReworkApproval,
)
"""Beside these, `FieldAlertAssessment` is used here as in a suspension."""

FORMS_OF_A_BATCH = BATCH_FORMS + Forms(FieldAlertAssessment)
