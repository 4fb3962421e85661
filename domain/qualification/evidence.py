"""What a decision on a qualification rests on, and what still stands in its way (domain specification, section 4)."""

from datetime import date

from pydantic import BaseModel, ConfigDict

from domain.audit.finding import FindingStatus, Severity
from domain.audit.outcome import Recommendation
from domain.qualification.decision import QualificationOutcome
from domain.qualification.request import QualificationKind

_PLANNED = frozenset(
    {
        FindingStatus.CAPA_ACCEPTED,
        FindingStatus.IMPLEMENTED,
        FindingStatus.VERIFIED,
        FindingStatus.CLOSED,
        FindingStatus.WITHDRAWN,
    }
)
_VERIFIED = frozenset({FindingStatus.VERIFIED, FindingStatus.CLOSED, FindingStatus.WITHDRAWN})


class AuditedFinding(BaseModel):
    """A finding of the audit that the decision rests on."""

    model_config = ConfigDict(frozen=True)

    finding_id: str
    severity: Severity
    status: FindingStatus


class QualificationEvidence(BaseModel):
    """What the records hold on a case on the day of the decision."""

    model_config = ConfigDict(frozen=True)

    kind: QualificationKind
    questionnaire_settled: bool
    """Accepted, or the head of quality decided to go on without it."""
    documents_missing: tuple[str, ...]
    """Mandatory documents that are not accepted or not valid today."""
    tier_approved: bool
    """Whether the newest risk assessment of the case that was not turned down is approved."""
    recommendation: Recommendation | None = None
    """Of the audit or the bought report; `None` if there is neither."""
    recommendation_agreed: bool = False
    """Whether the qualified person agrees with it."""
    last_day: date | None = None
    """Last day of the audit, if it counts as full scope."""
    waived_until: date | None = None
    """Last day of a waiver of the audit."""
    waiver_holds: bool = False
    """Whether it still carries a decision (`domain.audit.waiver.waiver_holds`)."""
    findings: tuple[AuditedFinding, ...] = ()
    agreement_effective: bool = False
    conditions_open: tuple[int, ...] = ()
    """Numbers of the conditions of an earlier decision in this case that are not met."""
    was_conditional: bool = False
    """Whether this case has decided CONDITIONALLY_APPROVED before."""


def obstacles(evidence: QualificationEvidence, outcome: QualificationOutcome) -> dict[str, str]:
    """What stands in the way of an outcome, by the part that is missing. A rejection is always possible (section 4)."""
    if outcome is QualificationOutcome.REJECTED:
        return {}
    found: dict[str, str] = {}
    if not evidence.questionnaire_settled:
        found["questionnaire"] = "is not accepted"
    if evidence.documents_missing:
        found["documents"] = f"are not accepted and valid: {', '.join(evidence.documents_missing)}"
    if not evidence.tier_approved:
        found["risk"] = "has an assessment that is not approved, or none"
    found |= _audit_obstacles(evidence)
    if not evidence.agreement_effective:
        found["agreement"] = "is not effective"
    if evidence.was_conditional:
        if outcome is QualificationOutcome.CONDITIONALLY_APPROVED:
            found["outcome"] = "was conditional before: renew it instead"
        elif evidence.conditions_open:
            found["conditions"] = f"are not met: {', '.join(map(str, evidence.conditions_open))}"
    elif outcome is QualificationOutcome.APPROVED and evidence.recommendation is Recommendation.CONDITIONAL:
        found["outcome"] = "is at most CONDITIONALLY_APPROVED, as the audit recommends"
    return found


def _audit_obstacles(evidence: QualificationEvidence) -> dict[str, str]:
    if evidence.kind is QualificationKind.OWNERSHIP_CHANGE:
        return {}
    if evidence.waived_until is not None:
        return {} if evidence.waiver_holds else {"audit": "was waived, but is over or not allowed at this tier"}
    if evidence.recommendation is None:
        return {"audit": "has not been reported"}
    if evidence.recommendation is Recommendation.UNACCEPTABLE:
        return {"audit": "found the site unacceptable"}
    if not evidence.recommendation_agreed:
        return {"audit": "has a recommendation that the qualified person does not agree with"}
    late = [
        finding.finding_id
        for finding in evidence.findings
        if (finding.severity is Severity.CRITICAL and finding.status not in _VERIFIED)
        or (finding.severity is Severity.MAJOR and finding.status not in _PLANNED)
    ]
    return {"capas": f"are not far enough: {', '.join(late)}"} if late else {}
