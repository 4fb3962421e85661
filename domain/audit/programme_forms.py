"""Proposing and approving the audit programme of a year (domain specification, section 6)."""

from pydantic import Field

from domain.audit.programme import ProgrammeLine
from domain.core.document import RecordVersion
from domain.core.forms import Action, Decision, Form, Forms, Meaning
from domain.core.people import Role
from domain.core.record_kinds import RecordKind
from domain.core.refusals import broken
from domain.core.text import Text

READERS_OF_DRAFTS = frozenset({Role.SUPPLIER_QUALITY, Role.QA_APPROVER, Role.HEAD_QA, Role.LEAD_AUDITOR})
"""Who plans, decides and conducts."""


class ProgrammeProposal(Form):
    """Propose the audit programme of a year. Every version is kept; a later one waits for an approval of its own."""

    action = Action(
        None,
        "propose",
        "Propose the audit programme",
        frozenset({Role.SUPPLIER_QUALITY}),
        meaning=Meaning.AUTHORED,
    )

    replaces: int = Field(ge=0, le=10**6, examples=[0])
    """Number of the newest version, whose place it takes; 0 for the first of the year."""
    lines: tuple[ProgrammeLine, ...] = Field(max_length=1000)
    """Every audit of the draft; the month may be another within the grace, with a reason."""
    summary: Text = Field(examples=["The audits of June are moved to May, when both lead auditors are free."])
    """What the programme rests on, and what is done about shortages."""

    def record_version(self) -> int:
        return self.replaces + 1


class ProgrammeApproval(Decision):
    """Approve the proposed programme, or send it back."""

    action = Action(
        None,
        "approve",
        "Approve the audit programme",
        frozenset({Role.HEAD_QA}),
        meaning=Meaning.APPROVED,
        sent_to="approval",
    )

    approve: bool = Field(examples=[True])
    """Whether the programme is approved."""
    programme: RecordVersion
    """The version of the programme that was read."""
    reason: Text = Field(examples=["All audits that are due are planned within their intervals."])
    """Why."""

    def approves(self) -> bool:
        return self.approve

    def record_version(self) -> int:
        return self.programme.version


PROGRAMME = RecordKind(
    noun="programme",
    called="An audit programme",
    prefix="PRG-",
    pattern=r"\d{4}",
    example="PRG-2027",
    forms=Forms(ProgrammeProposal, ProgrammeApproval),
)


def refuse_unless_plannable_year(year: int, this_year: int) -> None:
    """Raise `Refused` unless the year is this one or the next: nothing is planned for the past, or years ahead."""
    if not this_year <= year <= this_year + 1:
        raise broken("section 6, annual programme", f"Plan {this_year} or {this_year + 1}.", year="cannot be planned")
