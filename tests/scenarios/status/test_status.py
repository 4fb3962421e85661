"""A status is decided on: a suspension and the way back, a probation under conditions, a disqualification."""

from datetime import timedelta

from tests.company import Company
from tests.records.rebuilt import is_rebuilt_identically
from tests.scenarios import deciding, qualifying
from tests.scenarios.days import evening
from tests.scenarios.duties import second_account
from tests.scenarios.qualifying import does, line_of, stands


async def test_a_suspension_holds_batches_is_assessed_reviewed_and_lifted_by_two_others(company: Company) -> None:
    await stands(company, "APPROVED")
    for batch, state in (("BAT-901", "OPEN"), ("BAT-902", "CERTIFIED")):
        await deciding.made(company, batch, state)
    case_id = await deciding.suspension_proposed(company.ines, "NEW_ORDERS")
    assert await deciding.suspension_proposed(company.tom) == case_id  # a second one joins
    await company.asked(case_id, "suspend")
    await company.recorded(case_id, "status.compared")  # what was stated while it began is not missed
    assert await company.quentin.is_refused(case_id, "suspend") == (403, "wrong_role")
    assert (await company.vito.get("/v1/status-cases"))["items"] == []
    own = await deciding.proposes(company.hana, "DISQUALIFICATION")
    for proposer in (company.hana, await second_account(company, "hana")):
        refused = await proposer.is_refused(own, "disqualify", disqualify=False, exit_plan=None)
        assert refused == (403, "segregation_of_duties")  # what they ask for they may do, and not undo

    suspended = company.today
    case = await does(company.hana, case_id, "suspend", scope="NEW_ORDERS_AND_RELEASE", review_every_days=20)
    assert case["stage"] == "SUSPENDED"
    assert (await line_of(company) or {})["suspension_scope"] == "NEW_ORDERS_AND_RELEASE"
    assert await deciding.held(company) == {"BAT-901": case_id}
    (told,) = await company.mails("vito", "status of VM-02")
    assert case_id not in told
    shown = (await company.ines.sees(case_id))["status"]["suspension"]
    assert shown["affected_batches"] == ["BAT-901", "BAT-902"]

    impact = await company.asked(case_id, "assess-impact")
    assert impact.prefill["batches"] == ["BAT-902"]
    far = {"consider_field_alert": True, "not_applicable_because": None}
    await does(company.quentin, case_id, "assess-impact", **far)
    alert = (await company.asked(case_id, "assess-field-alert")).deadline
    assert alert is not None
    assert (alert["tz"], alert["of_authority"]) == ("America/New_York", True)
    await does(company.rosa, case_id, "assess-field-alert")
    review = await company.asked(case_id, "review")
    assert review.due_at == evening(qualifying.day((suspended + timedelta(days=20)).isoformat()))
    await does(company.hana, case_id, "review", scope="FULL", exit_criteria=["The site is audited again."])
    assert (await line_of(company) or {})["suspension_scope"] == "FULL"
    await company.asked(case_id, "review")

    await deciding.confirmed(company, "BAT-902", case_id)
    case = await deciding.reinstated(company, case_id, approve=False)
    assert case["stage"] == "SUSPENDED"
    case = await deciding.reinstated(company, case_id, by="priya")
    assert (case["stage"], case["outcome"]) == ("REINSTATED", "REINSTATED")
    assert (await line_of(company) or {})["status"] == "APPROVED"
    assert "BAT-901" in await deciding.held(company)  # each batch needs its own decision
    assert await company.open_tasks(case_id, "review") == []
    await deciding.at_rest(company)
    await is_rebuilt_identically(company.database)


async def test_a_probation_ends_under_conditions_and_another_decision_takes_the_place_of_a_case(
    company: Company,
) -> None:
    await stands(company, "APPROVED")
    case_id = await deciding.proposes(company.ines, "PROBATION", reason_code="CAPA_LATE")
    await does(company.priya, case_id, "put-on-probation")
    await does(company.hana, case_id, "confirm-probation", confirm=False)
    await does(company.priya, case_id, "put-on-probation")
    case = await does(company.hana, case_id, "confirm-probation")
    assert (case["stage"], (await line_of(company) or {})["status"]) == ("PROBATION", "PROBATION")
    await company.asked(case_id, "review")

    due, until = (company.today + timedelta(days=days) for days in (10, 40))
    condition = {"text": "Reports every week.", "owner": "Site head", "due": due.isoformat(), "verification": "Reports"}
    case = await deciding.reinstated(
        company,
        case_id,
        status="CONDITIONALLY_APPROVED",
        conditions=[condition],
        conditional_to=until.isoformat(),
    )
    assert case["stage"] == "CONDITIONALLY_APPROVED"
    assert (await company.asked(case_id, "verify-condition")).due_at == evening(due)
    await company.comes_on(due + timedelta(days=1), 1)
    line = await line_of(company) or {}
    assert (line["status"], line["suspension_scope"], line["reason_code"]) == (
        "SUSPENDED",
        "NEW_ORDERS",
        "CONDITION_UNMET",
    )
    await does(company.ines, case_id, "verify-condition")

    routine = await deciding.risk_reviewed(company.ines)
    ending = await deciding.proposes(company.tom, "DISQUALIFICATION", reason_code="SITE_CLOSED")
    await company.asked(ending, "plan-supply")  # an authority has closed the site: patients cannot wait for a decision
    await does(company.hana, ending, "disqualify")
    await does(company.erik, ending, "consent", consent=False)
    await does(company.hana, ending, "disqualify")
    case = await does(company.erik, ending, "consent")
    assert (case["stage"], (await line_of(company) or {})["status"]) == ("SUPPLY", "DISQUALIFIED")
    case = await does(company.sana, ending, "plan-supply")
    assert case["outcome"] == "DISQUALIFIED"
    assert (await company.recorded(case_id, "case.closed")).payload["outcome"] == "REPLACED"
    assert (await company.recorded(routine, "case.closed")).payload["outcome"] == "WITHDRAWN"
    await deciding.at_rest(company)
    await is_rebuilt_identically(company.database)


async def test_the_case_after_an_audits_decision_is_in_force_and_ends_with_a_status_stated_ahead(
    company: Company,
) -> None:
    await stands(company, "APPROVED")
    audit = await company.accepted()
    await company.announced(audit)
    await company.comes_on(await company.first_day(audit))
    await company.tom.does(audit, "open", held_at=company.now.isoformat())
    moment = company.now.isoformat()
    await company.tom.does(audit, "report-critical-finding", found_at=moment, told_at=moment)
    await does(company.hana, audit, "decide-suspension", scope="FULL")
    await company.delivered()
    case_id = "STA-1"
    await company.asked(case_id, "review")
    case = await company.ines.sees(case_id)
    assert (case["stage"], case["status"]["suspension"]["scope"]) == ("SUSPENDED", "FULL")
    assert await company.open_task(case_id, "suspend") is None
    assert (await company.vito.get("/v1/status-cases"))["items"] == []
    await does(company.hana, case_id, "review", exit_criteria=["The audit trail is on."])

    await deciding.states_ahead(company, case_id, days=2)
    await company.passes(days=1)
    assert (await company.ines.sees(case_id))["stage"] == "SUSPENDED"
    await company.passes(days=1, hours=1)
    await company.recorded(case_id, "status.compared")
    await company.delivered()
    assert await company.open_task(case_id, "review") is None
    assert (await company.ines.sees(case_id))["closed_at"] is None  # released batches are assessed all the same
    await does(company.quentin, case_id, "assess-impact")
    assert (await company.recorded(case_id, "case.closed")).payload["outcome"] == "REPLACED"
    await deciding.at_rest(company)
    await is_rebuilt_identically(company.database)
