"""What the triage of an event has said, as a function of the journal."""

from sqlmodel.ext.asyncio.session import AsyncSession

from domain.event_triage import EventTriage
from domain.events import Event
from records.projections.declared import follows
from records.projections.payloads import part, submitted
from records.tables import SiteEventRow


@follows(*EventTriage.action.event_types())
async def triage(session: AsyncSession, event: Event) -> None:
    """It is said what follows."""
    row = await session.get_one(SiteEventRow, event.stream)
    row.triaged_at = event.occurred_at
    row.outcomes = [outcome.value for outcome in submitted(event, EventTriage).outcomes]
    row.opened = part(event, "effect")
