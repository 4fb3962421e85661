"""Several people fill one questionnaire in, and nobody overwrites what they have not read."""

from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from domain.core.refusals import Code, Refused
from domain.qualification.questionnaire_drafts import (
    AnswerDraft,
    KeptAnswer,
    QuestionnaireState,
    changed,
    refuse_unless_open,
    refuse_unless_valid,
)
from domain.site.site import Activity
from tests.domain.filling import faults
from tests.domain.questionnaires import template

AT = datetime(2025, 1, 20, 9, tzinfo=UTC)


def draft(*answers: dict[str, Any]) -> AnswerDraft:
    return AnswerDraft.model_validate({"answers": [{"version": 0, **answer} for answer in answers]})


def kept(value: Any, version: int = 1) -> KeptAnswer:
    return KeptAnswer(value=value, version=version, by_name="Wen Li", at=AT)


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ([{"q_id": "1-1", "value": "Veldmark"}, {"q_id": "1-2", "value": False}], set()),
        ([{"q_id": "1-2", "value": "yes"}, {"q_id": "1-3", "value": 0}], {"answers.0.value", "answers.1.value"}),
        ([{"q_id": "1-1", "value": "A"}, {"q_id": "1-1", "value": "B"}], {"answers.1.q_id"}),
        ([{"q_id": "9-9", "value": "A"}], {"answers.0.q_id"}),
        ([{"q_id": "1-10", "value": True}], {"answers.0.q_id"}),
    ],
)
def test_a_draft_is_refused_with_every_fault(answers: list[dict[str, Any]], expected: set[str]) -> None:
    rule = draft(*answers)
    assert faults(lambda: refuse_unless_valid(rule, template(), Activity.API_MFG, asked=None)) == expected


@pytest.mark.parametrize(
    ("asked", "expected"), [({"1-1"}, set()), ({"1-2"}, {"answers.0.q_id"}), (set(), {"answers.0.q_id"})]
)
def test_a_clarification_changes_what_was_asked_about_alone(asked: set[str], expected: set[str]) -> None:
    change = draft({"q_id": "1-1", "value": "Veldmark"})
    assert faults(lambda: refuse_unless_valid(change, template(), Activity.API_MFG, asked=asked)) == expected


@pytest.mark.parametrize(
    ("state", "is_open"), [(state, state in {"SENT", "CLARIFYING"}) for state in QuestionnaireState]
)
def test_drafts_are_closed_when_it_is_handed_in(state: QuestionnaireState, *, is_open: bool) -> None:
    if is_open:
        refuse_unless_open(state, None, None)
        return
    with pytest.raises(Refused) as refused:
        refuse_unless_open(state, "Vito Ferrante", AT)
    refusal = refused.value.refusal
    assert (refusal.code, refusal.who, refusal.when) == (Code.NOT_OPEN, "Vito Ferrante", AT.isoformat())


@pytest.mark.parametrize(
    ("answers", "before", "versions"),
    [
        ([{"q_id": "1-1", "value": "A"}], {}, {"1-1": 1}),
        ([{"q_id": "1-1", "value": "A", "version": 3}], {"1-1": kept("B", 3)}, {"1-1": 4}),
        ([{"q_id": "1-1", "version": 1}], {"1-1": kept("B")}, {"1-1": 2}),
        ([{"q_id": "1-1", "value": "A", "comment": "See 2.", "version": 1}], {"1-1": kept("A")}, {"1-1": 2}),
        ([{"q_id": "1-2", "value": True}], {"1-1": kept("B", 7)}, {"1-2": 1}),
        ([{"q_id": "1-1", "value": "B"}], {"1-1": kept("B", 7)}, {}),
        ([{"q_id": "1-3", "value": 5.0, "version": 1}], {"1-3": kept(5)}, {}),
    ],
)
def test_an_answer_made_from_the_version_that_is_there_is_taken(
    answers: list[dict[str, Any]], before: dict[str, KeptAnswer], versions: dict[str, int]
) -> None:
    assert changed(draft(*answers), before) == versions


@pytest.mark.parametrize(("read", "now"), [(0, 1), (1, 2), (3, 2), (1, 0)])
def test_an_answer_that_somebody_else_changed_meanwhile_is_a_conflict(read: int, now: int) -> None:
    before = {"1-2": kept(value=False, version=now)} if now else {}
    with pytest.raises(Refused) as refused:
        changed(draft({"q_id": "1-1", "value": "A"}, {"q_id": "1-2", "value": True, "version": read}), before)
    refusal = refused.value.refusal
    assert refusal.code is Code.CONFLICT
    assert set(refusal.fields) == {"answers.1.version"}
    if now:
        assert (refusal.who, refusal.when) == ("Wen Li", AT.isoformat())
        assert "Wen Li" in refusal.fields["answers.1.version"]


@pytest.mark.parametrize("answer", [{"version": -1}, {"version": 0, "q_id": "1.1"}, {"version": 0, "by": "me"}])
def test_a_draft_that_is_no_draft_is_refused(answer: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        draft({"q_id": "1-1", **answer})
    with pytest.raises(ValidationError):
        draft()
