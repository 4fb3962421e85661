from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from domain.qualification.questionnaire import applicable
from domain.qualification.questionnaire_answers import (
    AnswerContent,
    answer_faults,
    answers_sha256,
    completeness,
    gaps,
    is_answered,
    missing,
    score,
)
from domain.site.site import Activity
from tests.domain.questionnaires import template

ASKED = applicable(template(), Activity.API_MFG)
TODAY = date(2025, 2, 14)
DOCUMENT = {"document_id": "DOC-1", "sha256": "0" * 64}
GOOD: dict[str, Any] = {
    "1-1": {"value": "Veldmark"},
    "1-2": {"value": True},
    "1-3": {"value": 80},
    "1-4": {"value": 92.5},
    "1-5": {"value": "Electronic"},
    "1-6": {"value": "2024-11-02"},
    "1-7": {"documents": [DOCUMENT]},
    "1-9": {"na_reason": "No such product on site."},
}


def answers(**changes: Any) -> dict[str, AnswerContent]:
    """The good answers, with changes: `q1_2={"value": False}`; `None` leaves one out."""
    told = {name.removeprefix("q").replace("_", "-"): content for name, content in changes.items()}
    return {q: AnswerContent.model_validate(said) for q, said in {**GOOD, **told}.items() if said is not None}


@pytest.mark.parametrize(
    ("q_id", "answer", "fault"),
    [
        ("1-1", {"value": "Veldmark"}, None),
        ("1-1", {"value": True}, "value"),
        ("1-1", {"value": 3}, "value"),
        ("1-1", {"value": "n/a"}, "value"),
        ("1-1", {"value": "Not applicable."}, "value"),
        ("1-2", {"value": False}, None),
        ("1-2", {"value": "yes"}, "value"),
        ("1-2", {"value": 1}, "value"),
        ("1-3", {"value": 1}, None),
        ("1-3", {"value": 500.0}, None),
        ("1-3", {"value": 0}, "value"),
        ("1-3", {"value": 500.5}, "value"),
        ("1-3", {"value": "80"}, "value"),
        ("1-3", {"value": True}, "value"),
        ("1-5", {"value": "Paper"}, None),
        ("1-5", {"value": "paper"}, "value"),
        ("1-6", {"value": "2024-02-29"}, None),
        ("1-6", {"value": "2025-02-29"}, "value"),
        ("1-6", {"value": "20250228"}, "value"),
        ("1-6", {"value": "1850-01-01"}, "value"),
        ("1-6", {"value": 2024}, "value"),
        ("1-7", {"documents": [DOCUMENT]}, None),
        ("1-7", {"value": "see mail"}, "value"),
        ("1-7", {"documents": [DOCUMENT], "na_reason": "No chart."}, "documents"),
        ("1-2", {"na_reason": "Never."}, None),
        ("1-2", {"na_reason": "Never.", "value": True}, "value"),
        ("1-2", {"na_reason": "Never.", "documents": [DOCUMENT]}, None),
        ("1-2", {"comment": "Later."}, None),
        ("1-2", {}, None),
    ],
)
def test_an_answer_fits_its_question(q_id: str, answer: dict[str, Any], fault: str | None) -> None:
    assert set(answer_faults(ASKED[q_id], AnswerContent.model_validate(answer))) == ({fault} if fault else set())


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 10**13, "", " ", "a\x00b", "x" * 4001, [], {"a": 1}])
def test_a_value_that_is_none_is_refused(value: Any) -> None:
    with pytest.raises(ValidationError):
        AnswerContent.model_validate({"value": value})


@pytest.mark.parametrize("reason", ["", "  "])
def test_not_applicable_needs_a_reason(reason: str) -> None:
    with pytest.raises(ValidationError, match="na_reason"):
        AnswerContent.model_validate({"na_reason": reason})


@pytest.mark.parametrize(
    ("q_id", "answer", "answered"),
    [
        ("1-2", {"value": False}, True),
        ("1-3", {"value": 0}, True),
        ("1-2", {"na_reason": "Never."}, True),
        ("1-2", {"comment": "Later."}, False),
        ("1-2", {"documents": [DOCUMENT]}, False),
        ("1-7", {"documents": [DOCUMENT]}, True),
        ("1-7", {"na_reason": "No chart."}, True),
        ("1-7", {"comment": "Later."}, False),
    ],
)
def test_what_counts_as_answered(q_id: str, answer: dict[str, Any], *, answered: bool) -> None:
    assert is_answered(ASKED[q_id], AnswerContent.model_validate(answer)) is answered


@pytest.mark.parametrize(
    ("changes", "percent", "left"),
    [
        ({}, 100, ()),
        ({"q1_7": None}, 87, ("1-7",)),
        ({"q1_7": {"comment": "Later."}}, 87, ("1-7",)),
        ({"q1_1": None, "q1_9": None}, 75, ("1-1", "1-9")),
        ({"q1_8": {"value": True}}, 100, ()),
        (dict.fromkeys(("q1_1", "q1_2", "q1_3", "q1_4", "q1_5", "q1_6", "q1_7", "q1_9")), 0, tuple(GOOD)),
    ],
)
def test_it_is_complete_when_all_that_is_mandatory_is_answered(
    changes: dict[str, Any], percent: int, left: tuple[str, ...]
) -> None:
    given = answers(**changes)
    assert (completeness(ASKED, given), missing(ASKED, given)) == (percent, left)


def test_one_answer_short_is_never_a_hundred_percent() -> None:
    many = applicable(
        template(*({"q_id": f"1-{n}", "type": "TEXT", "text": "?"} for n in range(1, 100))), Activity.TESTING
    )
    given = {f"1-{n}": AnswerContent(value="x") for n in range(1, 99)}
    assert completeness(many, given) == 98
    assert completeness({}, {}) == 100


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({}, {}),
        ({"q1_2": {"value": False}}, {"1-2": (True, "no")}),
        ({"q1_2": {"na_reason": "Never."}}, {"1-2": (True, "N/A: Never.")}),
        ({"q1_9": {"value": False}}, {"1-9": (True, "no")}),
        ({"q1_4": {"value": 85}}, {}),
        ({"q1_4": {"value": 84.9}}, {"1-4": (False, "84.9 %")}),
        ({"q1_4": {"value": 101}}, {"1-4": (False, "101 %")}),
        ({"q1_4": {"na_reason": "None was due."}}, {}),
        ({"q1_5": {"value": "Paper"}}, {"1-5": (False, "Paper")}),
        ({"q1_6": {"value": "2024-02-14"}}, {}),
        ({"q1_6": {"value": "2024-02-13"}}, {"1-6": (False, "2024-02-13")}),
        ({"q1_8": {"value": False}}, {"1-8": (False, "no")}),
        ({"q1_10": {"value": False}}, {}),
        ({"q1_2": None, "q1_4": {"comment": "?"}}, {}),
    ],
)
def test_gaps_are_what_the_template_calls_one(changes: dict[str, Any], found: dict[str, tuple[bool, str]]) -> None:
    assert {gap.q_id: (gap.critical, gap.says) for gap in gaps(ASKED, answers(**changes), on=TODAY)} == found


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, 100.0),  # weights 3, 1, 1, 2; the excused N/A is left out
        ({"q1_2": {"value": False}}, 57.1),  # 4 of 7
        ({"q1_2": {"na_reason": "Never."}}, 57.1),
        ({"q1_4": {"value": 10}}, 92.9),  # 6.5 of 7
        ({"q1_4": {"na_reason": "None was due."}}, 100.0),
        ({"q1_4": None}, 85.7),  # 6 of 7
        ({"q1_8": {"value": False}}, 93.8),  # 7.5 of 8
        ({"q1_9": {"value": True}}, 100.0),
        ({"q1_1": None}, 100.0),  # says nothing about quality
    ],
)
def test_the_score_is_the_share_of_weight_that_was_earned(changes: dict[str, Any], expected: float) -> None:
    assert score(ASKED, answers(**changes), on=TODAY) == expected


def test_nothing_answered_scores_nothing() -> None:
    assert score(ASKED, {}, on=TODAY) == 0
    assert score({}, {}, on=TODAY) == 0


def test_the_hash_changes_with_every_answer_and_with_nothing_else() -> None:
    def digest(given: dict[str, AnswerContent], version: int = 1) -> str:
        return answers_sha256("SQ-GMP", version, given)

    backwards = dict(reversed(answers().items()))
    assert digest(answers()) == digest(backwards) == digest(answers(q1_3={"value": 80.0}))
    assert digest(answers(q1_3={"value": -0.0})) == digest(answers(q1_3={"value": 0}))
    others = [digest(answers(), 2), digest(answers(q1_2={"value": False})), digest(answers(q1_1=None))]
    others.append(digest(answers(q1_1={"value": "Veldmark", "comment": "AG"})))
    assert len({digest(answers()), *others}) == 5
