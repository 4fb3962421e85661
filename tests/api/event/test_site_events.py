"""Events that other programs tell, as CloudEvents over HTTP."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest

from tests.api.conftest import Opens
from tests.api.house import House

EVENT: dict[str, Any] = {
    "specversion": "1.0",
    "id": "DEV-7",
    "source": "urn:vm:qms",
    "type": "com.vendor.site.deviation",
    "subject": "VM-02",
    "time": "2025-01-13T06:00:00Z",
    "data": {"severity": "CRITICAL", "description": "The coupling ran at 52.6 °C.", "lots": ["B-002"]},
}


@pytest.fixture
async def office(opens: Opens) -> AsyncIterator[House]:
    """Nobody follows the procedures here."""
    async with opens(works=False) as house:
        yield house


async def sends(office: House, event: Any, user: str = "vito", **headers: str) -> httpx2.Response:
    sent = office.as_(user).headers | {"Content-Type": "application/cloudevents+json"} | headers
    content = event if isinstance(event, bytes) else json.dumps(event).encode()
    return await office.http.post("/v1/events", content=content, headers=sent)


async def test_an_event_opens_a_case_and_the_same_again_finds_it(office: House) -> None:
    first = await sends(office, EVENT)
    case = first.json()
    assert (first.status_code, first.headers["Location"]) == (201, f"/v1/site-events/{case['case_id']}")
    assert (case["kind"], case["scope_ids"], case["merged"]) == ("DEVIATION", [office.company.scopes["VM-02"]], False)
    assert case["event"]["notified_late"] is True
    for again in (EVENT, EVENT | {"comexampleextension": "x"}):
        answer = await sends(office, again, "uta")
        assert (answer.status_code, answer.json()["case_id"], answer.json()["merged"]) == (200, case["case_id"], True)
    as_form = {**EVENT["data"], "type": "DEVIATION", "source": "urn:vm:qms", "event_id": "DEV-7", "site_id": "VM-02"}
    as_form |= {"detected_at": "2025-01-13T06:00:00Z"}
    answer = await office.as_("vito").post("/v1/site-events", as_form, key="k")
    assert (answer.status_code, answer.json()["case_id"]) == (200, case["case_id"])
    assert len(await office.events(case["case_id"], "event.request")) == 1
    assert await office.events(case["case_id"], "event.merged") == []


async def test_of_two_at_once_one_opens_the_case_and_another_content_is_a_conflict(office: House) -> None:
    first, second = await asyncio.gather(*(sends(office, EVENT, user) for user in ("vito", "uta")))
    assert {first.status_code, second.status_code} == {200, 201}
    assert first.json()["case_id"] == second.json()["case_id"]
    attributes = {f"ce-{name}": str(value) for name, value in EVENT.items() if name != "data"}
    attributes |= {"Content-Type": "application/json", "ce-source": "urn%3Avm%3Aqms"}
    answer = await sends(office, EVENT["data"], **attributes)
    assert (answer.status_code, answer.json()["case_id"]) == (200, first.json()["case_id"])
    answer = await sends(office, EVENT | {"type": "com.vendor.site.oos"})
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
    assert list(answer.json()["fields"]) == ["event_id"]


async def test_the_sponsors_own_event_is_another_and_hidden_from_the_site(office: House) -> None:
    """S6: neither side learns from a refusal what the other has reported."""
    theirs = (await sends(office, EVENT)).json()["case_id"]
    ours = await sends(office, EVENT | {"type": "WHISTLEBLOW", "subject": office.company.scopes["VM-02"]}, "carla")
    assert (ours.status_code, ours.json()["event"]["notify_due_at"]) == (201, None)
    seen = (await office.as_("vito").get("/v1/site-events")).json()["items"]
    assert [case["case_id"] for case in seen] == [theirs]
    assert (await office.as_("vito").get(ours.json()["url"])).status_code == 404
    assert (await office.as_("olga").get(f"/v1/site-events/{theirs}")).status_code == 404
    feed = (await office.as_("vito").get("/v1/events", stream=ours.json()["case_id"])).json()
    assert feed["items"] == []


async def test_what_is_refused_is_told_with_its_reason(office: House) -> None:
    batch = {"Content-Type": "application/cloudevents-batch+json"}
    as_json = {"Content-Type": "application/json"}
    as_headers = {f"ce-{name}": str(value) for name, value in EVENT.items() if name != "data"}
    refusals: list[tuple[str, Any, dict[str, str], int, set[str]]] = [
        ("vito", EVENT | {"type": "com.vendor.site.party"}, {}, 422, {"type"}),
        ("vito", EVENT | {"specversion": "0.3", "id": ""}, {}, 422, {"specversion", "id"}),
        ("vito", EVENT | {"data": {"severity": "BAD"}}, {}, 422, {"data.severity", "data.description"}),
        ("vito", EVENT | {"type": "whistleblow"}, {}, 422, {"type"}),
        ("vito", b"{", {}, 422, {"body"}),
        ("vito", b"\xff", {}, 422, {"body"}),
        ("vito", b'{"\\ud800": 1}', {}, 422, {"body"}),
        ("vito", b"[" * 100_000, {}, 422, {"body"}),
        ("vito", EVENT | {"subject": "VM\x00"}, {}, 422, {"subject"}),
        ("vito", [EVENT], {}, 422, {"body"}),
        ("vito", [EVENT], batch, 415, set()),
        ("vito", EVENT | {"data_base64": "e30="}, {}, 422, {"data_base64"}),
        ("vito", EVENT, {"ce-id": "DEV-8", "ce-type": "x.oos"}, 422, {"ce-id", "ce-type"}),
        ("vito", EVENT, as_json | {"ce-id": "DEV-8"}, 422, {"specversion", "source", "type"}),
        ("vito", EVENT["data"], as_headers | as_json | {"ce-datacontenttype": "text/xml"}, 422, {"ce-datacontenttype"}),
        ("vito", EVENT["data"], as_headers | {"Content-Type": "text/xml"}, 422, {"datacontenttype"}),
        ("vito", EVENT | {"subject": "XX-99"}, {}, 404, {"site_id"}),
        ("olga", EVENT, {}, 404, {"site_id"}),
        ("wen", EVENT, {}, 403, set()),
        ("paul", EVENT, {}, 403, set()),
        ("vito", EVENT, {"Authorization": "Bearer x"}, 401, set()),
        ("vito", b"{", {"Authorization": "Bearer x"}, 401, set()),
    ]
    for user, event, headers, status, fields in refusals:
        answer = await sends(office, event, user, **headers)
        problem = answer.json()
        assert (answer.status_code, set(problem.get("fields", {}))) == (status, fields), f"{user} {event}: {problem}"
        assert answer.headers["Content-Type"] == "application/problem+json"
    assert (await office.as_("ines").get("/v1/site-events")).json()["items"] == []
