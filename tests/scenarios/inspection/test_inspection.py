"""An authority inspects: a bad outcome is put before people at once, and what it has noted is answered in time."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

from domain.inspection.inspection import InspectionNotice
from tests.company import Company
from tests.records.rebuilt import is_rebuilt_identically
from tests.scenarios.days import MONDAY, SATURDAY, evening, evening_in_the_us, the_next, working_in_the_us
from tests.scenarios.qualifying import does, does_unasked, line_of, stands


def working_before(day: date, days: int) -> date:
    """So many working days before a day; the site has no holidays then."""
    while days:
        day -= timedelta(days=1)
        days -= day.weekday() < SATURDAY
    return day


async def noticed(company: Company, **given: Any) -> str:
    """An inspection of the seeded site; returns the id of the case."""
    told = {"announced_on": company.today.isoformat(), **given}
    body = company.fills(InspectionNotice, **told).model_dump(mode="json")
    answer = await company.vito.post("/v1/inspections", body, **{"Idempotency-Key": str(uuid4())})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["case_id"])


async def opened(company: Company, case_id: str, process: str) -> list[str]:
    """The cases of a process that the inspection has opened, as the sponsor sees them."""
    return [case["case_id"] for case in (await company.ines.sees(case_id))["cases"] if case["process"] == process]


async def test_an_oai_reaches_the_head_of_quality_at_once_and_its_observations_are_answered(company: Company) -> None:
    await stands(company, "APPROVED")
    monday = the_next(MONDAY, company.today, 3)
    case_id = await noticed(company, start=monday.isoformat())
    begin = await company.asked(case_id, "begin")
    await company.comes_on(monday)
    assert begin.due_at == evening(monday, 1)
    case = await does(company.vito, case_id, "begin", expected_end=monday.isoformat())
    assert case["stage"] == "UNDER_WAY"
    assert (await company.asked(case_id, "report-outcome")).due_at == evening(monday, 3)
    oai = {"outcome": "OAI", "observations": {"critical": 1, "other": 2}}
    case = await does(company.vito, case_id, "report-outcome", **oai)
    assert (case["stage"], case["cases"]) == ("FOLLOW_UP", [])

    await is_put_before_people(company, case_id, monday)
    await is_commented(company, case_id, monday)
    warned = company.today + timedelta(days=1)
    await company.comes_on(warned)
    await does_unasked(company.ines, case_id, "report-warning-letter", received_on=warned.isoformat())
    assert len(await opened(company, case_id, "status-cases")) == 1  # it joins the open proposal
    assert (await company.asked(case_id, "share-draft")).prefill["answers"] == "WARNING_LETTER"
    await does(company.ines, case_id, "review-outcome")
    answer_due = working_in_the_us(monday, 15)
    await company.comes_on(answer_due)
    await is_filed(company, case_id, "OBSERVATIONS", due=evening_in_the_us(answer_due))
    await is_filed(company, case_id, "WARNING_LETTER", due=evening_in_the_us(working_in_the_us(warned, 15)))
    case = await company.vito.sees(case_id)
    assert (case["stage"], case["tasks"]) == ("CLOSED", [])  # nobody needs the second draft any more
    filed = await company.events(case_id, "inspection.file-answer")
    assert [event.payload["effect"] for event in filed] == [
        {"filed_late": False, "shared_in_time": True},
        {"filed_late": False, "shared_in_time": False},
    ]
    await others_end_without_an_answer(company)
    await is_rebuilt_identically(company.database)


async def is_put_before_people(company: Company, case_id: str, monday: date) -> None:
    """Suspension and risk in the transaction of the outcome; an audit for cause because a person says so."""
    await company.delivered()
    (suspension,), (risk,) = [await opened(company, case_id, each) for each in ("status-cases", "risk-reviews")]
    await company.asked(suspension, "suspend")
    task = await company.hana.task(suspension, "suspend")
    assert task is not None
    assert (task["due_at"][:10], task["prefill"]["scope"]) == (
        (monday + timedelta(days=1)).isoformat(),
        "NEW_ORDERS_AND_RELEASE",
    )
    assert (await line_of(company) or {})["status"] == "APPROVED"  # a person decides
    assert "tier" not in (await company.asked(risk, "assess-risk")).prefill

    review = await company.asked(case_id, "review-outcome")
    assert review.due_at == evening(monday, 1)
    assert await company.vito.task(case_id, "review-outcome") is None
    await does(company.ines, case_id, "review-outcome", for_cause=True)
    (audit,) = await opened(company, case_id, "audits")
    await company.delivered()
    await company.asked(audit, "decide")


async def is_commented(company: Company, case_id: str, monday: date) -> None:
    """The draft is due three working days before the answer; the site reads the comments, not the review.

    The answer is due by the days of the authority, and so ends where it is.
    """
    answer_due = working_in_the_us(monday, 15)
    draft_due = working_before(answer_due, 3)
    draft, filed = [await company.asked(case_id, action) for action in ("share-draft", "file-answer")]
    assert (draft.due_at, filed.due_at) == (evening_in_the_us(draft_due), evening_in_the_us(answer_due))
    await company.comes_on(draft_due)
    await does(company.vito, case_id, "share-draft")
    assert (await company.asked(case_id, "comment-draft")).due_at == evening_in_the_us(answer_due)
    await does(company.ines, case_id, "comment-draft", agree=False)
    seen = {record["action"]: record["form"] for record in (await company.vito.sees(case_id))["records"]}
    assert seen["comment-draft"]["agree"] is False
    assert "review-outcome" not in seen


async def is_filed(company: Company, case_id: str, answers: str, *, due: datetime) -> None:
    """One of several answers is filed today."""
    open_tasks = await company.open_tasks(case_id, "file-answer")
    (task,) = [row for row in open_tasks if row.prefill["answers"] == answers]
    assert task.due_at == due
    copy = await company.vito.uploads(case_id)
    body = {"answers": answers, "filed_on": company.today.isoformat(), "document": copy}
    sent = await company.vito.sends(case_id, "file-answer", body, task.task_id)
    assert sent.status_code == 200, sent.text


async def others_end_without_an_answer(company: Company) -> None:
    """One is called off, one ends well, and of one the site says nothing."""
    called_off = await noticed(company, reference="FEI 2")
    assert (await company.asked(called_off, "begin")).due_at is None
    assert (await does_unasked(company.ines, called_off, "call-off"))["outcome"] == "CANCELLED"
    plain = await noticed(company, reference="FEI 3")
    await does(company.vito, plain, "begin", started_on=company.today.isoformat())
    await does(company.vito, plain, "report-outcome", outcome="COMPLIANT")
    assert (await does(company.ines, plain, "review-outcome"))["outcome"] == "CLOSED"
    silent = await noticed(company, reference="FEI 4")
    await company.asked(silent, "begin")
    today = company.today.isoformat()
    await does_unasked(company.ines, silent, "enter-beginning", started_on=today, expected_end=today)
    await company.asked(silent, "report-outcome")
    await does_unasked(company.ines, silent, "enter-outcome", outcome="NAI", end=today, received_on=today)
    assert (await does(company.ines, silent, "review-outcome"))["outcome"] == "CLOSED"
    assert await company.open_tasks(silent, "begin") == await company.open_tasks(silent, "report-outcome") == []
