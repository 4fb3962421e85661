"""The signing secrets of subscriptions (Standard Webhooks). They never enter the journal."""

import base64
import secrets
from datetime import timedelta

from sqlalchemy import delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from records.core.database import Database
from records.core.tables.master_data import WebhookSecretRow

OVERLAP = timedelta(hours=24)
"""How long deliveries are signed with the old secret as well after a rotation."""


async def secret_of_new(database: Database, webhook_id: str) -> str:
    """The secret of a new subscription, made at the first call."""
    async with database.writing() as session:
        return (await _row(session, webhook_id)).secret


async def rotate(database: Database, webhook_id: str) -> str:
    """A new secret; the old one stays good for a while."""
    async with database.writing() as session:
        row = await _row(session, webhook_id)
        row.previous, row.previous_until = row.secret, await database.now(session) + OVERLAP
        row.secret = _random()
        return row.secret


async def forget(database: Database, webhook_id: str) -> None:
    """Remove the secrets of a subscription that has ended."""
    async with database.writing() as session:
        await session.exec(delete(WebhookSecretRow).where(col(WebhookSecretRow.webhook_id) == webhook_id))


async def _row(session: AsyncSession, webhook_id: str) -> WebhookSecretRow:
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    fresh = dialect.insert(WebhookSecretRow).values(webhook_id=webhook_id, secret=_random())
    await session.exec(fresh.on_conflict_do_nothing())
    return await session.get_one(WebhookSecretRow, webhook_id, with_for_update=True)


def _random() -> str:
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
