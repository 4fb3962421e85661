from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from domain.audit.corrective_plan import CorrectivePlan
from domain.audit.finding import Severity
from domain.audit.response import (
    AuditResponse,
    ResponseDecision,
    ResponseReview,
    accepted_in,
    goes_to_council,
    refuse_unless_judged,
    refuse_unless_responded,
    suggested_response,
    suggested_response_decision,
    suggested_review,
    to_rework,
)
from tests.domain.filling import faults, filled

TODAY = date(2026, 6, 4)
LATEST = {
    Severity.CRITICAL: date(2026, 7, 4),
    Severity.MAJOR: date(2026, 9, 2),
    Severity.OTHER: date(2026, 12, 1),
}
DUE = {1: Severity.CRITICAL, 2: Severity.MAJOR, 4: Severity.OTHER}
PREFILL: list[Any] = suggested_response(DUE, latest_due=LATEST, default_window_days=90)["responses"]  # type: ignore[assignment]


def objections(answers: list[dict[str, Any]]) -> set[str]:
    response = filled(AuditResponse, responses=answers)
    return faults(
        lambda: refuse_unless_responded(response, due=DUE, disputed=frozenset({3}), today=TODAY, latest_due=LATEST)
    )


def test_the_prefilled_response_is_complete() -> None:
    assert objections(PREFILL) == set()


@pytest.mark.parametrize(
    ("index", "change", "expected"),
    [
        (0, {"root_cause": ""}, {"responses.0.root_cause"}),
        (0, {"root_cause": "  \n"}, {"responses.0.root_cause"}),
        (0, {"due": "2026-07-05"}, {"responses.0.due"}),
        (1, {"due": "2026-07-05", "actions": [{"due": "2026-07-05"}]}, set()),
        (1, {"due": "2026-06-03", "actions": [{"due": "2026-06-01"}]}, {"responses.1.due"}),
        (1, {"actions": [{"due": "2026-09-02"}, {"due": "2026-09-03"}]}, {"responses.1.actions.1.due"}),
        (1, {"effectiveness": None}, {"responses.1.effectiveness"}),
        (2, {"effectiveness": None}, set()),
        (2, {"due": "2026-12-02"}, {"responses.2.due"}),
        (2, {"accepted": False}, {"responses.2.remark"}),
        (2, {"accepted": False, "remark": "The clause does not apply."}, set()),
        (2, {"finding_no": 3}, {"responses.2.finding_no", "responses"}),
        (2, {"finding_no": 9}, {"responses.2.finding_no", "responses"}),
        (2, {"finding_no": 2}, {"responses.2.finding_no", "responses"}),
    ],
)
def test_a_response_answers_each_finding_in_full(index: int, change: dict[str, Any], expected: set[str]) -> None:
    answers = [answer | (change if i == index else {}) for i, answer in enumerate(PREFILL)]
    assert objections(answers) == expected


def test_a_finding_left_out_is_named() -> None:
    assert objections(PREFILL[:2]) == {"responses"}


def test_an_action_without_a_date_is_refused() -> None:
    answer = filled(AuditResponse, responses=PREFILL).responses[0].model_dump(mode="json")
    del answer["actions"][0]["due"]
    with pytest.raises(ValidationError) as error:
        AuditResponse.model_validate({"responses": [answer]})
    assert ("responses", 0, "actions", 0, "due") in [problem["loc"] for problem in error.value.errors()]


def test_the_plan_of_an_answer_goes_to_its_capa() -> None:
    answer = filled(AuditResponse, responses=PREFILL).responses[0]
    plan = answer.plan()
    assert type(plan) is CorrectivePlan
    assert plan.model_dump() == answer.model_dump(exclude={"finding_no", "accepted", "remark"})


def verdict(no: int, word: str = "ACCEPT", reason: str | None = None) -> dict[str, Any]:
    return {"finding_no": no, "verdict": word, "reason": reason}


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [
        ([verdict(1), verdict(2)], set()),
        ([verdict(2, "REWORK", "No root cause."), verdict(1)], set()),
        ([verdict(1), verdict(2, "REWORK")], {"verdicts.1.reason"}),
        ([verdict(1)], {"verdicts"}),
        ([verdict(1), verdict(2), verdict(3)], {"verdicts.2.finding_no"}),
        ([verdict(1), verdict(1), verdict(2)], {"verdicts.1.finding_no"}),
    ],
)
@pytest.mark.parametrize("form", [ResponseReview, ResponseDecision])
def test_every_answer_is_judged_once(
    form: type[ResponseReview | ResponseDecision], verdicts: list[dict[str, Any]], expected: set[str]
) -> None:
    assert faults(lambda: refuse_unless_judged(filled(form, verdicts=verdicts), {1, 2})) == expected


def test_only_what_is_not_accepted_goes_back() -> None:
    decision = filled(ResponseDecision, verdicts=[verdict(1), verdict(2, "REWORK", "No root cause."), verdict(4)])
    assert to_rework(decision) == (2,)
    assert accepted_in(decision) == (1, 4)
    assert not decision.approves()


def test_review_and_decision_start_with_the_findings_alone() -> None:
    review = filled(ResponseReview, suggested_review({2, 1}))
    refuse_unless_judged(review, {1, 2})
    assert suggested_response_decision(review) == {"verdicts": [{"finding_no": 1}, {"finding_no": 2}]}


@pytest.mark.parametrize(("rounds", "council"), [(0, False), (2, False), (3, True), (4, True)])
def test_after_the_last_rework_round_the_council_decides(rounds: int, *, council: bool) -> None:
    assert goes_to_council(rounds, max_rounds=3) is council
