from datetime import UTC, datetime

import pytest

from domain.core.days import Unit
from domain.core.forms import Process
from domain.core.people import Org, Role
from domain.core.view import Clock, TaskView
from domain.core.waiting import waiting_for, waiting_of_closed, waiting_on_hold

DUE = datetime(2030, 1, 3, 22, 59, 59, tzinfo=UTC)


def task(**changes: object) -> TaskView:
    clock = Clock(
        policy_key="audit.report.for_cause",
        policy_version=1,
        started_at=DUE,
        n=30,
        unit=Unit.CALENDAR_DAYS,
        calendar_id="CAL-AT",
        tz="Europe/Vienna",
        due_at=DUE,
    )
    given = TaskView(
        task_id="AUD-1.1",
        case_id="AUD-1",
        process=Process.AUDIT,
        action="report",
        title="Write the audit report",
        about="",
        site_id="VM-02",
        roles=(Role.LEAD_AUDITOR,),
        assignee=None,
        org=Org.SPONSOR,
        opened_at=DUE,
        due_at=DUE,
        overdue=False,
        clock=clock,
        otherwise="The head of QA is told.",
        signature_meaning=None,
        url="/v1/tasks/AUD-1.1",
        action_url="/v1/audits/AUD-1/report",
        schema_url="/v1/forms/audits/report",
    )
    return given.model_copy(update=changes)


WHOLE = (
    "Waits for LEAD_AUDITOR of the sponsor until 2030-01-03 23:59 (Europe/Vienna): Write the audit report. "
    "Otherwise: The head of QA is told."
)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({}, WHOLE),
        ({"overdue": True}, WHOLE.replace("report. Other", "report. It is overdue. Other")),
        ({"about": "finding 2"}, WHOLE.replace("report.", "report (finding 2).")),
        ({"assignee": "PER-2"}, WHOLE.replace("LEAD_AUDITOR", "PER-2")),
        (
            {"roles": (Role.QP, Role.HEAD_QA), "org": Org.CDMO},
            WHOLE.replace("LEAD_AUDITOR of the sponsor", "HEAD_QA or QP of the site"),
        ),
        (
            {"due_at": None, "clock": None, "otherwise": ""},
            "Waits for LEAD_AUDITOR of the sponsor: Write the audit report.",
        ),
    ],
)
def test_a_task_is_waited_for_in_one_sentence(changes: dict[str, object], sentence: str) -> None:
    assert waiting_for([task(**changes)], others=False) == sentence


def test_the_soonest_comes_first_and_what_has_no_due_date_last() -> None:
    later, never = task(title="Later", due_at=DUE.replace(year=2031)), task(title="Never", due_at=None)
    text = waiting_for([never, later, task(title="Soon")], others=False)
    assert text.index("Soon") < text.index("Later") < text.index("Never")


@pytest.mark.parametrize(
    ("tasks", "others", "end"),
    [
        ([], False, "its next step follows by itself."),
        ([], True, "The sponsor is working on it."),
        ([task()], True, "The sponsor is working on its part too."),
    ],
)
def test_what_the_reader_may_not_see_is_only_hinted_at(tasks: list[TaskView], others: bool, end: str) -> None:  # noqa: FBT001
    assert waiting_for(tasks, others=others).endswith(end)


def test_a_case_without_a_task_waits_for_the_cases_it_has_opened() -> None:
    assert waiting_for([], others=False, cases=["AUD-1", "CAPA-2"]) == "Waits for AUD-1, CAPA-2."
    assert waiting_for([task()], others=False, cases=["AUD-1"]) == WHOLE


def test_closed_and_held_cases_say_since_when() -> None:
    assert waiting_of_closed("CLOSED", "ACCEPTABLE", DUE) == (
        "Waits for nobody: CLOSED with the outcome ACCEPTABLE on 2030-01-03 22:59 (UTC)."
    )
    assert waiting_on_hold("Flood.", DUE) == (
        "On hold since 2030-01-03 22:59 (UTC): Flood. Its clocks stand still until it is resumed."
    )
    assert waiting_on_hold(None, None) == "On hold. Its clocks stand still until it is resumed."
