"""Process C, the quality audit: its stages, its clocks and all of its forms (domain specification, section 6)."""

from enum import StrEnum

from domain.audit.amendment import AmendmentDecision, ReportAmendment
from domain.audit.closure import AuditCancellation, AuditClosure, FullScopeDeclaration
from domain.audit.conduct import AuditOpening, ClosingMeeting, DailyWrapUp, EvidenceEntry, Preparation
from domain.audit.critical import AbortDecision, AuditAbort, Containment, CriticalFinding, SuspensionDecision
from domain.audit.dates import AuditNotice, CounterDecision, DateAnswer, Reschedule
from domain.audit.dispute import DisputeDecision, FindingDispute
from domain.audit.plan import AuditPlan, PlanDecision
from domain.audit.report import AuditReport, OutcomeException, ReportDecision, ReportReceipt, ReportReview
from domain.audit.request import AuditRequest, AuditType, ForCauseDecision
from domain.audit.response import AuditResponse, CouncilDecision, ResponseDecision, ResponseReview
from domain.audit.team import AuditorDeclaration, AuditorReplacement, AuditTeam
from domain.audit.waiver import AuditWaiver, WaiverDecision
from domain.core.forms import Forms
from domain.core.protection import ProtectionAcknowledgement
from domain.core.request_withdrawal import RequestWithdrawal


class AuditStage(StrEnum):
    """Where an audit stands (section 6)."""

    REQUESTED = "REQUESTED"
    PLANNED = "PLANNED"
    TEAM_ASSIGNED = "TEAM_ASSIGNED"
    NOTICED = "NOTICED"
    CONFIRMED = "CONFIRMED"
    PREPARING = "PREPARING"
    IN_PROGRESS = "IN_PROGRESS"
    CLOSING_MEETING = "CLOSING_MEETING"
    REPORT_DRAFT = "REPORT_DRAFT"
    REPORT_REVIEW = "REPORT_REVIEW"
    REPORT_ISSUED = "REPORT_ISSUED"
    RESPONSE_DUE = "RESPONSE_DUE"
    RESPONSE_REVIEW = "RESPONSE_REVIEW"
    CAPA_MONITORING = "CAPA_MONITORING"
    CLOSED = "CLOSED"
    RESCHEDULED = "RESCHEDULED"
    CANCELLED = "CANCELLED"
    WAIVED = "WAIVED"
    ABORTED = "ABORTED"
    DECLINED = "DECLINED"

    @property
    def is_final(self) -> bool:
        """Whether the case is over. An aborted audit is not: its report is still issued (section 10)."""
        return self in (AuditStage.CLOSED, AuditStage.CANCELLED, AuditStage.WAIVED, AuditStage.DECLINED)


AUDIT_FORMS = Forms(
    AuditRequest,
    ForCauseDecision,
    AuditPlan,
    PlanDecision,
    AuditWaiver,
    WaiverDecision,
    AuditTeam,
    AuditorDeclaration,
    AuditorReplacement,
    AuditNotice,
    DateAnswer,
    CounterDecision,
    Reschedule,
    Preparation,
    AuditOpening,
    EvidenceEntry,
    DailyWrapUp,
    CriticalFinding,
    SuspensionDecision,
    Containment,
    AuditAbort,
    AbortDecision,
    ProtectionAcknowledgement,
    ClosingMeeting,
    AuditReport,
    ReportReview,
    OutcomeException,
    ReportDecision,
    ReportReceipt,
    AuditResponse,
    ResponseReview,
    ResponseDecision,
    CouncilDecision,
    FindingDispute,
    DisputeDecision,
    ReportAmendment,
    AmendmentDecision,
    FullScopeDeclaration,
    AuditClosure,
    AuditCancellation,
)
"""Beside these, `RequestWithdrawal` is used here as in a status case."""

FORMS_OF_A_CASE = AUDIT_FORMS + Forms(RequestWithdrawal)


def report_clock(audit_type: AuditType) -> str:
    """Policy key of the report's clock; each type has its own (section 9)."""
    return {
        AuditType.SCHEDULED: "audit.report.scheduled",
        AuditType.FOR_CAUSE: "audit.report.for_cause",
        AuditType.QUALIFICATION: "audit.report.qualification",
        AuditType.FOLLOW_UP: "audit.report.follow_up",
    }[audit_type]


def response_clock(audit_type: AuditType) -> str:
    """Policy key of the clock for the site's response; each type has its own (section 9)."""
    return {
        AuditType.SCHEDULED: "audit.response.scheduled",
        AuditType.FOR_CAUSE: "audit.response.for_cause",
        AuditType.QUALIFICATION: "audit.response.qualification",
        AuditType.FOLLOW_UP: "audit.response.follow_up",
    }[audit_type]


def plan_clock(audit_type: AuditType) -> str:
    """Policy key of the clock for the plan."""
    return "audit.plan.for_cause" if audit_type is AuditType.FOR_CAUSE else "audit.plan"


def team_clock(audit_type: AuditType) -> str:
    """Policy key of the clock for naming the team."""
    return "audit.team.for_cause" if audit_type is AuditType.FOR_CAUSE else "audit.team"


def notice_clock(audit_type: AuditType) -> str:
    """Policy key of the clock for sending the notice."""
    return "audit.notice.for_cause" if audit_type is AuditType.FOR_CAUSE else "audit.notice"


def confirm_clock(audit_type: AuditType) -> str:
    """Policy key of the clock for the answer to the notice (section 9: for-cause 1 business day)."""
    return "audit.confirm.for_cause" if audit_type is AuditType.FOR_CAUSE else "audit.confirm"
