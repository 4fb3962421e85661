"""Every error is a problem with a stable code, and every refused attempt of a person is on record."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
from sqlalchemy import text
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.service import RetryConfig

from api.core import commands
from api.core.problems import MEDIA_TYPE, STATUS
from domain.core.refusals import Code
from tests.api.conftest import Opens
from tests.api.core.test_actions import DECISION
from tests.api.house import House

HOLD = {"reason": "Site closed by flood"}


def code_of(answer: httpx2.Response) -> tuple[int, str]:
    assert answer.headers["Content-Type"] == MEDIA_TYPE
    problem = answer.json()
    assert problem["status"] == answer.status_code
    assert problem["detail"]
    return answer.status_code, problem["code"]


async def unreachable() -> Client:
    """A client of a workflow server that is not there."""
    retries = RetryConfig(max_elapsed_time_millis=300, max_retries=1, max_interval_millis=100)
    return await Client.connect("127.0.0.1:1", lazy=True, retry_config=retries, data_converter=pydantic_data_converter)


@pytest.mark.parametrize("code", Code)
def test_every_code_has_a_status(code: Code) -> None:
    assert 400 <= STATUS[code] < 600


async def test_without_a_token_nobody_is_known(house: House) -> None:
    answer = await house.http.get("/v1/tasks")
    assert code_of(answer) == (401, "not_signed_in")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


async def test_what_is_not_there_is_not_found(house: House) -> None:
    assert code_of(await house.http.get("/v1/nothing")) == (404, "not_found")


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "/v1/audits", {"GET", "POST"}),
        ("PUT", "/v1/audits/AUD-1", {"GET"}),
        ("GET", "/v1/audits/AUD-1/report", {"POST"}),
        ("POST", "/v1/tasks", {"GET"}),
    ],
)
async def test_a_wrong_method_names_all_right_ones(house: House, method: str, path: str, allowed: set[str]) -> None:
    answer = await house.http.request(method, path)
    assert code_of(answer) == (405, "method_not_allowed")
    assert set(answer.headers["Allow"].split(", ")) == allowed


@pytest.mark.parametrize("body", [b"{", b'{"reason": ', b'{"reason": "\xff\xfe"}', b"[" * 100_000, b'{"a":' * 100_000])
async def test_a_body_that_cannot_be_read_is_a_form_that_is_not_valid(house: House, body: bytes) -> None:
    ines = house.as_("ines")
    headers = {**ines.headers, "Content-Type": "application/json", "Idempotency-Key": "k"}
    answer = await house.http.post("/v1/audits", content=body, headers=headers)
    assert code_of(answer) == (422, "form_invalid")
    assert answer.json()["type"] == "urn:vetted:refusal:form_invalid"
    assert answer.json()["fields"] == {"body": "is not JSON"}


@pytest.mark.parametrize("path", ["/v1/audits", "/v1/sites", "/v1/signatures", "/v1/site-events"])
async def test_a_number_of_very_many_digits_is_a_form_that_is_not_valid(house: House, path: str) -> None:
    headers = {**house.as_("ines").headers, "Content-Type": "application/json", "Idempotency-Key": "k"}
    answer = await house.http.post(path, content=b'{"a": %s}' % (b"1" * 100_000), headers=headers)
    assert code_of(answer) == (422, "form_invalid")


@pytest.mark.parametrize("body", [b"[" * 100_000, b'{"user":' * 100_000, b'{"user": %s}' % (b"1" * 100_000), b"\xff"])
async def test_who_signs_in_with_what_cannot_be_read_is_told_so(house: House, body: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    answer = await house.http.post("/v1/token", content=body, headers=headers)
    assert code_of(answer) == (422, "form_invalid")
    assert answer.json()["fields"] == {"body": "neither a form nor JSON"}


async def test_a_name_with_an_invisible_character_is_refused_before_it_is_signed_or_written(house: House) -> None:
    answer = await house.as_("adam").post("/v1/suppliers", {"name": "Veld\u200bmark", "country": "DE"}, key="k")
    assert code_of(answer) == (403, "wrong_role")
    answer = await house.as_("ines").post("/v1/suppliers", {"name": "Veld\u200bmark", "country": "DE"}, key="k")
    assert code_of(answer) == (422, "form_invalid")
    assert [*answer.json()["fields"]] == ["name"]
    request = {**house.company.audit_request, "site_id": "VM-02\u2060"}
    answer = await house.as_("ines").post("/v1/audits", request, key="k")
    assert (*code_of(answer), *answer.json()["fields"]) == (422, "form_invalid", "site_id")
    form = {"decision": "GRANT", "task_id": "T\u200b1"}
    body = {"password": "vetted", "record": await house.audit(), "action": "extend", "form": form}
    answer = await house.as_("hana").post("/v1/signatures", body)
    assert code_of(answer) == (422, "form_invalid")


async def test_an_instant_of_a_query_or_a_header_is_no_bare_number(house: House) -> None:
    answer = await house.as_("ines").get("/v1/asl", as_of="0")
    assert (*code_of(answer), *answer.json()["fields"]) == (422, "form_invalid", "as_of")
    headers = {**house.as_("ines").headers, "Occurred-At": "1764500000", "Idempotency-Key": "k"}
    answer = await house.http.post("/v1/audits", json=house.company.audit_request, headers=headers)
    assert (*code_of(answer), *answer.json()["fields"]) == (422, "form_invalid", "Occurred-At")


async def test_a_form_that_is_nested_too_deeply_to_be_signed_is_not_valid(house: House) -> None:
    nested = b'{"a":' * 900 + b"1" + b"}" * 900
    body = b'{"password": "vetted", "record": "AUD-1", "action": "decide", "form": %s}' % nested
    headers = {**house.as_("hana").headers, "Content-Type": "application/json"}
    answer = await house.http.post("/v1/signatures", content=body, headers=headers)
    assert code_of(answer) == (422, "form_invalid")


async def test_a_body_that_is_too_large_is_refused(house: House) -> None:
    answer = await house.as_("ines").post("/v1/audits", {"type": "x" * 2_000_000}, key="k")
    assert code_of(answer) == (413, "too_large")


@pytest.mark.parametrize("cursor", ["nonsense", "W10", "WzFd", "bnVsbA"])
async def test_a_cursor_of_nobody_is_refused(house: House, cursor: str) -> None:
    answer = await house.as_("ines").get("/v1/tasks", cursor=cursor)
    assert code_of(answer) == (422, "form_invalid")


@pytest.mark.parametrize("query", [{"limit": 101}, {"limit": 0}, {"cursor": "ü"}, {"overdue": "perhaps"}])
async def test_a_wrong_query_is_refused_by_name(house: House, query: dict[str, Any]) -> None:
    answer = await house.as_("ines").get("/v1/audits", **query)
    assert code_of(answer) == (422, "form_invalid")
    assert set(answer.json()["fields"]) == set(query)


async def test_a_refused_attempt_is_on_the_record_of_its_case(house: House) -> None:
    case_id = await house.audit()
    await house.as_("hana").task(case_id, "decide")
    assert code_of(await house.as_("tom").post(f"/v1/audits/{case_id}/hold", HOLD)) == (403, "wrong_role")
    (event,) = await house.events(case_id, "attempt.refused")
    assert event.actor.name == "Tom Okafor"
    assert event.payload == {
        "action": "hold",
        "route": "POST /v1/audits/{case_id}/hold",
        "code": "wrong_role",
        "rule": "roles",
        "fields": [],
    }


async def test_a_refused_form_is_on_record_by_field_names_only(house: House) -> None:
    case_id = await house.audit()
    secret = {"accept": "the word of a whistleblower"}
    assert code_of(await house.as_("hana").post(f"/v1/audits/{case_id}/decide", secret)) == (422, "form_invalid")
    (event,) = await house.events(case_id, "attempt.refused")
    assert event.payload["fields"] == ["accept", "reason"]
    assert "whistleblower" not in event.body()


async def test_segregation_of_duties_is_refused_and_on_record(house: House) -> None:
    case_id = str((await house.as_("hana").post("/v1/audits", house.company.audit_request, key="k")).json()["case_id"])
    hana = house.as_("hana")
    await house.as_("quentin").opened(case_id, "decide")
    declined = {**DECISION, "accept": False}
    token = await hana.sign(case_id, "decide", declined)
    answer = await hana.post(f"/v1/audits/{case_id}/decide", declined, token=token)
    assert code_of(answer) == (403, "segregation_of_duties")
    assert answer.json()["rule"] == "S9"
    assert (await house.events(case_id, "attempt.refused"))[-1].payload["rule"] == "S9"


async def test_an_attempt_without_a_case_is_on_record_of_the_person(house: House) -> None:
    request = {**house.company.audit_request, "site_id": "NOWHERE"}
    answer = await house.as_("ines").post("/v1/audits", request, key="k")
    assert answer.status_code in (404, 422)
    (event,) = await house.events(house.company.person("ines"), "attempt.refused")
    assert (event.payload["action"], event.payload["code"]) == ("request", answer.json()["code"])


async def test_reaching_for_the_case_of_another_site_is_on_record_and_not_found(house: House) -> None:
    case_id = await house.audit()
    assert code_of(await house.as_("olga").get(f"/v1/audits/{case_id}")) == (404, "not_found")
    (event,) = await house.events(case_id, "attempt.refused")
    assert event.actor.name == "Olga Huber"


async def test_a_mistyped_address_is_nobodys_attempt(house: House) -> None:
    ines = house.as_("ines")
    await ines.get("/v1/audits/AUD-999999999")
    assert await house.events(house.company.person("ines"), "attempt.refused") == []


async def test_without_temporal_a_case_is_requested_and_started_later(opens: Opens) -> None:
    async with opens(server=await unreachable(), works=False) as house:
        ines = house.as_("ines")
        case = (await ines.post("/v1/audits", house.company.audit_request, key="k")).json()
        assert (case["started"], case["stage"]) == (False, "REQUESTED")
        token = await ines.sign(case["case_id"], "hold", HOLD)
        answer = await ines.post(f"/v1/audits/{case['case_id']}/hold", HOLD, token=token)
        assert code_of(answer) == (503, "unavailable")
        assert answer.headers["Retry-After"]
        assert await house.events(case["case_id"], "attempt.refused") == []


async def test_a_repeat_starts_what_could_not_be_started(opens: Opens, temporal: Client) -> None:
    async with opens(server=await unreachable(), works=False) as house:
        first = await house.as_("ines").post("/v1/audits", house.company.audit_request, key="k")
    async with opens() as house:
        again = await house.as_("ines").post("/v1/audits", house.company.audit_request, key="k")
        assert first.json()["started"] is False
        assert (again.json()["started"], again.json()["case_id"]) == (True, first.json()["case_id"])
        await house.as_("hana").task(again.json()["case_id"], "decide")


async def test_a_case_that_has_not_started_says_so(opens: Opens) -> None:
    async with opens(server=await unreachable(), works=False) as house:
        case_id = await house.audit()
    async with opens() as house:
        ines = house.as_("ines")
        token = await ines.sign(case_id, "hold", HOLD)
        answer = await ines.post(f"/v1/audits/{case_id}/hold", HOLD, token=token)
        assert code_of(answer) == (409, "not_started_yet")
        assert answer.headers["Retry-After"] == "1"


async def test_without_a_worker_the_outcome_is_unknown_and_a_repeat_finds_it(
    opens: Opens, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commands, "TIMEOUT", timedelta(seconds=1))
    async with opens(works=False, queue="late-worker") as house:
        case_id = await house.audit()
        token = await house.as_("ines").sign(case_id, "hold", HOLD)
        answer = await house.as_("ines").post(f"/v1/audits/{case_id}/hold", HOLD, key="k", token=token)
        assert code_of(answer) == (504, "outcome_unknown")
        assert await house.events(case_id, "attempt.refused") == []
    monkeypatch.undo()
    async with opens(queue="late-worker") as house:
        again = await house.as_("ines").post(f"/v1/audits/{case_id}/hold", HOLD, key="k", token=token)
        assert (again.status_code, again.json()["held"]) == (200, True)
        assert len(await house.events(case_id, "audit.hold")) == 1


async def test_a_refusal_stays_clear_when_it_cannot_be_put_on_record(house: House) -> None:
    case_id = await house.audit()
    await house.as_("hana").task(case_id, "decide")
    async with house.database.writing() as session:
        await (await session.connection()).execute(text("DROP TABLE streams"))
    answer = await house.as_("hana").post(f"/v1/audits/{case_id}/decide", {})
    assert code_of(answer) == (422, "form_invalid")
    assert await house.events(case_id, "attempt.refused") == []


async def test_without_a_database_it_is_unavailable(house: House, tmp_path: Path) -> None:
    ines = house.as_("ines")
    await house.database.close()
    (tmp_path / "vetted.db").rename(tmp_path / "away.db")
    (tmp_path / "vetted.db").mkdir()
    assert code_of(await ines.get("/v1/audits")) == (503, "unavailable")
    assert (await house.http.get("/healthz")).status_code == 200
    assert (await house.http.get("/readyz")).json()["database"] != "ok"


async def test_nothing_is_told_of_what_went_wrong_inside(house: House) -> None:
    @house.app.get("/v1/broken")
    async def broken() -> None:
        raise KeyError("the combination of the safe")

    answer = await house.http.get("/v1/broken")
    assert code_of(answer) == (500, "internal_server_error")
    assert "safe" not in answer.text
