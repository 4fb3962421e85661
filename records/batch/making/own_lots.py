"""Which own batches have the number of a lot."""

from collections import defaultdict
from collections.abc import Iterable

from sqlalchemy import ColumnElement, func
from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.batch.making.own_lots import OwnBatch, issuers, number_alike
from records.batch.tables.batches import BatchRow
from records.core.tables.master_data import SiteRow, SupplierRow


async def own_batches(session: AsyncSession, numbers: Iterable[str]) -> dict[str, list[OwnBatch]]:
    """The batches with a number like one of these, the site's or the sponsor's, by `number_alike`. One query."""
    keys = sorted({number_alike(each) for each in numbers})
    found: dict[str, list[OwnBatch]] = defaultdict(list)
    if not keys:
        return found
    query = (
        select(BatchRow, SiteRow.name, SupplierRow.name)
        .join(SiteRow, col(SiteRow.site_id) == col(BatchRow.site_id))
        .join(SupplierRow, col(SupplierRow.supplier_id) == col(SiteRow.supplier_id))
        .where(or_(_together(BatchRow.number_key).in_(keys), _together(BatchRow.sponsor_number_key).in_(keys)))
        .order_by(col(BatchRow.batch_id))
    )
    for row, site, supplier in (await session.exec(query)).all():
        called = tuple(each for each in (row.number, row.sponsor_number) if each is not None)
        own = OwnBatch(row.batch_id, row.product, called, issuers(supplier, site))
        for key in set(map(number_alike, called)):
            found[key].append(own)
    return found


async def issuers_at(session: AsyncSession, site_id: str) -> tuple[str, ...]:
    """The ways in which the maker of what comes from a site is written."""
    query = select(SupplierRow.name, SiteRow.name).join(
        SiteRow, col(SiteRow.supplier_id) == col(SupplierRow.supplier_id)
    )
    supplier, site = (await session.exec(query.where(col(SiteRow.site_id) == site_id))).one()
    return issuers(supplier, site)


def _together(key: str | None) -> ColumnElement[str]:
    """What `domain.core.names.run_together` says, of a column."""
    return func.replace(key, " ", "")
