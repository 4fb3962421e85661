"""The rejection that a new record of the same goods is to correct, and whose hands it counts as."""

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.batch.batch import MarketDecision, Relation
from domain.core.refusals import Code, Refused
from domain.release.rejection_correction import Rejection
from records.batch.tables.batches import BatchParentRow
from records.batch.tables.decisions import BatchMarketRow
from records.core.people.signers import hands_of
from records.core.tables.cases import RecordRow


async def rejection_of(session: AsyncSession, batch_id: str) -> Rejection:
    """The rejection that a batch corrects. Raises `Refused(NOT_OPEN)` if it corrects none."""
    query = select(BatchParentRow.parent_id).where(
        col(BatchParentRow.batch_id) == batch_id, col(BatchParentRow.relation) == Relation.CORRECTION.value
    )
    parent_id = (await session.exec(query)).first()
    if parent_id is None:
        raise Refused(Code.NOT_OPEN, "This batch corrects no rejection.", rule="section 8")
    return Rejection(batch_id=parent_id, rejecters=tuple(await _rejecters(session, parent_id)))


async def _rejecters(session: AsyncSession, batch_id: str) -> list[str]:
    """Who has rejected it for a market, or for the site, and who has concurred with the site."""
    markets = select(BatchMarketRow.event_number).where(
        col(BatchMarketRow.batch_id) == batch_id, col(BatchMarketRow.decision) == MarketDecision.REJECT.value
    )
    of_the_site = select(RecordRow.number).where(
        col(RecordRow.case_id) == batch_id, col(RecordRow.action).in_(["disposition", "answer-rejection"])
    )
    numbers = [*(await session.exec(markets)).all(), *(await session.exec(of_the_site)).all()]
    return await hands_of(session, batch_id, [number for number in numbers if number is not None])
