"""The specification of a scope: proposed under a signature, approved by another person, seen by its own site."""

from datetime import UTC, datetime, timedelta
from typing import Any

from records.core.tables.master_data import PersonRow
from tests.api.calling import Api
from tests.records.rebuilt import is_rebuilt_identically

PATH = "/v1/specifications/SC-1"
RECORD = "SPEC-SC-1"
TEST = {"name": "Impurity I-3", "method": "HPLC AM-017", "kind": "NUMERIC", "unit": "%", "upper": "0.15"}


def proposal(replaces: int = 0, **changes: Any) -> dict[str, Any]:
    effective_from = (datetime.now(UTC) + timedelta(minutes=1)).isoformat()
    return {
        "replaces": replaces,
        "markets": ["EU", "US"],
        "registration": "3.2.S.4.1",
        "effective_from": effective_from,
        "tests": [TEST],
        "reason": "As registered.",
        **changes,
    }


async def signed(api: Api, user: str, action: str, form: dict[str, Any], *, expects: int = 201) -> str:
    body = {"password": "vetted", "record": RECORD, "action": action, "form": form}
    return str((await api.post(user, "/v1/signatures", body, expects=expects)).get("token"))


async def proposes(api: Api, form: dict[str, Any], *, user: str = "nora", expects: int = 200, path: str = PATH) -> Any:
    token = await signed(api, user, "propose", form)
    return (await api.call("PUT", user, path, form, expects=expects, Signature_Token=token)).json()


async def decides(api: Api, version: Any, *, user: str = "priya", expects: int = 200, **changes: Any) -> Any:
    read = {"version": version["version"], "sha256": version["sha256"]}
    form = {"approve": True, "specification": read, "reason": "Compared line by line.", **changes}
    token = await signed(api, user, "approve", form)
    return (await api.call("POST", user, f"{PATH}/approval", form, expects=expects, Signature_Token=token)).json()


async def test_a_specification_is_proposed_approved_and_replaced(api: Api) -> None:
    first = await proposes(api, proposal())
    assert (first["version"], first["status"], first["tests"][0]["upper"]) == (1, "PROPOSED", "0.15")
    assert (await api.get("vito", PATH, expects=404))["code"] == "not_found"
    assert (await decides(api, first))["status"] == "APPROVED"
    assert (await decides(api, first, expects=409))["code"] == "already_answered"
    second = await proposes(api, proposal(1, markets=["US"]), user="carla")
    assert (await decides(api, first, expects=412))["code"] == "version_stale"
    assert (await decides(api, second, approve=False))["status"] == "REJECTED"
    history = await api.get("quentin", PATH)
    assert [(each["version"], each["status"]) for each in history["versions"]] == [(2, "REJECTED"), (1, "APPROVED")]
    assert history["in_force"] == {}
    own = await api.get("vito", PATH)
    assert [(each["version"], each["proposed_by"], each["decision"]) for each in own["versions"]] == [(1, None, None)]
    assert (await api.get("olga", PATH, expects=404))["code"] == "not_found"
    assert (await api.get("olga", "/v1/specifications"))["items"] == []
    page = await api.get("nora", "/v1/specifications?scope=SC-1&limit=1")
    rest = await api.get("nora", f"/v1/specifications?cursor={page['next']}")
    assert [each["version"] for each in [*page["items"], *rest["items"]]] == [1, 2]
    assert (await api.get("nora", "/v1/specifications?cursor=WzFd", expects=422))["code"] == "form_invalid"
    event = (await api.events(RECORD, "specification.approve"))[0]
    assert event.signature is not None
    assert event.signature.meaning == "APPROVED"
    await is_rebuilt_identically(api.seeded.database, "specifications")


async def test_what_is_proposed_and_decided_is_checked_as_it_is_recorded(api: Api) -> None:
    past = proposal(effective_from="2025-01-13T00:00:00Z")
    assert set((await proposes(api, past, expects=422))["fields"]) == {"effective_from"}
    assert set((await proposes(api, proposal(tests=[TEST, TEST]), expects=422))["fields"]) == {"tests.1.name"}
    assert (await proposes(api, proposal(3), expects=412))["code"] == "version_stale"
    for user in ("priya", "vito", "sana"):
        assert (await proposes(api, proposal(), user=user, expects=403))["code"] == "wrong_role"
    unsigned = await api.call("PUT", "nora", PATH, proposal(), expects=422)
    assert unsigned.json()["code"] == "signature_missing"
    elsewhere = await api.call("PUT", "nora", "/v1/specifications/SC-99", proposal(), expects=404)
    assert elsewhere.json()["code"] == "not_found"
    nothing = {"version": 1, "sha256": "0" * 64}
    assert (await decides(api, nothing, expects=404))["code"] == "not_found"
    first = await proposes(api, proposal())
    async with api.seeded.database.writing() as session:
        (await session.get_one(PersonRow, api.person("nora"))).roles = ["QC_REVIEWER", "QA_APPROVER"]
    assert (await decides(api, first, user="nora", expects=403))["rule"] == "S1"
    assert (await signed(api, "nora", "withdraw", {}, expects=422)) == "None"
