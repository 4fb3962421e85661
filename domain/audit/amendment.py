"""Amending an issued report after a dispute has changed a finding (domain specification, section 20)."""

from typing import Annotated

from pydantic import Field

from domain.audit.outcome import Recommendation
from domain.core.attestations import Known
from domain.core.document import RecordVersion
from domain.core.forms import Action, Audience, Decision, Form, Meaning, Process
from domain.core.people import Role
from domain.core.refusals import broken
from domain.core.text import Text


class ReportAmendment(Form):
    """Amend the issued report: a finding has another severity by a dispute, or has fallen away."""

    action = Action(
        Process.AUDIT,
        "amend-report",
        "Amend the audit report",
        frozenset({Role.LEAD_AUDITOR}),
        clock="audit.report.amend",
        meaning=Meaning.AUTHORED,
        audience=Audience.SHARED,
    )

    judgement: RecordVersion
    """The judgement that it follows."""
    recommendation: Annotated[Recommendation, Known("the outcome by what the findings are now")]
    """The outcome of the audit as it is now."""
    summary: Text = Field(examples=["Finding 1 is withdrawn; the site works under GMP, and one major finding is left."])
    """What is amended, and the conclusion as it is now."""


class AmendmentDecision(Decision):
    """Approve the amendment, which becomes part of the report, or send it back."""

    action = Action(
        Process.AUDIT,
        "approve-amendment",
        "Approve the amendment of the report",
        frozenset({Role.QA_APPROVER}),
        clock="audit.report.approve",
        meaning=Meaning.APPROVED,
        audience=Audience.SHARED,
    )

    approve: bool = Field(examples=[True])
    """Whether the amendment is approved."""
    amendment: RecordVersion
    """The version that was read."""
    reason: Text = Field(examples=["It says what was judged."])
    """Why."""

    def approves(self) -> bool:
        return self.approve


def refuse_unless_as_judged(amendment: ReportAmendment, *, is_judged: bool, outcome: Recommendation) -> None:
    """Raise `Refused` unless an amendment follows a judgement of the case and says what the audit has come to."""
    faults: dict[str, str] = {}
    if not is_judged:
        faults["judgement"] = "is no judgement of this audit"
    if amendment.recommendation is not outcome:
        faults["recommendation"] = f"is {outcome} by what the findings are now"
    if faults:
        raise broken("section 20", "The amendment is not what was judged.", **faults)
