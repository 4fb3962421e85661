"""What the triage of an event has said, as a function of the journal."""

from collections.abc import Collection

from sqlmodel.ext.asyncio.session import AsyncSession

from domain.core.events import Event
from domain.core.names import name_key
from domain.triage.clearing import TO_CONFIRM, ClearingConfirmation
from domain.triage.triage import EventTriage
from records.core.payloads import part, submitted
from records.core.projectors import follows
from records.event.projections import name_lots
from records.event.tables import SiteEventRow
from records.triage.clearing import triage_of


@follows(*EventTriage.action.event_types())
async def triage(session: AsyncSession, event: Event) -> None:
    """It is said what follows."""
    row = await session.get_one(SiteEventRow, event.stream)
    row.triaged_at = event.occurred_at
    form = submitted(event, EventTriage)
    row.outcomes = [outcome.value for outcome in form.outcomes]
    row.opened = part(event, "effect")
    await name_lots(session, row, (each.lot for each in form.alike if each.same))
    waiting = (row.opened or {}).get(TO_CONFIRM, [])
    await _say(session, event, form, [each for each in _numbers(form) if each not in waiting], event.actor.name)


@follows(*ClearingConfirmation.action.event_types())
async def confirm(session: AsyncSession, event: Event) -> None:
    """A second person has said so too, or has not."""
    if not submitted(event, ClearingConfirmation).confirm:
        return
    record, row = await triage_of(session, event.stream), await session.get_one(SiteEventRow, event.stream)
    names = f"{record.by_name}, confirmed by {event.actor.name}"
    await _say(session, event, EventTriage.stored(record.form), (row.opened or {})[TO_CONFIRM], names)


def _numbers(form: EventTriage) -> list[str]:
    return [*(each.lot for each in form.cleared), *(each.lot for each in form.alike)]


async def _say(session: AsyncSession, event: Event, form: EventTriage, lots: Collection[str], by: str) -> None:
    """What was said of these lots counts from now on."""
    row = await session.get_one(SiteEventRow, event.stream)
    at = event.occurred_at.isoformat()
    told = [
        {"lot": one.lot, "key": name_key(one.lot), "same": one.same, "reason": one.reason, "by_name": by, "at": at}
        for one in form.alike
        if one.lot in lots
    ]
    row.told_apart = [*row.told_apart, *told]
    for each in form.cleared:
        if each.lot not in lots:
            continue
        of = await session.get_one(SiteEventRow, each.event or event.stream)
        said = {
            "lot": each.lot,
            "key": name_key(each.lot),
            "reason": each.reason,
            "evidence": [document.document_id for document in each.evidence],
            "by_name": by,
            "at": at,
            "said_in": event.stream,
        }
        of.cleared = [*of.cleared, said]
