"""Process E: every form of a batch's disposition (domain specification, section 8)."""

from domain.analysis_forms import CertificateOfAnalysis, OwnTesting
from domain.batch_deviation import BatchChange, DeviationAcceptance, DeviationClosure, DeviationReport
from domain.batch_disposition import BatchCancellation, Redirection, RejectionAnswer, SiteDisposition
from domain.batch_hold import HoldPlacement, HoldReview, LiftConfirmation, LiftProposal, LongHoldReview
from domain.batch_manufacture import ManufactureEnd, ManufactureStart, ParameterReport
from domain.batch_oos import OosInvestigation, OosLaboratoryPhase, OosReport
from domain.batch_package import BatchPackage, Completeness, RecordProvision, RecordRequest
from domain.batch_request import BatchRegistration
from domain.batch_review import ProcessReview, RecordReview, ResultsReview
from domain.certification import QcuApproval, QpCertification
from domain.field_alert import FieldAlertAssessment
from domain.forms import Forms
from domain.gate_exception import ExceptionRegulatorySignature, ExceptionRequest, ExceptionSignature
from domain.quarantine import QuarantineApproval, QuarantineConfirmation
from domain.recall import RecallClosure, RecallPlan
from domain.rejection_correction import CorrectionConfirmation, CorrectionCounterSignature
from domain.release_review import LaterFinding, ReleaseReview

BATCH_FORMS = Forms(
    BatchRegistration,
    BatchCancellation,
    ManufactureStart,
    ParameterReport,
    ManufactureEnd,
    CertificateOfAnalysis,
    OwnTesting,
    HoldPlacement,
    LiftProposal,
    LiftConfirmation,
    HoldReview,
    LongHoldReview,
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
    DeviationAcceptance,
    OosReport,
    OosLaboratoryPhase,
    OosInvestigation,
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
)
"""Beside these, `FieldAlertAssessment` is used here as in a suspension."""

FORMS_OF_A_BATCH = BATCH_FORMS + Forms(FieldAlertAssessment)
