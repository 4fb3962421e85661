import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from cloudevents.core.bindings.http import HTTPMessage, from_structured_event
from sqlmodel import col, update
from standardwebhooks import Webhook, WebhookVerificationError

from activities.addresses import AddressGuard
from activities.undeliverable import Undeliverable
from activities.webhooks import NotAccepted, Webhooks
from records.core.database import Database
from records.core.tables.master_data import WebhookRow
from tests.activities.receiver import Receiver, receiver
from tests.activities.subscribing import OLD_SECRET, SECRET, record, subscribe, waiting

__all__ = ["receiver"]


@pytest.fixture
def database_kind() -> str:
    return "sqlite"


@pytest.fixture
async def webhooks(database: Database) -> AsyncIterator[Webhooks]:
    webhooks = Webhooks(database, AddressGuard(allow_private=True), source="https://vetted.sponsor.example/")
    yield webhooks
    await webhooks.close()


async def test_an_event_arrives_as_a_signed_cloud_event(
    database: Database, webhooks: Webhooks, receiver: Receiver
) -> None:
    await subscribe(database, "WH-1", receiver.url, types=("audit.report",))
    await record(database, "AUD-1", "audit.plan")
    await record(database, "AUD-1", "audit.report", stage="REPORT", form={"summary": "confidential"}, site_id="CH-1")
    [row] = await waiting(database)
    assert await webhooks.deliver(row) is None
    [(headers, body)] = receiver.got
    verified = Webhook(SECRET).verify(body, headers)
    event = from_structured_event(HTTPMessage(headers, body))
    assert event.get_id() == headers["webhook-id"] == "AUD-1#2"
    assert event.get_type() == "vetted.audit.report.v1"
    assert event.get_source() == "https://vetted.sponsor.example"
    assert event.get_subject() == "AUD-1"
    assert event.get_specversion() == "1.0"
    time = event.get_time()
    assert time is not None
    assert abs(time - datetime.now(UTC)) < timedelta(minutes=1)
    assert headers["content-type"].startswith("application/cloudevents+json")
    assert verified["data"].keys() == {"stream", "number", "site_id", "audience", "occurred_at", "stage"}
    assert b"confidential" not in body


async def test_a_changed_body_or_another_secret_is_noticed(
    database: Database, webhooks: Webhooks, receiver: Receiver
) -> None:
    await subscribe(database, "WH-1", receiver.url)
    await record(database, "AUD-1", "audit.plan")
    [row] = await waiting(database)
    await webhooks.deliver(row)
    [(headers, body)] = receiver.got
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(body.replace(b"AUD-1", b"AUD-2"), headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(OLD_SECRET).verify(body, headers)


@pytest.mark.parametrize(("left", "good"), [(timedelta(hours=1), True), (timedelta(hours=-1), False)])
async def test_after_a_rotation_both_secrets_are_good_for_a_time(
    database: Database, webhooks: Webhooks, receiver: Receiver, left: timedelta, *, good: bool
) -> None:
    await subscribe(database, "WH-1", receiver.url, rotated=left)
    await record(database, "AUD-1", "audit.plan")
    [row] = await waiting(database)
    await webhooks.deliver(row)
    [(headers, body)] = receiver.got
    Webhook(SECRET).verify(body, headers)
    if good:
        Webhook(OLD_SECRET).verify(body, headers)
    else:
        with pytest.raises(WebhookVerificationError):
            Webhook(OLD_SECRET).verify(body, headers)


async def test_a_repeat_has_the_same_id(database: Database, webhooks: Webhooks, receiver: Receiver) -> None:
    await subscribe(database, "WH-1", receiver.url)
    await record(database, "AUD-1", "audit.plan")
    [row] = await waiting(database)
    for _ in range(2):
        await webhooks.deliver(row)
    assert receiver.ids == ["AUD-1#1", "AUD-1#1"]
    assert len({json.loads(body)["time"] for _, body in receiver.got}) == 1


@pytest.mark.parametrize("status", [301, 307, 400, 401, 429, 500, 503])
async def test_other_answers_than_yes_are_tried_again(
    database: Database, webhooks: Webhooks, receiver: Receiver, status: int
) -> None:
    receiver.status, receiver.location = status, receiver.url + "/elsewhere"
    await subscribe(database, "WH-1", receiver.url)
    await record(database, "AUD-1", "audit.plan")
    [row] = await waiting(database)
    with pytest.raises(NotAccepted, match=str(status)):
        await webhooks.deliver(row)
    assert len(receiver.got) == 1


async def test_a_subscriber_that_is_gone_is_given_up(
    database: Database, webhooks: Webhooks, receiver: Receiver
) -> None:
    receiver.status = 410
    await subscribe(database, "WH-1", receiver.url)
    await record(database, "AUD-1", "audit.plan")
    [row] = await waiting(database)
    with pytest.raises(Undeliverable, match="gone"):
        await webhooks.deliver(row)


@pytest.mark.parametrize("end", ["removed", "paused"])
async def test_nothing_is_sent_to_who_has_left(
    database: Database, webhooks: Webhooks, receiver: Receiver, end: str
) -> None:
    await subscribe(database, "WH-1", receiver.url)
    await record(database, "AUD-1", "audit.plan")
    [row] = await waiting(database)
    if end == "removed":
        await record(database, "WH-1", "webhook.removed", version=1)
    else:
        await record(database, "WH-1", "webhook.changed", set={"active": False}, reason="quiet")
    assert await webhooks.deliver(row) == "not delivered: the subscription has ended"
    assert receiver.got == []


async def test_a_name_that_leads_inside_later_is_refused_at_delivery(database: Database, receiver: Receiver) -> None:
    await subscribe(database, "WH-1", "https://hooks.example")
    await record(database, "AUD-1", "audit.plan")
    async with database.writing() as session:
        url = f"https://localhost:{receiver.port}/"
        await session.exec(update(WebhookRow).where(col(WebhookRow.webhook_id) == "WH-1").values(url=url))
    webhooks = Webhooks(database, AddressGuard(), source="https://vetted.sponsor.example")
    [row] = await waiting(database)
    with pytest.raises(Undeliverable, match="address_refused"):
        await webhooks.deliver(row)
    assert receiver.got == []
    await webhooks.close()


async def test_the_connection_goes_to_the_address_that_was_checked(
    database: Database, webhooks: Webhooks, receiver: Receiver
) -> None:
    url = f"http://localhost:{receiver.port}/hook?key=1"
    await subscribe(database, "WH-1", url)
    await record(database, "AUD-1", "audit.plan")
    [row] = await waiting(database)
    await webhooks.deliver(row)
    [(headers, _)] = receiver.got
    assert headers["host"] == f"localhost:{receiver.port}"
    assert headers[":request"] == "POST /hook?key=1 HTTP/1.1"
