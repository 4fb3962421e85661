"""The audit programme of a year: drafted, proposed under a signature, approved by another person."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from domain.audit.programme_forms import PROGRAMME
from records.core.tables.master_data import PersonRow
from tests.api.calling import Api
from tests.records.rebuilt import is_rebuilt_identically
from tests.records.scored import watched

YEAR = datetime.now(UTC).year + 1
PATH = f"/v1/audit-programmes/{YEAR}"
RECORD = PROGRAMME.of(YEAR)


@pytest.fixture
async def due(api: Api) -> list[dict[str, Any]]:
    """Two scopes are watched: one is due in March of next year, the other has no day yet. Returns the draft's lines."""
    await watched(api.seeded, next_audit_due=f"{YEAR}-03-12")
    await watched(api.seeded, "SC-2", "OB-01")
    draft = await api.get("ines", f"{PATH}/draft")
    assert draft["undated"] == ["SC-2"]
    return list(draft["lines"])


async def signed(api: Api, user: str, action: str, form: dict[str, Any], **more: Any) -> str:
    body = {"password": "vetted", "record": RECORD, "action": action, "form": form, **more}
    return str((await api.post(user, "/v1/signatures", body))["token"])


async def proposes(api: Api, form: dict[str, Any], *, user: str = "ines", expects: int = 200, **headers: str) -> Any:
    headers = {"Signature_Token": await signed(api, user, "propose", form), **headers}
    return (await api.call("PUT", user, PATH, form, expects=expects, **headers)).json()


async def decides(api: Api, programme: Any, *, user: str = "hana", expects: int = 200, **changes: Any) -> Any:
    read = {"version": programme["version"], "sha256": programme["sha256"]}
    form = {"approve": True, "programme": read, "reason": "All are within their intervals.", **changes}
    token = await signed(api, user, "approve", form)
    return (await api.call("POST", user, f"{PATH}/approval", form, expects=expects, Signature_Token=token)).json()


def proposal(lines: Any, replaces: int = 0) -> dict[str, Any]:
    return {"replaces": replaces, "lines": lines, "summary": "As drafted."}


async def test_a_draft_names_what_is_due_and_until_when(api: Api, due: list[dict[str, Any]]) -> None:
    assert due == [
        {
            "site_id": "VM-02",
            "scope_ids": ["SC-1"],
            "due": f"{YEAR}-03-12",
            "latest": (date(YEAR, 3, 12) + timedelta(days=90)).isoformat(),
            "month": 3,
            "person_days": 6,
            "standards": ["EU_GMP_II_ICH_Q7"],
            "reason": None,
        }
    ]
    assert [(await api.get(user, f"{PATH}/draft"))["year"] for user in ("priya", "hana", "tom")] == [YEAR] * 3
    for user in ("vito", "paul", "quentin"):
        assert (await api.get(user, f"{PATH}/draft", expects=403))["code"] == "wrong_role"
    far = await api.get("ines", f"/v1/audit-programmes/{YEAR + 5}/draft", expects=422)
    assert set(far["fields"]) == {"year"}


async def test_a_programme_is_proposed_approved_and_superseded(api: Api, due: list[dict[str, Any]]) -> None:
    first = await proposes(api, proposal(due), Idempotency_Key="once")
    assert (first["version"], first["status"]) == (1, "PROPOSED")
    assert await proposes(api, proposal(due), Idempotency_Key="once") == first
    (event,) = await api.events(RECORD, "programme.propose")
    assert event.signature is not None
    assert (event.signature.meaning, event.signature.record_hash) == ("AUTHORED", first["sha256"])
    approved = await decides(api, first)
    assert (approved["status"], approved["decided_by"]) == ("APPROVED", api.person("hana"))
    assert (await decides(api, first, expects=409))["code"] == "already_answered"
    moved = [{**due[0], "month": 6, "reason": "The site is closed in March."}]
    second = await proposes(api, proposal(moved, 1))
    assert (await decides(api, first, expects=412))["code"] == "version_stale"
    assert (await decides(api, second, approve=False))["status"] == "REJECTED"
    third = await proposes(api, proposal(moved, 2))
    await decides(api, third)
    page = await api.get("quentin", "/v1/audit-programmes?limit=2")
    rest = await api.get("quentin", f"/v1/audit-programmes?cursor={page['next']}")
    assert [(item["version"], item["status"]) for item in [*page["items"], *rest["items"]]] == [
        (3, "APPROVED"),
        (2, "REJECTED"),
        (1, "SUPERSEDED"),
    ]
    assert (await api.get("tom", PATH))["lines"][0]["month"] == 6
    assert (await api.get("tom", f"{PATH}?version=1"))["lines"] == due
    await is_rebuilt_identically(api.seeded.database, "audit_programmes")


async def test_what_is_proposed_is_checked_when_it_is_recorded(api: Api, due: list[dict[str, Any]]) -> None:
    refused = await proposes(api, proposal([]), expects=422)
    assert refused["fields"] == {"lines": f"VM-02 is due on {YEAR}-03-12"}
    late = [{**due[0], "month": 7, "reason": "Later."}]
    assert set((await proposes(api, proposal(late), expects=422))["fields"]) == {"lines.0.month"}
    assert (await proposes(api, proposal(due, 3), expects=412))["code"] == "version_stale"
    unsigned = await api.call("PUT", "ines", PATH, proposal(due), expects=422)
    assert unsigned.json()["code"] == "signature_missing"
    for user in ("hana", "vito"):
        assert (await proposes(api, proposal(due), user=user, expects=403))["code"] == "wrong_role"
    assert (await api.get("hana", PATH, expects=404))["code"] == "not_found"


async def test_only_the_head_of_quality_approves_what_there_is(api: Api, due: list[dict[str, Any]]) -> None:
    nothing = {"version": 1, "sha256": "0" * 64}
    assert (await decides(api, nothing, expects=404))["code"] == "not_found"
    first = await proposes(api, proposal(due))
    for user in ("priya", "ines"):
        assert (await decides(api, first, user=user, expects=403))["code"] == "wrong_role"
    async with api.seeded.database.writing() as session:
        (await session.get_one(PersonRow, api.person("ines"))).roles = ["SUPPLIER_QUALITY", "HEAD_QA"]
    assert (await decides(api, first, user="ines", expects=403))["rule"] == "S1"
    other = {**first, "sha256": "1" * 64}
    assert (await decides(api, other, expects=412))["code"] == "version_stale"
    assert (await api.get("vito", PATH, expects=403))["code"] == "wrong_organisation"
    assert (await api.get("hana", "/v1/audit-programmes?cursor=WzFd", expects=422))["code"] == "form_invalid"


async def test_a_programme_has_no_other_actions(api: Api) -> None:
    body = {"password": "vetted", "record": RECORD, "action": "withdraw", "form": {}}
    assert (await api.post("ines", "/v1/signatures", body, expects=422))["code"] == "wrong_form"
