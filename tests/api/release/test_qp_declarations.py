"""Declarations of qualified persons over HTTP: signed by one, read by the sponsor's people, withdrawn."""

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.api.calling import Api
from tests.records.certifying import fit
from tests.records.databases import on_one_database
from tests.records.declaring import an_audit

pytestmark = on_one_database
NUMBER = "QPD-2025-014"
PATH = f"/v1/qp-declarations/{NUMBER}"


async def signed(api: Api, user: str, action: str, form: dict[str, Any], *, expects: int = 201) -> str:
    body = {"password": "vetted", "record": NUMBER, "action": action, "form": form}
    return str((await api.post(user, "/v1/signatures", body, expects=expects)).get("token"))


async def test_a_declaration_is_signed_read_and_withdrawn(api: Api) -> None:
    now = datetime.now(UTC)
    await an_audit(await fit(api.seeded, "API_MFG"), last_day=(now - timedelta(days=30)).date())
    form = {
        "substance": "ARL-204",
        "holder": "Aurelia Pharma",
        "authorisation": "DE_RP_01_MIA_2023_0042",
        "covers": [{"scope_id": "SC-1", "audit_id": "AUD-900"}],
        "valid_until": (now + timedelta(days=60)).date().isoformat(),
    }
    token = await signed(api, "quentin", "declare", form)
    assert (await api.call("PUT", "quentin", PATH, form, expects=422)).json()["code"] == "signature_missing"
    shown = (await api.call("PUT", "quentin", PATH, form, Signature_Token=token)).json()
    assert (shown["number"], shown["covers"][0]["audit_id"], shown["withdrawn_at"]) == (NUMBER, "AUD-900", None)
    assert (await api.get("sana", "/v1/qp-declarations?scope=SC-1"))["items"] == [shown]
    assert (await api.get("sana", "/v1/qp-declarations?site=VM-02&limit=1"))["next"] is None
    for path, user, expects in (
        ("/v1/qp-declarations", "vito", 403),
        (PATH, "vito", 403),
        ("/v1/qp-declarations?scope=SC-99", "sana", 404),
        ("/v1/qp-declarations?cursor=abc", "sana", 422),
        ("/v1/qp-declarations/QPD-9", "sana", 404),
        ("/v1/qp-declarations/SPEC-9", "sana", 422),
    ):
        await api.get(user, path, expects=expects)
    reason = {"reason": "The audit trail was switched off."}
    token = await signed(api, "hana", "withdraw", reason)
    gone = (await api.call("POST", "hana", f"{PATH}/withdrawal", reason, Signature_Token=token)).json()
    assert gone["withdrawn_because"] == reason["reason"]
    assert await api.get("sana", PATH) == gone
    await signed(api, "hana", "certify", reason, expects=422)
