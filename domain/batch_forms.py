"""Process E: every form of a batch's disposition (domain specification, section 8)."""

from domain.analysis_forms import CertificateOfAnalysis, OwnTesting
from domain.batch_deviation import BatchChange, DeviationAcceptance, DeviationClosure, DeviationReport
from domain.batch_disposition import BatchCancellation, Redirection, RejectionAnswer, SiteDisposition
from domain.batch_manufacture import ManufactureEnd, ManufactureStart, ParameterReport
from domain.batch_oos import OosInvestigation, OosLaboratoryPhase, OosReport
from domain.batch_package import BatchPackage, Completeness, RecordProvision, RecordRequest
from domain.batch_request import BatchRegistration
from domain.batch_review import ProcessReview, RecordReview, ResultsReview
from domain.certification import QcuApproval, QpCertification
from domain.forms import Forms
from domain.quarantine import QuarantineApproval, QuarantineConfirmation

BATCH_FORMS = Forms(
    BatchRegistration,
    BatchCancellation,
    ManufactureStart,
    ParameterReport,
    ManufactureEnd,
    CertificateOfAnalysis,
    OwnTesting,
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
