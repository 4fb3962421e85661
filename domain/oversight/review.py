"""The quarterly review of a site and scope: figures, rating, actions, proposals (domain specification, section 5)."""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from domain.asl.request import StatusReason
from domain.core.attestations import Known
from domain.core.document import RecordVersion
from domain.core.forms import Action, Decision, Form, Forms, Meaning, Process, Value
from domain.core.people import Role
from domain.core.text import Identifier, Names, ShortText, Text
from domain.oversight.scorecard import Metric, Rating, Trend


class ReviewStage(StrEnum):
    """Where a review stands."""

    REVIEW = "REVIEW"
    APPROVAL = "APPROVAL"
    CLOSED = "CLOSED"
    WITHDRAWN = "WITHDRAWN"
    """The site is not used for the scope any more."""


class ReviewRequest(Form):
    """Review a quarter of a site and scope that is over. Each quarter is reviewed once."""

    action = Action(
        Process.REVIEW, "request", "Review a quarter", frozenset({Role.SUPPLIER_QUALITY, Role.SYSTEM}), starts=True
    )

    site_id: Identifier = Field(examples=["VM-02"])
    """The site."""
    scope_id: Identifier = Field(examples=["SC-1"])
    """The scope of the site that is reviewed."""
    first_day: date = Field(examples=["2027-01-01"])
    """First day of the quarter: in January, April, July or October."""


class QuarterFigures(Value):
    """What the records say of the quarter when the review is asked for."""

    batches: int = Field(ge=0, examples=[4])
    """Batches made."""
    metrics: tuple[Metric, ...] = Field(max_length=20, examples=[[]])
    """What was measured, with its scores and weights."""
    score: Decimal | None = Field(examples=["91.25"])
    """0 to 100 with two decimals; null without enough data."""
    rating: Rating = Field(examples=[Rating.GREEN])
    """What the score gives."""
    open_capas: Names = ()
    """Ids of CAPAs that are not over."""
    late_capas: Names = ()
    """Ids of CAPAs that were late by more than the policy lets pass."""
    findings: Names = ()
    """Ids of findings that were issued in the quarter."""
    repeat_majors: Names = ()
    """Ids of those that repeat earlier ones and are MAJOR at least."""
    events: Names = ()
    """Events that were received in the quarter: id, type and severity."""


class ReviewAction(Value):
    """What the review has agreed on."""

    text: Text = Field(examples=["Visit the QC laboratory with the site's head of QC."])
    """What will be done."""
    owner: ShortText = Field(examples=["PER-1"])
    """Who does it: a person id or a name."""
    due: date = Field(examples=["2027-12-31"])
    """Until when."""


class OversightReview(Form):
    """Review the quarter: what it has come to, what follows from it, and who was there."""

    action = Action(
        Process.REVIEW,
        "review",
        "Review the quarter",
        frozenset({Role.SUPPLIER_QUALITY}),
        clock="oversight.review",
        meaning=Meaning.AUTHORED,
    )

    period: Annotated[str, Field(pattern=r"^\d{4}-Q[1-4]$")] = Field(examples=["2027-Q1"])
    """The quarter."""
    figures: Annotated[QuarterFigures, Known("computed by the program; it cannot be changed")]
    """What was reviewed, as suggested with the task. It is signed with the review and cannot be changed."""
    rating: Rating = Field(examples=[Rating.GREEN])
    """The rating: that of the figures, or another with a reason."""
    override_reason: Text | None = None
    """Required for another rating than that of the figures: why."""
    trend: Annotated[Trend, Known("computed by the program; it cannot be changed")] = Field(examples=[Trend.STABLE])
    """How the score compares with the quarter before, as suggested."""
    consequences: tuple[StatusReason, ...] = Field(default=(), max_length=10)
    """Why probation is proposed once the review is approved: what the rules give for this rating, and nothing else."""
    actions: tuple[ReviewAction, ...] = Field(default=(), max_length=50)
    """What else was agreed on."""
    attendees: tuple[Identifier, ...] = Field(min_length=1, max_length=50, examples=[["PER-1"]])
    """Ids of the people of the sponsor who took part."""
    summary: Text = Field(examples=["The site delivers as agreed; the open CAPAs are on schedule."])
    """What the review has come to, in words."""


class ReviewApproval(Decision):
    """Approve the review, or send it back. Approved, the quarter is judged and what follows from it is proposed."""

    action = Action(
        Process.REVIEW,
        "approve",
        "Approve the review",
        frozenset({Role.QA_APPROVER, Role.HEAD_QA}),
        clock="oversight.review",
        meaning=Meaning.APPROVED,
    )

    approve: bool = Field(examples=[True])
    """Whether the review is approved."""
    review: RecordVersion
    """The version of the review that was read."""
    reason: Text = Field(examples=["Rating and actions fit what the quarter has shown."])
    """Why."""

    def approves(self) -> bool:
        return self.approve


REVIEW_FORMS = Forms(ReviewRequest, OversightReview, ReviewApproval)
