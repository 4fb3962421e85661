"""Whose sites make a batch, over all steps."""

from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.batch.batch import UseKind
from domain.batch.results.papers import Maker
from records.batch.genealogy import ancestors
from records.batch.tables.batches import BatchRow, BatchUseRow
from records.core.tables.master_data import ScopeRow, SiteRow, SupplierRow


async def makers_of(session: AsyncSession, batch: BatchRow) -> list[Maker]:
    """The companies and sites that make a part of a batch or of anything that it comes from, subcontractors too."""
    family = sorted({batch.batch_id, *await ancestors(session, batch.batch_id)})
    made_at = select(BatchRow.site_id).where(col(BatchRow.batch_id).in_(family))
    worked_at = (
        select(ScopeRow.site_id)
        .join(BatchUseRow, col(BatchUseRow.reference) == col(ScopeRow.scope_id))
        .where(col(BatchUseRow.batch_id).in_(family), col(BatchUseRow.kind) == UseKind.SCOPE.value)
    )
    query = (
        select(SupplierRow.name, SiteRow.name, SiteRow.site_id)
        .join(SiteRow, col(SiteRow.supplier_id) == col(SupplierRow.supplier_id))
        .where(or_(col(SiteRow.site_id).in_(made_at), col(SiteRow.site_id).in_(worked_at)))
        .order_by(col(SiteRow.site_id))
    )
    return [Maker(*each) for each in (await session.exec(query)).all()]
