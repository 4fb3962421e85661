"""Authorisations over HTTP: proposed, approved by another person, read with their history, stopped at once."""

from typing import Any

from tests.api.calling import Api
from tests.records.authorising import AUT, proposal
from tests.records.databases import on_one_database

pytestmark = on_one_database
PATH = f"/v1/authorisations/{AUT}"


async def signed(api: Api, user: str, action: str, form: dict[str, Any], *, expects: int = 201) -> str:
    body = {"password": "vetted", "record": AUT, "action": action, "form": form}
    return str((await api.post(user, "/v1/signatures", body, expects=expects)).get("token"))


async def test_an_authorisation_is_proposed_approved_read_and_stopped(api: Api) -> None:
    document = await api.seeded.upload(by=await api.seeded.actor("rosa"))
    form = proposal(evidence=[document], official_batch_release=True).model_dump(mode="json")
    token = await signed(api, "rosa", "propose", form)
    assert (await api.call("PUT", "rosa", PATH, form, expects=422)).json()["code"] == "signature_missing"
    shown = (await api.call("PUT", "rosa", PATH, form, Signature_Token=token)).json()
    (version,) = shown["versions"]
    assert (version["status"], version["official_batch_release"], shown["in_force"]) == ("PROPOSED", True, None)

    read = {"version": 1, "sha256": version["sha256"]}
    approval = {"approve": True, "authorisation": read, "reason": "Compared with the decision."}
    token = await signed(api, "hana", "approve", approval)
    shown = (await api.call("POST", "hana", f"{PATH}/approval", approval, Signature_Token=token)).json()
    assert (shown["in_force"], shown["stands"]) == (1, "IN_FORCE")
    assert shown in (await api.get("sana", "/v1/authorisations?market=EU&product=ARL-204"))["items"]
    assert shown not in (await api.get("sana", "/v1/authorisations?market=US"))["items"]

    stop = {"earlier": 0, "status": "SUSPENDED", "since": "2025-01-10", "reason": "Under review by the authority."}
    token = await signed(api, "hana", "stop", stop)
    shown = (await api.call("POST", "hana", f"{PATH}/stop", stop, Signature_Token=token)).json()
    assert (shown["stands"], shown["stops"][0]["since"]) == ("SUSPENDED", "2025-01-10")
    assert await api.get("sana", PATH) == shown
    await signed(api, "hana", "certify", stop, expects=422)


async def test_they_are_the_sponsors_own(api: Api) -> None:
    for path, user, expects in (
        ("/v1/authorisations", "vito", 403),
        (PATH, "vito", 403),
        (PATH, "sana", 404),
        ("/v1/authorisations/QPD-9", "sana", 422),
        ("/v1/authorisations?cursor=abc", "sana", 422),
    ):
        await api.get(user, path, expects=expects)
