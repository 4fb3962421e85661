"""Closing or cancelling an audit, and what it does to the audit interval (domain specification, sections 5, 6, 10)."""

from collections.abc import Sequence
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from domain.audit.capa import CapaStatus
from domain.audit.finding import FindingStatus, Severity, needs_effectiveness_check, needs_response
from domain.audit.plan import AuditMode
from domain.audit.request import AuditType
from domain.core.attestations import Attested
from domain.core.forms import Action, Audience, Form, Meaning, Process
from domain.core.people import Role
from domain.core.refusals import broken
from domain.core.text import Names, Text


class FullScopeDeclaration(Form):
    """Declare that this audit counts as full scope, so that it restarts the audit interval."""

    action = Action(
        Process.AUDIT,
        "declare-full-scope",
        "Declare the audit full scope",
        frozenset({Role.HEAD_QA}),
        meaning=Meaning.APPROVED,
        unchecked="which chapters were covered is judged by HEAD_QA from the issued report",
    )

    reason: Text = Field(examples=["All chapters of the last full audit were covered again."])
    """Why."""


class AuditClosure(Form):
    """Close the audit. Every finding is closed, or follows on as said here."""

    action = Action(
        Process.AUDIT,
        "close",
        "Close the audit",
        frozenset({Role.QA_APPROVER}),
        clock="audit.close",
        meaning=Meaning.APPROVED,
        audience=Audience.SHARED,
    )

    summary: Text = Field(examples=["All CAPAs are verified; effectiveness of two is followed up."])
    """Conclusion."""
    follow_ups: Names = ()
    """Ids of the CAPAs whose effectiveness check outlives the audit."""
    commitments_verified: Annotated[tuple[int, ...], Attested()] = Field(default=(), max_length=200)
    """Numbers of the OTHER findings that are closed on a verified commitment."""
    follow_up_audit: bool = Field(default=False)
    """Whether a follow-up audit is needed."""


class AuditCancellation(Form):
    """Cancel the audit."""

    action = Action(
        Process.AUDIT,
        "cancel",
        "Cancel the audit",
        frozenset({Role.QA_APPROVER, Role.HEAD_QA}),
        meaning=Meaning.APPROVED,
        while_on_hold=True,
        audience=Audience.SHARED,
        unchecked="an audit may be cancelled at any stage that offers it",
    )

    reason: Text = Field(examples=["The site was retired before the audit."])
    """Why; the site reads it too."""


class FindingState(BaseModel):
    """A finding when the audit is about to be closed."""

    model_config = ConfigDict(frozen=True)

    no: int
    severity: Severity
    status: FindingStatus


class CapaState(BaseModel):
    """A CAPA of this audit when it is about to be closed."""

    model_config = ConfigDict(frozen=True)

    capa_id: str
    finding_no: int
    status: CapaStatus


ENDED = (CapaStatus.CANCELLED, CapaStatus.INEFFECTIVE)
"""CAPAs that do not count: an ineffective one is replaced by another of the same finding."""
VERIFIED = (CapaStatus.VERIFIED, CapaStatus.EFFECTIVENESS_PENDING, CapaStatus.EFFECTIVE)


def pending(findings: Sequence[FindingState], capas: Sequence[CapaState]) -> tuple[str, ...]:
    """Ids of the verified CAPAs whose effectiveness is still to be shown; they must be named as follow-ups."""
    checked = {finding.no for finding in findings if needs_effectiveness_check(finding.severity)}
    return tuple(
        capa.capa_id
        for capa in capas
        if capa.status is CapaStatus.EFFECTIVENESS_PENDING
        or (capa.status is CapaStatus.VERIFIED and capa.finding_no in checked)
    )


def _is_closed(finding: FindingState, capas: Sequence[CapaState], commitments: Sequence[int]) -> bool:
    if finding.status in (FindingStatus.CLOSED, FindingStatus.WITHDRAWN) or not needs_response(finding.severity):
        return True
    if finding.severity is Severity.OTHER and finding.no in commitments:
        return True
    living = [capa for capa in capas if capa.finding_no == finding.no and capa.status not in ENDED]
    return bool(living) and all(capa.status in VERIFIED for capa in living)


def refuse_unless_closable(closure: AuditClosure, findings: Sequence[FindingState], capas: Sequence[CapaState]) -> None:
    """Raise `Refused` unless every finding is closed or provided for (section 6).

    CRITICAL and MAJOR need verified CAPAs; an OTHER finding may instead rest on a verified commitment; a CAPA whose
    effectiveness is pending must be named in `follow_ups`.
    """
    faults: dict[str, str] = {}
    severities = {finding.no: finding.severity for finding in findings}
    for index, no in enumerate(closure.commitments_verified):
        if severities.get(no) is not Severity.OTHER:
            faults[f"commitments_verified.{index}"] = "only an OTHER finding is closed on a commitment"
    still_open = [finding.no for finding in findings if not _is_closed(finding, capas, closure.commitments_verified)]
    if still_open:
        faults["commitments_verified"] = f"finding {', '.join(map(str, still_open))} is not closed"
    outliving = pending(findings, capas)
    if missing := sorted(set(outliving) - set(closure.follow_ups)):
        faults["follow_ups"] = f"must name {', '.join(missing)}: effectiveness is pending"
    for index, capa_id in enumerate(closure.follow_ups):
        if capa_id not in outliving:
            faults[f"follow_ups.{index}"] = "is no CAPA of this audit with effectiveness pending"
    if faults:
        raise broken("audit.close", "The audit cannot be closed yet.", **faults)


def restarts_interval(audit_type: AuditType, mode: AuditMode, *, declared_full_scope: bool, aborted: bool) -> bool:
    """Whether the audit interval runs anew from the last day of this audit.

    A qualification or scheduled audit on site does; any other type, and a remote or paper audit, only by declaration of
    the head of QA (sections 5 and 10). An aborted audit never does.
    """
    if aborted:
        return False
    full = audit_type in (AuditType.QUALIFICATION, AuditType.SCHEDULED) and mode in (
        AuditMode.ON_SITE,
        AuditMode.HYBRID,
    )
    return full or declared_full_scope


def suggested_closure(findings: Sequence[FindingState], capas: Sequence[CapaState]) -> dict[str, JsonValue]:
    """Prefill of the closure: the CAPAs that outlive the audit."""
    return {"follow_ups": list(pending(findings, capas))}
