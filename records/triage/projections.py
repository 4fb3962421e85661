"""What the triage of an event has said, as a function of the journal."""

from sqlmodel.ext.asyncio.session import AsyncSession

from domain.core.events import Event
from domain.core.names import name_key
from domain.triage.triage import EventTriage
from records.core.payloads import part, submitted
from records.core.projectors import follows
from records.event.projections import name_lots
from records.event.tables import SiteEventRow


@follows(*EventTriage.action.event_types())
async def triage(session: AsyncSession, event: Event) -> None:
    """It is said what follows."""
    row = await session.get_one(SiteEventRow, event.stream)
    row.triaged_at = event.occurred_at
    form = submitted(event, EventTriage)
    row.outcomes = [outcome.value for outcome in form.outcomes]
    row.opened = part(event, "effect")
    await name_lots(session, row, (each.lot for each in form.alike if each.same))
    row.told_apart = [
        {
            "lot": one.lot,
            "key": name_key(one.lot),
            "same": one.same,
            "reason": one.reason,
            "by_name": event.actor.name,
            "at": event.occurred_at.isoformat(),
        }
        for one in form.alike
    ]
    for each in form.cleared:
        of = await session.get_one(SiteEventRow, each.event or event.stream)
        said = {
            "lot": each.lot,
            "key": name_key(each.lot),
            "reason": each.reason,
            "evidence": [document.document_id for document in each.evidence],
            "by_name": event.actor.name,
            "at": event.occurred_at.isoformat(),
            "said_in": event.stream,
        }
        of.cleared = [*of.cleared, said]
