"""Subscriptions and what became of their deliveries."""

from enum import StrEnum

from pydantic import AwareDatetime
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.core.people import Actor, refuse_unless_permitted
from domain.core.refusals import Code, Refused
from domain.core.view import View
from domain.core.webhook import SUBSCRIBERS
from records.core.outgoing.deliveries import deliveries_of
from records.core.queries import pages
from records.core.tables.journal import OutboxRow
from records.core.tables.master_data import WebhookRow


class WebhookView(View):
    """A subscription."""

    webhook_id: str
    url: str
    types: tuple[str, ...]
    """Empty for all."""
    active: bool
    created_by: str
    version: int


class WebhookList(View):
    """A page of subscriptions."""

    items: tuple[WebhookView, ...]
    next: str | None = None


class DeliveryState(StrEnum):
    """What has become of a delivery."""

    PENDING = "PENDING"
    DELIVERED = "DELIVERED"
    DEAD = "DEAD"


class DeliveryView(View):
    """One event on its way to a subscriber."""

    outbox_id: int
    event_id: str
    """Id of the CloudEvent and `webhook-id`."""
    state: DeliveryState
    tries: int
    """How often it was tried."""
    created_at: AwareDatetime
    next_try_at: AwareDatetime | None
    delivered_at: AwareDatetime | None
    dead_at: AwareDatetime | None
    last_error: str | None
    """What went wrong at the last try, or why nothing was sent."""


class DeliveryList(View):
    """A page of deliveries."""

    items: tuple[DeliveryView, ...]
    next: str | None = None


def webhook_view(row: WebhookRow) -> WebhookView:
    """A subscription as shown, without its secret."""
    return WebhookView(**row.model_dump())


async def webhooks(session: AsyncSession, actor: Actor, *, cursor: str | None, limit: int) -> WebhookList:
    """All subscriptions, by id."""
    refuse_unless_permitted(actor, by=SUBSCRIBERS)
    query = select(WebhookRow)
    if cursor is not None:
        query = query.where(col(WebhookRow.webhook_id) > str(pages.decode(cursor)[0]))
    rows = (await session.exec(query.order_by(col(WebhookRow.webhook_id)).limit(limit + 1))).all()
    following = pages.encode((rows[limit - 1].webhook_id,)) if len(rows) > limit else None
    return WebhookList(items=tuple(map(webhook_view, rows[:limit])), next=following)


async def one_webhook(session: AsyncSession, actor: Actor, webhook_id: str) -> WebhookRow:
    """A subscription. Raises `Refused`: WRONG_ROLE, NOT_FOUND."""
    refuse_unless_permitted(actor, by=SUBSCRIBERS)
    row = await session.get(WebhookRow, webhook_id)
    if row is None:
        raise Refused(Code.NOT_FOUND, "There is no such webhook.")
    return row


async def deliveries(session: AsyncSession, webhook_id: str, *, cursor: str | None, limit: int) -> DeliveryList:
    """The deliveries of a subscription, newest first."""
    before = pages.number(cursor, greatest=pages.BIG_INTEGER) if cursor is not None else None
    rows = await deliveries_of(session, lane(webhook_id), before=before, limit=limit)
    following = pages.encode((rows[limit - 1].outbox_id or 0,)) if len(rows) > limit else None
    return DeliveryList(items=tuple(map(delivery_view, rows[:limit])), next=following)


async def delivery_of(session: AsyncSession, webhook_id: str, outbox_id: int) -> OutboxRow:
    """One delivery of a subscription. Raises `Refused(NOT_FOUND)`."""
    row = await session.get(OutboxRow, outbox_id)
    if row is None or row.lane != lane(webhook_id):
        raise Refused(Code.NOT_FOUND, "There is no such delivery.")
    return row


def lane(webhook_id: str) -> str:
    """The lane of a subscription's deliveries."""
    return f"webhook:{webhook_id}"


def delivery_view(row: OutboxRow) -> DeliveryView:
    """A delivery as shown."""
    state = DeliveryState.DELIVERED if row.delivered_at else DeliveryState.PENDING
    if row.dead_at is not None:
        state = DeliveryState.DEAD
    return DeliveryView(
        outbox_id=row.outbox_id or 0,
        event_id=f"{row.payload['stream']}#{row.payload['number']}",
        state=state,
        tries=row.tries,
        created_at=row.created_at,
        next_try_at=row.not_before if state is DeliveryState.PENDING else None,
        delivered_at=row.delivered_at,
        dead_at=row.dead_at,
        last_error=row.last_error,
    )
