"""The countries that goods come from, for who decides there on what comes from there (section 18)."""

from collections import defaultdict
from collections.abc import Collection

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from records.batch.tables.batches import BatchRow
from records.core.tables.master_data import SiteRow
from records.importation.tables import ImportConsignmentRow


async def comes_from(session: AsyncSession, batch_ids: Collection[str]) -> dict[str, frozenset[str]]:
    """By batch the country in which its last step was done, and those in which it has arrived. Two statements.

    What was taken back of arrivals counts for nothing.
    """
    made = (
        select(BatchRow.batch_id, SiteRow.country)
        .join(SiteRow, col(SiteRow.site_id) == col(BatchRow.site_id))
        .where(col(BatchRow.batch_id).in_(sorted(batch_ids)))
    )
    arrived = (
        select(ImportConsignmentRow.batch_id, SiteRow.country)
        .join(SiteRow, col(SiteRow.site_id) == col(ImportConsignmentRow.to_site_id))
        .where(
            col(ImportConsignmentRow.batch_id).in_(sorted(batch_ids)), col(ImportConsignmentRow.withdrawn_at).is_(None)
        )
    )
    found: dict[str, set[str]] = defaultdict(set)
    for batch_id, country in [*(await session.exec(made)).all(), *(await session.exec(arrived)).all()]:
        if country is not None:
            found[batch_id].add(country)
    return {batch_id: frozenset(countries) for batch_id, countries in found.items()}
