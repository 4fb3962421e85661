"""Which batches take more of another one than is released of it for further processing, or confirmed."""

from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.batch.batch import BatchStage, DecisionRule, Relation
from domain.batch.making.shelf_life import uses_as_it_is
from domain.release.gate_words import measured
from domain.release.parts_taken import TakenPart, beyond
from domain.site.site import UNION
from records.batch.genealogy import in_order
from records.batch.tables.batches import BatchParentRow, BatchRow
from records.batch.tables.decisions import BatchMarketRow
from records.core.tables.cases import CaseRow


async def taken_beyond(session: AsyncSession, released: Mapping[str, BatchMarketRow]) -> dict[tuple[str, str], str]:
    """In words, by the ids of child and parent. `released` is the decision that counts, by parent.

    One that says no quantity is for all that was made, like one on a product, of which what leaves is counted.
    """
    limits = {
        batch_id: Decimal(row.quantity)
        for batch_id, row in released.items()
        if row.quantity is not None and not DecisionRule(row.rule).is_of_a_product
    }
    if not limits:
        return {}
    query = (
        select(BatchParentRow, BatchRow)
        .join(BatchRow, col(BatchRow.batch_id) == col(BatchParentRow.batch_id))
        .join(CaseRow, col(CaseRow.case_id) == col(BatchParentRow.batch_id))
        .where(col(BatchParentRow.parent_id).in_(sorted(limits)), col(CaseRow.stage) != BatchStage.CANCELLED.value)
    )
    parts: dict[str, list[TakenPart]] = defaultdict(list)
    for step, child in (await session.exec(query)).all():
        if _counts(Relation(step.relation)) and _is_for(child, released[step.parent_id].market):
            number, _ = in_order(child.batch_id)
            taken = Decimal(step.quantity) if step.quantity is not None else limits[step.parent_id]
            parts[step.parent_id].append(TakenPart(child.batch_id, taken, child.started_at, number))
    units = await _units(session, list(parts))
    return {
        (child, parent): f"{measured(f'{limits[parent]:f}', units[parent])} are released, {taken:f} are taken"
        for parent, each in parts.items()
        for child, taken in beyond(limits[parent], each).items()
    }


def _counts(relation: Relation) -> bool:
    """What is split off is decided on by itself."""
    return uses_as_it_is(relation) and relation is not Relation.SPLIT


def _is_for(child: BatchRow, market: str) -> bool:
    """Whether a batch is made for a market. A decision for the Union counts in each of its states."""
    return market in child.markets or (market == "EU" and not UNION.isdisjoint(child.markets))


async def _units(session: AsyncSession, batch_ids: list[str]) -> dict[str, str]:
    query = select(BatchRow.batch_id, BatchRow.unit).where(col(BatchRow.batch_id).in_(batch_ids))
    return {batch_id: unit or "" for batch_id, unit in (await session.exec(query)).all()}
