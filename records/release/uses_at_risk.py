"""Which uses of batches before their release are covered by an arrangement, over all that was made from them."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.batch.batch import BatchStage, Relation
from domain.batch.making.shelf_life import uses_as_it_is
from domain.release.at_risk_use import Arranged, EarlyUse, covered
from records.batch.tables.batches import BatchParentRow, BatchRow
from records.core.tables.cases import CaseRow
from records.release.tables import AtRiskUseRow

_ALL = Decimal("Infinity")
"""All of a batch that is not made yet: more than any arrangement is for."""
Covered = dict[tuple[str, str], str]
"""Arrangements as people find them, by the ids of child and parent."""


async def covered_uses(
    session: AsyncSession, batch_ids: Sequence[str], released_since: Callable[[str, str], datetime | None]
) -> Covered:
    """The uses of these batches that an arrangement covers, also by batches that are none of the family.

    `released_since` tells of a batch and a site since when it may be used there; what began later takes nothing from an
    arrangement. A batch that is divided is not used, nor is one that is worked again.
    """
    arranged = await _arrangements(session, batch_ids)
    uses = await _uses(session, sorted(arranged))
    found: Covered = {}
    for parent, arrangements in arranged.items():
        early = [
            use
            for use in uses[parent]
            if (since := released_since(parent, use.site_id)) is None or use.began_at < since
        ]
        for child, version in covered(arrangements, early).items():
            found[child, parent] = f"use at risk {version} of {parent}"
    return found


async def _arrangements(session: AsyncSession, batch_ids: Sequence[str]) -> dict[str, list[Arranged]]:
    """The arrangements that were approved, by batch."""
    found: dict[str, list[Arranged]] = defaultdict(list)
    if not batch_ids:
        return found
    query = select(AtRiskUseRow).where(col(AtRiskUseRow.batch_id).in_(batch_ids), col(AtRiskUseRow.approved).is_(True))
    for row in (await session.exec(query)).all():
        if row.decided_at is not None:
            found[row.batch_id].append(Arranged(row.version, row.site_id, Decimal(row.quantity), row.decided_at))
    return found


async def _uses(session: AsyncSession, parents: Sequence[str]) -> dict[str, list[EarlyUse]]:
    """What was begun from these batches, whoever made it; what was called off before it was made does not count."""
    found: dict[str, list[EarlyUse]] = defaultdict(list)
    if not parents:
        return found
    query = (
        select(BatchParentRow, BatchRow)
        .join(BatchRow, col(BatchRow.batch_id) == col(BatchParentRow.batch_id))
        .join(CaseRow, col(CaseRow.case_id) == col(BatchParentRow.batch_id))
        .where(
            col(BatchParentRow.parent_id).in_(parents),
            col(BatchRow.started_at).is_not(None),
            col(CaseRow.stage) != BatchStage.CANCELLED.value,
        )
    )
    whole = await _made(session, parents)
    for step, child in (await session.exec(query)).all():
        relation = Relation(step.relation)
        if child.started_at is not None and uses_as_it_is(relation) and relation is not Relation.SPLIT:
            quantity = Decimal(step.quantity) if step.quantity is not None else whole[step.parent_id]
            found[step.parent_id].append(EarlyUse(child.batch_id, child.site_id, quantity, child.started_at))
    return found


async def _made(session: AsyncSession, batch_ids: Sequence[str]) -> dict[str, Decimal]:
    query = select(BatchRow.batch_id, BatchRow.quantity).where(col(BatchRow.batch_id).in_(batch_ids))
    return {
        batch_id: Decimal(quantity) if quantity is not None else _ALL
        for batch_id, quantity in (await session.exec(query)).all()
    }
