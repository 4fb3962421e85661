"""What is learned after a release: who reviews it, and what must be said."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from domain.batch.batch import BatchStage
from domain.batch.holds.holds import BatchState
from domain.core.people import DECIDERS, QUALITY_UNIT, Role
from domain.release.recall import (
    RecallClosure,
    RecallFigures,
    RecallPlan,
    refuse_unless_plannable,
    refuse_unless_reconciled,
)
from domain.release.release_review import (
    ReleaseEvaluation,
    ReleaseOutcome,
    ReleaseReview,
    ending,
    refuse_unless_release_reviewed,
    refuse_unless_released,
    suggested_review,
)
from domain.release.reviewers import refuse_unless_entitled, waits_for, who_may_take_back
from domain.status.suspension import SuspensionImpact, refuse_unless_assessed
from tests.domain.filling import faults, filled

NOON = datetime(2026, 5, 8, 12, tzinfo=UTC)
LATER = NOON + timedelta(days=1)
FILE = {"document_id": "DOC-1", "sha256": "0" * 64}


def outcomes(*grounds: str, **markets: str) -> list[dict[str, Any]]:
    why = [*(grounds or ("SPECIFICATION",))]
    return [
        {"market": market, "outcome": outcome, "grounds": [] if outcome == "CONFIRM" else why}
        for market, outcome in markets.items()
    ]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, set()),
        ({"demands": [7]}, {"demands"}),
        ({"demands": [7, 9, 11]}, {"demands"}),
        ({"outcomes": outcomes(EU="CONFIRM")}, set()),
        ({"outcomes": outcomes(EU="CONFIRM", US="CONFIRM", JP="CONFIRM")}, {"outcomes.2.market"}),
        (
            {"outcomes": [*outcomes(EU="CONFIRM", US="CONFIRM"), *outcomes(EU="RECALL")]},
            {"outcomes.2.market", "evidence"},
        ),
        ({"outcomes": outcomes(EU="RECALL", US="CONFIRM")}, {"evidence"}),
        ({"outcomes": outcomes(EU="RECALL", US="WITHDRAW"), "evidence": [FILE]}, set()),
        (
            {
                "outcomes": [
                    {"market": "EU", "outcome": "CONFIRM", "grounds": ["SAFETY"]},
                    {"market": "US", "outcome": "WITHDRAW"},
                ],
                "evidence": [FILE],
            },
            {"outcomes.0.grounds", "outcomes.1.grounds"},
        ),
        ({"consider_field_alert": True}, {"not_applicable_because"}),
        ({"not_applicable_because": None}, {"not_applicable_because"}),
        ({"consider_field_alert": True, "not_applicable_because": None}, set()),
    ],
)
def test_a_review_speaks_of_all_that_was_learned_and_of_released_markets(
    changes: dict[str, Any], expected: set[str]
) -> None:
    form = filled(ReleaseReview, {**suggested_review(["EU", "US"], [7, 9]), **changes})
    demands = {7: ("EU", "US"), 9: ("EU", "US")}
    assert faults(lambda: refuse_unless_release_reviewed(form, released=["EU", "US"], demands=demands)) == expected


@pytest.mark.parametrize(
    ("outcomes", "demands", "expected"),
    [
        ({"US": "CONFIRM"}, [7, 9], set()),
        ({"EU": "CONFIRM"}, [9], set()),
        ({"EU": "CONFIRM"}, [7, 9], set()),  # as the task suggests
        ({"US": "CONFIRM"}, [9], {"demands"}),
        ({"EU": "CONFIRM"}, [7], {"demands"}),
        ({"DE": "CONFIRM"}, [9], {"outcomes.0.market"}),  # has answered
        ({"DE": "WITHDRAW"}, [9], set()),
        ({"EU": "CONFIRM", "DE": "RECALL"}, [9], set()),
    ],
)
def test_some_markets_are_answered_for_all_that_waits_there(
    outcomes: dict[str, str], demands: list[int], expected: set[str]
) -> None:
    named = [
        {"market": each, "outcome": of, "grounds": [] if of == "CONFIRM" else ["SAFETY"]}
        for each, of in outcomes.items()
    ]
    form = filled(ReleaseReview, demands=demands, outcomes=named, evidence=[FILE])
    waiting = {7: ("US",), 9: ("EU", "US")}
    assert (
        faults(lambda: refuse_unless_release_reviewed(form, released=["DE", "EU", "US"], demands=waiting)) == expected
    )


def test_what_a_stranger_fills_in_confirms_the_release() -> None:
    form = filled(ReleaseReview, suggested_review(["EU"], [7]))
    assert form.markets(ReleaseOutcome.CONFIRM) == ("EU",)
    assert form.markets(ReleaseOutcome.RECALL) == ()


QP = frozenset({Role.QP})
REVIEWERS = {"DE": QP, "EU": QP, "US": QUALITY_UNIT, "FR": QP, "JP": QUALITY_UNIT}


@pytest.mark.parametrize(
    ("outcomes", "not_for_a_qp", "not_for_the_quality_unit"),
    [
        ({"EU": "CONFIRM", "US": "CONFIRM"}, {1}, {0}),
        ({"DE": "CONFIRM"}, set(), {0}),
        ({"DE": "CONFIRM", "US": "RECALL"}, set(), {0}),
        ({"DE": "RECALL", "US": "CONFIRM"}, {1}, set()),
        ({"EU": "WITHDRAW"}, set(), set()),
        ({"US": "CONFIRM", "JP": "CONFIRM"}, {0, 1}, set()),
        ({"US": "RECALL"}, set(), set()),
        ({"FR": "CONFIRM", "JP": "CONFIRM"}, {1}, {0}),
        ({"CH": "CONFIRM"}, set(), set()),  # is no released market, which is said elsewhere
    ],
)
def test_each_market_is_confirmed_by_its_own_decider_and_taken_back_by_any(
    outcomes: dict[str, str], not_for_a_qp: set[int], not_for_the_quality_unit: set[int]
) -> None:
    form = filled(
        ReleaseReview, demands=[7], outcomes=[{"market": each, "outcome": of} for each, of in outcomes.items()]
    )
    for role in DECIDERS:
        not_theirs = not_for_a_qp if role is Role.QP else not_for_the_quality_unit
        found = faults(lambda role=role: refuse_unless_entitled(form, REVIEWERS, {role}))  # type: ignore[misc]
        assert found == {f"outcomes.{index}.outcome" for index in not_theirs}
    assert faults(lambda: refuse_unless_entitled(form, REVIEWERS, DECIDERS)) == set()  # who is both
    assert form.is_personal() == ("CONFIRM" in outcomes.values())


def test_the_quality_unit_takes_back_anywhere_and_a_qualified_person_where_one_decides() -> None:
    assert who_may_take_back([QUALITY_UNIT, QUALITY_UNIT]) == QUALITY_UNIT
    assert who_may_take_back([QUALITY_UNIT, QP]) == DECIDERS
    assert who_may_take_back([QP]) == DECIDERS


def test_before_the_release_there_is_nothing_to_review() -> None:
    assert faults(lambda: refuse_unless_released(())) == {"<section 8>"}
    assert faults(lambda: refuse_unless_released(("US",))) == set()


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, None),
        ({"ends_at": NOON}, BatchStage.SHELF_LIFE_ENDED),
        ({"ends_at": LATER}, None),
        ({"ends_at": NOON, "has_something_open": True}, None),
        ({"ends_at": NOON, "state": BatchState.OPEN}, None),
        ({"released": False, "state": BatchState.CLOSED}, BatchStage.WITHDRAWN),
        ({"released": False, "state": BatchState.CLOSED, "was_recalled": True}, BatchStage.RECALLED),
        ({"released": False, "state": BatchState.CLOSED, "was_released": False}, BatchStage.REJECTED),
        ({"state": BatchState.SUPPLIED, "was_released": False}, None),
        ({"state": BatchState.SUPPLIED, "was_released": False, "ends_at": NOON}, BatchStage.SHELF_LIFE_ENDED),
        ({"released": False, "state": BatchState.CLOSED, "was_recalled": True, "has_something_open": True}, None),
        ({"released": False, "state": BatchState.OPEN}, None),
    ],
)
def test_a_batch_ends_with_its_shelf_life_or_when_all_of_it_is_taken_back(
    changes: dict[str, Any], expected: BatchStage | None
) -> None:
    given: dict[str, Any] = {
        "state": BatchState.CERTIFIED,
        "released": True,
        "was_recalled": False,
        "has_something_open": False,
        "ends_at": None,
        "now": NOON,
    }
    assert ending(**given | changes) is expected


def test_a_task_tells_what_was_learned_last() -> None:
    demands = [{"number": n, "reason": f"Reason {n}", "cause": "STA-1", "at": NOON} for n in range(1, 13)]
    about = ReleaseEvaluation.model_validate({"demands": demands}).about()
    assert (about.splitlines()[0], about.count("\n")) == ("STA-1: Reason 3", 9)
    waits = (waits_for("EU", QP), waits_for("US", QUALITY_UNIT))
    assert ReleaseEvaluation(waits=waits).about().splitlines() == [
        "EU waits for QP",
        "US waits for HEAD_QA or QA_APPROVER or QCU_RELEASER",
    ]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, set()),
        ({"review": 4}, {"review"}),
        ({"markets": ["US"]}, {"markets"}),
        ({"authority_notified_on": "2026-05-09"}, {"authority_notified_on"}),
    ],
)
def test_a_recall_is_planned_for_its_markets_once_the_authority_knows(
    changes: dict[str, Any], expected: set[str]
) -> None:
    form = filled(RecallPlan, {"review": 3, "markets": ["EU"], **changes})
    attempt = faults(lambda: refuse_unless_plannable(form, review=3, markets=("EU",), latest_day=date(2026, 5, 8)))
    assert attempt == expected


KNOWN = RecallFigures(
    unit="kg", dispatched=Decimal(100), received=Decimal(90), recovered=Decimal(80), destroyed=Decimal(60)
)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, {"unrecovered_because"}),
        ({"unrecovered_because": "Used.", "recovered": "80"}, set()),
        ({"unrecovered_because": "Used.", "recovered": "79.5"}, {"recovered"}),
        ({"unrecovered_because": "Used.", "recovered": "80.5"}, {"recovered"}),
        ({"recovered": "80.5", "differs_because": "A drum came by post."}, {"recovered", "differs_because"}),
        ({"distributed": "119"}, {"distributed", "unrecovered_because", "differs_because"}),
        ({"distributed": "95"}, {"unrecovered_because", "differs_because"}),
        ({"distributed": "95", "differs_because": "Lost on the way.", "unrecovered_because": "Used."}, set()),
        ({"distributed": "0", "recovered": "0"}, {"distributed", "recovered", "differs_because"}),
        ({"distributed": "0", "differs_because": "As I say."}, {"distributed"}),
        ({"differs_because": "Nothing differs."}, {"differs_because", "unrecovered_because"}),
        ({"review": 4}, {"review", "unrecovered_because"}),
    ],
)
def test_what_came_back_is_accounted_for_by_the_records(changes: dict[str, Any], expected: set[str]) -> None:
    form = filled(RecallClosure, {"review": 3, "evidence": [FILE], "recovered": "80", **changes})
    assert faults(lambda: refuse_unless_reconciled(form, review=3, known=KNOWN)) == expected


def test_a_recall_is_not_closed_before_every_delivery_is_over() -> None:
    form = filled(RecallClosure, {"review": 3, "evidence": [FILE], "recovered": "80", "unrecovered_because": "Used."})
    waiting = KNOWN.model_copy(update={"waits_for": ("SHP-1 (in transit)",)})
    assert faults(lambda: refuse_unless_reconciled(form, review=3, known=waiting)) == {"review"}
    assert waiting.in_words().endswith("Not over: SHP-1 (in transit).")


@pytest.mark.parametrize("amount", ["NaN", "-1", "1e30", "Infinity", "1.00000000001"])
def test_a_quantity_is_an_exact_number_that_can_be(amount: str) -> None:
    with pytest.raises(ValueError, match="recovered"):
        filled(RecallClosure, {"recovered": amount})


@pytest.mark.parametrize(
    ("confirmed", "expected"),
    [
        ([], set()),
        (["BAT-1"], set()),
        (["BAT-1", "BAT-2"], {"confirmed.1"}),
        (["BAT-3"], {"confirmed.0"}),
    ],
)
def test_an_impact_confirms_only_what_its_assessor_may_release(confirmed: list[str], expected: set[str]) -> None:
    form = filled(SuspensionImpact, {"batches": ["BAT-1", "BAT-2"], "confirmed": confirmed})

    def attempt() -> None:
        refuse_unless_assessed(form, certified=["BAT-1", "BAT-2"], for_others=["BAT-2"])

    assert faults(attempt) == expected
