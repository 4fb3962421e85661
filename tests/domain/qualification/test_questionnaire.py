"""What a template may hold, and the one that comes with the program."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from domain.core.refusals import Code, Refused
from domain.qualification.questionnaire import AnswerType, Question, Template, applicable, load
from domain.qualification.questionnaire_answers import AnswerContent, answer_faults, completeness, gaps, score
from domain.qualification.questionnaire_registration import TemplateRegistration, refuse_unless_next
from domain.site.site import Activity
from tests.answering import good_answers
from tests.domain.filling import faults, filled
from tests.domain.questionnaires import template

TEXT = (Path(__file__).parents[3] / "policy" / "questionnaire.yaml").read_text()
SHIPPED = load(TEXT)
TODAY = date(2025, 2, 14)
ALL = [question for section in SHIPPED.sections for question in section.questions]


@pytest.mark.parametrize(
    ("question", "fault"),
    [
        ({"type": "TEXT", "unit": "h"}, "only a NUMBER"),
        ({"type": "BOOL", "minimum": 1}, "only a NUMBER"),
        ({"type": "NUMBER", "minimum": 2, "maximum": 1}, "minimum is above"),
        ({"type": "ENUM"}, "two options"),
        ({"type": "ENUM", "options": ["one"]}, "two options"),
        ({"type": "ENUM", "options": ["a", "a"]}, "named twice"),
        ({"type": "BOOL", "options": ["a", "b"]}, "no other type"),
        ({"type": "TEXT", "gap": {"values": [True]}}, "does not judge a TEXT"),
        ({"type": "FILE", "gap": {"values": [True]}}, "does not judge a FILE"),
        ({"type": "BOOL", "gap": {}}, "does not judge a BOOL"),
        ({"type": "BOOL", "gap": {"below": 1}}, "does not judge a BOOL"),
        ({"type": "NUMBER", "gap": {"below": 1, "values": [True]}}, "does not judge a NUMBER"),
        ({"type": "DATE", "critical_gap": {"above": 1}}, "critical_gap does not judge a DATE"),
        ({"type": "BOOL", "gap": {"values": ["no"]}}, "cannot be given"),
        ({"type": "ENUM", "options": ["a", "b"], "gap": {"values": ["c"]}}, "cannot be given"),
        ({"type": "BOOL", "excusable": True}, "only a critical gap"),
        ({"type": "BOOL", "q_id": "16.1"}, "q_id"),
        ({"type": "BOOL", "colour": "red"}, "colour"),
    ],
)
def test_a_question_whose_parts_do_not_fit_is_refused(question: dict[str, Any], fault: str) -> None:
    with pytest.raises(ValidationError, match=fault):
        Question.model_validate({"q_id": "1-1", "text": "Why?", **question})


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("number: 2\n", "number: 3\n", "numbered from 1"),
        ("q_id: 2-1,", "q_id: 1-1,", "1-1 appears twice"),
        ("q_id: 2-1,", "q_id: 3-77,", "does not belong into section 2"),
        ("type: FILE,\n", "type: PICTURE,\n", "'FILE'"),
        ("template_id: SQ-GMP", "template_id: GMP", "pattern"),
        ("version: 1\n", "version: 1\nversion: 2\n", "appears twice"),
        ("version: 1\n", "version: [\n", "expected"),
        ('options: ["None made or planned"', "options: [No", "valid string"),
    ],
)
def test_a_template_with_a_mistake_is_refused_with_its_place(old: str, new: str, fault: str) -> None:
    assert old in TEXT
    with pytest.raises(Refused) as refused:
        load(TEXT.replace(old, new, 1))
    assert refused.value.refusal.code is Code.FORM_INVALID
    assert any(fault in what for what in refused.value.refusal.fields.values()), refused.value.refusal.fields


def test_questions_are_asked_for_some_activities_only() -> None:
    assert "1-10" in applicable(template(), Activity.STERILE_FILL)
    assert list(applicable(template(), Activity.API_MFG))[-1] == "1-9"


# ------------------------------------------------------------------------------ the shipped template


def test_it_has_the_sixteen_sections_of_the_specification() -> None:
    words = (
        "licences independence inspection training cross-contamination calibration suppliers rework stability "
        "integrity recalls subcontracting transport ppq continuity audit"
    )
    titles = [section.title.lower() for section in SHIPPED.sections]
    assert len(titles) == 16
    for word, title in zip(words.split(), titles, strict=True):
        assert word in title


def test_it_asks_many_questions_of_every_type() -> None:
    assert len(ALL) >= 80
    assert len({question.q_id for question in ALL}) == len({question.text for question in ALL}) == len(ALL)
    assert {question.type for question in ALL} == set(AnswerType)
    assert all(question.text.endswith((".", "?")) for question in ALL)


@pytest.mark.parametrize("activity", Activity)
def test_every_section_has_something_to_ask_of_most_activities(activity: Activity) -> None:
    asked = applicable(SHIPPED, activity)
    assert len(asked) >= 80
    assert len({q_id.partition("-")[0] for q_id in asked}) >= 15


@pytest.mark.parametrize("q_id", ["16-1", "16-2", "16-3"])
@pytest.mark.parametrize("answer", [{"value": False}, {"na_reason": "We never do that."}])
def test_whoever_does_not_grant_audits_has_a_critical_gap(q_id: str, answer: dict[str, Any]) -> None:
    asked = applicable(SHIPPED, Activity.API_MFG)
    assert "audit" in asked[q_id].text
    (gap,) = gaps(asked, {q_id: AnswerContent.model_validate(answer)}, on=TODAY)
    assert gap.critical


@pytest.mark.parametrize("kind", ["deviations", "OOS", "CAPA", "changes", "complaints", "recalls"])
def test_it_counts_what_happened_in_twelve_months(kind: str) -> None:
    assert any(question.unit == kind and question.type is AnswerType.NUMBER for question in ALL)


@pytest.mark.parametrize("activity", Activity)
def test_a_good_site_answers_it_without_a_gap(activity: Activity) -> None:
    asked = applicable(SHIPPED, activity)
    document = {"document_id": "DOC-1", "sha256": "0" * 64}
    body = good_answers(SHIPPED, activity, on=TODAY, document=document)
    answers = {each["q_id"]: AnswerContent.model_validate(each, extra="ignore") for each in body}
    assert {q_id: found for q_id in asked if (found := answer_faults(asked[q_id], answers[q_id]))} == {}
    assert (completeness(asked, answers), gaps(asked, answers, on=TODAY)) == (100, ())
    assert score(asked, answers, on=TODAY) == 100


# ------------------------------------------------------------------------------ versions


@pytest.mark.parametrize(
    ("version", "newest", "expected"),
    [
        (1, 0, set()),
        (2, 1, set()),
        (1, 1, {"template.version"}),
        (3, 1, {"template.version"}),
        (2, 0, {"template.version"}),
    ],
)
def test_a_version_follows_the_newest(version: int, newest: int, expected: set[str]) -> None:
    assert faults(lambda: refuse_unless_next(template(version=version), newest)) == expected


def test_the_schema_alone_shows_how_to_register_one() -> None:
    assert isinstance(filled(TemplateRegistration).template, Template)
