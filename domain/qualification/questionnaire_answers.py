"""Answers to a questionnaire: are they valid, is anything missing, which are gaps, what do they score (section 4)."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, JsonValue, StrictBool, StrictInt, field_validator

from domain.core.anew import Excepted
from domain.core.days import add_months
from domain.core.document import Documents
from domain.core.forms import FIRST_DAY, LAST_DAY, Value, canonical, sha256
from domain.core.text import SAYS_SOMETHING, Text
from domain.qualification.questionnaire import AnswerType, GapRule, Question

_LARGEST = 10**12
_NOT_APPLICABLE = re.compile(r"\s*(n\s*[./]?\s*a\.?|not applicable\.?)\s*", re.IGNORECASE)

Number = (
    Annotated[StrictInt, Field(ge=-_LARGEST, le=_LARGEST)]
    | Annotated[float, Field(strict=True, ge=-_LARGEST, le=_LARGEST, allow_inf_nan=False)]
)


def _one_thing(value: object) -> object:
    """Say in one message what a union of types would say in four."""
    if not isinstance(value, bool | int | float | str):
        raise ValueError("must be true or false, a number or a text")  # noqa: TRY004 - told as a fault of the form
    if isinstance(value, str) and not (value.strip() and len(value) <= 4000):
        raise ValueError("must be a text of 1 to 4000 characters, not blank")
    if isinstance(value, int | float) and not abs(value) <= _LARGEST:
        raise ValueError("must be a number of common size")
    return value


AnswerValue = Annotated[StrictBool | Number | Text, BeforeValidator(_one_thing)]
"""BOOL: true or false; NUMBER: a number in the unit of the question; DATE: YYYY-MM-DD; ENUM: one of the options."""


class AnswerContent(Value):
    """What is said in answer to a question. Without a value, a reason and documents it is no answer yet."""

    value: Annotated[AnswerValue | None, Excepted(SAYS_SOMETHING, "`No` and `none` answer a question")] = None
    """The answer. BOOL: true or false; NUMBER: in the unit of the question; ENUM: one of the options; DATE: YYYY-MM-DD;
    TEXT: a text. A FILE question has none."""
    documents: Documents = ()
    """The answer to a FILE question; evidence for any other."""
    na_reason: Text | None = None
    """Given when the question does not apply: why. Then there is no value, and the question counts as answered."""
    comment: Text | None = None
    """A remark on the answer."""

    @field_validator("value", mode="after")
    @classmethod
    def _one_way_to_write_a_number(cls, value: AnswerValue | None) -> AnswerValue | None:
        """12.0 is kept as 12, so that the hash of the answers does not depend on how a database writes numbers."""
        return int(value) if isinstance(value, float) and value.is_integer() else value


Answers = Mapping[str, AnswerContent]
"""What has been answered so far, by question."""
Questions = Mapping[str, Question]
"""The questions that are asked, by id: `applicable(template, activity)`."""


class Gap(BaseModel):
    """An answer that falls short."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

    q_id: str
    critical: bool
    """Whether the questionnaire cannot be accepted with it."""
    says: str
    """The answer, in words."""


def is_answered(question: Question, content: AnswerContent | None) -> bool:
    """Whether there is an answer. N/A with its reason is one; a comment alone is none."""
    if content is None:
        return False
    given = bool(content.documents) if question.type is AnswerType.FILE else content.value is not None
    return given or content.na_reason is not None


def answer_faults(question: Question, content: AnswerContent) -> dict[str, str]:
    """What is wrong with an answer, by field; nothing while there is none. Its documents are looked up elsewhere."""
    value = content.value
    if isinstance(value, str) and _NOT_APPLICABLE.fullmatch(value):
        return {"value": "if the question does not apply, leave this out and say why in na_reason"}
    if content.na_reason is not None and value is not None:
        return {"value": "leave it out: the question is said not to apply"}
    if content.na_reason is not None and question.type is AnswerType.FILE and content.documents:
        return {"documents": "leave them out: the question is said not to apply"}
    fault = _value_fault(question, value) if value is not None else None
    return {"value": fault} if fault else {}


def _value_fault(question: Question, value: AnswerValue) -> str | None:
    match question.type:
        case AnswerType.BOOL:
            return None if isinstance(value, bool) else "must be true or false"
        case AnswerType.NUMBER:
            return _number_fault(question, value)
        case AnswerType.ENUM:
            return None if value in question.options else f"must be one of: {'; '.join(question.options)}"
        case AnswerType.DATE:
            return None if _day(value) else "must be a day, YYYY-MM-DD"
        case AnswerType.TEXT:
            return None if isinstance(value, str) else "must be a text"
        case AnswerType.FILE:
            return "leave it out: the question is answered by documents"


def _number_fault(question: Question, value: AnswerValue) -> str | None:
    unit = f" {question.unit}" if question.unit else ""
    if isinstance(value, bool | str):
        return f"must be a number{f' ({question.unit})' if question.unit else ''}"
    if question.minimum is not None and value < question.minimum:
        return f"must not be below {question.minimum:g}{unit}"
    if question.maximum is not None and value > question.maximum:
        return f"must not be above {question.maximum:g}{unit}"
    return None


def _day(value: AnswerValue) -> date | None:
    if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value, re.ASCII):
        return None
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return None
    return day if FIRST_DAY < day < LAST_DAY else None


def missing(questions: Questions, answers: Answers) -> tuple[str, ...]:
    """The mandatory questions without an answer, in order."""
    return tuple(
        q_id
        for q_id, question in questions.items()
        if question.mandatory and not is_answered(question, answers.get(q_id))
    )


def completeness(questions: Questions, answers: Answers) -> int:
    """Answered mandatory questions in %, rounded down: 100 only when none is missing."""
    mandatory = sum(question.mandatory for question in questions.values())
    return 100 * (mandatory - len(missing(questions, answers))) // mandatory if mandatory else 100


def gaps(questions: Questions, answers: Answers, *, on: date) -> tuple[Gap, ...]:
    """The answers that fall short, in order. `on` is the day from which ages of DATE answers are counted."""
    found = ((q_id, question, answers.get(q_id)) for q_id, question in questions.items())
    return tuple(
        gap for q_id, question, content in found if content is not None and (gap := _gap(question, content, on))
    )


def _gap(question: Question, content: AnswerContent, on: date) -> Gap | None:
    """N/A is never an ordinary gap; it is a critical one unless the question says that it may be excused."""
    if content.na_reason is not None:
        critical = question.critical_gap is not None and not question.excusable
        return Gap(q_id=question.q_id, critical=True, says=f"N/A: {content.na_reason}") if critical else None
    if content.value is None:
        return None
    for rule, critical in ((question.critical_gap, True), (question.gap, False)):
        if rule is not None and _falls_under(rule, content.value, on):
            return Gap(q_id=question.q_id, critical=critical, says=_in_words(question, content.value))
    return None


def _falls_under(rule: GapRule, value: AnswerValue, on: date) -> bool:
    if isinstance(value, bool):
        return value in rule.values
    if isinstance(value, int | float):
        return (rule.below is not None and value < rule.below) or (rule.above is not None and value > rule.above)
    if rule.older_than_months is not None:
        day = _day(value)
        return day is not None and add_months(day, rule.older_than_months) < on
    return value in rule.values


def score(questions: Questions, answers: Answers, *, on: date) -> float:
    """The score, 0 to 100 with one decimal: the share of weight that was earned.

    Only questions with a gap rule count. An answer without a gap earns the whole weight, a gap half of it, a critical
    gap and a missing answer nothing. N/A and optional questions without an answer are left out. 0 if none is left.
    """
    found = {gap.q_id: gap for gap in gaps(questions, answers, on=on)}
    earned = possible = 0.0
    for q_id, question in questions.items():
        content, gap = answers.get(q_id), found.get(q_id)
        answered = is_answered(question, content)
        excused = gap is None and content is not None and content.na_reason is not None
        if (question.gap is None and question.critical_gap is None) or excused or not (answered or question.mandatory):
            continue
        possible += question.weight
        if answered and not (gap and gap.critical):
            earned += question.weight / 2 if gap else question.weight
    return round(100 * earned / possible, 1) if possible else 0.0


def _in_words(question: Question, value: AnswerValue) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value} {question.unit}" if question.unit else str(value)


def answers_in_full(answers: Answers) -> dict[str, JsonValue]:
    """All answers as JSON, by question."""
    return {q_id: answers[q_id].model_dump(mode="json", include=set(AnswerContent.model_fields)) for q_id in answers}


def answers_sha256(template_id: str, version: int, answers: Answers) -> str:
    """The hash that a declaration names: template, version and every answer, whatever their order (21 CFR 11.70)."""
    return sha256(canonical({"template": template_id, "version": version, "answers": answers_in_full(answers)}))
