from datetime import date
from typing import Any

import pytest

from domain.core.forms import Meaning
from domain.core.refusals import Code, Refused
from domain.status.ending import (
    DisqualificationConsent,
    DisqualificationDecision,
    ExitPlan,
    RetirementDecision,
    refuse_unless_planned,
    refuse_while_open,
)
from domain.status.probation import (
    ProbationConfirmation,
    ProbationDecision,
    refuse_unless_measured,
    suggested_probation,
)
from tests.domain.filling import faults, filled

TODAY = date(2026, 5, 5)
READ = {"version": 1, "sha256": "0" * 64}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, set()),
        ({"exit_plan": None}, {"exit_plan"}),
        ({"disqualify": False, "exit_plan": None}, set()),
        ({"disqualify": False}, {"exit_plan"}),
    ],
)
def test_a_disqualification_has_an_exit_plan(changes: dict[str, Any], expected: set[str]) -> None:
    decision = filled(DisqualificationDecision, **changes)
    assert faults(lambda: refuse_unless_planned(decision)) == expected
    assert decision.meaning() is (Meaning.APPROVED if decision.disqualify else Meaning.REJECTED)


@pytest.mark.parametrize("part", ["stock", "records", "stability", "retained_samples"])
def test_no_part_of_an_exit_plan_is_left_out_or_blank(part: str) -> None:
    plan = filled(ExitPlan).model_dump()
    for broken in ({**plan, part: " "}, {name: text for name, text in plan.items() if name != part}):
        with pytest.raises(ValueError, match=part):
            ExitPlan.model_validate(broken)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, set()),
        ({"measures": []}, {"measures"}),
        ({"review_on": None}, {"review_on"}),
        ({"review_on": "2026-05-05"}, {"review_on"}),
        ({"review_on": "2026-08-03"}, set()),
        ({"review_on": "2026-08-04"}, {"review_on"}),
        ({"put": False, "measures": [], "review_on": None}, set()),
        ({"put": False}, {"measures", "review_on"}),
    ],
)
def test_a_probation_has_measures_and_a_review(changes: dict[str, Any], expected: set[str]) -> None:
    decision = filled(ProbationDecision, suggested_probation(today=TODAY, every_days=30), **changes)
    assert faults(lambda: refuse_unless_measured(decision, today=TODAY)) == expected


@pytest.mark.parametrize(
    ("form", "answer"),
    [(ProbationConfirmation, "confirm"), (DisqualificationConsent, "consent"), (RetirementDecision, "retire")],
)
def test_a_no_is_signed_as_one(form: Any, answer: str) -> None:
    assert filled(form, {"decision": READ} if answer != "retire" else {}).meaning() is Meaning.APPROVED
    given = {answer: False} | ({"decision": READ} if answer != "retire" else {})
    assert filled(form, given).meaning() is Meaning.REJECTED


def test_what_is_open_keeps_a_site_from_retiring() -> None:
    refuse_while_open({})
    with pytest.raises(Refused, match="Still open: batches BAT-1; capas CAPA-2, CAPA-3") as refused:
        refuse_while_open({"batches": "BAT-1", "capas": "CAPA-2, CAPA-3"})
    assert refused.value.refusal.code is Code.GATE_CLOSED
    assert set(refused.value.refusal.fields) == {"batches", "capas"}
