from dataclasses import replace
from typing import Any

import httpx2
import pytest
from sqlmodel import col, select, update
from standardwebhooks import Webhook

from activities.addresses import AddressGuard
from activities.webhooks import Webhooks
from records.core.database import Database
from records.core.tables.journal import CommandRow, EventRow, OutboxRow
from tests.activities.receiver import Receiver, receiver
from tests.activities.subscribing import waiting
from tests.api.house import Colleague, House

__all__ = ["receiver"]


@pytest.fixture
def office(house: House) -> House:
    """A house that lets webhooks go to this machine."""
    tools = house.app.state.tools
    house.app.state.tools = replace(tools, settings=tools.settings.model_copy(update={"allow_private_webhooks": True}))
    return house


async def send(
    person: Colleague, method: str, url: str, body: Any = None, *, version: int | None = None, expects: int = 200
) -> httpx2.Response:
    headers = person.headers | ({"If-Match": f'"{version}"'} if version is not None else {})
    answer = await person.house.http.request(method, url, json=body, headers=headers)
    assert answer.status_code == expects, answer.text
    return answer


async def subscribe(person: Colleague, url: str, *types: str) -> dict[str, Any]:
    answer = await send(person, "POST", "/v1/webhooks", {"url": url, "types": types}, expects=201)
    return dict(answer.json())


async def deliver_all(database: Database) -> None:
    """What the relay does, once."""
    webhooks = Webhooks(database, AddressGuard(allow_private=True), source="https://vetted.example")
    for row in await waiting(database):
        await webhooks.deliver(row)
        async with database.writing() as session:
            this = col(OutboxRow.outbox_id) == row.outbox_id
            await session.exec(update(OutboxRow).where(this).values(delivered_at=row.created_at, tries=1))
    await webhooks.close()


async def test_a_subscription_is_made_changed_and_ended(office: House, receiver: Receiver) -> None:
    ines = office.as_("ines")
    answer = await send(ines, "POST", "/v1/webhooks", {"url": receiver.url, "types": ["audit.report"]}, expects=201)
    webhook = answer.json()
    path = answer.headers["Location"]
    assert path == f"/v1/webhooks/{webhook['webhook_id']}"
    assert answer.headers["ETag"] == '"1"'
    assert webhook["secret"].startswith("whsec_")
    shown = await send(ines, "GET", path)
    assert shown.json() == {key: value for key, value in webhook.items() if key != "secret"}
    change = {"types": [], "active": False, "reason": "Moving to another system"}
    changed = await send(ines, "PATCH", path, change, version=1)
    assert (changed.json()["types"], changed.json()["active"], changed.headers["ETag"]) == ([], False, '"2"')
    assert [item["webhook_id"] for item in (await ines.get("/v1/webhooks")).json()["items"]] == [webhook["webhook_id"]]
    await send(ines, "DELETE", path, version=2, expects=204)
    await send(ines, "GET", path, expects=404)
    await send(ines, "DELETE", path, version=2, expects=404)


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
@pytest.mark.parametrize(("version", "status"), [(None, 428), (7, 412)])
async def test_a_change_needs_the_version_that_was_read(
    office: House, receiver: Receiver, method: str, version: int | None, status: int
) -> None:
    ines = office.as_("ines")
    webhook = await subscribe(ines, receiver.url)
    body = {"active": False, "reason": "Quiet please"} if method == "PATCH" else None
    await send(ines, method, f"/v1/webhooks/{webhook['webhook_id']}", body, version=version, expects=status)
    assert (await ines.get(f"/v1/webhooks/{webhook['webhook_id']}")).json()["active"] is True


async def test_the_secret_is_in_no_event_and_no_stored_answer(office: House, receiver: Receiver) -> None:
    webhook = await subscribe(office.as_("ines"), receiver.url)
    rotated = await send(office.as_("ines"), "POST", f"/v1/webhooks/{webhook['webhook_id']}/secret")
    async with office.database.reading() as session:
        stored = [
            *(await session.exec(select(EventRow.body))).all(),
            *(await session.exec(select(CommandRow.answer))).all(),
        ]
    for secret in (webhook["secret"], rotated.json()["secret"]):
        assert not [text for text in stored if secret in text or secret.removeprefix("whsec_") in text]


@pytest.mark.parametrize(("user", "status"), [("ines", 200), ("adam", 200), ("tom", 403), ("hana", 403), ("vito", 403)])
async def test_who_may_have_subscriptions(office: House, receiver: Receiver, user: str, status: int) -> None:
    webhook = await subscribe(office.as_("ines"), receiver.url)
    person, path = office.as_(user), f"/v1/webhooks/{webhook['webhook_id']}"
    await send(person, "GET", "/v1/webhooks", expects=status)
    await send(person, "GET", path, expects=status)
    await send(person, "GET", f"{path}/deliveries", expects=status)
    await send(person, "POST", f"{path}/secret", expects=status)
    new = {"url": receiver.url}
    await send(person, "POST", "/v1/webhooks", new, expects=201 if status == 200 else status)


@pytest.mark.parametrize(
    "url",
    ["https://127.0.0.1/x", "https://localhost/x", "http://8.8.8.8/x", "https://2130706433/", "https://no.invalid/"],
)
async def test_addresses_inside_are_refused(house: House, url: str) -> None:
    ines = house.as_("ines")
    answer = await send(ines, "POST", "/v1/webhooks", {"url": url}, expects=422)
    assert answer.json()["code"] == "address_refused"
    assert list(answer.json()["fields"]) == ["url"]
    assert (await ines.get("/v1/webhooks")).json()["items"] == []


async def test_a_changed_address_is_checked_as_well(house: House) -> None:
    ines = house.as_("ines")
    webhook = await subscribe(ines, "https://8.8.8.8/hook")
    change = {"url": "https://10.0.0.1/hook", "reason": "Moved"}
    path = f"/v1/webhooks/{webhook['webhook_id']}"
    assert (await send(ines, "PATCH", path, change, version=1, expects=422)).json()["code"] == "address_refused"


async def test_the_secret_of_the_answer_checks_what_is_delivered(office: House, receiver: Receiver) -> None:
    ines = office.as_("ines")
    webhook = await subscribe(ines, receiver.url, "supplier.registered")
    await send(ines, "POST", "/v1/suppliers", {"name": "Nordfjord", "country": "NO"}, expects=201)
    await deliver_all(office.database)
    [(headers, body)] = receiver.got
    assert Webhook(webhook["secret"]).verify(body, headers)["type"] == "vetted.supplier.registered.v1"
    new = (await send(ines, "POST", f"/v1/webhooks/{webhook['webhook_id']}/secret")).json()["secret"]
    await send(ines, "POST", "/v1/suppliers", {"name": "Sudfjord", "country": "NO"}, expects=201)
    await deliver_all(office.database)
    headers, body = receiver.got[-1]
    for secret in (webhook["secret"], new):
        Webhook(secret).verify(body, headers)


async def test_deliveries_are_listed_and_sent_again(office: House, receiver: Receiver) -> None:
    ines = office.as_("ines")
    webhook = await subscribe(ines, receiver.url, "supplier.registered")
    path = f"/v1/webhooks/{webhook['webhook_id']}/deliveries"
    for name in ("A", "B", "C"):
        await send(ines, "POST", "/v1/suppliers", {"name": name, "country": "NO"}, expects=201)
    first = (await ines.get(path, limit=2)).json()
    second = (await ines.get(path, limit=2, cursor=first["next"])).json()
    found = first["items"] + second["items"]
    assert [len(first["items"]), len(second["items"]), second["next"]] == [2, 1, None]
    assert [item["state"] for item in found] == ["PENDING"] * 3
    oldest = found[-1]
    await send(ines, "POST", f"{path}/{oldest['outbox_id']}/redeliver", expects=409)
    await deliver_all(office.database)
    again = (await send(ines, "POST", f"{path}/{oldest['outbox_id']}/redeliver", expects=202)).json()
    assert (again["event_id"], again["state"]) == (oldest["event_id"], "PENDING")
    assert [item["state"] for item in (await ines.get(path)).json()["items"]] == ["PENDING", *["DELIVERED"] * 3]
    await deliver_all(office.database)
    assert receiver.ids[0] == receiver.ids[-1] == oldest["event_id"]
    await send(ines, "POST", f"{path}/999999/redeliver", expects=404)


async def test_the_same_key_subscribes_once(office: House, receiver: Receiver) -> None:
    ines = office.as_("ines")
    answers = [await ines.post("/v1/webhooks", {"url": receiver.url}, key="one") for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    assert len((await ines.get("/v1/webhooks")).json()["items"]) == 1
