"""Whose hands earlier decisions count as (S11, S12)."""

from collections.abc import Collection

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.core.events import Event
from records.core.tables.journal import EventRow


async def hands_of(session: AsyncSession, stream: str, numbers: Collection[int]) -> list[str]:
    """The persons behind events of a stream, those that they stood in for included."""
    query = select(EventRow.body).where(col(EventRow.stream) == stream, col(EventRow.number).in_(sorted(numbers)))
    events = [Event.model_validate_json(body) for body in (await session.exec(query)).all()]
    return sorted({person for event in events for person in event.actor.persons})
