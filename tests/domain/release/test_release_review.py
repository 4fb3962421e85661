"""What is learned after a release: who reviews it, and what must be said."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from domain.batch.batch import BatchStage
from domain.batch.holds.holds import BatchState
from domain.core.people import Role
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
    refuse_unless_entitled,
    refuse_unless_release_reviewed,
    refuse_unless_released,
    suggested_review,
)
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
        ({"outcomes": outcomes(EU="CONFIRM")}, {"outcomes"}),
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
def test_a_review_speaks_of_all_that_was_learned_and_of_every_released_market(
    changes: dict[str, Any], expected: set[str]
) -> None:
    form = filled(ReleaseReview, {**suggested_review(["EU", "US"], [7, 9]), **changes})
    assert faults(lambda: refuse_unless_release_reviewed(form, released=["EU", "US"], demands=[7, 9])) == expected


def test_what_a_stranger_fills_in_confirms_the_release() -> None:
    form = filled(ReleaseReview, suggested_review(["EU"], [7]))
    assert form.markets(ReleaseOutcome.CONFIRM) == ("EU",)
    assert form.markets(ReleaseOutcome.RECALL) == ()


@pytest.mark.parametrize(
    ("outcomes", "may"),
    [
        ({"EU": "CONFIRM", "US": "CONFIRM"}, {Role.QP}),
        ({"DE": "CONFIRM"}, {Role.QP}),
        ({"DE": "CONFIRM", "US": "RECALL"}, {Role.QP}),
        ({"DE": "RECALL", "US": "CONFIRM"}, {Role.QP, Role.HEAD_QA, Role.QA_APPROVER, Role.QCU_RELEASER}),
        ({"EU": "WITHDRAW"}, {Role.QP, Role.HEAD_QA, Role.QA_APPROVER, Role.QCU_RELEASER}),
        ({"US": "CONFIRM", "JP": "CONFIRM"}, {Role.HEAD_QA, Role.QA_APPROVER, Role.QCU_RELEASER}),
        ({"US": "RECALL"}, {Role.HEAD_QA, Role.QA_APPROVER, Role.QCU_RELEASER}),
    ],
)
def test_a_release_is_confirmed_by_who_may_release_and_taken_back_by_the_quality_unit_too(
    outcomes: dict[str, str], may: set[Role]
) -> None:
    form = filled(
        ReleaseReview, demands=[7], outcomes=[{"market": each, "outcome": of} for each, of in outcomes.items()]
    )
    for role in Role:
        expected = set() if role in may else {"<G13>"}
        found = faults(lambda role=role: refuse_unless_entitled(form, [*outcomes], {role}))  # type: ignore[misc]
        assert found == expected
    assert form.is_personal() == ("CONFIRM" in outcomes.values())


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
def test_an_impact_confirms_only_what_a_qualified_person_has_released(confirmed: list[str], expected: set[str]) -> None:
    form = filled(SuspensionImpact, {"batches": ["BAT-1", "BAT-2"], "confirmed": confirmed})

    def attempt() -> None:
        refuse_unless_assessed(form, certified=["BAT-1", "BAT-2"], of_quality_unit=["BAT-2"])

    assert faults(attempt) == expected
