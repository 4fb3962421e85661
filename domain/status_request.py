"""Asking for a change of a status on the approved supplier list (domain specification, section 5)."""

from enum import StrEnum

from pydantic import Field

from domain.asl import SuspensionScope
from domain.document import Documents
from domain.forms import Action, Form, Process
from domain.people import SPONSOR_QA_ROLES
from domain.text import Identifier, Text


class StatusKind(StrEnum):
    """What is asked for. A suspension or probation is lifted in the case that has put it into force."""

    SUSPENSION = "SUSPENSION"
    PROBATION = "PROBATION"
    DISQUALIFICATION = "DISQUALIFICATION"
    RETIREMENT = "RETIREMENT"


class StatusReason(StrEnum):
    """Why a status changes (section 5)."""

    CRITICAL_FINDING = "CRITICAL_FINDING"
    DI_BREACH = "DI_BREACH"
    NON_COMPLIANCE = "NON_COMPLIANCE"
    REGULATORY_ACTION = "REGULATORY_ACTION"
    LICENCE_LAPSED = "LICENCE_LAPSED"
    CERTIFICATE_EXPIRED = "CERTIFICATE_EXPIRED"
    AGREEMENT_LAPSED = "AGREEMENT_LAPSED"
    REQUALIFICATION_OVERDUE = "REQUALIFICATION_OVERDUE"
    NO_ANSWER = "NO_ANSWER"
    CONDITION_UNMET = "CONDITION_UNMET"
    SCORE_RED = "SCORE_RED"
    SCORE_AMBER = "SCORE_AMBER"
    REPEAT_MAJOR = "REPEAT_MAJOR"
    CAPA_LATE = "CAPA_LATE"
    SITE_EVENT = "SITE_EVENT"
    SITE_CLOSED = "SITE_CLOSED"
    BUSINESS_END = "BUSINESS_END"
    OTHER = "OTHER"


class StatusRequest(Form):
    """Propose a suspension, probation, disqualification or retirement of a site for a scope. Others decide."""

    action = Action(Process.STATUS, "request", "Propose a change of status", SPONSOR_QA_ROLES, starts=True)

    kind: StatusKind = Field(examples=[StatusKind.SUSPENSION])
    """What is proposed."""
    site_id: Identifier = Field(examples=["VM-02"])
    """The site."""
    scope_id: Identifier = Field(examples=["SC-1"])
    """The one scope of the site that it is about."""
    reason_code: StatusReason = Field(examples=[StatusReason.DI_BREACH])
    """Kind of reason."""
    narrative: Text = Field(examples=["The audit trail of the HPLC systems was switched off for months."])
    """What happened."""
    proposed_scope: SuspensionScope | None = Field(default=None, examples=[SuspensionScope.NEW_ORDERS_AND_RELEASE])
    """How far a suspension should reach; required for SUSPENSION, absent otherwise."""
    evidence: Documents = ()
    """Documents that show it."""
    source: Identifier | None = Field(default=None, examples=["AUD-3"])
    """The case that it follows from: an audit, an event, a review."""
    in_force: bool = False
    """Whether the suspension is in force already, by a rule or by a decision in the source. Set by the program only."""
