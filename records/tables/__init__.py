"""Tables. The journal and its helpers first, then the projections that are made from it."""

from records.tables.agreement import AgreementRow
from records.tables.analysis import AnalysisReportRow, AnalysisRow, SpecificationRow
from records.tables.audit_programme import AuditProgrammeRow
from records.tables.audits import AuditRow, CapaRow, FindingRow
from records.tables.batches import (
    BatchChangeRow,
    BatchDeviationRow,
    BatchMarketRow,
    BatchParentRow,
    BatchRow,
    BatchUseRow,
    HoldRow,
    OosRow,
    ParameterResultRow,
    ReviewDemandRow,
)
from records.tables.calendar_feeds import CalendarFeedRow
from records.tables.cases import CaseRow, ParticipantRow, RecordRow, RungRow, TaskRoleRow, TaskRow
from records.tables.certificates import CertificateRow
from records.tables.changes import ChangeRow
from records.tables.documents import CaseDocumentRow
from records.tables.exchanges import ExchangeConcernRow, ExchangeItemRow, ExchangeRoundRow, ExchangeRow
from records.tables.inspections import InspectionRow
from records.tables.journal import (
    AccountRow,
    CommandRow,
    CounterRow,
    EventRow,
    OutboxRow,
    SignatureTokenRow,
    StreamRow,
)
from records.tables.listing import AslRow, ConditionRow
from records.tables.master_data import (
    CalendarRow,
    DelegationRow,
    DocumentRow,
    PersonRoleRow,
    PersonRow,
    PolicyRow,
    ScopeRow,
    SiteRow,
    SupplierRow,
    WebhookRow,
    WebhookSecretRow,
)
from records.tables.oversight import OversightRow
from records.tables.parameters import ParameterSetRow
from records.tables.qualification import QualificationRow
from records.tables.questionnaires import AnswerRow, QuestionnaireRow, QuestionnaireTemplateRow
from records.tables.registers import RegisterExtractRow
from records.tables.release import GateExceptionRow, ReleaseReviewRow
from records.tables.risk import RiskAssessmentRow
from records.tables.scorecards import ScorecardRow
from records.tables.shipments import QuarantineArrangementRow, ShipmentRow
from records.tables.site_events import SiteEventRow
from records.tables.status import SuspensionRow

__all__ = [
    "JOURNAL",
    "SECRETS",
    "AccountRow",
    "AgreementRow",
    "AnalysisReportRow",
    "AnalysisRow",
    "AnswerRow",
    "AslRow",
    "AuditProgrammeRow",
    "AuditRow",
    "BatchChangeRow",
    "BatchDeviationRow",
    "BatchMarketRow",
    "BatchParentRow",
    "BatchRow",
    "BatchUseRow",
    "CalendarFeedRow",
    "CalendarRow",
    "CapaRow",
    "CaseDocumentRow",
    "CaseRow",
    "CertificateRow",
    "ChangeRow",
    "CommandRow",
    "ConditionRow",
    "CounterRow",
    "DelegationRow",
    "DocumentRow",
    "EventRow",
    "ExchangeConcernRow",
    "ExchangeItemRow",
    "ExchangeRoundRow",
    "ExchangeRow",
    "FindingRow",
    "GateExceptionRow",
    "HoldRow",
    "InspectionRow",
    "OosRow",
    "OutboxRow",
    "OversightRow",
    "ParameterResultRow",
    "ParameterSetRow",
    "ParticipantRow",
    "PersonRoleRow",
    "PersonRow",
    "PolicyRow",
    "QualificationRow",
    "QuarantineArrangementRow",
    "QuestionnaireRow",
    "QuestionnaireTemplateRow",
    "RecordRow",
    "RegisterExtractRow",
    "ReleaseReviewRow",
    "ReviewDemandRow",
    "RiskAssessmentRow",
    "RungRow",
    "ScopeRow",
    "ScorecardRow",
    "ShipmentRow",
    "SignatureTokenRow",
    "SiteEventRow",
    "SiteRow",
    "SpecificationRow",
    "StreamRow",
    "SupplierRow",
    "SuspensionRow",
    "TaskRoleRow",
    "TaskRow",
    "WebhookRow",
    "WebhookSecretRow",
]
