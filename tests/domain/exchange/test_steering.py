from typing import Any

import pytest

from domain.core.forms import Meaning
from domain.exchange.exchange import NextStep
from domain.exchange.steering import (
    SteeringDecision,
    SteeringDecisionForSite,
    refuse_unless_steered,
    step_after_steering,
    suggested_steering,
)
from tests.domain.filling import faults, filled


def decides(*verdicts: str) -> dict[str, Any]:
    given = [{"number": number, "verdict": verdict} for number, verdict in enumerate(verdicts, 1)]
    return {"decision": "DECIDE", "verdicts": given}


CLOSES: dict[str, Any] = {"decision": "CLOSE_NO_AGREEMENT"}
STUDIES: dict[str, Any] = {"decision": "COMMISSION_STUDY"}


@pytest.mark.parametrize(
    ("one", "other", "step"),
    [
        (decides("AGREED"), decides("AGREED"), NextStep.AGREEMENT),
        (decides("AGREED"), decides("DEFERRED"), NextStep.ESCALATION),
        (decides("AGREED"), STUDIES, NextStep.ESCALATION),
        (CLOSES, CLOSES, NextStep.NO_AGREEMENT),
        (STUDIES, STUDIES, NextStep.ROUND),
        (STUDIES, STUDIES | {"verdicts": [{"number": 1, "verdict": "AGREED"}]}, NextStep.ROUND),
    ],
)
def test_only_what_both_of_the_pair_say_counts(one: dict[str, Any], other: dict[str, Any], step: NextStep) -> None:
    assert step_after_steering(filled(SteeringDecision, one), filled(SteeringDecisionForSite, other)) is step


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (decides("AGREED", "REJECTED"), set()),
        (decides("AGREED"), {"verdicts"}),
        (decides("AGREED", "AGREED", "AGREED"), {"verdicts.2.number"}),
        (CLOSES, set()),
        (STUDIES, set()),
    ],
)
def test_a_decision_on_the_items_judges_each_that_is_open(given: dict[str, Any], expected: set[str]) -> None:
    assert faults(lambda: refuse_unless_steered(filled(SteeringDecision, given), [1, 2])) == expected


def test_what_is_suggested_to_the_pair_is_a_whole_answer() -> None:
    form = filled(SteeringDecision, suggested_steering([3, 1]))
    assert faults(lambda: refuse_unless_steered(form, [1, 3])) == set()


def test_an_end_without_agreement_is_signed_as_a_rejection() -> None:
    assert filled(SteeringDecision, CLOSES).meaning() is Meaning.REJECTED
    assert filled(SteeringDecision, STUDIES).meaning() is Meaning.APPROVED
