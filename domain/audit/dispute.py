"""Disputing a finding (domain specification, section 6)."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from pydantic import Field, JsonValue

from domain.audit.finding import FindingStatus, Severity, needs_response, refuse_unless_open
from domain.core.document import Documents, Evidence
from domain.core.forms import Action, Audience, Decision, Form, Meaning, Process
from domain.core.people import Role
from domain.core.refusals import Code, Refused, broken
from domain.core.text import Text


class FindingDispute(Form):
    """Dispute a finding, with evidence. The clocks of the other findings go on; containment stays due."""

    action = Action(
        Process.AUDIT,
        "dispute",
        "Dispute a finding",
        frozenset({Role.CDMO_QA}),
        meaning=Meaning.AUTHORED,
        audience=Audience.SHARED,
    )

    finding_no: int = Field(ge=1, examples=[1])
    """Number of the finding in the report."""
    grounds: Text = Field(examples=["The calibration was extended by an approved deviation before expiry."])
    """Why the finding or its severity is wrong."""
    evidence: Evidence
    """Documents that show it; at least one."""


class DisputeVerdict(StrEnum):
    """What becomes of a disputed finding."""

    UPHELD = "UPHELD"
    RECLASSIFIED = "RECLASSIFIED"
    WITHDRAWN = "WITHDRAWN"


class DisputeDecision(Decision):
    """Judge a dispute. UPHELD means that the finding stands, and is signed as a rejection of the dispute."""

    action = Action(
        Process.AUDIT,
        "judge-dispute",
        "Judge the dispute",
        frozenset({Role.QA_APPROVER}),
        clock="audit.dispute.decide",
        meaning=Meaning.APPROVED,
        audience=Audience.SHARED,
    )

    finding_no: int = Field(ge=1, examples=[1])
    """Number of the disputed finding."""
    verdict: DisputeVerdict = Field(examples=[DisputeVerdict.UPHELD])
    """UPHELD: the finding stands. RECLASSIFIED: it has another severity. WITHDRAWN: it falls away."""
    severity: Severity | None = None
    """Required for RECLASSIFIED: the new severity; absent otherwise."""
    reason: Text = Field(examples=["The deviation was approved after the calibration had expired."])
    """Why."""
    new_evidence: Documents = ()
    """Evidence that was not known to the audit; required to raise the severity."""

    def approves(self) -> bool:
        return self.verdict is not DisputeVerdict.UPHELD


def refuse_unless_disputable(
    dispute: FindingDispute, statuses: Mapping[int, FindingStatus], *, now: datetime, until: datetime
) -> None:
    """Raise `Refused` when the window is over or the finding is not open to dispute (section 6).

    `until` is the last instant of the window (policy key `audit.dispute`). A finding is disputed once at most.
    """
    if now > until:
        raise Refused(
            Code.NOT_OPEN, "The time to dispute findings is over.", rule="audit.dispute", when=until.isoformat()
        )
    refuse_unless_open(dispute.finding_no, dict(statuses), (FindingStatus.ISSUED, FindingStatus.RESPONDED))


def refuse_unless_judgeable(decision: DisputeDecision, disputed: Mapping[int, Severity]) -> None:
    """Raise `Refused` unless the decision fits a disputed finding; severity rises only on new evidence (section 10)."""
    current = disputed.get(decision.finding_no)
    if current is None:
        raise broken("audit.dispute", "This finding is not disputed.", finding_no="is not disputed")
    reclassifies = decision.verdict is DisputeVerdict.RECLASSIFIED
    if reclassifies != (decision.severity is not None):
        raise broken(
            "audit.dispute", "The severity does not fit the verdict.", severity="is given exactly with RECLASSIFIED"
        )
    if decision.severity is current:
        raise broken("audit.dispute", "Nothing would change.", severity=f"is {current} already")
    if decision.severity is not None and decision.severity.rank < current.rank and not decision.new_evidence:
        raise broken(
            "audit.dispute",
            "Severity may not rise in a dispute without new evidence.",
            new_evidence="is required to raise the severity",
        )


def status_after(verdict: DisputeVerdict) -> FindingStatus:
    """The state of a finding once its dispute is judged."""
    return {
        DisputeVerdict.UPHELD: FindingStatus.CONFIRMED,
        DisputeVerdict.RECLASSIFIED: FindingStatus.RECLASSIFIED,
        DisputeVerdict.WITHDRAWN: FindingStatus.WITHDRAWN,
    }[verdict]


def falls_away(decision: DisputeDecision) -> bool:
    """Whether no answer and no CAPA is owed any more: the finding is withdrawn, or only a recommendation is left."""
    withdrawn = decision.verdict is DisputeVerdict.WITHDRAWN
    return withdrawn or (decision.severity is not None and not needs_response(decision.severity))


def suggested_judgement(finding_no: int) -> dict[str, JsonValue]:
    """Prefill of the decision on a dispute: which finding."""
    return {"finding_no": finding_no}
