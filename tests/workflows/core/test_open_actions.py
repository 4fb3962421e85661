"""Which open task or offer a submission is for, and why it is for none."""

from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum

import pytest
from pydantic import JsonValue

from domain.audit.report import OutcomeException
from domain.audit.request import ForCauseDecision
from domain.core.case import CaseOrder, Submission
from domain.core.case_actions import Hold, Resume
from domain.core.forms import Form, Process
from domain.core.people import SYSTEM, Actor, Org, Role
from domain.core.refusals import Code, Refused
from workflows.core.open_actions import Open
from workflows.core.progress import Progress
from workflows.core.tasks import Answered, Closing, Offer, Task

NOW = datetime(2026, 5, 5, 16, tzinfo=UTC)
ORDER = CaseOrder(
    case_id="AUD-1", process=Process.AUDIT, title="Audit", supplier_id="SUP-1", site_id="CH-1", requested_by=SYSTEM,
    requested_at=NOW, policy_version=1, request={},
)  # fmt: skip
DECISION: dict[str, JsonValue] = {
    "allow": True, "report": {"version": 1, "sha256": "0" * 64}, "reason": "Contained and closed before the report.",
}  # fmt: skip
PROTECTS: dict[str, JsonValue] = {"accept": True, "reason": "The allegation concerns released batches."}
REASON: dict[str, JsonValue] = {"reason": "Site closed by flood"}


class Stage(StrEnum):
    REQUESTED = "REQUESTED"
    CLOSED = "CLOSED"


def actor(person: str, role: Role) -> Actor:
    return Actor(person=person, user=person.lower(), name=person, org=Org.SPONSOR, roles=frozenset({role}))


HANA, HUGO = actor("PER-1", Role.HEAD_QA), actor("PER-2", Role.HEAD_QA)
INES = actor("PER-3", Role.SUPPLIER_QUALITY)
ANSWERED = Answered(OutcomeException.stored(DECISION), HUGO, NOW, number=2, version=1, sha256="", effect={})


class Desk:
    """The open actions of a case."""

    def __init__(self) -> None:
        self.progress = Progress(Stage.REQUESTED)
        self.open = Open(ORDER, self.progress)

    def asks(
        self,
        task_id: str,
        form: type[Form] = OutcomeException,
        *,
        to: str | None = None,
        barred: Mapping[str, str] | None = None,
    ) -> Task:
        task = Task(task_id, form, to, dict(barred or {}), None, NOW)
        self.open.tasks[task_id] = task
        return task

    def target(
        self, form: type[Form], by: Actor, body: Mapping[str, JsonValue], task_id: str | None = None
    ) -> Task | Offer:
        submission = Submission(command_id="C-1", actor=by, form=dict(body), task_id=task_id)
        return self.open.target(form, submission)[0]

    def refusal(self, form: type[Form], by: Actor, body: Mapping[str, JsonValue]) -> Code:
        with pytest.raises(Refused) as refused:
            self.target(form, by, body)
        return refused.value.refusal.code


@pytest.fixture
async def desk() -> Desk:
    return Desk()


async def test_of_several_tasks_it_is_the_first_that_the_person_may_answer(desk: Desk) -> None:
    desk.asks("AUD-1.1", barred={"PER-1": "S9"})
    second, third = desk.asks("AUD-1.2"), desk.asks("AUD-1.3", to="PER-2")
    assert desk.target(OutcomeException, HANA, DECISION) is second
    assert desk.target(OutcomeException, HUGO, DECISION, "AUD-1.3") is third


async def test_who_may_answer_none_is_told_why_not_the_first(desk: Desk) -> None:
    desk.asks("AUD-1.1", barred={"PER-1": "S9"})
    desk.asks("AUD-1.2", to="PER-2")
    assert desk.refusal(OutcomeException, HANA, DECISION) is Code.SEGREGATION_OF_DUTIES


async def test_a_part_that_is_left_is_answered_though_another_task_asks_for_it_by_now(desk: Desk) -> None:
    left = desk.asks("AUD-1.2")
    submission = Submission(command_id="C-1", actor=HANA, form=DECISION, task_id="AUD-1.1")
    with pytest.raises(Refused):
        desk.open.target(OutcomeException, submission)
    assert desk.open.target(OutcomeException, submission, anew=True)[0] is left
    assert (desk.open.asks(OutcomeException), desk.open.asks(Hold)) == (True, False)


async def test_an_offer_is_taken_as_long_as_it_stands(desk: Desk) -> None:
    desk.open.answer(OutcomeException, ANSWERED)
    assert desk.refusal(Hold, INES, REASON) is Code.NOT_OPEN
    offer = Offer(Hold, None)
    desk.open.offer(offer)
    assert desk.target(Hold, INES, REASON) is offer
    assert desk.open.on_offer() == ("hold",)
    desk.open.clear()
    assert desk.refusal(Hold, INES, REASON) is Code.NOT_OPEN


async def test_what_was_answered_is_told_from_what_was_never_open(desk: Desk) -> None:
    desk.open.offer(Offer(Hold, None))
    assert desk.refusal(OutcomeException, HANA, DECISION) is Code.NOT_OPEN
    desk.open.answer(OutcomeException, ANSWERED)
    assert desk.refusal(OutcomeException, HANA, DECISION) is Code.ALREADY_ANSWERED


async def test_a_hold_stops_all_but_what_ends_it(desk: Desk) -> None:
    desk.asks("AUD-1.1")
    resume = Offer(Resume, None)
    desk.open.offer(resume)
    desk.progress.held = True
    assert desk.refusal(OutcomeException, HANA, DECISION) is Code.CASE_ON_HOLD
    assert desk.target(Resume, INES, REASON) is resume


async def test_a_no_never_waits(desk: Desk) -> None:
    task = desk.asks("AUD-1.1")
    desk.progress.held = True
    assert desk.target(OutcomeException, HANA, {**DECISION, "allow": False}) is task


@pytest.mark.parametrize("attribute", ["ending", "closed"])
async def test_a_case_that_ends_takes_nothing_and_tells_strangers_nothing(desk: Desk, attribute: str) -> None:
    desk.asks("AUD-1.1")
    setattr(desk.progress, attribute, Closing.at(Stage.CLOSED))
    assert desk.refusal(OutcomeException, HANA, DECISION) is Code.CASE_CLOSED
    assert desk.refusal(OutcomeException, INES, DECISION) is Code.WRONG_ROLE


async def test_a_form_that_is_not_valid_is_refused_by_field(desk: Desk) -> None:
    desk.asks("AUD-1.1")
    assert desk.refusal(OutcomeException, HANA, {"accept": True}) is Code.FORM_INVALID


async def test_a_case_that_has_taken_no_step_yet_says_so(desk: Desk) -> None:
    assert desk.refusal(OutcomeException, HANA, DECISION) is Code.NOT_STARTED_YET
    desk.open.offer(Offer(Hold, None))
    assert desk.refusal(OutcomeException, HANA, DECISION) is Code.NOT_OPEN


async def test_what_is_about_to_be_asked_for_is_repeated_in_a_moment(desk: Desk) -> None:
    desk.open.offer(Offer(Hold, None))
    desk.open.opening["AUD-1.1"] = OutcomeException
    assert desk.refusal(OutcomeException, HANA, DECISION) is Code.NOT_STARTED_YET
    assert desk.refusal(Resume, INES, REASON) is Code.NOT_OPEN
    with pytest.raises(Refused) as refused:
        desk.target(OutcomeException, HANA, DECISION, "AUD-1.0")
    assert refused.value.refusal.code is Code.NOT_OPEN


async def test_a_question_that_was_withdrawn_is_not_said_to_be_answered(desk: Desk) -> None:
    desk.open.answer(OutcomeException, ANSWERED)
    withdrawn = desk.asks("AUD-1.2")
    desk.open.tasks.clear()
    desk.open.withdraw(withdrawn)
    for task in ("AUD-1.2", None):
        with pytest.raises(Refused, match="is not asked any more") as refused:
            desk.target(OutcomeException, HANA, DECISION, task)
        assert refused.value.refusal.code is Code.NOT_OPEN
    with pytest.raises(Refused, match="has been submitted already"):
        desk.target(OutcomeException, HANA, DECISION, "AUD-1.1")
    desk.open.answer(OutcomeException, ANSWERED)
    desk.open.tasks.clear()
    with pytest.raises(Refused, match="has been submitted already"):
        desk.target(OutcomeException, HANA, DECISION)


async def test_what_protects_is_barred_to_nobody_assigned_to_nobody_and_waits_for_nothing(desk: Desk) -> None:
    task = desk.asks("AUD-1.1", ForCauseDecision, to="PER-2", barred={"PER-1": "S1"})
    assert desk.refusal(ForCauseDecision, HANA, {**PROTECTS, "accept": False}) is Code.NOT_ASSIGNED
    task.assignee = None
    assert desk.refusal(ForCauseDecision, HANA, {**PROTECTS, "accept": False}) is Code.SEGREGATION_OF_DUTIES
    task.assignee = "PER-2"
    desk.progress.held = True
    assert desk.target(ForCauseDecision, HANA, PROTECTS) is task
    assert desk.refusal(ForCauseDecision, INES, PROTECTS) is Code.WRONG_ROLE
