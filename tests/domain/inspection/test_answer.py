from datetime import date

import pytest

from domain.audit.request import trigger_key
from domain.core.names import name_key
from domain.inspection.answer import (
    AnswerTo,
    FiledAnswer,
    OutcomeReview,
    WarningLetter,
    for_cause_request,
    refuse_unless_asked,
    refuse_unless_filed,
    refuse_unless_warned,
)
from domain.inspection.inspection import InspectionNotice, InspectionOutcome
from tests.domain.filling import faults, filled
from tests.domain.shipped import POLICY

TODAY = date(2025, 1, 13)
DAYS = [("2025-01-09", True), ("2025-01-10", False), ("2025-01-13", False), ("2025-01-14", True)]


@pytest.mark.parametrize(("day", "refused"), DAYS)
def test_a_letter_comes_between_the_end_and_today(day: str, *, refused: bool) -> None:
    form = filled(WarningLetter, received_on=day)
    found = faults(lambda: refuse_unless_warned(form, ended_on=date(2025, 1, 10), latest_day=TODAY))
    assert found == ({"received_on"} if refused else set())


@pytest.mark.parametrize(("day", "refused"), DAYS)
def test_an_answer_is_filed_between_the_receipt_and_today(day: str, *, refused: bool) -> None:
    form = filled(FiledAnswer, filed_on=day)
    found = faults(lambda: refuse_unless_filed(form, since=date(2025, 1, 10), latest_day=TODAY))
    assert found == ({"filed_on"} if refused else set())


@pytest.mark.parametrize("asked", [None, *AnswerTo])
@pytest.mark.parametrize("given", AnswerTo)
def test_a_step_speaks_of_the_answer_that_its_task_asks_about(given: AnswerTo, asked: AnswerTo | None) -> None:
    found = faults(lambda: refuse_unless_asked(given, asked))
    assert found == ({"answers"} if asked not in (None, given) else set())


@pytest.mark.parametrize("answers", AnswerTo)
def test_every_answer_has_a_clock_of_fifteen_business_days(answers: AnswerTo) -> None:
    assert str(POLICY.clock(answers.clock).span) == "15bd"


def test_an_audit_for_cause_is_about_the_inspection_and_its_batches() -> None:
    review = filled(OutcomeReview, for_cause=True, rationale="Data are not reliable.")
    notice = filled(InspectionNotice, reference="FEI 300")
    copy = {"document_id": "DOC-1", "sha256": "0" * 64}
    outcome = filled(InspectionOutcome, batches=["B-1"], report=copy)
    request = for_cause_request(review, notice, outcome, ("SC-1",))
    assert request.trigger is not None
    assert (request.type, request.scope_ids, request.trigger.reason) == ("FOR_CAUSE", ("SC-1",), "REG_ACTION")
    assert (trigger_key(request.trigger), request.trigger.affected_batches) == (name_key("FEI 300"), ("B-1",))
    assert [each.document_id for each in request.trigger.evidence] == ["DOC-1"]
    assert faults(lambda: for_cause_request(review, notice, outcome, ())) == {"for_cause"}
