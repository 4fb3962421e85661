"""A small questionnaire with a question of every kind."""

from typing import Any

from domain.qualification.questionnaire import Template

NO = {"values": [False]}
QUESTIONS: list[dict[str, Any]] = [
    {"q_id": "1-1", "type": "TEXT", "text": "Name?"},
    {"q_id": "1-2", "type": "BOOL", "text": "Licensed?", "critical_gap": NO, "weight": 3},
    {"q_id": "1-3", "type": "NUMBER", "text": "People?", "unit": "persons", "minimum": 1, "maximum": 500},
    {"q_id": "1-4", "type": "NUMBER", "text": "On time?", "unit": "%", "gap": {"below": 85, "above": 100}},
    {
        "q_id": "1-5",
        "type": "ENUM",
        "text": "Records?",
        "options": ["Paper", "Electronic"],
        "gap": {"values": ["Paper"]},
    },
    {"q_id": "1-6", "type": "DATE", "text": "Last review?", "gap": {"older_than_months": 12}, "weight": 2},
    {"q_id": "1-7", "type": "FILE", "text": "Chart?"},
    {"q_id": "1-8", "type": "BOOL", "text": "Insured?", "mandatory": False, "gap": NO},
    {"q_id": "1-9", "type": "BOOL", "text": "Separate?", "critical_gap": NO, "excusable": True},
    {"q_id": "1-10", "type": "BOOL", "text": "Media fill?", "gap": NO, "activities": ["STERILE_FILL"]},
]


def template(*questions: dict[str, Any], **changes: Any) -> Template:
    """A template of one section."""
    section = {"number": 1, "title": "All", "questions": list(questions) or QUESTIONS}
    known = {"template_id": "SQ-GMP", "version": 1, "title": "Test", "sections": [section]}
    return Template.model_validate({**known, **changes})
