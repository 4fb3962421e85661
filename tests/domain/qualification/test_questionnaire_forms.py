from datetime import UTC, date, datetime
from typing import Any

import pytest

from domain.core.forms import Meaning
from domain.core.refusals import Code, Refused
from domain.qualification.questionnaire import applicable
from domain.qualification.questionnaire_answers import AnswerContent, gaps
from domain.qualification.questionnaire_drafts import KeptAnswer, QuestionnaireState
from domain.qualification.questionnaire_forms import (
    Asked,
    OmissionDecision,
    OmissionVerdict,
    QuestionnaireDeclaration,
    QuestionnaireReview,
    QuestionnaireVerdict,
    drafting_state,
    is_omitted,
    refuse_unless_complete,
    refuse_unless_handed_in,
    refuse_unless_judged,
    refuse_unless_read,
    state_after,
)
from domain.site.site import Activity
from tests.domain.filling import faults, filled
from tests.domain.questionnaires import template

AT = datetime(2025, 2, 14, 9, tzinfo=UTC)
ASKED = applicable(
    template(
        {"q_id": "1-1", "type": "TEXT", "text": "Name?"},
        {"q_id": "1-2", "type": "BOOL", "text": "Audits?", "critical_gap": {"values": [False]}},
        {"q_id": "1-3", "type": "BOOL", "text": "Insured?", "gap": {"values": [False]}, "mandatory": False},
    ),
    Activity.API_MFG,
)
GOOD: dict[str, Any] = {"1-1": "Veldmark", "1-2": True}
ABOUT_NAME = {"q_id": "1-1", "question": "Which legal form?"}


def kept(values: dict[str, Any], version: int = 1) -> dict[str, KeptAnswer]:
    return {q: KeptAnswer(value=value, version=version, by_name="Wen Li", at=AT) for q, value in values.items()}


def judged(values: dict[str, Any], *, rounds: int = 1, **given: Any) -> set[str]:
    answers = {q_id: AnswerContent(value=value) for q_id, value in values.items()}
    found = gaps(ASKED, answers, on=date(2025, 2, 14))
    review = filled(QuestionnaireReview, **given)
    return faults(lambda: refuse_unless_judged(review, ASKED, answers, found, rounds=rounds, loops_max=2))


@pytest.mark.parametrize(
    ("values", "version", "expected"),
    [
        (GOOD, 2, set()),
        ({"1-1": "Veldmark"}, 2, {"answers.1-2"}),
        ({"1-2": False}, 2, {"answers.1-1"}),
        ({}, 2, {"answers.1-1", "answers.1-2"}),
        (GOOD, 1, {"answers.1-1"}),
    ],
)
def test_it_is_handed_in_whole_and_with_every_question_answered(
    values: dict[str, Any], version: int, expected: set[str]
) -> None:
    asked = [Asked(round=2, version=1, **ABOUT_NAME)]
    assert faults(lambda: refuse_unless_complete(ASKED, kept(values, version), asked)) == expected


def test_the_first_round_asks_nothing() -> None:
    refuse_unless_complete(ASKED, kept(GOOD), ())


@pytest.mark.parametrize("state", QuestionnaireState)
def test_only_what_is_handed_in_is_declared_and_judged(state: QuestionnaireState) -> None:
    refused = faults(lambda: refuse_unless_handed_in(state))
    assert refused == (set() if state is QuestionnaireState.HANDED_IN else {"<None>"})


@pytest.mark.parametrize(
    ("current", "expected"), [("a" * 64, set()), ("b" * 64, {"answers_sha256"}), (None, {"answers_sha256"})]
)
def test_a_declaration_stands_under_the_answers_that_were_read(current: str | None, expected: set[str]) -> None:
    declaration = filled(QuestionnaireDeclaration, {"answers_sha256": "a" * 64})
    assert faults(lambda: refuse_unless_read(declaration, current)) == expected


@pytest.mark.parametrize(("declare", "meaning"), [(True, Meaning.AUTHORED), (False, Meaning.REJECTED)])
def test_a_refused_declaration_is_signed_as_one(*, declare: bool, meaning: Meaning) -> None:
    assert filled(QuestionnaireDeclaration, declare=declare).meaning() is meaning


@pytest.mark.parametrize(
    ("values", "given", "expected"),
    [
        (GOOD, {}, set()),
        (GOOD | {"1-3": False}, {}, set()),
        (GOOD | {"1-2": False}, {"verdict": "ACCEPT", "questions": []}, {"verdict", "answers.1-2"}),
        ({"1-2": True}, {"verdict": "ACCEPT"}, {"verdict", "answers.1-1"}),
        (GOOD | {"1-2": False}, {"verdict": "CLARIFY", "questions": [{**ABOUT_NAME, "q_id": "1-2"}]}, set()),
        (GOOD, {"verdict": "CLARIFY", "questions": [ABOUT_NAME]}, set()),
        (GOOD, {"verdict": "CLARIFY"}, {"questions"}),
        (GOOD, {"verdict": "CLARIFY", "questions": [ABOUT_NAME, ABOUT_NAME]}, {"questions.1.q_id"}),
        (GOOD, {"verdict": "CLARIFY", "questions": [{**ABOUT_NAME, "q_id": "9-9"}]}, {"questions.0.q_id"}),
        (GOOD, {"questions": [ABOUT_NAME]}, {"questions"}),
        (GOOD, {"verdict": "REFER", "questions": [ABOUT_NAME]}, {"questions"}),
        (GOOD | {"1-2": False}, {"verdict": "REFER", "questions": []}, set()),
    ],
)
def test_a_verdict_fits_the_answers(values: dict[str, Any], given: dict[str, Any], expected: set[str]) -> None:
    assert judged(values, **given) == expected


@pytest.mark.parametrize(("rounds", "expected"), [(1, set()), (2, set()), (3, {"verdict"}), (4, {"verdict"})])
def test_a_site_is_asked_twice_at_most(rounds: int, expected: set[str]) -> None:
    assert judged(GOOD, rounds=rounds, verdict="CLARIFY", questions=[ABOUT_NAME]) == expected
    review = filled(QuestionnaireReview, verdict="CLARIFY", questions=[ABOUT_NAME])
    if expected:
        with pytest.raises(Refused) as refused:
            refuse_unless_judged(review, ASKED, kept(GOOD), (), rounds=rounds, loops_max=2)
        assert refused.value.refusal.code is Code.LIMIT_REACHED


@pytest.mark.parametrize(
    ("verdict", "meaning"),
    [("REJECT", Meaning.REJECTED), ("WITHDRAW", Meaning.APPROVED), ("GO_ON", Meaning.APPROVED)],
)
def test_rejecting_a_silent_site_is_signed_as_a_rejection(verdict: str, meaning: Meaning) -> None:
    assert filled(OmissionDecision, verdict=verdict).meaning() is meaning


def test_where_a_questionnaire_goes_from_here() -> None:
    assert [drafting_state(rounds).value for rounds in (1, 2, 3)] == ["SENT", "CLARIFYING", "CLARIFYING"]
    assert [state_after(verdict).value for verdict in QuestionnaireVerdict] == ["ACCEPTED", "CLARIFYING", "REFERRED"]


@pytest.mark.parametrize(
    ("state", "verdict", "awaited", "omitted"),
    [
        ("SENT", "GO_ON", True, True),
        ("CLARIFYING", "GO_ON", True, True),
        ("SENT", "GO_ON", False, False),  # the decision was about the documents
        ("SENT", "REJECT", True, False),  # the case closes
        ("HANDED_IN", "GO_ON", True, True),  # nobody declares it
        ("REFERRED", "GO_ON", True, True),
        ("ACCEPTED", "GO_ON", True, False),
    ],
)
def test_going_on_without_an_answer_closes_the_questionnaire(
    state: str, verdict: str, *, awaited: bool, omitted: bool
) -> None:
    assert is_omitted(QuestionnaireState(state), OmissionVerdict(verdict), awaited=awaited) is omitted
