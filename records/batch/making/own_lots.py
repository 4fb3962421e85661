"""Which own batches have the number of a lot."""

from collections.abc import Iterable

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.batch.making.own_lots import OwnBatch, issuers
from domain.core.names import likenesses_in
from records.batch.tables.batches import BatchRow
from records.core.likenesses import owners_alike
from records.core.tables.likenesses import Likened
from records.core.tables.master_data import SiteRow, SupplierRow


async def own_batches(session: AsyncSession, numbers: Iterable[str]) -> list[OwnBatch]:
    """The batches with a number like one of these, the site's or the sponsor's. One query."""
    alike = set[str]().union(*map(likenesses_in, numbers))
    if not alike:
        return []
    query = (
        select(BatchRow, SiteRow.name, SupplierRow.name)
        .join(SiteRow, col(SiteRow.site_id) == col(BatchRow.site_id))
        .join(SupplierRow, col(SupplierRow.supplier_id) == col(SiteRow.supplier_id))
        .where(col(BatchRow.batch_id).in_(owners_alike(Likened.BATCH, alike)))
        .order_by(col(BatchRow.batch_id))
    )
    return [
        OwnBatch(row.batch_id, row.product, numbers_of(row), issuers(supplier, site, row.site_id))
        for row, site, supplier in (await session.exec(query)).all()
    ]


def numbers_of(batch: BatchRow) -> tuple[str, ...]:
    """The number that the site gave it and, if there is one, the sponsor's."""
    return tuple(each for each in (batch.number, batch.sponsor_number) if each is not None)


async def issuers_at(session: AsyncSession, site_id: str) -> tuple[str, ...]:
    """The ways in which the maker of what comes from a site is written."""
    return (await issuers_of(session, [site_id]))[site_id]


async def issuers_of(session: AsyncSession, site_ids: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """The same of several sites, of those that are registered. One query if there are any."""
    if not (wanted := sorted(set(site_ids))):
        return {}
    query = select(SiteRow.site_id, SupplierRow.name, SiteRow.name).join(
        SupplierRow, col(SupplierRow.supplier_id) == col(SiteRow.supplier_id)
    )
    found = (await session.exec(query.where(col(SiteRow.site_id).in_(wanted)))).all()
    return {site_id: issuers(supplier, site, site_id) for site_id, supplier, site in found}
