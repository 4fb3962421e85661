"""What markets have decided against a batch, as the sponsor's people read it."""

from sqlmodel.ext.asyncio.session import AsyncSession

from domain.batch.market_refusal import Refusal
from domain.core.refusals import Code, Refused
from domain.release.gate_report import RefusalList, RefusalView
from records.batch.market_refusals import refusals_of
from records.batch.tables.batches import BatchRow
from records.release.grounds import times_raised


async def refusals_shown(session: AsyncSession, batch_id: str) -> RefusalList:
    """Every market that has refused a batch, and on what grounds. Raises `Refused(NOT_FOUND)`."""
    if await session.get(BatchRow, batch_id) is None:
        raise Refused(Code.NOT_FOUND, "There is no such batch.")
    items = tuple(shown(each) for each in await refusals_of(session, [batch_id]))
    return RefusalList(items=items, raised=await times_raised(session, batch_id))


def shown(refusal: Refusal) -> RefusalView:
    """A refusal as people read it."""
    return RefusalView(
        market=refusal.market,
        how=refusal.how,
        grounds=refusal.grounds,
        because=refusal.because,
        by=refusal.by,
        at=refusal.at,
        words=refusal.words(),
    )
