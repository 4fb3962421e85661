"""Field alerts on distributed batches (21 CFR 314.81(b)(1); domain specification, sections 5 and 8)."""

from datetime import date

from pydantic import Field

from domain.core.document import Documents
from domain.core.forms import Action, Form, Meaning, Process
from domain.core.people import Role
from domain.core.refusals import broken
from domain.core.text import Text


class FieldAlertAssessment(Form):
    """Assess whether a field alert is filed: three working days from the information, not from its confirmation."""

    action = Action(
        Process.STATUS,
        "assess-field-alert",
        "Assess a field alert",
        frozenset({Role.REG_AFFAIRS}),
        clock="far.assess",
        meaning=Meaning.REVIEWED,
        also=frozenset({Process.BATCH}),
    )

    file: bool = Field(examples=[False])
    """Whether a field alert is filed."""
    filed_on: date | None = None
    """Day on which it was filed; required when it is filed, not in the future."""
    rationale: Text = Field(examples=["The results in question concern a test that is not in the US application."])
    """Why."""
    evidence: Documents = ()
    """The alert, or what the assessment rests on."""


def refuse_unless_filed(assessment: FieldAlertAssessment, *, today: date) -> None:
    """Raise `Refused` when the day of filing does not fit."""
    filed_on = assessment.filed_on
    if assessment.file != (filed_on is not None) or (filed_on is not None and filed_on > today):
        fault = {"filed_on": f"is given exactly for an alert that is filed, not after {today}"}
        raise broken("far.assess", "A field alert is filed on a day.", **fault)
