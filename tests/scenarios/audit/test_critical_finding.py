"""A critical finding: told the same day, contained in three days, and followed without waiting for anybody's report."""

from datetime import date, timedelta

from domain.core.clocks import Level
from tests.company import Alarm, Company
from tests.scenarios.days import WEDNESDAY, evening, morning, the_next

CRITICAL = {"severity": "CRITICAL", "area": "QC laboratory", "summary": "Trial injections were deleted."}
MAJOR = {"severity": "MAJOR", "area": "Production", "summary": "Cleaning limits are not justified."}


async def opened(company: Company) -> tuple[str, date]:
    """A for-cause audit from a Wednesday to a Thursday, opened this morning."""
    day = the_next(WEDNESDAY, company.today, 7)
    audit = await company.accepted()
    last_day = (day + timedelta(days=1)).isoformat()
    await company.announced(audit, first_day=day.isoformat(), last_day=last_day)
    await company.comes_on(day)
    await company.tom.does(audit, "open", held_at=company.now.isoformat())
    return audit, day


async def told(company: Company, audit: str, day: date) -> None:
    """Told to the site and to the sponsor on Wednesday, closed on Thursday, and not contained in time."""
    closing = {"last_day": (day + timedelta(days=1)).isoformat(), "preliminary_findings": [CRITICAL, MAJOR, MAJOR]}
    assert await company.tom.is_refused(
        audit, "close-meeting", **closing | {"last_day": day.isoformat(), "held_at": company.now.isoformat()}
    ) == (422, "rule_broken")  # the site has not been told of the critical one

    finding = {"found_at": company.now.isoformat(), "told_at": company.now.isoformat(), "area": "QC Laboratory"}
    late = await company.tom.attempts(audit, "report-critical-finding", **finding, told_before_leaving=False)
    assert (late.status_code, list(late.json()["fields"])) == (422, ["late_reason"])
    assert await company.ruth.is_refused(audit, "report-critical-finding", **finding) == (403, "not_assigned")
    await company.tom.does(audit, "report-critical-finding", **finding)
    for user in ("hana", "quentin"):
        assert len(await company.mails(user, "critical finding at VM-02")) == 1
    assert (await company.asked(audit, "decide-suspension")).due_at == evening(day, 1)
    assert (await company.asked(audit, "contain")).due_at == evening(day, 5)  # Thursday, Friday, Monday
    assert await company.hana.is_refused(audit, "decide-suspension", scope=None) == (422, "rule_broken")
    await company.hana.does(audit, "decide-suspension", scope="NEW_ORDERS_AND_RELEASE")

    await company.comes_on(day + timedelta(days=1), 15)
    await company.tom.does(audit, "close-meeting", held_at=company.now.isoformat(), **closing)
    assert (await company.asked(audit, "report")).due_at == evening(day, 15)  # 10 business days after Thursday
    await company.comes_on(day + timedelta(days=9))
    assert await company.alarms(audit, "contain") == [
        Alarm(morning(day, 2), "reminder", Level.L0, ("vito",)),
        Alarm(evening(day, 5), "due", Level.L0, ("vito",)),
        Alarm(midnight := evening(day, 5) + timedelta(seconds=1), "rung", Level.L2, ("ines", "priya", "uta")),
        Alarm(midnight + timedelta(hours=4), "climb", Level.L3, ("gustav", "hana")),
        Alarm(midnight + timedelta(hours=8), "climb", Level.L4, ("erik", "hana")),
        Alarm(midnight + timedelta(hours=9), "rung", Level.L3, ("gustav", "hana"), "SUSPEND"),
        Alarm(midnight + timedelta(hours=13), "climb", Level.L4, ("erik", "hana"), "SUSPEND"),
    ]


async def reported(company: Company, audit: str) -> None:
    """Unacceptable by default; the head of quality does not let a milder outcome pass."""
    task = await company.tom.task(audit, "report")
    assert task is not None
    assert "recommendation" not in task["prefill"]
    without = task["prefill"]["findings"][1:]
    for no, finding in enumerate(without, start=1):
        finding["no"] = no
    dropped = await company.tom.attempts(audit, "report", findings=without, recommendation="ACCEPTABLE_WITH_CAPA")
    assert list(dropped.json()["fields"]) == ["removed"]
    await company.tom.does(audit, "report", recommendation="CONDITIONAL")
    assert await company.open_task(audit, "approve-report") is None
    assert await company.priya.is_refused(audit, "except-outcome") == (403, "wrong_role")
    case = await company.hana.does(audit, "except-outcome", allow=False)
    assert case["stage"] == "REPORT_DRAFT"
    await company.tom.does(audit, "report", recommendation="UNACCEPTABLE")
    await company.priya.does(audit, "approve-report")


async def test_a_critical_finding_is_told_contained_reported_disputed_and_answered_in_time(company: Company) -> None:
    audit, day = await opened(company)
    await told(company, audit, day)
    await reported(company, audit)
    issued = day + timedelta(days=9)  # a Friday
    assert (await company.asked(audit, "respond")).due_at == evening(issued, 21)

    await company.vito.does(audit, "dispute", finding_no=1, evidence=[await company.vito.uploads(audit)])
    assert (await company.asked(audit, "contain")).overdue  # a dispute does not lift the duty
    await company.vito.does(audit, "contain")
    await company.priya.does(audit, "judge-dispute", verdict="UPHELD")
    responses = await company.open_tasks(audit, "respond")
    assert [(task.due_at, task.concerns) for task in responses] == [
        (evening(issued, 21), [2, 3]),
        (evening(issued, 21), [1]),
    ]
    other, critical = responses
    await company.answers(audit, other.task_id)
    await company.judged(audit)
    unexplained = [{**answer, "root_cause": " "} for answer in await company.drafts(audit, critical.task_id)]
    refused = await company.vito.sends(audit, "respond", {"responses": unexplained}, critical.task_id)
    assert list(refused.json()["fields"]) == ["responses.0.root_cause"]
    await company.comes_on(issued + timedelta(days=3))
    await company.answers(audit, critical.task_id)
    rework = [{"finding_no": 1, "verdict": "REWORK", "reason": "The root cause is a symptom."}]
    await company.tom.does(audit, "review-response", verdicts=rework)
    await company.priya.does(audit, "accept-response", verdicts=rework)
    assert (await company.asked(audit, "respond")).due_at == evening(issued, 10)  # Monday and 5 business days
    await company.vito.does(audit, "respond")
    case = await company.judged(audit)
    assert [finding["capa_id"] is not None for finding in case["findings"]] == [True, True, True]
    for capa in await company.capas_of(audit):
        await company.implemented(capa)
    await company.asked(audit, "close")
    case = await company.priya.does(audit, "close")
    assert (case["stage"], case["outcome"]) == ("CLOSED", "UNACCEPTABLE")


async def test_a_milder_outcome_stands_only_by_the_head_of_quality(company: Company) -> None:
    audit, _ = await opened(company)
    await company.tom.does(
        audit, "report-critical-finding", found_at=company.now.isoformat(), told_at=company.now.isoformat()
    )
    await company.hana.does(audit, "decide-suspension", suspend=False, scope=None)
    await company.vito.does(audit, "contain")
    await company.closes_on_site(audit, [CRITICAL])
    await company.tom.does(audit, "report", recommendation="CONDITIONAL")
    await company.hana.does(audit, "except-outcome")
    case = await company.priya.does(audit, "approve-report")
    assert case["audit"]["recommendation"] == "CONDITIONAL"
    (exception,) = await company.events(audit, "audit.except-outcome")
    assert exception.signature is not None
    assert (exception.signature.printed_name, exception.signature.meaning) == ("Hana Sato", "APPROVED")


async def test_no_hold_stops_what_protects_patients(company: Company) -> None:
    audit, day = await opened(company)
    finding = {"found_at": company.now.isoformat(), "told_at": company.now.isoformat(), "area": "QC Laboratory"}
    await company.tom.does(audit, "report-critical-finding", **finding)
    case = await company.ines.does(audit, "hold", reason="Flood at the site")
    assert len(await company.mails("hana", f"{audit} is on hold")) == 1
    assert "Its other clocks stand still until it is resumed." in case["waiting"]
    assert "suspension" in case["waiting"]
    assert (await company.asked(audit, "decide-suspension")).due_at == evening(day, 1)

    await company.hana.does(audit, "decide-suspension", scope="NEW_ORDERS_AND_RELEASE")
    await company.comes_on(day + timedelta(days=6))
    assert [alarm.alarm for alarm in await company.alarms(audit, "contain")][:2] == ["reminder", "due"]
    await company.vito.does(audit, "contain")
    await company.hana.does(audit, "resume", reason="The water is gone.")
    assert not await company.mails("hana", f"{audit} is resumed")
    assert await company.ines.is_refused(audit, "resume", reason="Once more") == (409, "not_open")
