"""What the end of an appointment locks before anything else: what was decided on under it, and all that comes of it."""

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.asl.asl import stream_of
from records.appointment.tables import AppointmentUseRow
from records.batch.genealogy import descendants
from records.batch.tables.batches import BatchRow
from records.core.declared import locks_above_event


@locks_above_event("APT", "appointment.end")
async def what_was_signed(session: AsyncSession, number: str) -> list[str]:
    """Lists and batches come first, as whoever signs locks them before the appointment."""
    query = select(AppointmentUseRow.batch_id).where(col(AppointmentUseRow.number) == number)
    batches = {each for each in (await session.exec(query)).all() if each is not None}
    if not batches:
        return []
    family = await descendants(session, batches)
    scopes = select(BatchRow.scope_id).where(col(BatchRow.batch_id).in_(sorted(family)))
    lists = {stream_of(scope_id) for scope_id in (await session.exec(scopes)).all()}
    return sorted(lists | family)
