"""Projections are functions of the journal: applied as events are written, and again by a rebuild."""

from sqlmodel.ext.asyncio.session import AsyncSession

from domain.core.events import Event
from records.core.projections.cases import keep_record
from records.core.registries import Registries


async def apply(session: AsyncSession, registries: Registries, event: Event) -> None:
    """Update the projections for one event. The same events in the same order give the same rows."""
    if "." in event.type and "form" in event.payload:
        await keep_record(session, event)
    for projector in registries.projectors.of(event.type):
        await projector(session, event)
