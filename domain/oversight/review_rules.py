"""The rules of the quarterly review: what is shown, what may be said of it, and what follows (section 5)."""

from collections.abc import Collection, Sequence
from datetime import date

from pydantic import BaseModel, ConfigDict, JsonValue

from domain.asl.request import StatusReason
from domain.core.refusals import Code, Refused, broken
from domain.oversight.review import OversightReview, QuarterFigures
from domain.oversight.scorecard import Rating, Trend, consequences
from domain.policy.limits import Limits

_NOT_AS_SHOWN = "is not what the records say; take it over from the task"
_CAUTIOUS = (Rating.AMBER, Rating.RED)


class Shown(BaseModel):
    """What was shown with the task of a review and cannot be changed in it."""

    model_config = ConfigDict(frozen=True)

    period: str
    figures: QuarterFigures
    trend: Trend


def suggested_review(period: str, figures: QuarterFigures, trend: Trend) -> dict[str, JsonValue]:
    """Prefill of a review: the figures and the trend. The rating, and so what follows, is left open."""
    return {"period": period, "figures": figures.model_dump(mode="json"), "trend": trend.value}


def proposals(
    rating: Rating, figures: QuarterFigures, earlier: Sequence[Rating], limits: Limits
) -> tuple[StatusReason, ...]:
    """Why a quarter with this rating leads to a proposal of probation (`domain.oversight.scorecard.consequences`)."""
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
