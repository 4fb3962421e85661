"""Official batch releases as the sponsor's people read them."""

from sqlmodel.ext.asyncio.session import AsyncSession

from domain.core.refusals import Code, Refused
from domain.delivery.official_release import OfficialReleaseList, OfficialReleaseView
from records.batch.tables.batches import BatchRow
from records.delivery.official_release import official_releases_of
from records.delivery.tables import OfficialReleaseRow


async def official_releases(session: AsyncSession, batch_id: str) -> OfficialReleaseList:
    """All of a batch. Raises `Refused(NOT_FOUND)`."""
    if await session.get(BatchRow, batch_id) is None:
        raise Refused(Code.NOT_FOUND, "There is no such batch.")
    return OfficialReleaseList(items=tuple(map(_view, await official_releases_of(session, batch_id))))


async def official_release(session: AsyncSession, release_id: str) -> OfficialReleaseView:
    """One of them. Raises `Refused(NOT_FOUND)`."""
    row = await session.get(OfficialReleaseRow, release_id)
    if row is None:
        raise Refused(Code.NOT_FOUND, "There is no such official batch release.")
    return _view(row)


def _view(row: OfficialReleaseRow) -> OfficialReleaseView:
    return OfficialReleaseView.model_validate(row.model_dump())
