"""Which own batches have the number of a lot."""

from collections import defaultdict
from collections.abc import Iterable

from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.batch.making.own_lots import OwnBatch, issuers
from domain.core.names import name_key
from records.batch.tables.batches import BatchRow
from records.core.tables.master_data import SiteRow, SupplierRow


async def own_batches(session: AsyncSession, numbers: Iterable[str]) -> dict[str, list[OwnBatch]]:
    """The batches with one of these numbers, the site's or the sponsor's, by the key of the number. One query."""
    keys = sorted({name_key(each) for each in numbers})
    found: dict[str, list[OwnBatch]] = defaultdict(list)
    if not keys:
        return found
    query = (
        select(BatchRow, SiteRow.name, SupplierRow.name)
        .join(SiteRow, col(SiteRow.site_id) == col(BatchRow.site_id))
        .join(SupplierRow, col(SupplierRow.supplier_id) == col(SiteRow.supplier_id))
        .where(or_(col(BatchRow.number_key).in_(keys), col(BatchRow.sponsor_number_key).in_(keys)))
        .order_by(col(BatchRow.batch_id))
    )
    for row, site, supplier in (await session.exec(query)).all():
        called = tuple(each for each in (row.number, row.sponsor_number) if each is not None)
        own = OwnBatch(row.batch_id, row.product, called, issuers(supplier, site))
        for key in {name_key(each) for each in called}:
            found[key].append(own)
    return found
