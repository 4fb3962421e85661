"""What people may do to a running clock: stop it, give it more time, hand it on; and what a new policy does to it."""

from datetime import date, timedelta

from tests.company import Company
from tests.scenarios.days import WEDNESDAY, evening, morning, the_next

FINDINGS = [{"severity": "MAJOR", "area": "QC laboratory", "summary": "Audit trail review is missing."}]


async def audited(company: Company) -> tuple[str, date]:
    """A for-cause audit on a Wednesday; its report is due in 10 business days, on the Wednesday two weeks later."""
    day = the_next(WEDNESDAY, company.today, 7)
    audit = await company.accepted()
    await company.announced(audit, first_day=day.isoformat(), last_day=day.isoformat())
    await company.comes_on(day)
    await company.conducted(audit, FINDINGS)
    assert (await company.asked(audit, "report")).due_at == evening(day, 14)
    return audit, day


async def test_a_hold_stops_the_clock_and_it_goes_on_with_the_days_that_were_left(company: Company) -> None:
    audit, day = await audited(company)
    await company.comes_on(day + timedelta(days=5))  # Monday: 7 business days are left
    assert await company.priya.is_refused(audit, "hold", reason="Flood at the site") == (403, "wrong_role")
    case = await company.ines.does(audit, "hold", reason="Flood at the site")
    assert case["waiting"].startswith("On hold since")
    assert "Flood at the site" in case["waiting"]
    assert "Flood" not in (await company.vito.sees(audit))["waiting"]
    assert await company.ines.is_refused(audit, "hold", reason="Once more") == (409, "case_on_hold")
    assert await company.tom.is_refused(audit, "report") == (409, "case_on_hold")

    await company.comes_on(day + timedelta(days=29))  # Thursday, two weeks after the report would have been due
    assert await company.alarms(audit, "report") == []
    assert not (await company.ines.sees(audit))["overdue"]
    await company.ines.does(audit, "resume", reason="Site open again")
    assert (await company.asked(audit, "report")).due_at == evening(day, 40)  # 7 business days later, a Monday
    await company.comes_on(day + timedelta(days=34))
    assert [alarm.at for alarm in await company.alarms(audit, "report")] == [morning(day, 33)]
    await company.tom.does(audit, "report")
    assert await company.ines.is_refused(audit, "resume", reason="Once more") == (409, "not_open")


async def test_a_due_date_is_extended_twice_by_another_person_and_never_once_it_has_passed(company: Company) -> None:
    audit, day = await audited(company)
    report = await company.asked(audit, "report")

    def more(until: int, **changes: str) -> dict[str, str]:
        new_due = (day + timedelta(days=until)).isoformat()
        return {"task_id": report.task_id, "new_due": new_due, "requested_by": company.tom.person} | changes

    reason = {"reason": "The laboratory's raw data arrive next week."}
    assert await company.tom.is_refused(audit, "extend", **more(16), **reason) == (403, "wrong_role")
    own = more(16, requested_by=company.priya.person)
    assert await company.priya.is_refused(audit, "extend", **own, **reason) == (403, "segregation_of_duties")
    assert await company.priya.is_refused(audit, "extend", **more(13), **reason) == (422, "rule_broken")
    await company.priya.does(audit, "extend", **more(16), **reason)
    await company.hana.does(audit, "extend", **more(20), **reason)
    assert await company.hana.is_refused(audit, "extend", **more(25), **reason) == (409, "limit_reached")
    task = await company.tom.task(audit, "report")
    assert task is not None
    assert task["due_at"] == f"{evening(day, 20):%Y-%m-%dT%H:%M:%SZ}"
    extensions = await company.events(audit, "audit.extend")
    assert [event.signature.printed_name for event in extensions if event.signature] == ["Priya Raman", "Hana Sato"]

    await company.comes_on(day + timedelta(days=19))
    assert [alarm.at for alarm in await company.alarms(audit, "report")] == [morning(day, 13)]
    await company.tom.does(audit, "report")
    decision = await company.asked(audit, "approve-report")
    assert decision.due_at == evening(day, 26)  # Monday and 5 business days
    await company.comes_on(day + timedelta(days=27))
    late = more(30, task_id=decision.task_id)
    assert await company.hana.is_refused(audit, "extend", **late, **reason) == (409, "limit_reached")
    assert (await company.priya.sees(audit))["overdue"]


async def test_a_task_changes_hands_to_somebody_fit_and_the_absent_are_stood_in_for(company: Company) -> None:
    audit, day = await audited(company)
    report = (await company.asked(audit, "report")).task_id
    why = {"task_id": report, "reason": "Tom has left the company."}
    for person, refusal in (
        (company.vito.person, (422, "rule_broken")),
        (company.adam.person, (422, "rule_broken")),
        ("PER-999", (422, "rule_broken")),
        (company.ruth.person, (422, "rule_broken")),  # not in the audit team: she has to replace Tom
    ):
        assert await company.ines.is_refused(audit, "reassign", to=person, **why) == refusal
    assert await company.vito.is_refused(audit, "reassign", to=company.ruth.person, **why) == (404, "not_found")
    assert await company.tom.is_refused(audit, "reassign", to=company.ruth.person, **why) == (403, "wrong_role")
    incoming = {"person_id": company.ruth.person, "role": "LEAD", "language": "en"}
    await company.ines.does(audit, "replace-auditor", outgoing=company.tom.person, incoming=incoming)
    await company.asked(audit, "declare")
    await company.ruth.does(audit, "declare")
    await company.recorded(audit, "audit.auditor_replaced")
    assert await company.tom.task(audit, "report") is None
    assert await company.tom.is_refused(audit, "report") == (403, "not_assigned")

    await company.ruth.is_away(until=day + timedelta(days=60))
    await company.priya.is_away(until=day + timedelta(days=60))
    await company.comes_on(day + timedelta(days=15))
    due = next(alarm for alarm in await company.alarms(audit, "report") if alarm.alarm == "due")
    assert due.to == ("tom",)  # Ruth's deputy
    await company.ruth.does(audit, "report")
    assert len(await company.mails("hana", "Approve the audit report")) == 1  # Priya's deputy
    approval = (await company.asked(audit, "approve-report")).task_id
    await company.ines.does(
        audit, "reassign", task_id=approval, to=company.priya.person, reason="She knows the site best."
    )
    assert (await company.asked(audit, "approve-report")).assignee == company.priya.person
    await company.comes_on(day + timedelta(days=22))  # Thursday and 5 business days, but for one
    (reminder,) = await company.alarms(audit, "approve-report")
    assert (reminder.at, reminder.to) == (morning(day, 21), ("hana",))


async def test_a_new_policy_moves_no_running_clock_and_counts_for_the_next_one(company: Company) -> None:
    audit, day = await audited(company)
    policy = await company.tom.get("/v1/policy")
    policy["clocks"]["audit.report.for_cause"]["span"] = "5bd"
    policy["clocks"]["fc.decision"]["span"] = "3bd"
    assert await company.priya.changes_policy(policy) == 403
    assert await company.hana.changes_policy(policy) == 200

    again = {**company.seeded.audit_request["trigger"], "reference": "HOTLINE-2"}  # type: ignore[dict-item]
    second = await company.tom.requests(trigger=again)
    task = await company.hana.get(f"/v1/tasks/{(await company.asked(second, 'decide')).task_id}")
    assert task["due_at"] == f"{evening(day, 5):%Y-%m-%dT%H:%M:%SZ}"  # Wednesday and 3 business days
    assert task["clock"]["policy_version"] == 2
    await company.comes_on(day + timedelta(days=15))
    alarms = await company.alarms(audit, "report")
    assert [(alarm.at, alarm.alarm) for alarm in alarms] == [
        (morning(day, 7), "reminder"),
        (evening(day, 14), "due"),
        (morning(day, 15), "rung"),
    ]
    assert (await company.asked(audit, "report")).deadline["policy_version"] == 1
