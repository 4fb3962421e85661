"""Field alerts on distributed batches (21 CFR 314.81(b)(1); domain specification, sections 5 and 8)."""

from collections.abc import Collection
from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from domain.core.document import Documents
from domain.core.forms import Action, Form, Meaning, Process
from domain.core.people import Role
from domain.core.refusals import broken
from domain.core.repeats import ONCE
from domain.core.text import ShortText, Text
from domain.policy.authority_report import FIELD_ALERT, AuthorityReport


class RapidAlertClass(StrEnum):
    """Classes of defects in the Union's rapid alert system."""

    CLASS_I = "CLASS_I"
    """Life-threatening, or a serious risk to health."""
    CLASS_II = "CLASS_II"
    """Could cause illness or mistreatment."""
    CLASS_III = "CLASS_III"
    """May not pose a significant hazard to health."""


class FieldAlertAssessment(Form):
    """Answer whether a field alert, or another report to an authority, is due: filed, or not due for a reason.

    It is asked of every report of the policy that may be due. The clock is the authority's and runs from the receipt of
    the information by anybody of the sponsor or its agents, not from its confirmation or review.
    """

    action = Action(
        Process.STATUS,
        "assess-field-alert",
        "Assess a field alert",
        frozenset({Role.REG_AFFAIRS}),
        clock="far.assess",
        meaning=Meaning.REVIEWED,
        also=frozenset({Process.BATCH}),
        while_on_hold=True,
    )

    report: ShortText = FIELD_ALERT
    """The report that is assessed, by its key in the policy (`authority_reports`)."""
    demands: Annotated[tuple[Annotated[int, Field(ge=1, le=10**9)], ...], Field(max_length=500), ONCE] = ()
    """Numbers of the events in the batch's journal whose information is answered for; those of the task."""
    file: bool = Field(examples=[False])
    """Whether it is filed; if not, it is not due."""
    reference: ShortText | None = Field(default=None, examples=["FAR 2025-0113-01"])
    """The number under which the authority has it; required when it is filed."""
    rapid_alert_class: RapidAlertClass | None = None
    """The class that is proposed; required where a report with a class is filed."""
    filed_on: date | None = None
    """Day on which it was filed; required when it is filed, not in the future."""
    rationale: Text = Field(examples=["The results in question concern a test that is not in the US application."])
    """Why."""
    evidence: Documents = ()
    """The alert, or what the assessment rests on."""


def refuse_unless_filed(
    assessment: FieldAlertAssessment, *, latest_day: date, row: AuthorityReport | None = None, asked: str = FIELD_ALERT
) -> None:
    """Raise `Refused` unless number, day of filing and class fit, or when another report is assessed than `asked`."""
    if assessment.report != asked:
        raise broken("far.assess", f"This task is about {asked}.", report=f"must be {asked}")
    takes_class = assessment.file and row is not None and row.proposes_class
    if takes_class != (assessment.rapid_alert_class is not None):
        fault = {"rapid_alert_class": "is given exactly for a report with a class that is filed"}
        raise broken("far.assess", "A class is proposed with the report.", **fault)
    if assessment.file != (assessment.reference is not None):
        fault = {"reference": "is given exactly for a report that is filed"}
        raise broken("far.assess", "A report that is filed has a number.", **fault)
    filed_on = assessment.filed_on
    if assessment.file != (filed_on is not None) or (filed_on is not None and filed_on > latest_day):
        fault = {"filed_on": f"is given exactly for an alert that is filed, not after {latest_day}"}
        raise broken("far.assess", "A field alert is filed on a day.", **fault)


def refuse_unless_of_the_task(assessment: FieldAlertAssessment, asked: Collection[int]) -> None:
    """Raise `Refused` unless an answer is about the very information that its task is about."""
    if set(assessment.demands) != set(asked):
        wanted = ", ".join(map(str, sorted(asked))) or "left out"
        raise broken("far.assess", "This task is about other information.", demands=f"must be {wanted}")
