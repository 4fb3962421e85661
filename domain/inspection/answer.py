"""What follows from an inspection: the answer to the authority, a warning letter, the sponsor's review (section 10)."""

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from domain.audit.request import AuditRequest, AuditType, ForCauseTrigger, TriggerReason
from domain.core.attestations import Known
from domain.core.document import DocumentReference, RecordVersion
from domain.core.forms import Action, Audience, Form, Forms, Meaning, Process
from domain.core.people import Role
from domain.core.refusals import broken
from domain.core.text import Batches, Names, ShortText, Text
from domain.inspection.inspection import (
    InspectionCancellation,
    InspectionNotice,
    InspectionOutcome,
    InspectionOutcomeBySponsor,
    InspectionStart,
    InspectionStartBySponsor,
)


class AnswerTo(StrEnum):
    """What of the authority is answered."""

    OBSERVATIONS = "OBSERVATIONS"
    WARNING_LETTER = "WARNING_LETTER"

    @property
    def clock(self) -> str:
        """Policy key of the time for the answer: 15 business days after receipt."""
        letter = self is AnswerTo.WARNING_LETTER
        return "inspection.answer.warning_letter" if letter else "inspection.answer.form_483"


class AnswerDates(BaseModel):
    """When an answer is due at the authority, by its days, and its draft at the sponsor, by those of the site."""

    model_config = ConfigDict(frozen=True)

    answers: AnswerTo
    since: date
    """Day on which the site got what it answers."""
    answer_due: date
    draft_due: date


class WarningLetter(Form):
    """Tell of a warning letter that follows the inspection. What it demands is opened at once.

    A letter that comes after the case was closed is reported as an event at the site.
    """

    action = Action(
        Process.INSPECTION,
        "report-warning-letter",
        "Tell of a warning letter",
        frozenset({Role.CDMO_QA, Role.SUPPLIER_QUALITY}),
        audience=Audience.SHARED,
        while_on_hold=True,
    )

    received_on: date = Field(examples=["2025-01-13"])
    """Day on which the site got it. The time to answer counts from then."""
    reference: ShortText = Field(examples=["WL 320-25-41"])
    """Number of the letter."""
    summary: Text = Field(examples=["The answer to the observations on data integrity is not accepted."])
    """What the authority says."""
    letter: DocumentReference | None = None
    """Copy of the letter."""
    batches: Batches = ()
    """Numbers of the batches that may be concerned."""


class Concerned(StrEnum):
    """Which batches an outcome or a letter concerns, open or released."""

    NONE = "NONE"
    """None of ours."""
    NAMED = "NAMED"
    """Those that are named."""
    SCOPE = "SCOPE"
    """All of the scopes that were inspected."""
    SITE = "SITE"
    """All that the site makes or makes a part of."""


class OutcomeReview(Form):
    """Say what the outcome means for the sponsor. What it demands is opened with the signature, at once."""

    action = Action(
        Process.INSPECTION,
        "review-outcome",
        "Review the outcome of the inspection",
        frozenset({Role.SUPPLIER_QUALITY}),
        clock="event.triage",
        meaning=Meaning.REVIEWED,
    )

    rationale: Text = Field(examples=["Nothing was noted that concerns our products."])
    """What the outcome means, and why."""
    batch_impact: Text = Field(examples=["No batch relies on what was noted."])
    """What it means for batches that are open or released, and why."""
    concerned: Concerned | None = None
    """Which batches are concerned: open ones are held, what is released of them is reviewed, with all that comes from
    them. It is always stated; older reviews have said so in words alone, and concern none by them.
    """
    batches: Batches = ()
    """Given exactly with NAMED: their numbers, the site's or the sponsor's."""
    for_cause: bool = Field(examples=[False])
    """Whether an audit for cause is needed. If so it is requested; the head of quality decides on it."""
    site_closed: bool = Field(examples=[False])
    """Whether the authority has closed the site.

    If so its disqualification is proposed for every scope on the list, and all that the site has made is concerned.
    """


class DraftAnswer(Form):
    """Share the draft of the answer with the sponsor before it is filed."""

    action = Action(
        Process.INSPECTION,
        "share-draft",
        "Share the draft answer",
        frozenset({Role.CDMO_QA}),
        clock="inspection.answer.form_483",
        audience=Audience.SHARED,
    )

    answers: Annotated[AnswerTo, Known("what is to be answered")]
    """What is answered."""
    document: DocumentReference
    """The draft."""
    summary: Text = Field(examples=["Each observation has a cause, an action and a date."])
    """What it says."""


class DraftComments(Form):
    """Comment on the draft. The site reads the comments; what it files is its own decision."""

    action = Action(
        Process.INSPECTION,
        "comment-draft",
        "Comment on the draft answer",
        frozenset({Role.SUPPLIER_QUALITY}),
        clock="inspection.answer.form_483",
        audience=Audience.SHARED,
    )

    answers: Annotated[AnswerTo, Known("what is to be answered")]
    """What is answered."""
    draft: RecordVersion
    """The version of the draft that was read."""
    agree: bool = Field(examples=[True])
    """Whether the sponsor agrees with it."""
    comments: Text = Field(examples=["Observation 2 needs an action for the batches made so far."])
    """The comments."""


class FiledAnswer(Form):
    """Say that the answer is filed, with a copy of it."""

    action = Action(
        Process.INSPECTION,
        "file-answer",
        "File the answer to the authority",
        frozenset({Role.CDMO_QA}),
        clock="inspection.answer.form_483",
        audience=Audience.SHARED,
    )

    answers: Annotated[AnswerTo, Known("what is to be answered")]
    """What is answered."""
    filed_on: date = Field(examples=["2025-01-13"])
    """Day on which the authority got it."""
    document: DocumentReference
    """The answer as filed."""
    commitments: Names = ()
    """What the site promises in it."""


INSPECTION_FORMS = Forms(
    InspectionNotice,
    InspectionStart,
    InspectionStartBySponsor,
    InspectionCancellation,
    InspectionOutcome,
    InspectionOutcomeBySponsor,
    OutcomeReview,
    WarningLetter,
    DraftAnswer,
    DraftComments,
    FiledAnswer,
)


def refuse_unless_concerned(form: OutcomeReview) -> None:
    """Raise `Refused` unless it is stated which batches are concerned, and each of them by its number.

    A site that its authority has closed is one of which everything is concerned.
    """
    faults: dict[str, str] = {}
    if form.concerned is None:
        faults["concerned"] = f"say which batches are concerned: {', '.join(Concerned)}"
    elif form.site_closed and form.concerned is not Concerned.SITE:
        faults["concerned"] = f"is {Concerned.SITE} where the authority has closed the site"
    if bool(form.batches) != (form.concerned is Concerned.NAMED):
        faults["batches"] = f"are given exactly with {Concerned.NAMED}"
    if faults:
        raise broken("section 10, batch impact", "It is not said which batches are concerned.", **faults)


def refuse_unless_warned(form: WarningLetter, *, ended_on: date, latest_day: date) -> None:
    """Raise `Refused` for a letter from the future, or from before the end of the inspection."""
    if not ended_on <= form.received_on <= latest_day:
        fault = f"lies between the end of the inspection, {ended_on}, and today"
        raise broken("section 10", "The letter cannot have come then.", received_on=fault)


def refuse_unless_asked(answers: AnswerTo, asked: AnswerTo | None) -> None:
    """Raise `Refused` when a step of the answer speaks of another one than its task."""
    if asked is not None and answers is not asked:
        raise broken(
            "section 5, inspection", "The task is about another answer.", answers=f"the task asks about {asked}"
        )


def refuse_unless_filed(form: FiledAnswer, *, since: date, latest_day: date) -> None:
    """Raise `Refused` for an answer that was filed in the future, or before there was anything to answer."""
    if not since <= form.filed_on <= latest_day:
        fault = f"lies between {since} and today"
        raise broken("section 5, inspection", "The answer cannot have been filed then.", filed_on=fault)


def for_cause_request(
    form: OutcomeReview, notice: InspectionNotice, outcome: InspectionOutcome, scope_ids: tuple[str, ...]
) -> AuditRequest:
    """The audit that a review demands: a second one on the same inspection joins the open audit.

    Raises `Refused` if the site has no scope to audit.
    """
    if not scope_ids:
        raise broken("audit.request", "The site has no scope to audit.", for_cause="the site has no scope")
    trigger = ForCauseTrigger(
        reason=TriggerReason.REG_ACTION,
        reference=notice.reference,
        description=form.rationale,
        evidence=(outcome.report,) if outcome.report is not None else (),
        affected_batches=outcome.batches,
    )
    return AuditRequest(type=AuditType.FOR_CAUSE, site_id=notice.site_id, scope_ids=scope_ids, trigger=trigger)
