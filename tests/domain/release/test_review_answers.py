"""What facts leave to the review of a release, and where the question of a recall is answered."""

from typing import Any

import pytest

from domain.release.release_review import ReleaseReview
from domain.release.review_answers import (
    Leaves,
    RecallQuestion,
    Standing,
    refuse_unless_left,
    refuse_unless_recall_is_answered,
)
from tests.domain.filling import faults, filled


def stands(leaves: Leaves, *markets: str) -> Standing:
    return Standing(what="OOS-9", why="under investigation", leaves=leaves, markets=frozenset(markets))


def review(**outcomes: str) -> ReleaseReview:
    named = [{"market": market, "outcome": outcome} for market, outcome in outcomes.items()]
    return filled(ReleaseReview, demands=[7], outcomes=named)


@pytest.mark.parametrize(
    ("leaves", "outcomes", "expected"),
    [
        (Leaves.ANYTHING, {"EU": "CONFIRM", "US": "CONFIRM"}, set()),
        (Leaves.NOT_YET, {"EU": "CONFIRM", "US": "CONFIRM"}, {"outcomes.0.outcome"}),
        (Leaves.TAKING_BACK, {"EU": "CONFIRM", "US": "CONFIRM"}, {"outcomes.0.outcome"}),
        (Leaves.TAKING_BACK, {"US": "CONFIRM", "EU": "RECALL"}, set()),
        (Leaves.NOT_YET, {"EU": "WITHDRAW"}, set()),
    ],
)
def test_taking_back_is_always_left_and_a_confirmation_only_where_nothing_stands(
    leaves: Leaves, outcomes: dict[str, str], expected: set[str]
) -> None:
    assert faults(lambda: refuse_unless_left(review(**outcomes), [stands(leaves, "EU")])) == expected


def test_what_stands_is_told_with_the_answers_that_it_leaves() -> None:
    assert stands(Leaves.NOT_YET, "US", "EU").in_words() == (
        "OOS-9 under investigation (EU, US): the release is not confirmed before that is concluded; it may be"
        " withdrawn or recalled"
    )
    assert stands(Leaves.NOT_YET, "EU").fault() == "waits for OOS-9, under investigation"


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        ({"outcome": "CONFIRM"}, {"outcomes.0.no_recall_because"}),
        ({"outcome": "WITHDRAW"}, {"outcomes.0.no_recall_because"}),
        ({"outcome": "WITHDRAW", "no_recall_because": "All of it lies in our own warehouse."}, set()),
        ({"outcome": "RECALL"}, set()),
        ({"outcome": "RECALL", "no_recall_because": "But it is."}, {"outcomes.0.no_recall_because"}),
    ],
)
def test_no_recall_is_said_with_its_reason_exactly_where_it_is_asked(
    outcome: dict[str, Any], expected: set[str]
) -> None:
    asked = [RecallQuestion(market="EU", because=("B-7 is rejected",))]
    form = filled(ReleaseReview, demands=[7], outcomes=[{"market": "EU", **outcome}, {"market": "US"}])
    assert faults(lambda: refuse_unless_recall_is_answered(form, asked)) == expected
