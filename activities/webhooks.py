"""Webhooks: CloudEvents 1.0 in structured JSON, signed after Standard Webhooks."""

from datetime import UTC, datetime

import httpx2
from cloudevents.core.bindings.http import to_structured_event
from cloudevents.core.v1.event import CloudEvent
from pydantic import JsonValue
from sqlmodel import col, select
from standardwebhooks import Webhook

from activities.addresses import AddressGuard, Target
from activities.undeliverable import Undeliverable
from domain.core.events import Event
from domain.core.refusals import Refused
from records.core.database import Database
from records.core.tables.journal import EventRow, OutboxRow
from records.core.tables.master_data import WebhookRow, WebhookSecretRow

_TIMEOUT = httpx2.Timeout(10.0, connect=5.0)
_SENT = frozenset({"stage", "outcome", "task", "action", "version", "sha256", "level", "alarm", "document_id"})
"""What a webhook sends of a payload: ids and codes. Everything else is fetched from the API, with its rights."""


class Webhooks:
    """Delivers events to subscribers. May run twice: `webhook-id` is the event's id, so that a repeat is recognised."""

    def __init__(self, database: Database, guard: AddressGuard, *, source: str) -> None:
        """`source` is the public address of this installation."""
        self._database = database
        self._guard = guard
        self._source = source.rstrip("/")
        # No connection is used twice: the next subscriber at the same address may be another one.
        limits = httpx2.Limits(max_keepalive_connections=0)
        self._client = httpx2.AsyncClient(follow_redirects=False, timeout=_TIMEOUT, trust_env=False, limits=limits)

    async def close(self) -> None:
        await self._client.aclose()

    async def deliver(self, row: OutboxRow) -> str | None:
        """Deliver one event. Raises `Undeliverable` for an address that is refused or gone for good."""
        async with self._database.reading() as session:
            webhook = await session.get(WebhookRow, row.payload["webhook_id"])
            secret = await session.get(WebhookSecretRow, row.payload["webhook_id"])
            query = select(EventRow).where(
                col(EventRow.stream) == row.payload["stream"], col(EventRow.number) == row.payload["number"]
            )
            stored = (await session.exec(query)).one()
        if webhook is None or not webhook.active:
            return "not delivered: the subscription has ended"
        if secret is None:
            raise NotAccepted("the subscription has no secret yet; get a new one")
        event = Event.model_validate_json(stored.body)
        try:
            target = await self._guard.resolve(webhook.url)
        except Refused as error:
            raise Undeliverable(f"{error.refusal.code}: {error.refusal.message}") from error
        status = await self._post(webhook.url, target, *_signed(event, secret, self._source))
        if status == httpx2.codes.GONE:
            raise Undeliverable("the subscriber answered 410: it is gone")
        if not 200 <= status < 300:
            raise NotAccepted(f"the subscriber answered {status}")
        return None

    async def _post(self, url: str, target: Target, body: bytes, headers: dict[str, str]) -> int:
        """Post to the addresses that were checked. The answer's text is neither read nor kept."""
        refused: httpx2.ConnectError | None = None
        for address in target.addresses:
            place = httpx2.URL(url).copy_with(host=address)
            request = self._client.build_request(
                "POST",
                place,
                content=body,
                headers={**headers, "host": httpx2.URL(url).netloc.decode()},
                extensions={"sni_hostname": target.host},
            )
            try:
                answer = await self._client.send(request, stream=True)
            except httpx2.ConnectError as error:
                refused = error
                continue
            await answer.aclose()
            return answer.status_code
        raise refused or NotAccepted("the name of the subscriber has no address")


class NotAccepted(Exception):
    """The subscriber did not take the event; it is tried again."""


def cloud_event(event: Event, source: str) -> CloudEvent:
    """The event as subscribers see it: ids and codes, never the content of a form."""
    sent: dict[str, JsonValue] = {key: value for key, value in event.payload.items() if key in _SENT}
    data: dict[str, JsonValue] = {
        "stream": event.stream,
        "number": event.number,
        "site_id": event.site_id,
        "audience": event.audience.value,
        "occurred_at": event.occurred_at.isoformat(),
        **sent,
    }
    attributes = {
        "id": f"{event.stream}#{event.number}",
        "source": source,
        "type": f"vetted.{event.type}.v{event.version}",
        "subject": event.stream,
        "time": event.recorded_at,
        "datacontenttype": "application/json",
    }
    return CloudEvent(attributes, data)


def _signed(event: Event, secret: WebhookSecretRow, source: str) -> tuple[bytes, dict[str, str]]:
    message = to_structured_event(cloud_event(event, source))
    now = datetime.now(UTC)
    secrets = [secret.secret]
    if secret.previous is not None and secret.previous_until is not None and now < secret.previous_until:
        secrets.append(secret.previous)
    event_id = f"{event.stream}#{event.number}"
    body = message.body.decode()
    return message.body, {
        "content-type": "application/cloudevents+json; charset=utf-8",
        "user-agent": "vetted-webhooks",
        "webhook-id": event_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(Webhook(one).sign(event_id, now, body) for one in secrets),
    }
