"""Answers without a gap to every question of a template, for stories in which the questionnaire is not the point."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from domain.qualification.questionnaire import AnswerType, GapRule, Question, Template, applicable
from domain.site.site import Activity


def good_answers(
    template: Template, activity: Activity, *, on: date, document: Mapping[str, str] | None = None
) -> list[dict[str, Any]]:
    """The body of a first draft that answers every question that applies. Optional FILEs stay open without a document.

    `on` is used for every DATE; `document` (id and sha256) for every FILE.
    """
    return [
        {"q_id": q_id, "version": 0, **_good(question, on, document)}
        for q_id, question in applicable(template, activity).items()
        if question.type is not AnswerType.FILE or document is not None
    ]


def _good(question: Question, on: date, document: Mapping[str, str] | None) -> dict[str, Any]:
    rules = [rule for rule in (question.gap, question.critical_gap) if rule is not None]
    match question.type:
        case AnswerType.FILE:
            assert document is not None
            return {"documents": [dict(document)]}
        case AnswerType.DATE:
            return {"value": on.isoformat()}
        case AnswerType.NUMBER:
            return {"value": _number(question, rules)}
        case AnswerType.TEXT:
            return {"value": "As agreed."}
    bad = {value for rule in rules for value in rule.values}
    options = question.options if question.type is AnswerType.ENUM else (True, False)
    return {"value": next(option for option in options if option not in bad)}


def _number(question: Question, rules: list[GapRule]) -> float:
    lowest = [rule.below for rule in rules if rule.below is not None]
    return max([question.minimum or 0, *lowest])
