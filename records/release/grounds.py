"""How many times the grounds against a batch were raised."""

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.release.raised_grounds import GROUNDS
from records.core.tables.cases import RecordRow


async def times_raised(session: AsyncSession, batch_id: str) -> int:
    """The version of the newest record of grounds that were raised; 0 before the first."""
    query = select(func.count()).where(col(RecordRow.case_id) == GROUNDS.of(batch_id))
    return int((await session.exec(query)).one())
