"""How much of a batch a decision may release (domain specification, section 17)."""

from decimal import Decimal

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.batch.batch import BatchStage, Relation
from domain.batch.relations import WORKED_AGAIN
from records.batch.tables.batches import BatchParentRow, BatchRow
from records.core.tables.cases import CaseRow
from records.delivery.shipping import corrected_by, destroyed_at_site

DECIDED_ON_BY_ITSELF = WORKED_AGAIN | {Relation.SPLIT}
"""What becomes of a part for which the decision on the batch says nothing. Other uses rest on that decision."""


async def to_be_released(session: AsyncSession, batch: BatchRow) -> Decimal | None:
    """How much of a batch may be released for a market in all; `None` before it is made.

    What has left it before is a part of it. What was destroyed at its site is no more, and what was split off or is
    worked again is decided on by itself. What is retained as samples was never counted as made.
    """
    if batch.quantity is None:
        return None
    made = Decimal(batch.quantity)
    left = made - await _no_part_of(session, batch.batch_id, made)
    return max(left, Decimal(0))


async def _no_part_of(session: AsyncSession, batch_id: str, made: Decimal) -> Decimal:
    """What is not released with a batch, also under the record that it corrects: the goods are the same."""
    query = (
        select(BatchParentRow.quantity)
        .join(CaseRow, col(CaseRow.case_id) == col(BatchParentRow.batch_id))
        .where(
            col(BatchParentRow.parent_id) == batch_id,
            col(BatchParentRow.relation).in_(sorted(DECIDED_ON_BY_ITSELF)),
            col(CaseRow.stage) != BatchStage.CANCELLED.value,
        )
    )
    taken = [Decimal(each) if each is not None else made for each in (await session.exec(query)).all()]
    own = sum(taken, await destroyed_at_site(session, batch_id))
    rejected = await corrected_by(session, batch_id)
    return own + await _no_part_of(session, rejected, made) if rejected is not None else own
