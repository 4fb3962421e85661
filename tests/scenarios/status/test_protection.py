"""Who asks for protection may give it; another person takes note afterwards (domain specification, sections 16, 20)."""

from typing import Any
from uuid import uuid4

from domain.audit.request import AuditRequest
from tests.company import Company
from tests.records.rebuilt import is_rebuilt_identically
from tests.scenarios import deciding
from tests.scenarios.qualifying import does, does_unasked, line_of, stands


async def test_the_head_of_quality_suspends_on_her_own_proposal_and_an_executive_takes_note(company: Company) -> None:
    await stands(company, "APPROVED")
    case_id = await deciding.suspension_proposed(company.hana)
    assert await deciding.suspension_proposed(company.ines) == case_id
    await company.asked(case_id, "suspend")
    assert await company.mails("hana", "Decide on suspension")
    assert await company.mails("adam", "Nobody can do") == []
    assert await company.hana.task(case_id, "suspend") is not None
    declined: dict[str, Any] = {"suspend": False, "scope": None, "exit_criteria": []}
    assert await company.hana.is_refused(case_id, "suspend", **declined) == (403, "segregation_of_duties")

    case = await does(company.hana, case_id, "suspend")
    assert (case["stage"], (await line_of(company) or {})["status"]) == ("SUSPENDED", "SUSPENDED")
    noted = await company.asked(case_id, "acknowledge-protection")
    assert noted.about == "Decide on suspension, by Hana Sato"
    strange = {"version": 1, "sha256": "1" * 64}
    assert await company.erik.is_refused(case_id, "acknowledge-protection", decision=strange) == (412, "version_stale")
    await does(company.erik, case_id, "acknowledge-protection")
    assert await company.open_task(case_id, "acknowledge-protection") is None
    await deciding.at_rest(company)
    await is_rebuilt_identically(company.database)


async def test_what_another_has_asked_for_needs_no_note(company: Company) -> None:
    await stands(company, "APPROVED")
    case_id = await deciding.suspension_proposed(company.ines)
    await does(company.hana, case_id, "suspend")
    await company.asked(case_id, "assess-impact")
    assert await company.open_task(case_id, "acknowledge-protection") is None


async def test_the_head_of_quality_has_the_audit_held_that_she_has_asked_for(company: Company) -> None:
    body = company.fills(AuditRequest, {"type": "FOR_CAUSE", "trigger": TRIGGER}).model_dump(mode="json")
    answer = await company.hana.post("/v1/audits", body, **{"Idempotency-Key": str(uuid4())})
    assert answer.status_code == 201, answer.text
    audit = answer.json()["case_id"]
    await company.asked(audit, "decide")
    assert await company.hana.is_refused(audit, "decide", accept=False) == (403, "segregation_of_duties")
    case = await company.hana.does(audit, "decide")
    assert case["stage"] == "PLANNED"
    await company.asked(audit, "plan")
    await does(company.erik, audit, "acknowledge-protection")


async def test_who_asks_for_a_probation_confirms_it_and_does_not_give_both_signatures(company: Company) -> None:
    await stands(company, "APPROVED")
    case_id = await deciding.proposes(company.hana, "PROBATION", reason_code="CAPA_LATE")
    await does(company.priya, case_id, "put-on-probation")
    case = await does(company.hana, case_id, "confirm-probation")
    assert case["stage"] == "PROBATION"


TRIGGER = {
    "reason": "WHISTLEBLOW",
    "reference": "HOTLINE-2026-017",
    "description": "A caller reports deleted HPLC injections in the QC laboratory.",
}


async def test_a_request_is_withdrawn_and_what_others_ask_for_stands(company: Company) -> None:
    await stands(company, "APPROVED")
    case_id = await deciding.suspension_proposed(company.ines)
    await company.asked(case_id, "suspend")
    assert await deciding.suspension_proposed(company.tom, "NEW_ORDERS") == case_id
    gone = {"number": 1, "reason": "The injections were found."}
    assert await company.tom.is_refused(case_id, "withdraw-request", **gone) == (403, "wrong_role")
    case = await does_unasked(company.ines, case_id, "withdraw-request", **gone)
    assert (case["stage"], [each["is_withdrawn"] for each in case["status"]["requests"]]) == ("PROPOSED", [True, False])
    assert len(await company.mails("hana", "a request is withdrawn")) == 1
    assert (await company.asked(case_id, "suspend")).prefill["scope"] == "NEW_ORDERS"
    assert await company.ines.is_refused(case_id, "withdraw-request", **gone) == (422, "rule_broken")

    case = await does_unasked(company.hana, case_id, "withdraw-request", number=2, reason="Answered by the site.")
    assert (case["outcome"], (await line_of(company) or {})["status"]) == ("WITHDRAWN", "APPROVED")
    again = await deciding.suspension_proposed(company.ines)
    assert again != case_id
    await does(company.hana, again, "suspend")
    assert (await company.ines.is_refused(again, "withdraw-request", **gone))[0] == 409
    await deciding.at_rest(company)
    await is_rebuilt_identically(company.database)


async def test_a_request_for_an_audit_is_withdrawn_before_it_is_accepted(company: Company) -> None:
    audit = await company.ines.requests()
    await company.asked(audit, "decide")
    assert await company.tom.requests() == audit
    await does_unasked(company.ines, audit, "withdraw-request", number=1)
    case = await does_unasked(company.tom, audit, "withdraw-request", number=2)
    assert case["outcome"] == "CANCELLED"
    assert await company.ines.requests() != audit
