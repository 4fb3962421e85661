"""Process E: every form of a batch's disposition (domain specification, section 8)."""

from domain.batch_manufacture import ManufactureEnd, ManufactureStart, ParameterReport
from domain.batch_request import BatchRegistration
from domain.certification import QcuApproval, QpCertification
from domain.forms import Forms

BATCH_FORMS = Forms(
    BatchRegistration,
    ManufactureStart,
    ParameterReport,
    ManufactureEnd,
    QpCertification,
    QcuApproval,
)
