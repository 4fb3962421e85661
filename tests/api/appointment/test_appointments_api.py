"""Appointments over HTTP: proposed, approved by another person, listed, ended."""

from datetime import UTC, datetime
from typing import Any

from tests.api.calling import Api
from tests.records.appointing import LICENCE
from tests.records.databases import on_one_database

pytestmark = on_one_database
NUMBER = "APT-2026-004"
PATH = f"/v1/appointments/{NUMBER}"


async def signed(api: Api, user: str, method: str, path: str, action: str, form: dict[str, Any]) -> dict[str, Any]:
    body = {"password": "vetted", "record": NUMBER, "action": action, "form": form}
    token = (await api.post(user, "/v1/signatures", body, expects=201))["token"]
    return dict((await api.call(method, user, path, form, Signature_Token=token)).json())


async def test_an_appointment_is_proposed_approved_read_and_ended(api: Api) -> None:
    today = datetime.now(UTC).date().isoformat()
    person = api.seeded.result.person("quentin")
    form = {
        "person": person,
        "role": "QP",
        "licence": LICENCE,
        "markets": ["EU"],
        "products": ["ARL-204"],
        "valid_from": "2025-01-01",
        "reason": "Named in annex 5.",
    }
    assert (await api.call("PUT", "rosa", PATH, form, expects=422)).json()["code"] == "signature_missing"
    proposed = await signed(api, "rosa", "PUT", PATH, "propose", form)
    assert (proposed["approved"], proposed["in_force_not"]) == (None, [f"{NUMBER} is not approved; {WAITS}"])
    yes = {"approve": True, "reason": "Compared.", "appointment": {"version": 1, "sha256": proposed["sha256"]}}
    approved = await signed(api, "hana", "POST", f"{PATH}/approval", "approve", yes)
    assert approved["markets"] == ["EU"]
    assert (approved["in_force"], approved["products"], approved["signed"]) == (True, ["ARL-204"], [])
    listed = (await api.get("sana", f"/v1/appointments?person={person}&role=QP"))["items"]
    assert NUMBER in [each["number"] for each in listed]
    assert (await api.get("quentin", f"/v1/people/{person}/appointments"))["items"] == listed
    assert (await api.get("sana", "/v1/appointments?site=ZX-03"))["items"] == []
    for path, user, expects in (
        (PATH, "vito", 404),
        (f"/v1/people/{person}/appointments", "vito", 404),
        ("/v1/appointments?cursor=abc", "sana", 422),
        ("/v1/appointments/APT-9", "sana", 404),
        ("/v1/appointments/SPEC-9", "sana", 422),
    ):
        await api.get(user, path, expects=expects)
    end = {"ended_from": today, "reason": "He has left."}
    ended = await signed(api, "ines", "POST", f"{PATH}/end", "end", end)
    assert (ended["in_force"], ended["ended_from"], ended["ended_because"]) == (False, today, "He has left.")


WAITS = (
    "it waits for an approval by HEAD_QA, QA_APPROVER, REG_AFFAIRS, of another person than proposed it: "
    f"POST /v1/appointments/{NUMBER}/approval"
)
