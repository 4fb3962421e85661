"""What may happen to a qualification besides the straight way (domain specification, section 10)."""

from datetime import timedelta
from typing import Any

import pytest

from domain.site.site import Activity
from tests.company import Company
from tests.scenarios import qualifying as tell
from tests.scenarios.days import evening

TESTING: dict[str, Any] = {
    "activity": "TESTING",
    "product": "ARL-900",
    "markets": ["US"],
    "stage": "COMMERCIAL",
    "sole_source": False,
}
LOW = (1, 1, 1, 1, 4, 1, 1)
"""Factor scores that give a low tier."""


async def low_risk(company: Company) -> str:
    """A qualification of a testing laboratory of low risk, up to its audit."""
    case_id = await tell.requested(company, **TESTING)
    await tell.screened(company, case_id)
    await tell.questioned(company, case_id, activity=Activity.TESTING)
    await tell.documented(company, case_id)
    await tell.assessed(company, case_id, LOW, tier="LOW")
    await tell.does(company.priya, case_id, "approve-risk")
    return case_id


async def test_an_audit_of_low_risk_is_waived_and_the_next_one_is_due_when_the_waiver_ends(company: Company) -> None:
    case_id = await low_risk(company)
    audit = await tell.audit_of(company, case_id)
    until = (company.today + timedelta(days=200)).isoformat()
    alternative = {"kind": "AUTHORITY_INSPECTION", "document": tell.PLACEHOLDER}
    waiver = {"expires_on": until, "alternatives": [alternative]}
    case = await tell.does_unasked(company.ines, case_id, "waive-audit", **waiver)
    await company.asked(case_id, "decide-audit-waiver")
    assert (await company.ines.sees(case_id))["stage"] == "AUDIT_WAIVER_REVIEW"
    await tell.does(company.hana, case_id, "decide-audit-waiver", grant=False, reason="Not the same scope.")
    assert (await company.ines.sees(case_id))["stage"] == "AUDIT"
    await tell.does_unasked(company.ines, case_id, "waive-audit", **waiver)
    await tell.does(company.hana, case_id, "decide-audit-waiver")
    assert (await company.recorded(audit, "case.closed")).payload["outcome"] == "CANCELLED"
    await tell.agreed(company, case_id)
    case = await tell.decided(company, case_id)
    assert (case["outcome"], await company.hana.task(case_id, "co-sign")) == ("APPROVED", None)  # not for the EU
    line = await tell.line_of(company, scope=case["scope_ids"][0])
    assert (line or {})["next_audit_due"] == until


async def test_an_audit_of_a_critical_api_is_never_waived_nor_held_on_paper(company: Company) -> None:
    case_id = await tell.requested(company)
    await tell.screened(company, case_id)
    await tell.questioned(company, case_id)
    await tell.documented(company, case_id)
    await tell.rated(company, case_id)
    audit = await tell.audit_of(company, case_id)
    alternative = {"kind": "PAPER_AUDIT", "document": await company.ines.uploads(case_id)}
    until = (company.today + timedelta(days=200)).isoformat()
    refusal = await company.ines.is_refused(case_id, "waive-audit", alternatives=[alternative], expires_on=until)
    assert refusal == (422, "rule_broken")
    await company.asked(audit, "plan")
    paper = {"mode": "PAPER", "mode_justification": "Travel", "not_verifiable": ["Flow of materials"]}
    assert (await company.ines.attempts(audit, "plan", **paper)).json()["fields"] == {
        "mode": "a first qualification of tier CRITICAL is never on paper"
    }
    case = await company.ines.does(audit, "plan", **paper | {"mode": "REMOTE"})
    assert case["owner"] == case_id
    await company.priya.does(audit, "cancel", reason="The project is redefined.")
    assert await tell.audit_of(company, case_id, 2) != audit  # a cancelled audit is requested anew


async def test_a_bought_report_takes_the_place_of_the_audit_once_it_is_accepted(company: Company) -> None:
    case_id = await low_risk(company)
    audit = await tell.audit_of(company, case_id)
    held = [(company.today - timedelta(days=days)).isoformat() for days in (40, 38)]
    await tell.does_unasked(
        company.ines,
        case_id,
        "submit-third-party-report",
        products=["ARL-900"],
        audited_from=held[0],
        audited_to=held[1],
        contract_giver_is_authorisation_holder=True,
        recommendation="ACCEPTABLE",
    )
    await tell.does(company.priya, case_id, "accept-third-party-report")
    assert (await company.recorded(audit, "case.closed")).payload["outcome"] == "CANCELLED"
    task = await company.asked(case_id, "agree-recommendation")
    assert task.prefill == {"recommendation": "ACCEPTABLE", "source": case_id}
    await tell.does(company.quentin, case_id, "agree-recommendation", agree=False, reason="It covers another building.")
    await company.asked(case_id, "propose")
    refused = await tell.tries(company.priya, case_id, "propose", **approval(company))
    assert (refused.status_code, refused.json()["code"]) == (409, "gate_closed")
    assert set(refused.json()["fields"]) == {"audit", "agreement"}
    case = await tell.decided(company, case_id, outcome="REJECTED")
    assert case["outcome"] == "REJECTED"
    assert await tell.line_of(company, scope=case["scope_ids"][0]) is None


def approval(company: Company) -> dict[str, Any]:
    """An approval from today on, for a year and a half."""
    due = company.today + timedelta(days=550)
    return {"outcome": "APPROVED", "next_requal_due": due.isoformat(), "valid_from": company.today.isoformat()}


async def test_going_on_without_an_answer_is_evidence_of_risk(company: Company) -> None:
    case_id = await tell.requested(company)
    await tell.screened(company, case_id)
    await company.asked(case_id, "hand-in-questionnaire")
    await company.passes(days=62)
    await tell.does(company.hana, case_id, "decide-without", verdict="GO_ON", reason="We shall see on site.")
    assert await company.vito.task(case_id, "hand-in-questionnaire") is None
    await tell.documented(company, case_id)
    factors = {factor["factor"]: factor for factor in (await company.asked(case_id, "assess-risk")).prefill["factors"]}
    maturity = factors["quality_system_maturity"]
    assert maturity == {"factor": "quality_system_maturity", "evidence": "No answer to the questionnaire"}


async def test_a_conditional_approval_is_renewed_once_and_expires_by_itself(company: Company) -> None:
    case_id = await low_risk(company)
    await waived(company, case_id)
    await tell.agreed(company, case_id)
    day = company.today
    condition = {"text": "The method is validated.", "owner": "Head of QC, site", "verification": "Report"}
    conditional = {
        "outcome": "CONDITIONALLY_APPROVED",
        "conditions": [condition | {"due": (day + timedelta(days=30)).isoformat()}],
        "conditional_to": (day + timedelta(days=60)).isoformat(),
    }
    case = await tell.decided(company, case_id, **conditional)
    (scope,) = case["scope_ids"]
    task = await company.asked(case_id, "verify-condition")
    form = {
        "task_id": task.task_id,
        "new_due": (day + timedelta(days=90)).isoformat(),
        "requested_by": company.ines.person,
        "reason": "The method takes longer.",
    }
    extended = await company.priya.sends(case_id, "extend", form)
    assert (extended.status_code, extended.json()["rule"]) == (422, "section 4")
    later = {"number": 1, "due": (day + timedelta(days=80)).isoformat()}
    renewal = {
        "conditional_to": (day + timedelta(days=100)).isoformat(),
        "dues": [later],
        "reason": "Delay at the site",
    }
    assert (await company.hana.sends(case_id, "renew", renewal)).status_code == 200
    assert (await company.asked(case_id, "verify-condition")).due_at == evening(day, 80)
    again = await company.hana.sends(case_id, "renew", renewal)
    assert (again.status_code, again.json()["code"]) == (409, "limit_reached")
    await company.comes_on(day + timedelta(days=61), 1)
    assert (await tell.line_of(company, scope=scope) or {})["status"] == "CONDITIONALLY_APPROVED"
    await company.comes_on(day + timedelta(days=81), 1)
    assert (await tell.line_of(company, scope=scope) or {})["status"] == "SUSPENDED"
    await company.comes_on(day + timedelta(days=101), 1)
    line = await tell.line_of(company, scope=scope)
    assert ((line or {})["status"], (line or {})["reason_code"]) == ("EXPIRED", "CONDITIONAL_APPROVAL_ENDED")
    await tell.does(company.ines, case_id, "verify-condition")
    case = await tell.decided(company, case_id, outcome="APPROVED")
    assert case["outcome"] == "APPROVED"
    (last, *_) = await company.events(case_id, "qualification.co-sign")  # the way out of EXPIRED needs the QP as well
    assert last.actor.person == company.quentin.person


async def test_two_scopes_of_one_site_are_independent(company: Company) -> None:
    first, second = await tell.requested(company), await tell.requested(company, **TESTING)
    refused = await company.paul.post("/v1/qualifications", tell.request(company), **{"Idempotency-Key": "again"})
    assert (refused.status_code, refused.json()["code"]) == (409, "conflict")
    assert first in refused.json()["detail"]
    hit = {"kind": "SANCTIONS", "concerns_scope": True, "valid": True, "description": "On the list", "reference": "77"}
    await tell.screened(company, first, checks=await tell.checks_with(company, first, SANCTIONS=hit))
    await tell.does(company.hana, first, "override-screening", override=False, reason="They are sanctioned.")
    await tell.screened(company, second)
    await company.asked(second, "hand-in-questionnaire")
    assert [(await company.ines.sees(case_id))["stage"] for case_id in (first, second)] == ["REJECTED", "QUESTIONNAIRE"]
    assert (await company.ines.sees(first))["scope_ids"] != (await company.ines.sees(second))["scope_ids"]


async def test_a_new_owner_keeps_the_site_for_ninety_days_and_is_qualified_meanwhile(company: Company) -> None:
    case_id = await low_risk(company)
    await waived(company, case_id)
    await tell.agreed(company, case_id)
    (scope,) = (await tell.decided(company, case_id))["scope_ids"]
    succession = {
        "new_owner": {"name": "Rhenania Pharma SE", "country": "DE"},
        "takes_over_on": company.today.isoformat(),
        "evidence": [await company.ines.uploads(case_id, audience="SPONSOR")],
    }
    sold = await tell.requested(company, "ines", **TESTING, succession=succession)
    await tell.does(company.hana, sold, "carry-over")
    line = await tell.line_of(company, scope=scope)
    assert line is not None
    assert (line["status"], line["reason_code"]) == ("CONDITIONALLY_APPROVED", "OWNERSHIP_CHANGE")
    assert line["valid_to"] == (company.today + timedelta(days=90)).isoformat()
    owner = await company.ines.get(f"/v1/suppliers/{line['supplier_id']}")
    assert (owner["name"], owner["succeeds"]) == ("Rhenania Pharma SE", "SUP-1")
    await tell.screened(company, sold)
    await tell.documented(company, sold)
    await tell.assessed(company, sold, LOW, tier="LOW")
    await tell.does(company.priya, sold, "approve-risk")
    await tell.agreed(company, sold)
    case = await tell.decided(company, sold)
    assert case["outcome"] == "APPROVED"
    history = (await company.hana.get(f"/v1/asl/{scope}"))["items"]
    assert [(item["status"], item["supplier_id"]) for item in history] == [
        ("APPROVED", owner["supplier_id"]),
        ("CONDITIONALLY_APPROVED", owner["supplier_id"]),
        ("APPROVED", "SUP-1"),
    ]
    agreements = (await company.ines.get("/v1/agreements", scope=scope))["items"]
    assert [(item["qta_id"], item["version"], item["status"]) for item in agreements] == [
        ("QTA-1", 2, "EFFECTIVE"),
        ("QTA-1", 1, "SUPERSEDED"),
    ]


async def test_who_leaves_hands_tasks_over_and_signs_nothing_more(company: Company) -> None:
    case_id = await tell.requested(company)
    task = await company.asked(case_id, "screen")
    version = (await company.http.get(f"/v1/people/{company.ines.person}", headers=company.adam.headers)).headers[
        "ETag"
    ]
    left = await company.http.patch(
        f"/v1/people/{company.ines.person}",
        json={"disabled": True, "reason": "Left the company"},
        headers=company.adam.headers | {"If-Match": version},
    )
    assert left.status_code == 200, left.text
    refused = await company.ines.sends(case_id, "screen", {"checks": []}, task.task_id)
    assert (refused.status_code, refused.json()["code"]) == (403, "account_disabled")
    roles = {"roles": ["QA_APPROVER", "SUPPLIER_QUALITY"], "reason": "Takes over for Ines"}
    priya = f"/v1/people/{company.priya.person}"
    version = (await company.http.get(priya, headers=company.adam.headers)).headers["ETag"]
    changed = await company.http.patch(priya, json=roles, headers=company.adam.headers | {"If-Match": version})
    assert changed.status_code == 200, changed.text
    form = {"task_id": task.task_id, "to": company.priya.person, "reason": "Ines has left."}
    assert (await company.hana.sends(case_id, "reassign", form)).status_code == 200
    await tell.does(company.priya, case_id, "screen")
    await company.asked(case_id, "hand-in-questionnaire")


async def waived(company: Company, case_id: str) -> None:
    """The audit is waived for 200 days."""
    await tell.audit_of(company, case_id)
    alternative = {"kind": "SHARED_AUDIT", "document": tell.PLACEHOLDER}
    until = (company.today + timedelta(days=200)).isoformat()
    await tell.does_unasked(company.ines, case_id, "waive-audit", expires_on=until, alternatives=[alternative])
    await tell.does(company.hana, case_id, "decide-audit-waiver")


@pytest.mark.parametrize("reopens", [True, False])
async def test_a_disqualified_scope_is_qualified_again_only_if_the_head_of_quality_reopens_it(
    company: Company, *, reopens: bool
) -> None:
    await tell.stands(company, "DISQUALIFIED")
    case_id = await tell.requested(company)
    case = await tell.does(company.hana, case_id, "reopen", reopen=reopens, reason="We have looked at it again.")
    if reopens:
        await company.asked(case_id, "screen")
    else:
        assert case["outcome"] == "REJECTED"


async def test_a_site_in_use_that_is_rejected_takes_no_orders_and_releases_nothing(company: Company) -> None:
    await tell.stands(company, "APPROVED")
    case_id = await tell.requested(company)
    assert (await company.ines.sees(case_id))["kind"] == "REQUALIFICATION"
    hit = {"kind": "SANCTIONS", "concerns_scope": True, "valid": True, "description": "On the list", "reference": "77"}
    await tell.screened(company, case_id, checks=await tell.checks_with(company, case_id, SANCTIONS=hit))
    await tell.does(company.hana, case_id, "override-screening", override=False, reason="They are sanctioned.")
    line = await tell.line_of(company)
    assert line is not None
    assert (line["status"], line["suspension_scope"]) == ("SUSPENDED", "NEW_ORDERS_AND_RELEASE")
    assert (line["reason_code"], line["decided_by"]) == ("QUALIFICATION_REJECTED", [company.hana.person])


async def test_a_site_is_rejected_while_its_conditions_are_open(company: Company) -> None:
    case_id = await low_risk(company)
    await waived(company, case_id)
    await tell.agreed(company, case_id)
    condition = {"text": "The method is validated.", "owner": "Head of QC, site", "verification": "Report"}
    due, until = ((company.today + timedelta(days=days)).isoformat() for days in (30, 60))
    conditional = {"conditions": [condition | {"due": due}], "conditional_to": until}
    case = await tell.decided(company, case_id, outcome="CONDITIONALLY_APPROVED", **conditional)
    (scope,) = case["scope_ids"]
    assert await company.priya.is_refused(case_id, "withdraw") == (409, "not_open")
    early = await company.priya.attempts(case_id, "propose", **approval(company))
    assert early.json()["fields"] == {"conditions": "are not met: 1"}
    await tell.does_unasked(company.priya, case_id, "propose", outcome="REJECTED")
    await tell.does(company.hana, case_id, "decide")
    assert (await company.recorded(case_id, "case.closed")).payload["outcome"] == "REJECTED"
    assert (await tell.line_of(company, scope=scope) or {})["suspension_scope"] == "NEW_ORDERS_AND_RELEASE"


async def test_a_questionnaire_that_is_referred_and_rejected_asks_nothing_more_of_the_site(company: Company) -> None:
    case_id = await tell.requested(company)
    await tell.screened(company, case_id)
    await tell.questioned(company, case_id, verdict="REFER", comments="They contradict the inspection report.")
    case = await tell.does(company.hana, case_id, "decide-without", verdict="REJECT", reason="They are not true.")
    assert (await company.recorded(case_id, "case.closed")).payload["outcome"] == "REJECTED"
    asked = [event.payload["action"] for event in await company.events(case_id, "task.opened")]
    assert asked[-1] == "decide-without"
    assert case["case_id"] == case_id
