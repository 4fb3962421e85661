"""A site on its way to the approved supplier list: straight through, conditionally, rejected, silent, withdrawn."""

import re
from datetime import timedelta
from pathlib import Path

from domain.core.clocks import Level
from tests.company import Alarm, Company
from tests.records.rebuilt import is_rebuilt_identically
from tests.scenarios import deciding
from tests.scenarios import qualifying as tell
from tests.scenarios.days import MONDAY, evening, morning, rolled, the_next

TUTORIAL = (Path(__file__).parents[3] / "docs/tutorials/first-qualification.md").read_text()
CLEAN = [{"severity": "RECOMMENDATION", "area": "Warehouse", "summary": "Labels could be larger."}]


def walk_through() -> list[str]:
    """The actions of the list of calls in the tutorial, in its order, without those of the audit."""
    return re.findall(r"`POST /v1/qualifications(?:/QC-1/([a-z-]+))?`", TUTORIAL)


async def test_straight_through_in_the_calls_that_its_steps_imply(company: Company) -> None:
    requested = company.today
    case_id = await tell.requested(company)
    await tell.screened(company, case_id)
    sent = await company.asked(case_id, "hand-in-questionnaire")
    assert sent.due_at == evening(rolled(requested + timedelta(days=30)))
    await tell.questioned(company, case_id)
    await tell.documented(company, case_id)
    await tell.rated(company, case_id)
    await tell.agreed(company, case_id)
    audit = await tell.audited(company, case_id, [tell.MAJOR, tell.OTHER])
    last = tell.day((await company.ines.sees(audit))["audit"]["last_day"])
    case = await tell.decided(company, case_id)

    assert (case["stage"], case["outcome"]) == ("APPROVED", "APPROVED")
    line = await tell.line_of(company)
    assert line is not None
    assert (line["status"], line["decided_in"], line["number"]) == ("APPROVED", case_id, 1)
    assert tell.day(line["next_audit_due"]) == last.replace(year=last.year + 1)  # tier CRITICAL: 12 months
    assert line["decided_by"] == sorted([company.hana.person, company.quentin.person])
    before = (company.now - timedelta(days=1)).isoformat()
    assert await tell.line_of(company, as_of=before) is None
    events, _ = await company.history(case_id)
    assert events <= 250
    answered = [event.type.partition(".")[2] for event in await company.events(case_id) if "form" in event.payload]
    assert [action or "request" for action in walk_through()] == answered
    await is_rebuilt_identically(company.database)


async def test_an_unmet_condition_suspends_new_orders_on_its_day_and_the_way_back_is_a_decision(
    company: Company,
) -> None:
    case_id = await tell.requested(company)
    await tell.screened(company, case_id)
    await tell.questioned(company, case_id)
    await tell.documented(company, case_id)
    await tell.rated(company, case_id)
    await tell.agreed(company, case_id)
    await tell.audited(company, case_id, CLEAN)
    today = company.today
    first, second, until = (today + timedelta(days=days) for days in (20, 40, 90))
    conditions = [
        {"text": text, "owner": "Head of production, site", "due": due.isoformat(), "verification": "Reports"}
        for text, due in (("A person in plant attends three batches.", first), ("Raw data are reviewed.", second))
    ]
    conditional = {
        "outcome": "CONDITIONALLY_APPROVED",
        "conditions": conditions,
        "conditional_to": until.isoformat(),
    }
    case = await tell.decided(company, case_id, **conditional)
    assert (case["stage"], case["closed_at"]) == ("CONDITIONALLY_APPROVED", None)
    tasks = sorted(await company.open_tasks(case_id, "verify-condition"), key=lambda task: task.sort_due)
    assert [(task.due_at, task.concerns) for task in tasks] == [(evening(first), [1]), (evening(second), [2])]
    assert await company.ines.is_refused(case_id, "hold") == (409, "not_open")

    await tell.does(company.ines, case_id, "verify-condition")
    await company.comes_on(second, 12)
    assert (await tell.line_of(company) or {})["status"] == "CONDITIONALLY_APPROVED"
    await company.comes_on(second + timedelta(days=1), 1)
    line = await tell.line_of(company)
    assert line is not None
    assert (line["status"], line["suspension_scope"]) == ("SUSPENDED", "NEW_ORDERS")
    assert (line["reason_code"], line["decided_by"]) == ("CONDITION_UNMET", [])
    assert str(line["effective_from"]).startswith(evening(second).isoformat()[:19])
    assert [mail for user in ("hana", "quentin", "vito") for mail in await company.mails(user, "status of VM-02")]

    await tell.does(company.ines, case_id, "verify-condition")
    case = await tell.decided(company, case_id, outcome="APPROVED")
    assert (case["stage"], case["outcome"]) == ("APPROVED", "APPROVED")
    history = (await company.hana.get("/v1/asl/SC-1"))["items"]
    assert [item["status"] for item in history] == ["APPROVED", "SUSPENDED", "CONDITIONALLY_APPROVED"]
    await deciding.at_rest(company)
    await is_rebuilt_identically(company.database)


async def test_a_sanctions_hit_rejects_unless_the_head_of_quality_overrides_it(company: Company) -> None:
    case_id = await tell.requested(company)
    hit = {"kind": "SANCTIONS", "concerns_scope": True, "valid": True, "description": "On the list", "reference": "77"}
    await tell.screened(company, case_id, checks=await tell.checks_with(company, case_id, SANCTIONS=hit))
    assert (await company.asked(case_id, "override-screening")).about == "SANCTIONS"
    case = await tell.does(company.hana, case_id, "override-screening", override=False, reason="They are sanctioned.")
    assert (case["stage"], case["outcome"]) == ("REJECTED", "REJECTED")
    assert await tell.line_of(company) is None

    again = await tell.requested(company)
    await tell.screened(company, again, checks=await tell.checks_with(company, again, SANCTIONS=hit))
    await tell.does(company.hana, again, "override-screening", reason="Another company of that name.")
    await company.asked(again, "hand-in-questionnaire")


async def test_a_silent_supplier_is_reminded_escalated_and_decided_on_by_a_person(company: Company) -> None:
    await company.comes_on(the_next(MONDAY, company.today, 1))
    sent = company.today  # a Monday: 30 days later is a Wednesday
    case_id = await tell.requested(company)
    await tell.screened(company, case_id)
    await company.asked(case_id, "hand-in-questionnaire")
    await company.comes_on(sent + timedelta(days=30 + 27), 8)
    for user in ("vito", "uta", "ines", "priya"):
        await tell.acknowledges(company, user, case_id, "hand-in-questionnaire")
    await company.comes_on(sent + timedelta(days=30 + 28), 10)
    due = sent + timedelta(days=30)
    alarms = [alarm for alarm in await company.alarms(case_id, "hand-in-questionnaire") if alarm.alarm != "climb"]
    assert alarms == [
        Alarm(morning(due, -14), "reminder", Level.L0, ("vito",)),
        Alarm(morning(due, -7), "reminder", Level.L0, ("vito",)),
        Alarm(morning(due, -1), "reminder", Level.L0, ("vito",)),
        Alarm(evening(due), "due", Level.L0, ("vito",)),
        Alarm(morning(due, 1), "rung", Level.L1, ("vito",)),
        Alarm(morning(due, 7), "rung", Level.L1, ("vito",)),
        Alarm(morning(due, 14), "rung", Level.L2, ("ines", "priya")),
        Alarm(morning(due, 28), "rung", Level.L3, ("hana",)),
    ]
    assert (await company.ines.sees(case_id))["stage"] == "QUESTIONNAIRE"  # the case never closes by itself
    case = await tell.does(company.hana, case_id, "decide-without", verdict="REJECT", reason="No answer for weeks.")
    assert (case["stage"], case["outcome"]) == ("REJECTED", "REJECTED")
    late = await company.http.patch(
        f"/v1/qualifications/{case_id}/questionnaire",
        json={"answers": [{"q_id": "1-1", "value": "Too late", "version": 0}]},
        headers=company.vito.headers,
    )
    assert (late.status_code, late.json()["code"]) == (409, "case_closed")


async def test_an_answer_after_the_last_step_makes_the_decision_moot(company: Company) -> None:
    case_id = await tell.requested(company)
    await tell.screened(company, case_id)
    await company.asked(case_id, "hand-in-questionnaire")
    await company.passes(days=62)
    await company.asked(case_id, "decide-without")
    await tell.answers_everything(company.vito, case_id)
    await tell.does(company.vito, case_id, "hand-in-questionnaire")
    await company.recorded(case_id, "task.withdrawn")
    assert await company.hana.task(case_id, "decide-without") is None
    await company.asked(case_id, "declare-questionnaire")


async def test_withdrawn_while_on_hold_and_the_audit_is_cancelled_with_it(company: Company) -> None:
    case_id = await tell.requested(company)
    await tell.screened(company, case_id)
    await tell.questioned(company, case_id)
    await tell.documented(company, case_id)
    await tell.rated(company, case_id)
    audit = await tell.audit_of(company, case_id)
    await company.ines.does(case_id, "hold", reason="The project waits for its budget.")
    assert await company.ines.is_refused(case_id, "draft-agreement") == (409, "case_on_hold")
    await company.passes(days=60)
    assert await company.escalations(case_id) == []
    case = await tell.does_unasked(company.priya, case_id, "withdraw")
    assert case["outcome"] in {None, "WITHDRAWN"}
    assert (await company.recorded(case_id, "case.closed")).payload["outcome"] == "WITHDRAWN"
    await company.delivered()
    assert (await company.recorded(audit, "case.closed")).payload["outcome"] == "CANCELLED"
    await tell.requested(company)  # another request may follow
