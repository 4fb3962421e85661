"""Which batches take more of another one than is released of it for further processing, or confirmed."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.batch.batch import BatchStage, MarketDecision, Relation
from domain.batch.making.shelf_life import uses_as_it_is
from domain.batch.supply_stage import SupplyStage
from domain.policy.market_rule import DecisionRule
from domain.policy.policy import Policy
from domain.release.gate_words import measured
from domain.release.parts_taken import TakenPart, beyond, beyond_its_use
from records.batch.genealogy import in_order
from records.batch.tables.batches import BatchParentRow, BatchRow
from records.batch.tables.decisions import BatchMarketRow
from records.core.tables.cases import CaseRow
from records.release.parts_released import Parts, is_for


async def taken_beyond(
    session: AsyncSession,
    policy: Policy,
    released: Mapping[str, BatchMarketRow],
    usable: Parts,
    stage: SupplyStage | None,
) -> dict[tuple[str, str], str]:
    """In words, by the ids of child and parent. `released` is the decision that counts, by parent.

    One that says no quantity is for all that was made, like one on a product, of which what leaves is counted. `usable`
    are the parts that may become a batch of the stage, where others may not.
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
        if _counts(Relation(step.relation)) and _is_for(policy, child, released[step.parent_id].market):
            number, _ = in_order(child.batch_id)
            taken = Decimal(step.quantity) if step.quantity is not None else limits[step.parent_id]
            parts[step.parent_id].append(TakenPart(child.batch_id, taken, child.started_at, number))
    units = await _units(session, list(parts))
    too_much = await _beyond_their_use(session, policy, released, usable, stage, parts, units)
    return too_much | {
        (child, parent): f"{measured(f'{limits[parent]:f}', units[parent])} are released, {taken:f} are taken"
        for parent, each in parts.items()
        for child, taken in beyond(limits[parent], each).items()
    }


async def _beyond_their_use(
    session: AsyncSession,
    policy: Policy,
    released: Mapping[str, BatchMarketRow],
    usable: Parts,
    stage: SupplyStage | None,
    parts: Mapping[str, Sequence[TakenPart]],
    units: Mapping[str, str],
) -> dict[tuple[str, str], str]:
    """The same, of what is released for this use beside others."""
    most = {
        parent: sum((each.quantity for each in usable[parent, released[parent].market]), Decimal(0))
        for parent in parts
        if (parent, released[parent].market) in usable
    }
    decided = await _used_so(session, policy, {each.batch_id for parent in most for each in parts[parent]}, stage)
    return {
        (child, parent): f"{measured(f'{limit:f}', units[parent])} are released for this use, {taken:f} are taken"
        for parent, limit in most.items()
        for child, taken in beyond_its_use(limit, parts[parent], decided[released[parent].market]).items()
    }


async def _used_so(
    session: AsyncSession, policy: Policy, batch_ids: Collection[str], stage: SupplyStage | None
) -> Mapping[str, set[str]]:
    """By market: which of these batches are released for it, and may become a batch of the stage."""
    found: dict[str, set[str]] = defaultdict(set)
    if batch_ids:
        query = select(BatchMarketRow).where(
            col(BatchMarketRow.batch_id).in_(sorted(batch_ids)),
            col(BatchMarketRow.decision) == MarketDecision.RELEASE.value,
        )
        for row in (await session.exec(query)).all():
            if is_for(row, stage):
                for market in policy.codes_counting_in(row.market):
                    found[market].add(row.batch_id)
    return found


def _counts(relation: Relation) -> bool:
    """What is split off is decided on by itself."""
    return uses_as_it_is(relation) and relation is not Relation.SPLIT


def _is_for(policy: Policy, child: BatchRow, market: str) -> bool:
    """Whether a batch is made for a market. A decision for the Union counts in each of its states."""
    return any(policy.counts_in(market, each) for each in child.markets)


async def _units(session: AsyncSession, batch_ids: list[str]) -> dict[str, str]:
    query = select(BatchRow.batch_id, BatchRow.unit).where(col(BatchRow.batch_id).in_(batch_ids))
    return {batch_id: unit or "" for batch_id, unit in (await session.exec(query)).all()}
