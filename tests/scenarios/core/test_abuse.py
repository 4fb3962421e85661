"""What a careless or ill-meaning hand may try; the case must go on as if nothing had been."""

from tests.company import Company


async def announced(company: Company) -> str:
    audit = await company.accepted()
    await company.announced(audit)
    return audit


async def test_dates_and_text_out_of_bounds_are_refused_and_leave_no_mark(company: Company) -> None:
    audit = await announced(company)
    task = await company.asked(audit, "open")
    wild = {"held_at": "0001-01-01T00:00:00+14:00", "attendees": [{"name": "Vito", "function": "QA"}]}
    far = {"task_id": task.task_id, "new_due": "9999-12-30", "requested_by": company.ines.person, "reason": "More time"}
    for colleague, action, body in (
        (company.tom, "open", wild),
        (company.hana, "extend", far),
        (company.ines, "hold", {"reason": "abc\u0000def"}),
    ):
        answer = await colleague.sends(audit, action, body)
        assert (answer.status_code, answer.json()["code"]) == (422, "form_invalid"), answer.text
    await company.ines.does(audit, "hold", reason="Flood")
    await company.ines.does(audit, "resume", reason="Dry again")


async def test_a_declaration_never_changes_hands_and_team_steps_stay_in_the_team(company: Company) -> None:
    audit = await company.accepted()
    await company.planned(audit)
    await company.ines.does(audit, "team")
    declaration = await company.asked(audit, "declare")
    handed = {"task_id": declaration.task_id, "to": company.ruth.person, "reason": "No time"}
    assert (await company.ines.sends(audit, "reassign", handed)).json()["rule"] == "S13"
    await company.tom.does(audit, "declare")
    notice = await company.asked(audit, "notice")
    refused = await company.ines.sends(audit, "reassign", handed | {"task_id": notice.task_id})
    assert (refused.status_code, refused.json()["fields"]) == (422, {"to": "is not in the audit team"})


async def test_on_hold_what_cannot_wait_is_taken_and_its_clocks_run(company: Company) -> None:
    audit = await announced(company)
    await company.comes_on(await company.first_day(audit))
    await company.tom.does(audit, "open", held_at=company.now.isoformat())
    await company.ines.does(audit, "hold", reason="Flood")
    assert await company.tom.is_refused(audit, "log-evidence", at=company.now.isoformat()) == (409, "case_on_hold")
    now = company.now.isoformat()
    await company.tom.does(audit, "report-critical-finding", found_at=now, told_at=now)
    containment = await company.asked(audit, "contain")
    assert (containment.due_at is not None, containment.remaining) == (True, None)
    await company.passes(days=20)
    assert await company.alarms(audit, "contain") != []
    await company.vito.does(audit, "contain")
    await company.ines.does(audit, "resume", reason="Dry again")


async def test_a_question_that_became_moot_while_it_was_asked_stays_in_no_inbox(company: Company) -> None:
    audit = await announced(company)
    await company.asked(audit, "open")
    later = (await company.first_day(audit)).isoformat()
    await company.ines.does(audit, "reschedule", first_day=later, last_day=later)
    await company.asked(audit, "confirm")
    await company.vito.does(audit, "confirm", verdict="REFUSE_ACCESS", reason="Not now")
    await company.asked(audit, "decide-suspension")
    await company.hana.does(audit, "decide-suspension", suspend=False, scope=None)
    await company.asked(audit, "report")
    assert await company.open_task(audit, "open") is None


async def test_a_policy_that_lost_a_clock_is_refused(company: Company) -> None:
    policy = await company.hana.get("/v1/policy")
    del policy["clocks"]["audit.plan"]
    assert await company.hana.changes_policy(policy) == 422


async def test_a_replaced_lead_does_not_judge_the_audit(company: Company) -> None:
    audit = await announced(company)
    incoming = {"person_id": company.ruth.person, "role": "LEAD", "language": "en"}
    await company.ines.does(audit, "replace-auditor", outgoing=company.tom.person, incoming=incoming)
    await company.asked(audit, "declare")
    await company.ruth.does(audit, "declare")
    await company.recorded(audit, "audit.auditor_replaced")
    await company.comes_on(await company.first_day(audit))
    await company.ruth.does(audit, "open", held_at=company.now.isoformat())
    today = company.today.isoformat()
    await company.ruth.does(audit, "close-meeting", held_at=company.now.isoformat(), last_day=today)
    await company.ruth.does(audit, "report")
    approval = await company.asked(audit, "approve-report")
    assert approval.barred == {company.tom.person: "S2", company.ruth.person: "S1"}
