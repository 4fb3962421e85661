"""Webhooks: subscriptions to events, their secrets and their deliveries."""

import base64
import secrets
import uuid
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Header, Query, Response
from pydantic import JsonValue
from sqlalchemy import delete
from sqlmodel import col

from activities.addresses import AddressGuard
from api.auth import Caller
from api.tools import Tools, ToolsOf
from domain.case import Entry, Fact
from domain.people import Actor, refuse_unless_permitted
from domain.refusals import Code, Refused
from domain.webhook import SUBSCRIBERS, Subscription, SubscriptionChange
from records.deliveries import deliver_again
from records.identities import next_id
from records.queries.webhooks import (
    DeliveryList,
    DeliveryView,
    WebhookList,
    WebhookView,
    deliveries,
    delivery_of,
    delivery_view,
    one_webhook,
    webhook_view,
    webhooks,
)
from records.tables import WebhookSecretRow

router = APIRouter(prefix="/v1", tags=["webhooks"])

OVERLAP = timedelta(hours=24)
"""How long deliveries are signed with the old secret as well after a rotation."""

Limit = Annotated[int, Query(ge=1, le=100)]
IfMatch = Annotated[str | None, Header(alias="If-Match")]


class SecretView(WebhookView):
    """A subscription with its signing secret. It is shown this once."""

    secret: str


@router.get("/webhooks")
async def list_webhooks(caller: Caller, tools: ToolsOf, cursor: str | None = None, limit: Limit = 50) -> WebhookList:
    """All subscriptions."""
    async with tools.database.reading() as session:
        return await webhooks(session, caller, cursor=cursor, limit=limit)


@router.post("/webhooks", status_code=201)
async def subscribe(response: Response, caller: Caller, tools: ToolsOf, form: Subscription) -> SecretView:
    """Subscribe. The secret in the answer checks the signatures of deliveries (Standard Webhooks)."""
    refuse_unless_permitted(caller, by=SUBSCRIBERS)
    await _refuse_unless_reachable(tools, form.url)
    secret = _new_secret()
    async with tools.database.writing() as session:
        webhook_id = await next_id(session, "WH")
        session.add(WebhookSecretRow(webhook_id=webhook_id, secret=secret))
    await _write(tools, caller, webhook_id, "webhook.registered", {"record": form.model_dump(mode="json")})
    response.headers["Location"] = f"/v1/webhooks/{webhook_id}"
    return SecretView(**(await _shown(response, tools, caller, webhook_id)).model_dump(), secret=secret)


@router.get("/webhooks/{webhook_id}")
async def show_webhook(response: Response, caller: Caller, tools: ToolsOf, webhook_id: str) -> WebhookView:
    """One subscription, without its secret."""
    return await _shown(response, tools, caller, webhook_id)


@router.patch("/webhooks/{webhook_id}")
async def change_webhook(
    response: Response,
    caller: Caller,
    tools: ToolsOf,
    webhook_id: str,
    form: SubscriptionChange,
    if_match: IfMatch = None,
) -> WebhookView:
    """Change, pause or resume a subscription."""
    refuse_unless_permitted(caller, by=SUBSCRIBERS)
    version = _version(if_match)
    if form.url is not None:
        await _refuse_unless_reachable(tools, form.url)
    payload: dict[str, JsonValue] = {"set": form.given(), "reason": form.reason}
    await _write(tools, caller, webhook_id, "webhook.changed", payload, version=version)
    return await _shown(response, tools, caller, webhook_id)


@router.delete("/webhooks/{webhook_id}", status_code=204)
async def unsubscribe(caller: Caller, tools: ToolsOf, webhook_id: str, if_match: IfMatch = None) -> None:
    """End a subscription; what waits for delivery is dropped."""
    refuse_unless_permitted(caller, by=SUBSCRIBERS)
    await _write(tools, caller, webhook_id, "webhook.removed", {}, version=_version(if_match))
    async with tools.database.writing() as session:
        await session.exec(delete(WebhookSecretRow).where(col(WebhookSecretRow.webhook_id) == webhook_id))


@router.post("/webhooks/{webhook_id}/secret")
async def rotate_secret(
    response: Response, caller: Caller, tools: ToolsOf, webhook_id: str, if_match: IfMatch = None
) -> SecretView:
    """A new secret. For 24 hours deliveries carry the signatures of both."""
    refuse_unless_permitted(caller, by=SUBSCRIBERS)
    await _write(tools, caller, webhook_id, "webhook.rekeyed", {}, version=_version(if_match))
    async with tools.database.writing() as session:
        row = await session.get_one(WebhookSecretRow, webhook_id, with_for_update=True)
        row.previous, row.previous_until = row.secret, await tools.database.now(session) + OVERLAP
        row.secret = _new_secret()
    return SecretView(**(await _shown(response, tools, caller, webhook_id)).model_dump(), secret=row.secret)


@router.get("/webhooks/{webhook_id}/deliveries")
async def list_deliveries(
    caller: Caller, tools: ToolsOf, webhook_id: str, cursor: str | None = None, limit: Limit = 50
) -> DeliveryList:
    """What was sent, what waits and what was given up, newest first."""
    async with tools.database.reading() as session:
        await one_webhook(session, caller, webhook_id)
        return await deliveries(session, webhook_id, cursor=cursor, limit=limit)


@router.post("/webhooks/{webhook_id}/deliveries/{outbox_id}/redeliver", status_code=202)
async def redeliver(caller: Caller, tools: ToolsOf, webhook_id: str, outbox_id: int) -> DeliveryView:
    """Send an event once more, behind what waits already. It has the same `webhook-id` and its own delivery."""
    async with tools.database.writing() as session:
        await one_webhook(session, caller, webhook_id)
        row = await delivery_of(session, webhook_id, outbox_id)
        if row.delivered_at is None and row.dead_at is None:
            raise Refused(Code.CONFLICT, "This delivery is still being tried.")
        return delivery_view(await deliver_again(session, row, await tools.database.now(session)))


async def _write(
    tools: Tools, actor: Actor, stream: str, type_: str, payload: dict[str, JsonValue], *, version: int | None = None
) -> None:
    await tools.journal.write(
        Entry(
            stream=stream,
            command_id=f"webhook:{uuid.uuid4().hex}",
            at=tools.clock(),
            actor=actor,
            lines=(Fact(type=type_, payload=payload),),
            expected_version=version,
        )
    )


async def _shown(response: Response, tools: Tools, actor: Actor, webhook_id: str) -> WebhookView:
    async with tools.database.reading() as session:
        row = await one_webhook(session, actor, webhook_id)
    response.headers["ETag"] = f'"{row.version}"'
    return webhook_view(row)


async def _refuse_unless_reachable(tools: Tools, url: str) -> None:
    try:
        await AddressGuard(allow_private=tools.settings.allow_private_webhooks).resolve(url)
    except OSError:
        raise Refused(
            Code.ADDRESS_REFUSED, "The name in the address is not known.", fields={"url": "cannot be resolved"}
        ) from None


def _version(if_match: str | None) -> int:
    if if_match is None:
        raise Refused(Code.VERSION_MISSING, "Send the version you have read as If-Match.")
    text = if_match.strip().removeprefix("W/").strip('"')
    if not text.isdecimal():
        raise Refused(Code.VERSION_STALE, "If-Match names no version of this record.")
    return int(text)


def _new_secret() -> str:
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
