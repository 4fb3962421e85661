"""A review signs the figures that were shown, rates them by the rules, and proposes nothing else than these give."""

from datetime import date
from typing import Any

import pytest

from domain.asl.request import StatusReason
from domain.core.refusals import Code, Refused
from domain.oversight.review import OversightReview, QuarterFigures
from domain.oversight.review_rules import (
    Shown,
    narrative,
    proposals,
    refuse_author,
    refuse_unless_reviewed,
    suggested_review,
)
from domain.oversight.scorecard import Figures, Rating, Tally, Trend, scorecard
from tests.domain.filling import faults, filled
from tests.domain.shipped import LIMITS

TODAY = date(2027, 4, 12)
GREEN, AMBER, RED, NO_DATA = Rating
LATE = {"override_reason": "The one late CAPA was ours to verify."}


def figures(batches: int, on_time: int, **more: Any) -> QuarterFigures:
    """Of ten CAPAs so many were on time: 9 score 85.71, 8 score 57.14."""
    card = scorecard(Figures(batches=batches, capas_on_time=Tally(numerator=on_time, denominator=10)), LIMITS)
    return QuarterFigures(**dict(card), **more)


F_GREEN, F_RED, F_NONE = figures(3, 9), figures(3, 8), figures(2, 10)
F_REPEAT = figures(3, 9, repeat_majors=("FND-7-1",), late_capas=("CAPA-4",))


def said(of: QuarterFigures, earlier: tuple[Rating, ...] = ()) -> dict[str, Any]:
    """The figures that are shown, and what a person says who follows the rules."""
    due = [reason.value for reason in proposals(of.rating, of, earlier, LIMITS)]
    return {**suggested_review("2027-Q1", of, Trend.STABLE), "rating": of.rating, "consequences": due}


def wrong(of: QuarterFigures, earlier: tuple[Rating, ...] = (), **changes: Any) -> set[str]:
    form = filled(OversightReview, said(of, earlier), **changes)
    shown = Shown.model_validate(suggested_review("2027-Q1", of, Trend.STABLE))
    return faults(
        lambda: refuse_unless_reviewed(form, shown, earlier, LIMITS, today=TODAY, colleagues={"PER-1", "PER-3"})
    )


def test_the_figures_of_these_tests_are_what_they_say() -> None:
    assert [each.rating for each in (F_GREEN, F_RED, F_NONE)] == [GREEN, RED, NO_DATA]


@pytest.mark.parametrize("of", [F_GREEN, F_RED, F_NONE, F_REPEAT])
def test_a_review_that_follows_the_rules_passes(of: QuarterFigures) -> None:
    assert wrong(of) == set()


@pytest.mark.parametrize(
    ("of", "earlier", "reasons"),
    [
        (F_GREEN, (), []),
        (F_RED, (), ["SCORE_RED"]),
        (F_NONE, (AMBER, AMBER), []),
        (F_REPEAT, (), ["REPEAT_MAJOR", "CAPA_LATE"]),
    ],
)
def test_what_follows_from_the_rating_of_the_figures(
    of: QuarterFigures, earlier: tuple[Rating, ...], reasons: list[str]
) -> None:
    assert said(of, earlier)["consequences"] == reasons


@pytest.mark.parametrize(
    ("of", "changes", "paths"),
    [
        (F_GREEN, {"period": "2027-Q2"}, {"period"}),
        (F_GREEN, {"trend": "IMPROVING"}, {"trend"}),
        (F_GREEN, {"figures": F_RED.model_dump(mode="json")}, {"figures"}),
        (F_GREEN, {"rating": "AMBER"}, {"override_reason"}),
        (F_GREEN, {"rating": "AMBER", **LATE}, set()),
        (F_GREEN, LATE, {"override_reason"}),
        (F_RED, {"rating": "AMBER", **LATE}, {"consequences"}),
        (F_RED, {"rating": "AMBER", "consequences": [], **LATE}, set()),
        (F_GREEN, {"rating": "RED", **LATE}, {"consequences"}),
        (F_GREEN, {"rating": "RED", "consequences": ["SCORE_RED"], **LATE}, set()),
        (F_RED, {"consequences": []}, {"consequences"}),
        (F_RED, {"consequences": ["SCORE_RED", "SCORE_RED"]}, {"consequences"}),
        (F_GREEN, {"consequences": ["OTHER"]}, {"consequences"}),
        (F_REPEAT, {"consequences": ["REPEAT_MAJOR"]}, {"consequences"}),
        (F_NONE, {"rating": "GREEN", **LATE}, {"rating"}),
        (F_NONE, {"rating": "AMBER", **LATE}, set()),
        (F_RED, {"rating": "INSUFFICIENT_DATA", "consequences": [], **LATE}, {"rating"}),
        (F_GREEN, {"actions": [{"due": "2027-04-12"}, {"due": "2027-04-11"}]}, {"actions.1.due"}),
        (F_GREEN, {"attendees": ["PER-1", "PER-3", "PER-1", "PER-7"]}, {"attendees.2", "attendees.3"}),
    ],
)
def test_what_a_review_may_not_say(of: QuarterFigures, changes: dict[str, Any], paths: set[str]) -> None:
    assert wrong(of, **changes) == paths


def test_an_overridden_amber_counts_in_its_row() -> None:
    changes = {"rating": "AMBER", **LATE}
    assert wrong(F_GREEN, (AMBER,), **changes) == {"consequences"}
    assert wrong(F_GREEN, (AMBER,), **changes, consequences=["SCORE_AMBER"]) == set()


def test_the_author_of_a_review_does_not_approve_it_under_a_delegation_either() -> None:
    refuse_author({"PER-3"}, {"PER-1"})
    with pytest.raises(Refused) as refused:
        refuse_author({"PER-3", "PER-1"}, {"PER-1"})
    assert (refused.value.refusal.code, refused.value.refusal.rule) == (Code.SEGREGATION_OF_DUTIES, "S1")


def test_the_proposal_says_why_without_a_score() -> None:
    form = filled(OversightReview, said(F_REPEAT))
    told = narrative("OVR-1", form)
    assert told == (
        "Review OVR-1 of 2027-Q1: a finding of an earlier audit was found again; "
        "a CAPA is late by more than the policy lets pass (FND-7-1, CAPA-4)."
    )
    assert form.consequences == (StatusReason.REPEAT_MAJOR, StatusReason.CAPA_LATE)
