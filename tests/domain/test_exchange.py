from typing import Any

import pytest

from domain.asl import AslStatus, SuspensionScope
from domain.exchange import (
    ExchangeRequest,
    NextStep,
    refuse_unless_exchangeable,
    refuse_unless_may_exchange,
)
from domain.exchange_concern import refuse_unless_settleable, refuse_while_concerned
from domain.exchange_steering import (
    SteeringDecision,
    SteeringDecisionForSite,
    refuse_unless_steered,
    step_after_steering,
    suggested_steering,
)
from domain.forms import Meaning
from domain.people import Org
from tests.domain.filling import faults, filled

FULL = SuspensionScope.FULL


@pytest.mark.parametrize(
    ("status", "reach", "stopped"),
    [
        (None, None, False),
        (AslStatus.APPROVED, None, False),
        (AslStatus.PROBATION, None, False),
        (AslStatus.EXPIRED, None, False),
        (AslStatus.SUSPENDED, SuspensionScope.NEW_ORDERS_AND_RELEASE, False),
        (AslStatus.SUSPENDED, FULL, True),
        (AslStatus.DISQUALIFIED, None, True),
        (AslStatus.RETIRED, None, True),
    ],
)
def test_an_exchange_runs_unless_the_site_stands_still(
    status: AslStatus | None, reach: SuspensionScope | None, *, stopped: bool
) -> None:
    assert faults(lambda: refuse_unless_may_exchange(status, reach)) == ({"<section 7>"} if stopped else set())


@pytest.mark.parametrize(
    ("given", "newest", "expected"),
    [
        ({}, None, set()),
        ({}, "PS-2", set()),
        ({"base_parameter_set": "PS-2", "max_rounds": 5}, "PS-2", set()),
        ({"base_parameter_set": "PS-1"}, "PS-2", {"base_parameter_set"}),
        ({"base_parameter_set": "PS-1"}, None, {"base_parameter_set"}),
        ({"max_rounds": 6}, None, {"max_rounds"}),
    ],
)
def test_it_starts_from_the_newest_set_and_has_no_more_rounds_than_the_policy(
    given: dict[str, Any], newest: str | None, expected: set[str]
) -> None:
    form = filled(ExchangeRequest, given)
    assert faults(lambda: refuse_unless_exchangeable(form, newest=newest, rounds_max=5)) == expected


@pytest.mark.parametrize(
    ("raised_by", "settled", "by", "expected"),
    [
        (Org.CDMO, False, Org.CDMO, set()),
        (Org.CDMO, False, Org.SPONSOR, {"number"}),
        (Org.CDMO, True, Org.CDMO, {"number"}),
        (None, False, Org.CDMO, {"number"}),
    ],
)
def test_a_concern_is_settled_once_by_the_side_that_raised_it(
    raised_by: Org | None, by: Org, expected: set[str], *, settled: bool
) -> None:
    assert faults(lambda: refuse_unless_settleable(1, raised_by, settled=settled, by=by)) == expected


def test_nothing_is_agreed_on_while_a_concern_stands() -> None:
    assert faults(lambda: refuse_while_concerned([])) == set()
    assert faults(lambda: refuse_while_concerned([2])) == {"<section 7, concern>"}


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
