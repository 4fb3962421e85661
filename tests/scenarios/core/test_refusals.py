"""Whatever is refused says why, is on record, and changes nothing."""

import itertools
import json
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from sqlalchemy import update
from sqlmodel import col
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.workflowservice.v1 import DescribeWorkflowExecutionRequest
from temporalio.client import WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode

from domain.core.case import Message, Subject
from records.core.tables.journal import SignatureTokenRow
from tests.company import Colleague, Company, company_at
from tests.records.databases import Databases
from tests.scenarios.unchanged import Told, names, problem_of, refused

DECISION = {"accept": True, "reason": "The allegation concerns data that released batches rely on."}
CANCELLATION = {"reason": "The allegation was withdrawn in writing."}
HOLD = {"reason": "Site closed by flood until further notice"}

_references = itertools.count(1)


@pytest.fixture(scope="module")
async def company(tmp_path_factory: pytest.TempPathFactory, databases: Databases) -> AsyncIterator[Company]:
    """One company for all: what is refused leaves nothing behind."""
    async with company_at(tmp_path_factory.mktemp("refusals"), await databases.seeded("sqlite")) as company:
        yield company


@pytest.fixture
async def lone_company(tmp_path_factory: pytest.TempPathFactory, databases: Databases) -> AsyncIterator[Company]:
    """A company of one's own, for stories in which time passes or people change."""
    async with company_at(tmp_path_factory.mktemp("lone"), await databases.seeded("sqlite")) as company:
        yield company


def trigger() -> dict[str, Any]:
    return {"reason": "DI_BREACH", "reference": f"H-{next(_references)}", "description": "Injections were deleted."}


async def requested(company: Company, **changes: Any) -> str:
    """An audit that waits for the decision on its cause."""
    audit = await company.ines.requests(trigger=trigger(), **changes)
    await company.asked(audit, "decide")
    return audit


async def planned(company: Company) -> str:
    """An audit whose plan waits to be approved."""
    audit = await requested(company)
    await company.hana.does(audit, "decide")
    await company.ines.does(audit, "plan")
    await company.asked(audit, "approve-plan")
    return audit


async def signed(colleague: Colleague, record: str, action: str, form: Any) -> str:
    """A signature token."""
    password = colleague.company.settings.dev_password
    answer = await colleague.post(
        "/v1/signatures", {"password": password, "record": record, "action": action, "form": form}
    )
    assert answer.status_code == 201, answer.text
    return str(answer.json()["token"])


def decides(colleague: Colleague, audit: str, form: Any = DECISION, **headers: str) -> Any:
    return colleague.post(f"/v1/audits/{audit}/decide", form, **headers)


def code(told: Told) -> tuple[int, str, str | None]:
    return told.status, told.code, told.rule


# ------------------------------------------------------------------------------ who


async def test_without_a_token_nothing_is_known_and_nobody_is_on_record(company: Company) -> None:
    audit = await requested(company)
    told = await refused(company, company.http.post(f"/v1/audits/{audit}/decide", json=DECISION))
    assert (told.status, told.code, told.event) == (401, "not_signed_in", None)


@pytest.mark.parametrize("user", ["tom", "ines", "priya", "quentin", "carla", "adam"])
async def test_a_decision_of_the_wrong_role_is_refused(company: Company, user: str) -> None:
    audit = await requested(company)
    told = await refused(company, decides(getattr(company, user), audit))
    assert code(told) == (403, "wrong_role", "roles")
    names(told, company, user, audit, "decide")


async def test_a_signature_does_not_help_the_wrong_role(company: Company) -> None:
    audit = await requested(company)
    token = await signed(company.tom, audit, "decide", DECISION)
    told = await refused(company, decides(company.tom, audit, **{"Signature-Token": token}))
    assert code(told) == (403, "wrong_role", "roles")
    names(told, company, "tom", audit, "decide")


async def test_segregation_of_duties_bars_the_requester_from_declining(company: Company) -> None:
    audit = await company.hana.requests(trigger=trigger())
    await company.asked(audit, "decide")
    declined = DECISION | {"accept": False}
    token = await signed(company.hana, audit, "decide", declined)
    for headers in ({}, {"Signature-Token": token}):
        told = await refused(company, company.hana.post(f"/v1/audits/{audit}/decide", declined, **headers))
        assert code(told) == (403, "segregation_of_duties", "S1")
        names(told, company, "hana", audit, "decide")


async def test_a_task_of_another_person_is_refused(company: Company) -> None:
    audit = await planned(company)
    await company.priya.does(audit, "approve-plan")
    await company.ines.does(audit, "team")
    await company.asked(audit, "declare")
    lead = (await company.ines.sees(audit))["tasks"][0]["assignee"]
    other = "ruth" if lead == company.seeded.person("tom") else "tom"
    told = await refused(company, getattr(company, other).sends(audit, "declare", {"independent": True}))
    assert (told.status, told.code) == (403, "not_assigned")
    names(told, company, other, audit, "declare")


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/v1/audits/{}", None),
        ("GET", "/v1/audits/{}/events", None),
        ("GET", "/v1/audits/{}/records/plan/1", None),
        ("GET", "/v1/tasks/{}.1", None),
        ("POST", "/v1/audits/{}/decide", DECISION),
        ("POST", "/v1/audits/{}/confirm", {"verdict": "ACCEPT"}),
        ("POST", "/v1/audits/{}/confirm?task={}.1", {"verdict": "ACCEPT"}),
        ("POST", "/v1/audits/{}/acknowledge", {"task_id": "{}.1"}),
        ("POST", "/v1/audits/{}/fly", {}),
        (
            "POST",
            "/v1/signatures",
            {"password": "vetted", "record": "{}", "action": "confirm", "form": {"verdict": "ACCEPT"}},
        ),
        ("POST", "/v1/documents?title=T&filename=t.txt&case_id={}", {}),
        ("GET", "/v1/capas/{}", None),
    ],
)
async def test_another_supplier_never_learns_that_a_case_exists(
    company: Company, method: str, path: str, body: Any
) -> None:
    audit, nowhere = await requested(company), "AUD-987654"

    def asks(case_id: str) -> Any:
        content = None if body is None else json.dumps(body).replace("{}", case_id)
        headers = company.olga.headers | {"Content-Type": "application/json"}
        return company.http.request(method, path.replace("{}", case_id), content=content, headers=headers)

    told = await refused(company, asks(audit))
    assert told.status == 404
    unknown = problem_of(await asks(nowhere))
    assert json.dumps(told.problem).replace(audit, nowhere) == json.dumps(unknown)


async def test_another_supplier_that_reaches_for_a_case_is_on_record_there(company: Company) -> None:
    audit = await requested(company)
    told = await refused(company, company.http.get(f"/v1/audits/{audit}", headers=company.olga.headers))
    assert code(told) == (404, "not_found", "S6")
    names(told, company, "olga", audit, "read_audit")
    told = await refused(company, company.olga.post(f"/v1/audits/{audit}/confirm", {"verdict": "ACCEPT"}))
    assert code(told) == (404, "not_found", "S6")
    names(told, company, "olga", audit, "confirm")


async def test_lists_hold_nothing_of_another_supplier(company: Company) -> None:
    audit = await requested(company)
    document = await company.ines.uploads(audit)
    for path in ("/v1/audits", "/v1/tasks", "/v1/events", f"/v1/documents?case_id={audit}"):
        listed = await company.http.get(path, headers=company.olga.headers)
        assert (listed.status_code, listed.json()["items"]) == (200, [])
    for tail in ("", "/content"):
        path = f"/v1/documents/{document['document_id']}{tail}"
        told = await refused(company, company.http.get(path, headers=company.olga.headers))
        assert (told.status, told.code) == (404, "not_found")


async def test_a_disabled_account_ends_in_the_middle_of_a_session(lone_company: Company) -> None:
    company = lone_company
    audit = await requested(company)
    hana, token = company.hana, await signed(company.hana, audit, "decide", DECISION)
    person = f"/v1/people/{hana.person}"
    version = (await company.http.get(person, headers=company.adam.headers)).headers["ETag"]
    change = {"disabled": True, "reason": "Left the company"}
    left = await company.http.patch(person, json=change, headers=company.adam.headers | {"If-Match": version})
    assert left.status_code == 200, left.text
    told = await refused(company, decides(hana, audit, **{"Signature-Token": token}))
    assert (told.status, told.code) == (403, "account_disabled")
    names(told, company, "hana", audit, "decide")
    request = {"password": company.settings.dev_password, "record": audit, "action": "decide", "form": DECISION}
    told = await refused(company, hana.post("/v1/signatures", request))
    assert (told.status, told.code) == (403, "account_disabled")


# ------------------------------------------------------------------------------ state


async def test_an_answered_task_says_who_was_first_and_when(company: Company) -> None:
    audit = await requested(company)
    task = await company.hana.task(audit, "decide")
    assert task is not None
    await company.hana.does(audit, "decide")
    decided = (await company.events(audit, "audit.decide"))[0]
    for query in ("", f"?task={task['task_id']}"):
        token = await signed(company.hana, audit, "decide", DECISION)
        sent = company.hana.post(f"/v1/audits/{audit}/decide{query}", DECISION, **{"Signature-Token": token})
        told = await refused(company, sent)
        assert (told.status, told.code, told.problem["who"]) == (409, "already_answered", "Hana Sato")
        assert told.problem["when"] == decided.occurred_at.isoformat()
        names(told, company, "hana", audit, "decide")


async def test_an_answered_task_cannot_be_opened_again(company: Company) -> None:
    audit = await requested(company)
    task = await company.hana.task(audit, "decide")
    assert task is not None
    await company.hana.does(audit, "decide")
    told = await refused(company, company.http.get(task["url"], headers=company.hana.headers))
    assert (told.status, told.code, told.problem["who"]) == (409, "already_answered", "Hana Sato")


@pytest.mark.parametrize(
    ("user", "action"), [("tom", "open"), ("tom", "report"), ("priya", "close"), ("tom", "notice")]
)
async def test_an_action_that_is_not_open_at_this_stage_is_refused(company: Company, user: str, action: str) -> None:
    audit = await requested(company)
    told = await refused(company, getattr(company, user).attempts(audit, action))
    assert (told.status, told.code) == (409, "not_open")
    assert "who" not in told.problem
    names(told, company, user, audit, action)


async def execution(company: Company, audit: str) -> tuple[str, int]:
    """Which run of the workflow is the newest, and how it stands."""
    client = company.environment.client
    request = DescribeWorkflowExecutionRequest(
        namespace=client.namespace, execution=WorkflowExecution(workflow_id=audit)
    )
    described = (await client.workflow_service.describe_workflow_execution(request)).workflow_execution_info
    return described.execution.run_id, described.status


async def test_a_closed_case_takes_nothing_and_is_not_run_again(company: Company) -> None:
    audit = await requested(company)
    await company.hana.does(audit, "cancel")
    workflow = company.environment.client.get_workflow_handle(audit)
    await workflow.result()
    run = await execution(company, audit)
    for user, action in (("hana", "decide"), ("ines", "hold"), ("hana", "cancel"), ("priya", "extend")):
        form = {
            "decide": DECISION,
            "hold": HOLD,
            "cancel": CANCELLATION,
            "extend": {
                "task_id": f"{audit}.1",
                "new_due": (company.today + timedelta(days=1000)).isoformat(),
                "requested_by": company.ines.person,
                "reason": "More time",
            },
        }[action]
        told = await refused(company, getattr(company, user).sends(audit, action, form))
        assert (told.status, told.code, told.problem["who"]) == (409, "case_closed", "Hana Sato")
        names(told, company, user, audit, action)
    with pytest.raises(RPCError) as error:
        await workflow.signal("outcome", Message(message_id="1", sender="CAPA-1", subject=Subject.OUTCOME))
    assert error.value.status is RPCStatusCode.NOT_FOUND
    assert await execution(company, audit) == run
    assert run[1] == WorkflowExecutionStatus.COMPLETED


async def test_what_is_on_hold_waits_but_for_what_protects(company: Company) -> None:
    audit = await requested(company)
    await company.ines.does(audit, "hold", **HOLD)
    await company.hana.does(audit, "decide")
    await company.asked(audit, "plan")
    told = await refused(company, company.ines.attempts(audit, "plan"))
    assert (told.status, told.code) == (409, "case_on_hold")
    names(told, company, "ines", audit, "plan")
    told = await refused(company, company.ines.sends(audit, "hold", HOLD))
    assert (told.status, told.code) == (409, "case_on_hold")


# ------------------------------------------------------------------------------ forms


async def test_an_unknown_action_is_nothing(company: Company) -> None:
    audit = await requested(company)
    told = await refused(company, company.hana.post(f"/v1/audits/{audit}/fly", {}))
    assert (told.status, told.code) == (404, "not_found")


async def test_an_action_is_taken_by_post_alone(company: Company) -> None:
    audit = await requested(company)
    path = f"/v1/audits/{audit}/decide"
    answer = await company.http.put(path, json=DECISION, headers=company.hana.headers)
    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")
    await refused(company, company.http.put(path, json=DECISION, headers=company.hana.headers))


@pytest.mark.parametrize(
    ("form", "fields"),
    [
        (CANCELLATION | {"approve": True}, {"accept", "approve"}),
        ({"independent": True}, {"accept", "reason", "independent"}),
        (DECISION | {"colour": "red"}, {"colour"}),
        (DECISION | {"reason": " "}, {"reason"}),
        (DECISION | {"reason": "x" * 4001}, {"reason"}),
        (DECISION | {"accept": None}, {"accept"}),
        ({}, {"accept", "reason"}),
        ([], {"body"}),
        ("accept", {"body"}),
        (None, {"body"}),
    ],
)
async def test_a_wrong_form_is_refused_field_by_field(company: Company, form: Any, fields: set[str]) -> None:
    audit = await requested(company)
    told = await refused(company, decides(company.hana, audit, form))
    assert (told.status, told.code, set(told.problem["fields"])) == (422, "form_invalid", fields)
    names(told, company, "hana", audit, "decide")
    assert told.event is not None
    assert told.event.payload["fields"] == sorted(fields)


async def test_garbage_is_no_form(company: Company) -> None:
    audit = await requested(company)
    headers = company.hana.headers | {"Content-Type": "application/json"}
    for garbage in (b"{", b"\xff\xfe", b'{"accept": NaN, "reason": "x"}'):
        told = await refused(company, company.http.post(f"/v1/audits/{audit}/decide", content=garbage, headers=headers))
        assert (told.status, told.code) == (422, "form_invalid")
        names(told, company, "hana", audit, "decide")


async def test_a_body_that_is_too_large_is_refused(company: Company) -> None:
    audit = await requested(company)
    told = await refused(company, decides(company.hana, audit, {"accept": True, "reason": "x" * 1_200_000}))
    assert (told.status, told.code) == (413, "too_large")
    names(told, company, "hana", audit, "decide")


async def test_a_task_of_another_case_or_action_is_unknown(company: Company) -> None:
    audit, other = await requested(company), await requested(company)
    token = await signed(company.hana, audit, "decide", DECISION)
    for task in (f"{other}.1", f"{audit}.99", "nonsense"):
        sent = company.hana.post(f"/v1/audits/{audit}/decide?task={task}", DECISION, **{"Signature-Token": token})
        told = await refused(company, sent)
        assert (told.status, told.code, set(told.problem["fields"])) == (404, "not_found", {"task"})
        names(told, company, "hana", audit, "decide")


async def test_a_clock_that_is_ahead_is_refused(company: Company) -> None:
    audit = await requested(company)
    token = await signed(company.hana, audit, "decide", DECISION)
    ahead = (company.now + timedelta(minutes=10)).isoformat()
    told = await refused(company, decides(company.hana, audit, **{"Signature-Token": token, "Occurred-At": ahead}))
    assert (told.status, told.code, set(told.problem["fields"])) == (422, "clock_ahead", {"Occurred-At"})
    names(told, company, "hana", audit, "decide")


# ------------------------------------------------------------------------------ signatures


async def test_a_missing_signature_is_refused(company: Company) -> None:
    audit = await requested(company)
    told = await refused(company, decides(company.hana, audit))
    assert code(told) == (422, "signature_missing", "21 CFR 11.200")
    names(told, company, "hana", audit, "decide")


async def test_a_signature_is_good_for_what_was_signed_and_nothing_else(company: Company) -> None:
    audit, other = await requested(company), await requested(company)
    hana = company.hana
    elsewhere = {
        "another form": (audit, "decide", DECISION | {"reason": "Something else."}),
        "another meaning": (audit, "decide", DECISION | {"accept": False}),
        "another action": (audit, "cancel", CANCELLATION),
        "another case": (other, "decide", DECISION),
    }
    for signed_for in elsewhere.values():
        token = await signed(hana, *signed_for)
        told = await refused(company, decides(hana, audit, **{"Signature-Token": token}))
        assert code(told) == (422, "signature_other_hash", "21 CFR 11.70")
        names(told, company, "hana", audit, "decide")


async def test_a_signature_of_somebody_else_is_unknown(company: Company) -> None:
    audit = await requested(company)
    for token in (await signed(company.priya, audit, "decide", DECISION), "made-up"):
        told = await refused(company, decides(company.hana, audit, **{"Signature-Token": token}))
        assert code(told) == (422, "signature_stale", "21 CFR 11.200")
        names(told, company, "hana", audit, "decide")


async def test_a_signature_is_used_once(company: Company) -> None:
    audit = await requested(company)
    form = {
        "task_id": f"{audit}.1",
        "new_due": (company.today + timedelta(days=20)).isoformat(),
        "requested_by": company.ines.person,
        "reason": "The allegation is still being read.",
    }
    token = await signed(company.hana, audit, "extend", form)
    path = f"/v1/audits/{audit}/extend"
    first = await company.hana.post(path, form, **{"Signature-Token": token})
    assert first.status_code == 200, first.text
    told = await refused(company, company.hana.post(path, form, **{"Signature-Token": token}))
    assert code(told) == (409, "signature_used", "21 CFR 11.200")
    names(told, company, "hana", audit, "extend")


async def test_a_signature_is_good_for_five_minutes(company: Company) -> None:
    audit = await requested(company)
    token = await signed(company.hana, audit, "decide", DECISION)
    async with company.database.writing() as session:
        row = update(SignatureTokenRow).where(col(SignatureTokenRow.record_id) == audit)
        aged = {
            "issued_at": SignatureTokenRow.issued_at,
            "expires_at": company.now - company.ahead[0] - timedelta(seconds=1),
        }
        await session.exec(row.values(**aged))
    told = await refused(company, decides(company.hana, audit, **{"Signature-Token": token}))
    assert code(told) == (422, "signature_stale", "21 CFR 11.200")
    names(told, company, "hana", audit, "decide")


async def test_three_wrong_passwords_at_signing_lock_the_account(lone_company: Company) -> None:
    company = lone_company
    audit = await requested(company)
    request = {"password": "guess", "record": audit, "action": "decide", "form": DECISION}
    outcomes = []
    for _ in range(3):
        told = await refused(company, company.hana.post("/v1/signatures", request))
        outcomes.append((told.status, told.code))
        assert told.event is not None
        assert told.event.actor.person == company.hana.person
        assert "guess" not in told.event.body()
    assert outcomes == [(401, "wrong_password"), (401, "wrong_password"), (403, "locked_out")]
    right = request | {"password": company.settings.dev_password}
    told = await refused(company, company.hana.post("/v1/signatures", right))
    assert (told.status, told.code) == (403, "locked_out")
    assert told.problem["when"]


# ------------------------------------------------------------------------------ keys


async def test_a_case_is_not_started_without_a_key(company: Company) -> None:
    request = company.seeded.audit_request | {"trigger": trigger()}
    told = await refused(company, company.ines.post("/v1/audits", request))
    assert (told.status, told.code, set(told.problem["fields"])) == (
        422,
        "idempotency_key_missing",
        {"Idempotency-Key"},
    )
    assert told.event is not None
    assert told.event.stream == company.ines.person


async def test_a_key_stands_for_one_request(company: Company) -> None:
    key, request = str(uuid4()), company.seeded.audit_request | {"trigger": trigger()}
    first = await company.ines.post("/v1/audits", request, **{"Idempotency-Key": key})
    assert first.status_code == 201
    other = request | {"due_on": (company.today + timedelta(days=1000)).isoformat()}
    told = await refused(company, company.ines.post("/v1/audits", other, **{"Idempotency-Key": key}))
    assert (told.status, told.code) == (422, "idempotency_key_reused")
    again = await company.ines.post("/v1/audits", request, **{"Idempotency-Key": key})
    assert (again.status_code, again.json()["case_id"]) == (201, first.json()["case_id"])


async def test_a_key_of_an_action_stands_for_one_form(company: Company) -> None:
    audit, key = await requested(company), str(uuid4())
    token = await signed(company.hana, audit, "decide", DECISION)
    sent = {"Idempotency-Key": key, "Signature-Token": token}
    first = await decides(company.hana, audit, **sent)
    assert first.status_code == 200, first.text
    told = await refused(company, decides(company.hana, audit, DECISION | {"reason": "Something else."}, **sent))
    assert (told.status, told.code) == (422, "idempotency_key_reused")
    names(told, company, "hana", audit, "decide")
    again = await decides(company.hana, audit, **sent)
    assert (again.status_code, again.json()["receipt"]) == (200, first.json()["receipt"])


async def test_a_repeated_action_gets_its_first_answer_after_a_restart_of_the_worker(lone_company: Company) -> None:
    company = lone_company
    audit, key = await requested(company), str(uuid4())
    token = await signed(company.hana, audit, "decide", DECISION)
    sent = {"Idempotency-Key": key, "Signature-Token": token}
    first = await decides(company.hana, audit, **sent)
    assert first.status_code == 200, first.text
    await company.restarts_the_worker()
    again = await decides(company.hana, audit, **sent)
    assert (again.status_code, again.json()["receipt"]) == (200, first.json()["receipt"])
    assert len(await company.events(audit, "audit.decide")) == 1
    told = await refused(company, decides(company.hana, audit, DECISION | {"reason": "Other."}, **sent))
    assert (told.status, told.code) == (422, "idempotency_key_reused")


# ------------------------------------------------------------------------------ extensions


def extension(company: Company, audit: str, days: int, **changes: Any) -> dict[str, Any]:
    return {
        "task_id": f"{audit}.1",
        "new_due": (company.today + timedelta(days=days)).isoformat(),
        "requested_by": company.ines.person,
        "reason": "The allegation is still being read.",
    } | changes


async def test_a_due_date_is_extended_twice_and_not_a_third_time(company: Company) -> None:
    audit = await requested(company)
    for days in (20, 30):
        extended = await company.hana.sends(audit, "extend", extension(company, audit, days))
        assert extended.status_code == 200, extended.text
    told = await refused(company, company.hana.sends(audit, "extend", extension(company, audit, 40)))
    assert code(told) == (409, "limit_reached", "section 3")
    names(told, company, "hana", audit, "extend")


async def test_an_extension_that_breaks_a_rule_is_refused(company: Company) -> None:
    audit = await requested(company)
    expected = [
        (company.hana, {"requested_by": company.hana.person}, (403, "segregation_of_duties", "S1")),
        (company.hana, {"requested_by": "PER-999"}, (422, "rule_broken", "section 3")),
        (company.hana, {"new_due": company.today.isoformat()}, (422, "rule_broken", "section 3")),
        (company.priya, {}, (403, "wrong_role", "section 3")),
        (company.ines, {}, (403, "wrong_role", "roles")),
    ]
    for colleague, changes, refusal in expected:
        told = await refused(company, colleague.sends(audit, "extend", extension(company, audit, 20, **changes)))
        assert code(told) == refusal
        names(told, company, colleague.user, audit, "extend")


async def test_what_is_overdue_is_not_extended(lone_company: Company) -> None:
    company = lone_company
    audit = await requested(company)
    task = await company.hana.task(audit, "decide")
    assert task is not None
    await company.comes_on(datetime.fromisoformat(task["due_at"]).date() + timedelta(days=1))
    told = await refused(company, company.hana.sends(audit, "extend", extension(company, audit, 20)))
    assert code(told) == (409, "limit_reached", "section 3")
    names(told, company, "hana", audit, "extend")


# ------------------------------------------------------------------------------ master data


@pytest.mark.parametrize(
    ("version", "status", "expected"),
    [(None, 428, "version_missing"), ('"99"', 412, "version_stale"), ("nonsense", 412, "version_stale")],
)
async def test_a_record_changes_only_under_the_version_that_was_read(
    company: Company, version: str | None, status: int, expected: str
) -> None:
    headers = company.ines.headers | ({"If-Match": version} if version else {})
    change: dict[str, Any] = {"name": "Plant 3", "reason": "Renamed"}

    async def changed() -> httpx2.Response:
        return await company.http.patch("/v1/sites/VM-02", json=change, headers=headers)

    told = await refused(company, changed())
    assert (told.status, told.code) == (status, expected)
    assert told.event is not None
    assert told.event.stream == company.ines.person
