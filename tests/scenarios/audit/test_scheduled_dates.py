"""Two scheduled audits of the same site, exact to the day (domain specification, section 13: AUD-1 and AUD-2).

Audits last from a Tuesday to a Thursday, so that 30 days later is a Saturday, as in the specification.
"""

from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path

import pytest

import worker
from domain.core.clocks import Level
from tests.company import Alarm, Company, company_at
from tests.records.databases import Databases
from tests.scenarios.days import TUESDAY, evening, morning, the_next

MAJOR, OTHER = (
    {"severity": severity, "area": area, "summary": summary}
    for severity, area, summary in (
        ("MAJOR", "QC laboratory", "Audit trail review is missing."),
        ("OTHER", "Warehouse", "A label was hard to read."),
    )
)


async def announced(company: Company, first: date, *, ahead: int) -> str:
    """A scheduled audit from a Tuesday to a Thursday, announced so many days ahead."""
    audit = await company.ines.requests(type="SCHEDULED", trigger=None)
    last = first + timedelta(days=2)
    await company.staffed(audit, first_day=first.isoformat(), last_day=last.isoformat())
    await company.comes_on(first - timedelta(days=ahead))
    await company.tom.does(audit, "notice")
    return audit


async def conducted(company: Company, audit: str, first: date, findings: list[dict[str, str]]) -> None:
    """On site from Tuesday to Thursday."""
    await company.comes_on(first)
    lead = company.colleague((await company.ines.sees(audit))["audit"]["lead"])
    await lead.does(audit, "open", held_at=company.now.isoformat())
    await company.comes_on(first + timedelta(days=2), 16)
    await lead.does(
        audit,
        "close-meeting",
        held_at=company.now.isoformat(),
        last_day=company.today.isoformat(),
        preliminary_findings=findings,
    )


async def test_report_and_response_are_due_on_mondays_and_effectiveness_outlives_the_audit(company: Company) -> None:
    first = the_next(TUESDAY, company.today, 40)
    last = first + timedelta(days=2)
    audit = await announced(company, first, ahead=33)
    assert (await company.asked(audit, "confirm")).due_at == evening(first, -33 + 14)
    await company.vito.does(audit, "confirm")
    await company.tom.does(audit, "prepare")
    await conducted(company, audit, first, [MAJOR] * 2 + [OTHER] * 5)

    assert (await company.asked(audit, "report")).due_at == evening(last, 32)  # Saturday -> Monday
    await company.comes_on(last + timedelta(days=22))
    await company.reported(audit)
    assert (await company.asked(audit, "respond")).due_at == evening(last, 22 + 31)  # Sunday -> Monday
    await company.comes_on(last + timedelta(days=43))
    await company.vito.does(audit, "respond")
    await company.tom.does(audit, "review-response", verdicts=await company.accepts_all(audit))
    await company.comes_on(last + timedelta(days=50))
    await company.priya.does(audit, "accept-response")

    majors = (await company.capas_of(audit))[:2]
    assert (await company.asked(majors[0], "implement")).due_at == evening(last, 22 + 90)  # as the response promised
    for capa in await company.capas_of(audit):
        await company.implemented(capa)
    watched_until = evening(company.today, 90)
    assert {capa["status"] for capa in (await company.ines.sees(audit))["capas"]} == {
        "EFFECTIVENESS_PENDING",
        "VERIFIED",
    }
    closing = await company.asked(audit, "close")
    assert closing.prefill["follow_ups"] == majors
    case = await company.priya.does(audit, "close")
    assert (case["stage"], case["outcome"]) == ("CLOSED", "ACCEPTABLE_WITH_CAPA")

    assert await company.open_task(majors[0], "check-effectiveness") is None
    await company.comes(watched_until - timedelta(hours=1))
    assert await company.open_task(majors[0], "check-effectiveness") is None
    await company.passes(hours=2)
    assert await company.vito.task(majors[0], "check-effectiveness") is None
    await company.ines.does(majors[0], "check-effectiveness", result="EFFECTIVE")
    await company.ines.does(majors[1], "check-effectiveness", result="INEFFECTIVE", measured="4 in 90 days")
    outcomes = [(await company.recorded(capa, "case.closed")).payload["outcome"] for capa in majors]
    assert outcomes == ["EFFECTIVE", "INEFFECTIVE"]
    case = await company.vito.sees(audit)
    assert [finding["is_repeat"] for finding in case["findings"]] == [False, True] + [False] * 5
    successor = case["findings"][1]["capa_id"]
    await company.asked(successor, "plan")
    seen = await company.vito.sees(successor)
    assert (seen["capas"][0]["follows"], seen["stage"], seen["owner"]) == (majors[1], "PROPOSED", audit)
    assert (await company.vito.task(successor, "plan")) is not None
    assert await company.alarms(audit, "report") == []
    assert await company.alarms(audit, "respond") == []


async def test_ruth_replaces_tom_and_a_dispute_is_judged_while_the_other_clocks_run(company: Company) -> None:
    first = the_next(TUESDAY, company.today, 45)
    last = first + timedelta(days=2)
    audit = await announced(company, first, ahead=39)
    assert (await company.asked(audit, "confirm")).due_at == evening(first, -25)
    await company.vito.does(audit, "confirm")

    await company.comes_on(first - timedelta(days=14))
    incoming = {"person_id": company.ruth.person, "role": "LEAD", "language": "en"}
    await company.ines.does(audit, "replace-auditor", outgoing=company.tom.person, incoming=incoming)
    assert await company.ruth.task(audit, "prepare") is None  # not before she has declared her independence
    await company.ruth.does(audit, "declare")
    await company.recorded(audit, "audit.auditor_replaced")
    assert await company.tom.is_refused(audit, "prepare") == (403, "not_assigned")
    await company.ruth.does(audit, "prepare")
    assert [mail.splitlines()[0] for mail in await company.mails("vito", "new auditor")] == [
        f"Ruth Lindqvist joins the audit team of {audit}. The days of the audit stay as they are."
    ]
    case = await company.vito.sees(audit)
    assert (case["audit"]["first_day"], case["audit"]["last_day"]) == (first.isoformat(), last.isoformat())
    assert case["audit"]["lead"] == company.ruth.person

    await conducted(company, audit, first, [MAJOR] * 3 + [OTHER] * 4)
    assert (await company.asked(audit, "report")).due_at == evening(last, 32)
    await company.comes_on(last + timedelta(days=27))
    await company.reported(audit, by="ruth")
    assert [(alarm.at, alarm.alarm) for alarm in await company.alarms(audit, "report")] == [
        (morning(last, 25), "reminder")
    ]

    assert (await company.asked(audit, "respond")).due_at == evening(last, 57)
    await company.comes_on(last + timedelta(days=34))
    await company.vito.does(audit, "dispute", finding_no=3, evidence=[await company.vito.uploads(audit)])
    assert (await company.asked(audit, "judge-dispute")).due_at == evening(last, 48)
    assert await company.tom.is_refused(audit, "judge-dispute") == (403, "wrong_role")
    await company.comes_on(last + timedelta(days=46))
    await company.priya.does(audit, "judge-dispute", verdict="UPHELD")
    due = sorted([task.due_at, task.concerns] for task in await company.open_tasks(audit, "respond"))
    assert due == [
        [evening(last, 57), [1, 2, 4, 5, 6, 7]],  # has run on
        [evening(last, 69), [3]],  # stood still from day 34 to day 46
    ]

    await company.comes_on(last + timedelta(days=56))
    await company.vito.does(audit, "respond")
    await company.judged(audit, by="ruth")
    await company.comes_on(last + timedelta(days=69))
    assert [(alarm.at, alarm.alarm, alarm.to) for alarm in await company.alarms(audit, "respond")] == [
        (morning(last, 50), "reminder", ("vito",)),
        (morning(last, 56), "reminder", ("vito",)),
        (morning(last, 62), "reminder", ("vito",)),
        (morning(last, 68), "reminder", ("vito",)),
    ]
    await company.vito.does(audit, "respond")
    case = await company.judged(audit, by="ruth")
    assert {finding["number"] for finding in case["findings"] if finding["capa_id"]} == {1, 2, 3, 4, 5, 6, 7}
    assert (case["stage"], case["overdue"]) == ("CAPA_MONITORING", False)


@pytest.fixture
async def forgetful_company(
    tmp_path: Path, databases: Databases, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Company]:
    """Its worker remembers no case: at every step the case is told to it again from its history."""
    monkeypatch.setattr(worker, "CACHED_WORKFLOWS", 0)
    async with company_at(tmp_path, await databases.seeded("sqlite")) as company:
        yield company


async def test_what_nobody_acknowledges_escalates_and_what_nobody_answers_is_proposed_not_decided(
    forgetful_company: Company,
) -> None:
    company = forgetful_company
    first = the_next(TUESDAY, company.today, 40)
    last = first + timedelta(days=2)
    audit = await announced(company, first, ahead=33)
    await company.vito.does(audit, "confirm")
    await company.tom.does(audit, "prepare")
    await conducted(company, audit, first, [MAJOR])
    await company.comes_on(last + timedelta(days=32 + 21))  # three weeks after the report was due
    assert (await company.tom.sees(audit))["overdue"]
    reminder, *alarms = await company.alarms(audit, "report")
    assert (reminder.at, reminder.alarm, reminder.level) == (morning(last, 25), "reminder", Level.L0)
    assert "tom" in reminder.to
    assert alarms == [
        Alarm(evening(last, 32), "due", Level.L0, ("tom",)),
        Alarm(morning(last, 33), "rung", Level.L2, ("priya",)),
        Alarm(evening(last, 34), "climb", Level.L3, ("hana",)),
        Alarm(evening(last, 35), "climb", Level.L4, ("erik", "hana")),
        Alarm(morning(last, 53), "rung", Level.L3, ("hana",)),
    ]
    assert (await company.tom.sees(audit))["stage"] == "REPORT_DRAFT"

    issued = company.today
    await company.tom.does(audit, "report")
    case = await company.priya.does(audit, "approve-report")
    assert not case["overdue"]
    await company.vito.does(audit, "acknowledge-report")
    response = await company.asked(audit, "respond")
    assert response.due_at == evening(issued, 30)  # a Monday and 30 days: a Wednesday
    await company.comes_on(issued + timedelta(days=31))
    await company.vito.does(audit, "acknowledge", task_id=response.task_id, note="Two days more.")
    await company.comes_on(issued + timedelta(days=44))
    await company.hana.does(audit, "acknowledge", task_id=response.task_id, note="I have called the site.")
    await company.comes_on(issued + timedelta(days=58))
    assert await company.alarms(audit, "respond") == [
        Alarm(morning(issued, 23), "reminder", Level.L0, ("vito",)),
        Alarm(morning(issued, 29), "reminder", Level.L0, ("vito",)),
        Alarm(evening(issued, 30), "due", Level.L0, ("vito",)),
        Alarm(morning(issued, 31), "rung", Level.L1, ("uta", "vito")),
        Alarm(morning(issued, 44), "rung", Level.L3, ("hana",), "PROBATION"),
        Alarm(morning(issued, 58), "rung", Level.L3, ("hana",), "SUSPEND"),
    ]
    proposals = [mail for mail in await company.mails("hana", "Respond to the findings") if "Proposed" in mail]
    assert ["PROBATION" in proposals[0], "SUSPEND" in proposals[1]] == [True, True]
    assert (await company.vito.sees(audit))["stage"] == "RESPONSE_DUE"  # nothing was decided by itself

    await company.vito.does(audit, "respond")
    await company.passes(days=5)
    assert len(await company.alarms(audit, "respond")) == 6
    assert await company.alarms(audit, "review-response") == []
