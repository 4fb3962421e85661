"""Separation of duties, as far as audits and CAPAs reach (domain specification, section 11)."""

from datetime import timedelta
from typing import Any

import pytest

from domain.core.forms import Audience, Form, Meaning
from domain.core.people import CDMO_ROLES, NEVER_SIGN, Org, Role
from domain.processes import FORMS
from records.core.tables.cases import TaskRow
from tests.company import SITE, Company
from tests.scenarios.duties import (
    SECRET,
    Capacity,
    changed,
    delegates,
    holds,
    is_barred,
    leaks,
    second_account,
    seen,
)
from tests.scenarios.unchanged import names, refused

MAJOR = [{"severity": "MAJOR", "area": "QC laboratory", "summary": "Two balances were used uncalibrated."}]
SHOWN_TO_THE_SITE = frozenset({Audience.SHARED.value})


@pytest.fixture
async def reported(company: Company) -> str:
    """An audit with a report by Tom that waits for approval; Tom approves for quality as well."""
    await holds(company, "tom", Role.LEAD_AUDITOR, Role.QA_APPROVER)
    audit = await company.audit_under_way(findings=MAJOR)
    await company.tom.does(audit, "report")
    return audit


# ------------------------------------------------------------------------------ S1, S2


async def test_s1_nobody_approves_the_plan_they_wrote(company: Company) -> None:
    await holds(company, "ines", Role.SUPPLIER_QUALITY, Role.QA_APPROVER)
    audit = await company.accepted()
    await company.ines.does(audit, "plan")
    await is_barred(company, company.ines, audit, "approve-plan", "S1")
    assert (await company.priya.does(audit, "approve-plan"))["stage"] == "PLANNED"


async def test_s1_s2_nobody_of_the_team_approves_the_report_judges_a_dispute_or_closes(
    company: Company, reported: str
) -> None:
    await is_barred(company, company.tom, reported, "approve-report", "S1")
    await company.priya.does(reported, "approve-report")
    evidence = await company.vito.uploads(reported)
    await company.vito.does(reported, "dispute", finding_no=1, evidence=[evidence])
    await is_barred(company, company.tom, reported, "judge-dispute", "S2")
    await company.priya.does(reported, "judge-dispute")
    await company.vito.does(reported, "respond")
    await company.tom.does(reported, "review-response", verdicts=await company.accepts_all(reported))
    await is_barred(company, company.tom, reported, "accept-response", "S1")
    await company.priya.does(reported, "accept-response")
    for capa in await company.capas_of(reported):
        await company.implemented(capa)
    await is_barred(company, company.tom, reported, "close", "S2")


async def test_s1_nobody_approves_an_extension_they_asked_for(company: Company) -> None:
    audit = await company.accepted()
    task = await company.asked(audit, "plan")
    assert task.due_at is not None
    form = {
        "task_id": task.task_id,
        "new_due": (task.due_at + timedelta(days=7)).date().isoformat(),
        "requested_by": company.priya.person,
        "reason": "The site was flooded.",
    }
    told = await refused(company, company.priya.sends(audit, "extend", form))
    assert (told.status, told.code, told.rule) == (403, "segregation_of_duties", "S1")
    for_hana = form | {"requested_by": company.hana.person}
    await delegates(company, "hana", "priya", Role.HEAD_QA)
    in_her_name = Capacity(company, "priya", for_user="hana")
    for asked_by in (form, for_hana):
        told = await refused(company, in_her_name.sends(audit, "extend", asked_by))
        assert (told.status, told.code, told.rule) == (403, "segregation_of_duties", "S1")


# ------------------------------------------------------------------------------ S4, S10, S14


@pytest.mark.parametrize("form", list(FORMS), ids=lambda form: form.__name__)
def test_s4_procurement_and_supply_chain_approve_nothing(form: type[Form]) -> None:
    if form.action.meaning in (Meaning.APPROVED, Meaning.CERTIFIED, Meaning.WAIVED, Meaning.DISPOSITIONED):
        assert not form.action.by & {Role.PROCUREMENT, Role.SUPPLY_CHAIN}


@pytest.mark.parametrize("form", list(FORMS), ids=lambda form: form.__name__)
def test_s10_s14_administrators_operators_and_inspectors_take_no_action(form: type[Form]) -> None:
    assert not form.action.by & (NEVER_SIGN - {Role.SYSTEM})


@pytest.mark.parametrize("form", list(FORMS), ids=lambda form: form.__name__)
def test_s6_no_task_waits_for_both_organisations(form: type[Form]) -> None:
    """What decides on an open step belongs to one organisation, since the task shows it whole."""
    if form.action.clock is not None:
        assert not (form.action.by & CDMO_ROLES) or form.action.by <= CDMO_ROLES


async def test_s10_an_administrator_cannot_sign(company: Company) -> None:
    audit = await company.accepted()
    password = company.settings.dev_password
    request = {"password": password, "record": audit, "action": "cancel", "form": {"reason": "No reason"}}
    told = await refused(company, company.adam.post("/v1/signatures", request))
    assert (told.status, told.code, told.rule) == (403, "segregation_of_duties", "S10")
    assert (await company.adam.get("/v1/tasks"))["items"] == []
    answer = await changed(
        company, company.adam, f"/v1/people/{company.adam.person}", roles=["SYSTEM_ADMIN", "QA_APPROVER"]
    )
    assert (answer.status_code, answer.json()["rule"]) == (422, "S10")


async def test_s10_an_administrator_who_takes_a_role_approves_nothing_under_it_for_a_day(company: Company) -> None:
    audit = await company.accepted()
    await company.ines.does(audit, "plan")
    await holds(company, "adam", Role.QA_APPROVER)
    told = await refused(company, company.adam.attempts(audit, "approve-plan"))
    assert (told.status, told.code, told.rule) == (403, "role_too_fresh", "S10")
    names(told, company, "adam", audit, "approve-plan")
    await company.passes(hours=23)
    told = await refused(company, company.adam.attempts(audit, "approve-plan"))
    assert (told.status, told.code) == (403, "role_too_fresh")
    await company.passes(hours=2)
    await company.adam.does(audit, "approve-plan")


# ------------------------------------------------------------------------------ S7, S9


async def test_s7_the_owner_of_a_capa_does_not_verify_it(company: Company) -> None:
    audit = await company.audit_under_way(findings=MAJOR)
    await company.reported(audit)
    task = await company.asked(audit, "respond")
    responses = [{**response, "owner": company.ines.person} for response in task.prefill["responses"]]
    await company.vito.does(audit, "respond", responses=responses)
    await company.judged(audit)
    await company.delivered()
    (capa,) = await company.capas_of(audit)
    await company.asked(capa, "implement")
    await company.vito.does(capa, "implement", evidence=[await company.vito.uploads(capa)])
    await is_barred(company, company.ines, capa, "verify", "S7")
    told = await refused(company, company.vito.attempts(capa, "verify"))
    assert (told.status, told.code) == (403, "wrong_role")
    await company.tom.does(capa, "verify")


async def test_s9_nobody_grants_the_waiver_they_asked_for(company: Company) -> None:
    scope = {"activity": "TESTING", "product": "ARL-900", "markets": ["US"], "stage": "COMMERCIAL", "risk_tier": "LOW"}
    registered = await company.ines.post(f"/v1/sites/{SITE}/scopes", scope)
    assert registered.status_code == 201, registered.text
    await holds(company, "ines", Role.SUPPLIER_QUALITY, Role.HEAD_QA)
    audit = await company.ines.requests(
        type="SCHEDULED", trigger=None, scope_ids=[registered.json()["scope_id"]], due_on=None
    )
    await company.asked(audit, "plan")
    document = await company.ines.uploads(audit)
    await company.ines.does(
        audit,
        "waive",
        alternatives=[{"kind": "AUTHORITY_INSPECTION", "document": document}],
        expires_on=(company.today + timedelta(days=200)).isoformat(),
    )
    await is_barred(company, company.ines, audit, "decide-waiver", "S9")
    assert (await company.hana.does(audit, "decide-waiver"))["outcome"] == "WAIVED"


# ------------------------------------------------------------------------------ S11, S12, S13


async def test_s11_a_delegation_counts_once_accepted_and_on_its_days(company: Company) -> None:
    audit = await company.accepted()
    await company.ines.does(audit, "plan")
    deputy = Capacity(company, "quentin", for_user="priya")

    async def counts_not() -> None:
        told = await refused(company, deputy.post(f"/v1/audits/{audit}/approve-plan", {}))
        assert (told.status, told.code, told.rule) == (403, "wrong_role", "S11")

    await counts_not()
    offered = await delegates(company, "priya", "quentin", Role.QA_APPROVER, accepts=False)
    await counts_not()
    await delegates(company, "priya", "quentin", Role.QA_APPROVER, first=3)
    await counts_not()
    told = await refused(company, company.quentin.attempts(audit, "approve-plan"))
    assert (told.status, told.code) == (403, "wrong_role")
    url = f"/v1/people/{company.priya.person}/delegations/{offered}/accept"
    for other in (company.priya, company.ines):
        stranger = await other.post(url, {})
        assert (stranger.status_code, stranger.json()["rule"]) == (403, "S11")
    assert (await company.quentin.post(url, {})).status_code == 200
    await deputy.does(audit, "approve-plan")
    (approval,) = await company.events(audit, "audit.approve-plan")
    assert (approval.actor.person, approval.actor.on_behalf_of) == (company.quentin.person, company.priya.person)
    assert approval.signature is not None
    assert approval.signature.printed_name == "Quentin Dubois"


async def test_s11_nothing_is_delegated_twice(company: Company) -> None:
    await delegates(company, "priya", "quentin", Role.QA_APPROVER)
    chain = {
        "delegate": company.carla.person,
        "roles": ["QA_APPROVER"],
        "valid_from": company.today.isoformat(),
        "valid_to": company.today.isoformat(),
        "reason": "Annual leave",
    }
    url = f"/v1/people/{company.quentin.person}/delegations"
    own = await company.quentin.post(url, chain)
    assert (own.status_code, own.json()["rule"]) == (422, "S11")
    lent = await Capacity(company, "quentin", for_user="priya").post(url, chain)
    assert (lent.status_code, lent.json()["rule"]) == (403, "S11")


async def test_s11_what_a_delegate_wrote_counts_as_written_by_both(company: Company) -> None:
    await holds(company, "priya", Role.QA_APPROVER, Role.SUPPLIER_QUALITY)
    await holds(company, "quentin", Role.QP, Role.QA_APPROVER)
    await delegates(company, "priya", "quentin", Role.SUPPLIER_QUALITY)
    audit = await company.accepted()
    await Capacity(company, "quentin", for_user="priya").does(audit, "plan")
    await is_barred(company, company.priya, audit, "approve-plan", "S1")
    await is_barred(company, company.quentin, audit, "approve-plan", "S1")


async def test_s12_two_accounts_of_one_human_are_one_person(company: Company) -> None:
    await holds(company, "ines", Role.SUPPLIER_QUALITY, Role.QA_APPROVER)
    second = await second_account(company, "ines")
    audit = await company.accepted()
    await company.ines.does(audit, "plan")
    told = await is_barred(company, second, audit, "approve-plan", "S1")
    assert told.event is not None
    assert told.event.actor.user == "ines.two"


@pytest.mark.parametrize(("months", "fault"), [(None, "S13"), (23, "S13"), (25, None)])
async def test_s13_who_worked_at_the_site_within_two_years_does_not_audit_it(
    company: Company, months: int | None, fault: str | None
) -> None:
    audit = await company.accepted()
    await company.planned(audit)
    until = None if months is None else (company.today - timedelta(days=round(months * 30.5))).isoformat()
    ruth = await company.ines.get(f"/v1/people/{company.ruth.person}")
    auditor = {**ruth["auditor"], "employments": [{"site_id": SITE, "until": until}]}
    qualified = await changed(
        company, company.ines, f"/v1/people/{company.ruth.person}/auditor", "PUT", auditor=auditor
    )
    assert qualified.status_code == 200, qualified.text
    await company.asked(audit, "team")
    members = [{"person_id": company.ruth.person, "role": "LEAD", "language": "en"}]
    if fault is None:
        await company.ines.does(audit, "team", members=members)
    else:
        told = await refused(company, company.ines.attempts(audit, "team", members=members))
        assert (told.status, told.rule) == (422, "audit.team")
        assert fault in told.problem["fields"]["members.0.person_id"]


async def test_s13_who_declares_a_conflict_leaves_the_team(company: Company) -> None:
    audit = await company.accepted()
    await company.planned(audit)
    await company.ines.does(audit, "team")
    await company.tom.does(audit, "declare", independent=False, conflict_of_interest="My brother works there.")
    await company.asked(audit, "team")
    assert await company.open_task(audit, "notice") is None


# ------------------------------------------------------------------------------ S6


@pytest.fixture
async def secretive(company: Company) -> str:
    """An audit up to its second report, in which the sponsor said much that is not for the site."""
    audit = await company.tom.requests(
        trigger={"reason": "WHISTLEBLOW", "reference": "HOT-1", "description": f"A caller, {SECRET}"}
    )
    await company.hana.does(audit, "decide", reason=f"Decided, {SECRET}")
    await company.ines.uploads(audit, audience="SPONSOR")
    await company.ines.does(audit, "plan", areas=[f"Area {SECRET}"])
    await company.priya.does(audit, "approve-plan", reason=f"Approved, {SECRET}")
    await company.ines.does(audit, "team")
    await company.tom.does(audit, "declare", independent=False, conflict_of_interest=f"A brother there, {SECRET}")
    await company.ines.does(
        audit, "team", members=[{"person_id": company.ruth.person, "role": "LEAD", "language": "en"}]
    )
    await company.ruth.does(audit, "declare")
    task = await company.asked(audit, "notice")
    agenda = [{"day": task.prefill["first_day"], "area": "QC laboratory", "topic": "Chromatography"}]
    await company.ruth.does(audit, "notice", agenda=agenda)
    await company.vito.does(audit, "confirm")
    prepared = {"reviewed": True, "note": f"Known, {SECRET}"}
    await company.ruth.does(audit, "prepare", open_capas=prepared, scorecard=prepared)
    await company.comes_on(await company.first_day(audit))
    now = company.now.isoformat()
    await company.ruth.does(audit, "open", held_at=now)
    seen_there = {"at": now, "area": "QC", "person_role": "Supervisor", "photo_allowed": False}
    await company.ruth.does(audit, "log-evidence", **seen_there, note=f"Seen, {SECRET}")
    await company.ruth.does(
        audit, "close-meeting", held_at=now, last_day=company.today.isoformat(), preliminary_findings=MAJOR
    )
    await company.ruth.does(audit, "report", summary=f"First draft, {SECRET}")
    await company.ines.does(audit, "hold", reason=f"Held, {SECRET}")
    await company.ines.does(audit, "resume", reason=f"Resumed, {SECRET}")
    await company.priya.does(audit, "approve-report", approve=False, reason=f"Sent back, {SECRET}")
    await company.ruth.does(audit, "report", summary="As issued.")
    return audit


async def test_s6_the_site_sees_nothing_that_is_not_shared(company: Company, secretive: str) -> None:
    before = await seen(company.vito, secretive)
    assert leaks(await seen(company.ines, secretive), SECRET) != set()
    assert leaks(before, SECRET, "As issued.", company.tom.person) == set()
    case = before["case"]
    assert {record["action"] for record in case["records"]} == {"notice", "confirm"}
    assert (case["findings"], case["audit"]["recommendation"], case["hold_reason"]) == ([], None, None)
    assert (case["requested_by"], case["capas"], case["cases"]) == (None, [], [])
    assert {task["org"] for task in case["tasks"]} <= {Org.CDMO.value}
    for name in ("events", "feed"):
        assert {event["audience"] for event in before[name]["items"]} == SHOWN_TO_THE_SITE
    assert before["documents"]["items"] == []

    await company.priya.does(secretive, "approve-report", reason=f"Approved, {SECRET}")
    issued = await seen(company.vito, secretive)
    assert leaks(issued, SECRET) == set()
    (report,) = [record for record in issued["records"] if record["action"] == "report"]
    assert (report["version"], report["form"]["summary"]) == (2, "As issued.")
    assert [finding["number"] for finding in issued["case"]["findings"]] == [1]
    assert {event["audience"] for event in issued["events"]["items"]} == SHOWN_TO_THE_SITE
    (task,) = [task for task in issued["tasks"] if task["action"] == "respond"]
    assert task["org"] == Org.CDMO.value


async def announced(company: Company) -> str:
    """An audit whose days the site has confirmed; the team prepares it."""
    audit = await company.accepted()
    await company.staffed(audit)
    await company.tom.does(audit, "notice")
    await company.vito.does(audit, "confirm")
    await company.asked(audit, "prepare")
    return audit


async def is_unknown_to_the_site(company: Company, audit: str) -> None:
    """Neither the case nor one of its events is shown to the site."""
    for path in ("", "/events"):
        answer = await company.http.get(f"/v1/audits/{audit}{path}", headers=company.vito.headers)
        assert answer.status_code == 404
    for path in ("/v1/audits", "/v1/tasks", "/v1/events?limit=100"):
        assert (await company.vito.get(path))["items"] == []


def more_time(company: Company, task: TaskRow) -> dict[str, Any]:
    """The form that extends an open task by two weeks."""
    assert task.due_at is not None
    return {
        "task_id": task.task_id,
        "new_due": (task.due_at + timedelta(days=14)).date().isoformat(),
        "requested_by": company.ines.person,
        "reason": f"Extended, {SECRET}",
    }


async def test_s6_of_an_internal_step_the_site_sees_only_that_the_sponsor_works(company: Company) -> None:
    audit = await announced(company)
    task = await company.asked(audit, "prepare")
    assert task.due_at is not None
    await company.comes(task.due_at + timedelta(days=5))
    inside, outside = await company.ines.sees(audit), await company.vito.sees(audit)
    assert (inside["overdue"], inside["next_due_at"] is None) == (True, False)
    assert (outside["overdue"], outside["next_due_at"], outside["tasks"]) == (False, None, [])
    assert not [word for word in ("LEAD_AUDITOR", task.title, company.tom.person) if word in outside["waiting"]]
    assert "prepare" not in {action["action"] for action in outside["actions"]}


async def test_s6_the_site_learns_of_an_audit_by_its_notice(company: Company) -> None:
    audit = await company.accepted()
    await is_unknown_to_the_site(company, audit)
    await company.staffed(audit)
    await company.asked(audit, "notice")
    await is_unknown_to_the_site(company, audit)
    await company.tom.does(audit, "notice")
    assert (await company.vito.sees(audit))["audit"]["first_day"]


async def test_s6_an_audit_that_is_cancelled_before_its_notice_stays_unknown_to_the_site(company: Company) -> None:
    audit = await company.accepted()
    await company.hana.does(audit, "cancel", reason=f"Cancelled, {SECRET}")
    await is_unknown_to_the_site(company, audit)


async def test_s6_more_time_for_an_internal_step_is_not_told_to_the_site(company: Company) -> None:
    audit = await announced(company)
    task = await company.asked(audit, "prepare")
    extended = await company.priya.sends(audit, "extend", more_time(company, task))
    assert extended.status_code == 200, extended.text
    assert leaks(await seen(company.vito, audit), SECRET, company.ines.person) == set()


async def test_s6_more_time_before_the_notice_does_not_tell_the_site_of_the_audit(company: Company) -> None:
    audit = await company.accepted()
    extended = await company.priya.sends(audit, "extend", more_time(company, await company.asked(audit, "plan")))
    assert extended.status_code == 200, extended.text
    await is_unknown_to_the_site(company, audit)


async def test_s6_an_acknowledged_escalation_of_an_internal_step_is_not_told_to_the_site(company: Company) -> None:
    audit = await announced(company)
    task = await company.asked(audit, "prepare")
    assert task.due_at is not None
    await company.comes(task.due_at + timedelta(days=3))
    told = {
        user
        for rung in await company.escalations(audit, "prepare")
        if rung.acknowledge_by and not rung.acknowledged_at
        for user in ("ines", "tom", "priya", "hana")
        if company.seeded.person(user) in rung.sent_to
    }
    answer = await getattr(company, min(told)).sends(
        audit, "acknowledge", {"task_id": task.task_id, "note": f"Seen, {SECRET}"}
    )
    assert answer.status_code == 200, answer.text
    assert leaks(await seen(company.vito, audit), SECRET) == set()
