"""Lots that a triage says are not concerned, and what of that a second person confirms."""

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.event.site_event import EventType
from domain.triage.clearing import takes_two
from domain.triage.triage import EventTriage
from records.core.tables.cases import RecordRow
from records.event.tables import SiteEventRow


async def lots_to_confirm(session: AsyncSession, case_id: str, form: EventTriage) -> list[str]:
    """The numbers of which a second person must say as well that an alert does not mean them."""
    own = await session.get_one(SiteEventRow, case_id)
    found = [each.lot for each in form.alike if not each.same and takes_two(EventType(own.type))]
    for each in form.cleared:
        row = own if each.event is None else await session.get_one(SiteEventRow, each.event)
        if takes_two(EventType(row.type)):
            found.append(each.lot)
    return list(dict.fromkeys(found))


async def triage_of(session: AsyncSession, case_id: str) -> RecordRow:
    """The triage of an event, as it was signed."""
    query = select(RecordRow).where(col(RecordRow.case_id) == case_id, col(RecordRow.action) == EventTriage.action.name)
    return (await session.exec(query.order_by(col(RecordRow.version).desc()))).one()
