"""The quarterly review of a site and scope: figures, rating, actions, proposals (domain specification, section 5)."""

from collections.abc import Collection, Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from domain.document import RecordVersion
from domain.forms import Action, Decision, Form, Forms, Meaning, Process, Value
from domain.people import Role
from domain.policy import Limits
from domain.refusals import Code, Refused, broken
from domain.scorecard import Metric, Rating, Trend, consequences
from domain.status_request import StatusReason
from domain.text import Identifier, Names, ShortText, Text


class ReviewStage(StrEnum):
    """Where a review stands."""

    REVIEW = "REVIEW"
    APPROVAL = "APPROVAL"
    CLOSED = "CLOSED"


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
    figures: QuarterFigures
    """What was reviewed, as suggested with the task. It is signed with the review and cannot be changed."""
    rating: Rating = Field(examples=[Rating.GREEN])
    """The rating: that of the figures, or another with a reason."""
    override_reason: Text | None = None
    """Required for another rating than that of the figures: why."""
    trend: Trend = Field(examples=[Trend.STABLE])
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

_NOT_AS_SHOWN = "is not what the records say; take it over from the task"
_CAUTIOUS = (Rating.AMBER, Rating.RED)


class Shown(BaseModel):
    """What was shown with the task of a review and cannot be changed in it."""

    model_config = ConfigDict(frozen=True)

    period: str
    figures: QuarterFigures
    trend: Trend


def suggested_review(
    period: str, figures: QuarterFigures, trend: Trend, earlier: Sequence[Rating], limits: Limits
) -> dict[str, JsonValue]:
    """Prefill of a review: the figures, their rating, the trend, and what follows. `earlier` is newest first."""
    return {
        "period": period,
        "figures": figures.model_dump(mode="json"),
        "rating": figures.rating.value,
        "trend": trend.value,
        "consequences": [reason.value for reason in proposals(figures.rating, figures, earlier, limits)],
    }


def proposals(
    rating: Rating, figures: QuarterFigures, earlier: Sequence[Rating], limits: Limits
) -> tuple[StatusReason, ...]:
    """Why a quarter with this rating leads to a proposal of probation (`domain.scorecard.consequences`)."""
    return consequences(rating, earlier, limits, repeat_majors=figures.repeat_majors, late_capas=figures.late_capas)


def refuse_unless_reviewed(
    form: OversightReview,
    shown: Shown,
    earlier: Sequence[Rating],
    limits: Limits,
    *,
    today: date,
    colleagues: Collection[str],
) -> None:
    """Raise `Refused` with every fault of a review (section 5).

    `colleagues` are the ids of the sponsor's people.
    """
    faults = {
        name: _NOT_AS_SHOWN for name in ("period", "figures", "trend") if getattr(form, name) != getattr(shown, name)
    }
    faults |= _rating_faults(form, shown.figures.rating)
    due = proposals(form.rating, shown.figures, earlier, limits)
    if set(form.consequences) != set(due) or len(form.consequences) != len(due):
        faults["consequences"] = f"must be {', '.join(due) or 'empty'} for {form.rating}"
    for index, action in enumerate(form.actions):
        if action.due < today:
            faults[f"actions.{index}.due"] = "is in the past"
    for index, person in enumerate(form.attendees):
        if person not in colleagues:
            faults[f"attendees.{index}"] = "is nobody of the sponsor"
        elif person in form.attendees[:index]:
            faults[f"attendees.{index}"] = "is named twice"
    if faults:
        raise broken("section 5, oversight review", "The review breaks a rule.", **faults)


def _rating_faults(form: OversightReview, computed: Rating) -> dict[str, str]:
    """Another rating needs a reason; too little data is no reason for a good one, nor for hiding a bad one [V20]."""
    if form.rating is computed:
        return {"override_reason": "nothing is overridden"} if form.override_reason is not None else {}
    if form.rating is Rating.INSUFFICIENT_DATA:
        return {"rating": f"there is data enough for {computed}"}
    if computed is Rating.INSUFFICIENT_DATA and form.rating not in _CAUTIOUS:
        return {"rating": "too little was seen of the quarter for this rating"}
    return {} if form.override_reason is not None else {"override_reason": f"say why it is not {computed}"}


def refuse_author(persons: Collection[str], authors: Collection[str]) -> None:
    """Raise `Refused` if the author of the review approves it (S1). Delegators count as authors (S11)."""
    if set(persons) & set(authors):
        raise Refused(Code.SEGREGATION_OF_DUTIES, "You have written this review; another person decides.", rule="S1")


_WHY = {
    StatusReason.SCORE_RED: "the quarter is rated RED",
    StatusReason.SCORE_AMBER: "quarters in a row are rated AMBER",
    StatusReason.REPEAT_MAJOR: "a finding of an earlier audit was found again",
    StatusReason.CAPA_LATE: "a CAPA is late by more than the policy lets pass",
}


def narrative(review_id: str, form: OversightReview) -> str:
    """What the proposal of probation says, without figures."""
    found = [*form.figures.repeat_majors, *form.figures.late_capas]
    named = f" ({', '.join(found)})" if found else ""
    reasons = "; ".join(_WHY[reason] for reason in form.consequences if reason in _WHY)
    return f"Review {review_id} of {form.period}: {reasons}{named}."[:4000]
