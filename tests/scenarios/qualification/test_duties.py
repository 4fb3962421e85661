"""Separation of duties, as far as a qualification reaches (domain specification, section 11)."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx2
import pytest

from domain.asl.asl import AslStatus
from domain.core.people import Role
from domain.processes import FORMS
from domain.qualification.qualification import QUALIFICATION_FORMS
from domain.site.site import Activity
from records.asl.tables.listing import AslRow
from records.installation.seed import SeededPerson
from tests.company import SITE, Company, company_at
from tests.records.databases import Databases
from tests.scenarios import qualifying as tell
from tests.scenarios.duties import (
    SECOND_PASSWORD,
    SECRET,
    Capacity,
    delegates,
    holds,
    is_barred,
    leaks,
    second_account,
    seen,
)
from tests.scenarios.unchanged import names, problem_of, refused

DOUBLE_ROLES = {
    "ines": (Role.SUPPLIER_QUALITY, Role.QA_APPROVER, Role.HEAD_QA),
    "tom": (Role.LEAD_AUDITOR, Role.HEAD_QA, Role.QP),
    "priya": (Role.QA_APPROVER, Role.HEAD_QA, Role.QP),
    "hana": (Role.HEAD_QA, Role.QP, Role.CMC_LEAD),
    "carla": (Role.CMC_LEAD, Role.QP, Role.SUPPLIER_QUALITY),
}
LOWEST = (1, 1, 1, 1, 4, 1, 1)
"""Scores of the risk factors that give LOW; performance that nobody knows counts 4."""
CLEAN = [{"severity": "RECOMMENDATION", "area": "Warehouse", "summary": "Labels could be larger."}]


@pytest.fixture(scope="module")
async def company(tmp_path_factory: pytest.TempPathFactory, databases: Databases) -> AsyncIterator[Company]:
    """One company for all, in which many could do what they must not: each story is about a scope of its own."""
    async with company_at(tmp_path_factory.mktemp("duties"), await databases.seeded("sqlite")) as company:
        for user, roles in DOUBLE_ROLES.items():
            await holds(company, user, *roles)
        yield company


async def registered(company: Company, product: str, site: str = SITE, **changes: Any) -> dict[str, Any]:
    """A scope of a site. Returns what a request for it says."""
    scope = {"activity": "API_MFG", "product": product, "markets": ["EU"], "stage": "COMMERCIAL", "sole_source": False}
    answer = await company.carla.post(f"/v1/sites/{site}/scopes", scope | {"risk_tier": "CRITICAL"} | changes)
    assert answer.status_code == 201, answer.text
    return {"site_id": site, **scope, **{name: value for name, value in changes.items() if name in scope}}


async def stands(company: Company, product: str, status: AslStatus, site: str = SITE) -> dict[str, Any]:
    """A scope of which the approved supplier list says so. Returns what a request for it says."""
    scope = await registered(company, product, site)
    scopes = (await company.carla.get(f"/v1/sites/{site}/scopes"))["items"]
    scope_id = next(each["scope_id"] for each in scopes if each["product"] == product)
    async with company.database.writing() as session:
        session.add(
            AslRow(
                scope_id=scope_id,
                number=1,
                site_id=site,
                supplier_id=company.seeded.suppliers[site],
                status=status.value,
                effective_from=company.now - timedelta(days=1),
                recorded_at=company.now - timedelta(days=1),
                reason_code="DECISION",
                reason="As decided.",
                decided_in="QC-0",
                decided_by=[],
            )
        )
    return scope


# ------------------------------------------------------------------------------ S1


async def test_s1_nobody_reopens_what_they_asked_for(company: Company) -> None:
    scope = await stands(company, "ARL-301", AslStatus.DISQUALIFIED)
    case_id = await tell.requested(company, "hana", **scope)
    await is_barred(company, company.hana, case_id, "reopen", "S1")


async def test_s1_nobody_carries_a_status_over_that_they_asked_to_carry_over(company: Company) -> None:
    scope = await stands(company, "ARL-302", AslStatus.APPROVED, "OB-01")
    succession = {
        "new_owner": {"name": "Nordhafen Chemie", "country": "DE"},
        "takes_over_on": company.today.isoformat(),
        "evidence": [await company.hana.uploads(audience="SPONSOR")],
    }
    case_id = await tell.requested(company, "hana", **scope, succession=succession)
    await is_barred(company, company.hana, case_id, "carry-over", "S1")


async def test_s1_who_screened_the_site_does_not_override_the_result(company: Company) -> None:
    case_id = await tell.requested(company, "carla", **await registered(company, "ARL-303"))
    hit = {"kind": "SANCTIONS", "concerns_scope": True, "valid": True, "description": "On the list", "reference": "77"}
    await tell.screened(company, case_id, checks=await tell.checks_with(company, case_id, SANCTIONS=hit))
    await is_barred(company, company.ines, case_id, "override-screening", "S1")


# ------------------------------------------------------------------------------ S1, S8, S9, S12


async def test_s1_s8_s9_s12_a_tier_is_lowered_by_two_others_and_nobody_grants_what_they_ask_for(
    company: Company,
) -> None:
    scope = await registered(company, "ARL-304", activity="TESTING", markets=["US"], risk_tier="MEDIUM")
    case_id = await tell.requested(company, "carla", **scope)
    await tell.screened(company, case_id)
    await tell.questioned(company, case_id, Activity.TESTING)
    await tell.documented(company, case_id)
    await tell.assessed(company, case_id, LOWEST, tier="LOW")
    second = await second_account(company, "ines")
    for author in (company.ines, second):
        told = await is_barred(company, author, case_id, "approve-risk", "S8")
        assert told.event is not None
        assert told.event.actor.user == ("ines.two" if author is second else "ines")
    await tell.does(company.priya, case_id, "approve-risk")
    for signer in (company.ines, company.priya):
        await is_barred(company, signer, case_id, "confirm-lower-tier", "S8")
    await tell.does(company.hana, case_id, "confirm-lower-tier")
    assert (await company.ines.sees(case_id))["qualification"]["risk"]["second_approver"] == company.hana.person

    await tell.audit_of(company, case_id)
    await tell.does_unasked(company.ines, case_id, "waive-audit", expires_on=in_days(company, 200))
    await is_barred(company, company.ines, case_id, "decide-audit-waiver", "S9")


def in_days(company: Company, days: int) -> str:
    return (company.today + timedelta(days=days)).isoformat()


# ------------------------------------------------------------------------------ S1, S2, S3, S7, S11


async def test_s1_s2_s3_s7_s11_a_decision_is_signed_by_people_who_had_no_part_in_what_it_rests_on(
    company: Company,
) -> None:
    case_id = await tell.requested(company, "carla", **await registered(company, "ARL-305"))
    await tell.screened(company, case_id)
    await tell.questioned(company, case_id, verdict="REFER")
    await is_barred(company, company.ines, case_id, "decide-without", "S3")
    await tell.does(company.hana, case_id, "decide-without")
    await tell.documented(company, case_id)
    await tell.assessed(company, case_id, (5, 3, 3, 4, 4, 5, 1))
    await tell.does(company.priya, case_id, "approve-risk")
    await is_agreed_but_not_by_its_author(company, case_id)
    await tell.audited(company, case_id, CLEAN)
    await is_signed_by_nobody_with_a_part_in_it(company, case_id)
    await is_met_and_renewed_by_others(company, case_id)


async def is_agreed_but_not_by_its_author(company: Company, case_id: str) -> None:
    await tell.drafted(company, case_id)
    await is_barred(company, company.ines, case_id, "sign-agreement", "S1")
    await tell.does(company.priya, case_id, "sign-agreement")
    await tell.does(company.uta, case_id, "sign-agreement-for-site")


async def is_signed_by_nobody_with_a_part_in_it(company: Company, case_id: str) -> None:
    """A conditional approval; the first condition is that of Ines."""
    until = in_days(company, 90)
    condition = {"text": "Raw data are reviewed.", "due": until, "verification": f"Reports, {SECRET}"}
    conditions = [condition | {"owner": owner} for owner in (company.ines.person, "Head of production, site")]
    conditional = {"outcome": "CONDITIONALLY_APPROVED", "conditions": conditions, "conditional_to": until}
    await tell.does(company.priya, case_id, "propose", **conditional)
    for user, rule in {"priya": "S1", "ines": "S3", "tom": "S2"}.items():
        await is_barred(company, getattr(company, user), case_id, "decide", rule)
    await delegates(company, "hana", "quentin", Role.HEAD_QA)
    await tell.does(Capacity(company, "quentin", for_user="hana"), case_id, "decide")
    for user, rule in {"priya": "S1", "tom": "S2", "quentin": "S1", "hana": "S1"}.items():
        await is_barred(company, getattr(company, user), case_id, "co-sign", rule)
    await tell.does(company.carla, case_id, "co-sign")


async def is_met_and_renewed_by_others(company: Company, case_id: str) -> None:
    until = in_days(company, 120)
    dues = [{"number": number, "due": until} for number in (1, 2)]
    renewal = {"conditional_to": until, "dues": dues, "reason": "The review takes longer."}
    for user, rule in {"ines": "S3", "tom": "S2"}.items():
        told = await refused(company, getattr(company, user).sends(case_id, "renew", renewal))
        assert (told.status, told.code, told.rule) == (403, "segregation_of_duties", rule)
        names(told, company, user, case_id, "renew")
    tasks = await company.open_tasks(case_id, "verify-condition")
    (own,) = [task.task_id for task in tasks if task.concerns == [1]]
    body = {"number": 1, "finding": "All reports are on file.", "evidence": [await company.ines.uploads(case_id)]}
    told = await refused(company, company.ines.sends(case_id, "verify-condition", body, own))
    assert (told.status, told.code, told.rule) == (403, "segregation_of_duties", "S7")
    names(told, company, "ines", case_id, "verify-condition")
    met = await company.carla.sends(case_id, "verify-condition", body, own)
    assert met.status_code == 200, met.text
    inside, outside = (met.json()["qualification"], (await company.vito.sees(case_id))["qualification"])
    assert [condition["status"] for condition in inside["conditions"]] == ["MET", "OPEN"]
    assert inside["hindrances"] == {"conditions": "are not met: 2"}
    assert (inside["decision"], inside["valid_to"]) == ("CONDITIONALLY_APPROVED", outside["valid_to"])
    assert [condition["text"] for condition in outside["conditions"]] == ["Raw data are reviewed."] * 2
    assert leaks({"qualification": outside}, SECRET) == set()


# ------------------------------------------------------------------------------ S4, S10


def test_s4_s6_s10_the_tables_of_all_forms_hold_those_of_a_qualification() -> None:
    assert set(QUALIFICATION_FORMS) <= set(FORMS)


async def test_s10_an_administrator_who_takes_a_role_ends_no_qualification_under_it_on_that_day(
    company: Company,
) -> None:
    case_id = await tell.requested(company, "carla", **await registered(company, "ARL-306"))
    eve = await hired(company, "eve", Role.SYSTEM_ADMIN)
    await holds(company, "eve", Role.QA_APPROVER, by=eve)
    told = await refused(company, eve.sends(case_id, "withdraw", {"reason": "The project was stopped."}))
    assert (told.status, told.code, told.rule) == (403, "role_too_fresh", "S10")
    names(told, company, "eve", case_id, "withdraw")


async def hired(company: Company, user: str, *roles: Role) -> Capacity:
    """Somebody new, who signs with a password of their own."""
    person = {"user": user, "password": SECOND_PASSWORD, "name": user.title(), "email": f"{user}@aurelia.example"}
    answer = await company.adam.post("/v1/people", {**person, "org": "SPONSOR", "roles": list(roles)})
    assert answer.status_code == 201, answer.text
    newcomer = SeededPerson(user=user, name=user.title(), roles=roles, person_id=answer.json()["person_id"])
    company.seeded = company.seeded.model_copy(update={"people": (*company.seeded.people, newcomer)})
    return Capacity(company, user, account=user)


# ------------------------------------------------------------------------------ S6


@pytest.fixture(scope="module")
async def secretive(company: Company) -> str:
    """A qualification that waits for its audit, in which the sponsor said much that is not for the site."""
    case_id = await tell.requested(company, "carla", **await registered(company, "ARL-307"))
    await tell.screened(company, case_id, remarks=f"Noticed, {SECRET}")
    await tell.questioned(company, case_id, comments=f"Weak, {SECRET}")
    await tell.documented(company, case_id)
    await tell.assessed(company, case_id, uncertainty=f"Not seen yet, {SECRET}")
    await tell.does(company.priya, case_id, "approve-risk", reason=f"Approved, {SECRET}")
    await tell.agreed(company, case_id)
    await tell.audit_of(company, case_id)
    await company.ines.uploads(case_id, audience="SPONSOR")
    return case_id


async def test_s1_who_submits_a_bought_report_does_not_accept_it(company: Company, secretive: str) -> None:
    day = in_days(company, -30)
    await tell.does_unasked(
        company.ines, secretive, "submit-third-party-report", audited_from=day, audited_to=day, products=["ARL-307"]
    )
    await is_barred(company, company.ines, secretive, "accept-third-party-report", "S1")


async def test_s6_the_site_sees_neither_score_nor_gap_nor_risk_nor_screening(company: Company, secretive: str) -> None:
    inside, outside = await seen(company.ines, secretive), await seen(company.vito, secretive)
    assert leaks(inside, SECRET) != set()
    assert leaks(outside, SECRET) == set()
    case, whole = outside["case"], inside["case"]["qualification"]
    assert {record["action"] for record in case["records"]} == {
        "hand-in-questionnaire", "declare-questionnaire", "submit-documents",
        "draft-agreement", "answer-agreement", "sign-agreement", "sign-agreement-for-site",
    }  # fmt: skip
    assert {event["audience"] for event in outside["events"]["items"]} == {"SHARED"}
    assert (case["requested_by"], case["cases"], outside["documents"]["items"] != []) == (None, [], True)
    shown = case["qualification"]
    assert (shown["risk"], shown["hindrances"]) == (None, {})
    assert (shown["questionnaire"]["score"], shown["questionnaire"]["gaps"]) == (None, None)
    assert (whole["risk"]["tier"], whole["hindrances"]) == ("CRITICAL", {"audit": "has not been reported"})
    assert (whole["questionnaire"]["score"], whole["questionnaire"]["gaps"]) == (100.0, [])
    assert shown["questionnaire"]["state"] == whole["questionnaire"]["state"] == "ACCEPTED"
    assert {document["status"] for document in shown["documents"] if document["mandatory"]} == {"ACCEPTED"}
    assert {document["reason"] for document in shown["documents"]} == {None}
    assert shown["agreement"] == whole["agreement"]
    assert shown["agreement"]["status"] == "EFFECTIVE"


ELSEWHERE = {"case": "QC-987654", "qta": "QTA-987654", "certificate": "CERT-987654", "scope": "SC-987654"}


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/v1/qualifications/{case}", None),
        ("GET", "/v1/qualifications/{case}/events", None),
        ("GET", "/v1/qualifications/{case}/records/submit-documents/1", None),
        ("GET", "/v1/qualifications/{case}/questionnaire", None),
        (
            "PATCH",
            "/v1/qualifications/{case}/questionnaire",
            {"answers": [{"q_id": "1-1", "value": "x", "version": 1}]},
        ),
        ("POST", "/v1/qualifications/{case}/hand-in-questionnaire", {}),
        ("GET", "/v1/agreements/{qta}", None),
        ("GET", "/v1/agreements/{qta}/1", None),
        ("GET", "/v1/certificates/{certificate}", None),
        ("GET", "/v1/asl/{scope}", None),
    ],
)
async def test_s6_another_supplier_never_learns_that_a_record_exists(
    company: Company, secretive: str, method: str, path: str, body: Any
) -> None:
    shown = (await company.ines.sees(secretive))["qualification"]
    certificate = next(document["certificate_id"] for document in shown["documents"] if document["certificate_id"])
    here = {
        "case": secretive,
        "qta": shown["agreement"]["qta_id"],
        "certificate": certificate,
        "scope": shown["scope_id"],
    }

    async def asks(ids: dict[str, str]) -> httpx2.Response:
        return await company.http.request(method, path.format(**ids), json=body, headers=company.olga.headers)

    told = await refused(company, asks(here))
    unknown = problem_of(await asks(ELSEWHERE))
    assert told.status == 404
    problem = json.dumps(told.problem)
    for name, id_ in here.items():
        problem = problem.replace(id_, ELSEWHERE[name])
    assert problem == json.dumps(unknown)


async def test_s6_lists_hold_nothing_of_another_supplier(company: Company, secretive: str) -> None:
    assert (await company.olga.get("/v1/tasks"))["items"] == []
    lists = ["qualifications", "agreements", "certificates", "events", f"documents?case_id={secretive}"]
    for path in lists:
        assert (await company.olga.get(f"/v1/{path}"))["items"] == [], path
        assert (await company.vito.get(f"/v1/{path}"))["items"] != [], path
