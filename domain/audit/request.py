"""Asking for an audit, with or without a cause (domain specification, section 6)."""

from collections.abc import Iterable
from datetime import date
from enum import StrEnum

from pydantic import Field

from domain.core.document import Documents
from domain.core.forms import Action, Decision, Form, Meaning, Process, Value
from domain.core.names import name_key
from domain.core.people import SPONSOR_QA_ROLES, Role
from domain.core.refusals import Code, Refused, broken
from domain.core.text import Batches, Identifier, ShortText, Text


class AuditType(StrEnum):
    """Why an audit is held."""

    QUALIFICATION = "QUALIFICATION"
    SCHEDULED = "SCHEDULED"
    FOR_CAUSE = "FOR_CAUSE"
    FOLLOW_UP = "FOLLOW_UP"


class TriggerReason(StrEnum):
    """The kind of cause behind a for-cause audit."""

    DI_BREACH = "DI_BREACH"
    CRITICAL_DEVIATION = "CRITICAL_DEVIATION"
    REPEAT_DEVIATION = "REPEAT_DEVIATION"
    OOS_TREND = "OOS_TREND"
    COMPLAINT = "COMPLAINT"
    RECALL = "RECALL"
    REG_ACTION = "REG_ACTION"
    WHISTLEBLOW = "WHISTLEBLOW"
    UNAPPROVED_CHANGE = "UNAPPROVED_CHANGE"
    UNAPPROVED_SUBCONTRACTING = "UNAPPROVED_SUBCONTRACTING"
    OTHER = "OTHER"


class ForCauseTrigger(Value):
    """What happened that makes an audit necessary."""

    reason: TriggerReason = Field(examples=[TriggerReason.DI_BREACH])
    """Kind of cause."""
    reference: ShortText = Field(examples=["HOTLINE-2026-017"])
    """Number of the deviation, complaint or hotline call. It identifies the trigger: one number, one audit."""
    description: Text = Field(examples=["A caller reports deleted HPLC injections in the QC laboratory."])
    """What is known so far."""
    evidence: Documents = ()
    """Documents that show it."""
    affected_batches: Batches = ()
    """Numbers of the batches that may be concerned."""


class AuditRequest(Form):
    """Request an audit of a site. A for-cause audit needs a trigger, a follow-up audit the audit it follows."""

    action = Action(Process.AUDIT, "request", "Request an audit", SPONSOR_QA_ROLES, starts=True)

    type: AuditType = Field(examples=[AuditType.SCHEDULED])
    """Kind of audit. Any sponsor QA role may request FOR_CAUSE; the others need SUPPLIER_QUALITY or QA_APPROVER."""
    site_id: Identifier = Field(examples=["VM-02"])
    """The site to audit."""
    scope_ids: tuple[Identifier, ...] = Field(min_length=1, max_length=100, examples=[["SC-1"]])
    """The scopes (activity and product class) to audit at that site."""
    trigger: ForCauseTrigger | None = None
    """Required for FOR_CAUSE, absent otherwise."""
    follows: Identifier | None = Field(default=None, examples=["AUD-1"])
    """Required for FOLLOW_UP: the audit whose CAPAs are verified; absent otherwise."""
    due_on: date | None = Field(default=None, examples=["2026-04-03"])
    """Day by which the audit must have taken place."""


class ForCauseDecision(Decision):
    """Accept or decline a for-cause audit. Declining is a signed record as well."""

    yes_protects = True
    takes_effect_alone = True
    action = Action(
        Process.AUDIT,
        "decide",
        "Decide on the for-cause audit",
        frozenset({Role.HEAD_QA}),
        clock="fc.decision",
        meaning=Meaning.APPROVED,
        unchecked="HEAD_QA judges the trigger, which was checked with the request",
    )

    accept: bool = Field(examples=[True])
    """Whether the audit takes place."""
    reason: Text = Field(examples=["The allegation concerns data that released batches rely on."])
    """Why."""

    def approves(self) -> bool:
        return self.accept


def requesters(audit_type: AuditType) -> frozenset[Role]:
    """Who may request an audit of that type: any sponsor QA role for cause, quality owners otherwise (section 6)."""
    if audit_type is AuditType.FOR_CAUSE:
        return SPONSOR_QA_ROLES
    return frozenset({Role.SUPPLIER_QUALITY, Role.QA_APPROVER})


def refuse_unless_requestable(request: AuditRequest, roles: Iterable[Role]) -> None:
    """Raise `Refused` when the role may not request this type, or trigger and type do not fit (section 6)."""
    allowed = requesters(request.type)
    if not allowed & frozenset(roles):
        raise Refused(
            Code.WRONG_ROLE,
            f"A {request.type} audit is requested by one of the roles {', '.join(sorted(allowed))}.",
            rule="roles",
        )
    faults: dict[str, str] = {}
    for field, given, needed_for in (
        ("trigger", request.trigger is not None, AuditType.FOR_CAUSE),
        ("follows", request.follows is not None, AuditType.FOLLOW_UP),
    ):
        if given != (request.type is needed_for):
            faults[field] = f"is given exactly for {needed_for} audits"
    if faults:
        raise broken("audit.request", "The request does not fit its type.", **faults)


def trigger_key(trigger: ForCauseTrigger) -> str:
    """The identity of a trigger: its reference, however it is written and however the cause was classified."""
    return name_key(trigger.reference)
