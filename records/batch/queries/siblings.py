"""The siblings of a batch as the sponsor's people read them."""

from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from domain.batch.deviations.siblings import SiblingList
from domain.core.forms import Process
from domain.core.people import Actor
from domain.core.refusals import Code, Refused
from records.batch.deviations.siblings import siblings_of
from records.core.queries.visibility import reads_everything, visible_case

SHOWN = 200


async def siblings(session: AsyncSession, actor: Actor, batch_id: str, at: datetime) -> SiblingList:
    """Batches that share something with a batch. Raises `Refused`: WRONG_ORGANISATION, NOT_FOUND."""
    if not reads_everything(actor):
        raise Refused(Code.WRONG_ORGANISATION, "What other batches share is the sponsor's own.", rule="S6")
    await visible_case(session, actor, Process.BATCH.value, batch_id)
    found = await siblings_of(session, batch_id, at)
    return SiblingList(items=tuple(found[:SHOWN]), truncated=len(found) > SHOWN)
