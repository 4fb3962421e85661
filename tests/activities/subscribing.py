"""Subscriptions and events, written through the journal."""

import itertools
from datetime import UTC, datetime, timedelta

from pydantic import JsonValue
from sqlmodel import col, select

from domain.core.entry import Entry, PlainEvent
from domain.core.forms import Audience
from records.contexts import load
from records.core.database import Database
from records.core.journal import Journal
from records.core.tables.journal import OutboxRow
from records.core.tables.master_data import WebhookSecretRow

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OLD_SECRET = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"

_numbers = itertools.count(1)


async def record(
    database: Database, stream: str, type_: str, *, audience: Audience = Audience.SPONSOR, **payload: JsonValue
) -> int:
    """Write one fact and return its number."""
    fact = PlainEvent(type=type_, payload=payload, audience=audience)
    entry = Entry(stream=stream, command_id=f"test-{next(_numbers)}", at=datetime.now(UTC), lines=(fact,))
    return (await Journal(database, load()).write(entry)).numbers[0]


async def subscribe(
    database: Database,
    webhook_id: str,
    url: str,
    *,
    types: tuple[str, ...] = ("audit.plan",),
    rotated: timedelta | None = None,
) -> None:
    """Subscribe; with `rotated` the old secret stays good for that long."""
    secret = WebhookSecretRow(webhook_id=webhook_id, secret=SECRET)
    if rotated is not None:
        secret.previous, secret.previous_until = OLD_SECRET, datetime.now(UTC) + rotated
    async with database.writing() as session:
        session.add(secret)
    await record(database, webhook_id, "webhook.registered", record={"url": url, "types": list(types)})


async def waiting(database: Database) -> list[OutboxRow]:
    """The webhooks that wait in the outbox."""
    async with database.reading() as session:
        query = select(OutboxRow).where(col(OutboxRow.kind) == "webhook", col(OutboxRow.delivered_at).is_(None))
        return list((await session.exec(query.order_by(col(OutboxRow.outbox_id)))).all())
