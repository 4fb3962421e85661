"""Subscriptions, as functions of the journal. Their secrets are kept elsewhere."""

from sqlmodel.ext.asyncio.session import AsyncSession

from domain.core.events import Event
from records.core.payloads import part
from records.core.projectors import follows
from records.core.tables.master_data import WebhookRow


@follows("webhook.registered")
async def register_webhook(session: AsyncSession, event: Event) -> None:
    """A new subscription."""
    record = part(event, "record")
    session.add(
        WebhookRow(
            webhook_id=event.stream, url=str(record["url"]), types=record["types"], created_by=event.actor.person
        )
    )


@follows("webhook.changed")
async def change_webhook(session: AsyncSession, event: Event) -> None:
    """A changed subscription, one version on."""
    row = await session.get_one(WebhookRow, event.stream)
    for name, value in part(event, "set").items():
        setattr(row, name, value)
    row.version += 1


@follows("webhook.rekeyed")
async def rekey_webhook(session: AsyncSession, event: Event) -> None:
    """A subscription with a new secret, one version on."""
    (await session.get_one(WebhookRow, event.stream)).version += 1


@follows("webhook.removed")
async def remove_webhook(session: AsyncSession, event: Event) -> None:
    """A subscription that has ended."""
    await session.delete(await session.get_one(WebhookRow, event.stream))
