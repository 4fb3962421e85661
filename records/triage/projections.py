"""What the triage of an event has said, as a function of the journal."""

from sqlmodel.ext.asyncio.session import AsyncSession

from domain.core.events import Event
from domain.triage.triage import EventTriage
from records.core.payloads import part, submitted
from records.core.projectors import follows
from records.event.tables import SiteEventRow


@follows(*EventTriage.action.event_types())
async def triage(session: AsyncSession, event: Event) -> None:
    """It is said what follows."""
    row = await session.get_one(SiteEventRow, event.stream)
    row.triaged_at = event.occurred_at
    row.outcomes = [outcome.value for outcome in submitted(event, EventTriage).outcomes]
    row.opened = part(event, "effect")
