"""Webhooks: subscriptions to events, their secrets and their deliveries."""

from typing import Annotated

from fastapi import APIRouter, Path, Response

from activities.addresses import AddressGuard
from api.core.auth import Caller
from api.core.problems import declared
from api.core.recording import Cursor, IfMatch, Limit, Recording, created, tag
from api.core.tools import Tools, ToolsOf
from domain.core.people import refuse_unless_permitted
from domain.core.refusals import Code, Refused
from domain.core.webhook import Rekeying, Subscription, SubscriptionChange, Unsubscription
from records.core.outgoing.deliveries import deliver_again
from records.core.outgoing.webhook_secrets import forget, rotate, secret_of_new
from records.core.queries.pages import BIG_INTEGER
from records.core.queries.webhooks import (
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

router = APIRouter(prefix="/v1/webhooks", tags=["webhooks"], responses=declared(401, 403, 422))

DeliveryId = Annotated[int, Path(ge=1, le=BIG_INTEGER)]


class SecretView(WebhookView):
    """A subscription with its signing secret, shown this once."""

    secret: str
    """Checks the signatures of deliveries (Standard Webhooks)."""


@router.get("")
async def list_webhooks(caller: Caller, tools: ToolsOf, cursor: Cursor = None, limit: Limit = 50) -> WebhookList:
    """Subscriptions by id."""
    async with tools.database.reading() as session:
        return await webhooks(session, caller, cursor=cursor, limit=limit)


@router.post("", status_code=201)
async def subscribe(
    form: Subscription, caller: Caller, tools: ToolsOf, recording: Recording, response: Response
) -> SecretView:
    """Subscribe to events. The answer is the only one that shows the secret."""
    refuse_unless_permitted(caller, by=Subscription.action.by)
    await _refuse_unless_reachable(tools, form.url)
    webhook_id = await recording.register("webhook.registered", form, prefix="WH")
    secret = await secret_of_new(tools.database, webhook_id)
    webhook = await show_webhook(webhook_id, caller, tools, response)
    created(response, f"/v1/webhooks/{webhook_id}", webhook.version)
    return SecretView(**webhook.model_dump(), secret=secret)


@router.get("/{webhook_id}", responses=declared(404))
async def show_webhook(webhook_id: str, caller: Caller, tools: ToolsOf, response: Response) -> WebhookView:
    """One subscription, without its secret."""
    async with tools.database.reading() as session:
        webhook = webhook_view(await one_webhook(session, caller, webhook_id))
    tag(response, webhook.version)
    return webhook


@router.patch("/{webhook_id}", responses=declared(404, 412, 428))
async def change_webhook(
    webhook_id: str,
    form: SubscriptionChange,
    version: IfMatch,
    caller: Caller,
    tools: ToolsOf,
    recording: Recording,
    response: Response,
) -> WebhookView:
    """Change, pause or resume a subscription."""
    await show_webhook(webhook_id, caller, tools, response)
    if form.url is not None:
        await _refuse_unless_reachable(tools, form.url)
    await recording.change("webhook.changed", webhook_id, form, version)
    return await show_webhook(webhook_id, caller, tools, response)


@router.delete("/{webhook_id}", status_code=204, responses=declared(404, 412, 428))
async def unsubscribe(
    webhook_id: str, version: IfMatch, caller: Caller, tools: ToolsOf, recording: Recording, response: Response
) -> None:
    """End a subscription; what waits for delivery is dropped."""
    await show_webhook(webhook_id, caller, tools, response)
    await recording.note("webhook.removed", webhook_id, Unsubscription(), {"version": version})
    await forget(tools.database, webhook_id)


@router.post("/{webhook_id}/secret", responses=declared(404))
async def rotate_secret(
    webhook_id: str, caller: Caller, tools: ToolsOf, recording: Recording, response: Response
) -> SecretView:
    """A new secret. For 24 hours deliveries carry the signatures of both."""
    await recording.note("webhook.rekeyed", webhook_id, Rekeying(), {})
    secret = await rotate(tools.database, webhook_id)
    webhook = await show_webhook(webhook_id, caller, tools, response)
    return SecretView(**webhook.model_dump(), secret=secret)


@router.get("/{webhook_id}/deliveries", responses=declared(404))
async def list_deliveries(
    webhook_id: str, caller: Caller, tools: ToolsOf, cursor: Cursor = None, limit: Limit = 50
) -> DeliveryList:
    """What was sent, what waits and what was given up, newest first."""
    async with tools.database.reading() as session:
        await one_webhook(session, caller, webhook_id)
        return await deliveries(session, webhook_id, cursor=cursor, limit=limit)


@router.post("/{webhook_id}/deliveries/{outbox_id}/redeliver", status_code=202, responses=declared(404, 409))
async def redeliver(webhook_id: str, outbox_id: DeliveryId, caller: Caller, tools: ToolsOf) -> DeliveryView:
    """Send an event once more, behind what waits already. It has the same `webhook-id`, but a delivery of its own."""
    async with tools.database.writing() as session:
        await one_webhook(session, caller, webhook_id)
        row = await delivery_of(session, webhook_id, outbox_id)
        if row.delivered_at is None and row.dead_at is None:
            raise Refused(Code.CONFLICT, "This delivery is still being tried.")
        return delivery_view(await deliver_again(session, row, await tools.database.now(session)))


async def _refuse_unless_reachable(tools: Tools, url: str) -> None:
    """Raise `Refused(ADDRESS_REFUSED)` now rather than with the first event; it is checked again at each delivery."""
    try:
        await AddressGuard(allow_private=tools.settings.allow_private_webhooks).resolve(url)
    except OSError:
        unknown = {"url": "cannot be resolved"}
        raise Refused(Code.ADDRESS_REFUSED, "The name in the address is not known.", fields=unknown) from None
