"""Rows put into the outbox by hand, and what became of them."""

from datetime import UTC, datetime, timedelta

from pydantic import JsonValue
from sqlmodel import col, select

from records.core.database import Database
from records.core.tables.journal import OutboxRow


async def put(
    database: Database, lane: str, kind: str = "mail", /, *, ago: timedelta = timedelta(), **payload: JsonValue
) -> int:
    """Put a row into the outbox and return its id."""
    if kind == "mail":
        payload = {"to": "q@x.example", "person": lane, "subject": "Hello", "text": "You have a task.", **payload}
    row = OutboxRow(kind=kind, lane=lane, payload=payload, created_at=datetime.now(UTC) - ago)
    async with database.writing() as session:
        session.add(row)
        await session.flush()
    assert row.outbox_id is not None
    return row.outbox_id


async def rows(database: Database) -> dict[int, OutboxRow]:
    """Every row, by id."""
    async with database.reading() as session:
        query = select(OutboxRow).order_by(col(OutboxRow.outbox_id))
        return {row.outbox_id or 0: row for row in (await session.exec(query)).all()}
