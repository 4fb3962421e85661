"""What the records know of a release: its markets, what waits to be reviewed, and when its oversight ends."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from pydantic import JsonValue
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.batch.batch import DecisionRule, MarketDecision
from domain.batch.holds.holds import BatchState
from domain.batch.markets import rule_of
from records.batch.genealogy import in_order
from records.batch.holds.holds import makes_a_part
from records.batch.notifying import notify_batch
from records.batch.tables.batches import BatchRow
from records.batch.tables.decisions import BatchMarketRow, ReviewDemandRow
from records.core.lookups import Lookups
from records.core.writing import Writing
from records.release.tables import ReleaseReviewRow


async def released_markets(session: AsyncSession, batch_id: str) -> tuple[str, ...]:
    """The markets whose release stands, in order."""
    return tuple(market for market, _ in await _released(session, batch_id))


async def released_products(session: AsyncSession, batch_id: str) -> tuple[str, ...]:
    """Those of them in which it is released as product, which is its market's decider's to review."""
    return tuple(market for market, rule in await _released(session, batch_id) if rule.is_of_a_product)


async def confirmed_manufacture(session: AsyncSession, batch_id: str) -> tuple[str, ...]:
    """Those of them for which a qualified person has confirmed its manufacture."""
    found = await _released(session, batch_id)
    return tuple(market for market, rule in found if rule is DecisionRule.CONFIRMATION)


async def _released(session: AsyncSession, batch_id: str) -> list[tuple[str, DecisionRule]]:
    query = select(BatchMarketRow.market, BatchMarketRow.rule).where(
        col(BatchMarketRow.batch_id) == batch_id,
        col(BatchMarketRow.decision) == MarketDecision.RELEASE.value,
        col(BatchMarketRow.withdrawn_at).is_(None),
    )
    rows = (await session.exec(query.order_by(col(BatchMarketRow.market)))).all()
    return [(market, DecisionRule(rule)) for market, rule in rows]


async def open_demands(session: AsyncSession, batch_id: str) -> Sequence[ReviewDemandRow]:
    """What was learned and is not reviewed yet, the oldest first."""
    query = select(ReviewDemandRow).where(
        col(ReviewDemandRow.batch_id) == batch_id, col(ReviewDemandRow.reviewed_at).is_(None)
    )
    return (await session.exec(query.order_by(col(ReviewDemandRow.number)))).all()


async def reviews_of(session: AsyncSession, batch_id: str) -> Sequence[ReleaseReviewRow]:
    """All reviews of a release, the oldest first."""
    query = select(ReleaseReviewRow).where(col(ReleaseReviewRow.batch_id) == batch_id)
    return (await session.exec(query.order_by(col(ReleaseReviewRow.number)))).all()


async def released_batches(session: AsyncSession, scope_id: str) -> list[BatchRow]:
    """The batches that a scope made a part of which are released in any market and within their shelf life."""
    query = select(BatchRow).where(
        makes_a_part(scope_id), col(BatchRow.released), col(BatchRow.state) != BatchState.CLOSED.value
    )
    return sorted((await session.exec(query)).all(), key=lambda row: in_order(row.batch_id))


async def of_quality_unit(session: AsyncSession, batches: Iterable[BatchRow]) -> list[str]:
    """Those of the batches whose released markets are all decided by the quality unit."""
    found = []
    for batch in batches:
        released = await released_markets(session, batch.batch_id)
        if released and rule_of(released) is DecisionRule.QCU:
            found.append(batch.batch_id)
    return found


async def confirm_release(writing: Writing, batch_ids: Iterable[str], cause: str) -> None:
    """The qualified person confirms releases by a conclusion in the case that has demanded their review."""
    for batch_id in sorted(batch_ids, key=in_order):
        await writing.head(batch_id)
        demands = [row.number for row in await open_demands(writing.session, batch_id) if row.cause == cause]
        if demands:
            batch = await writing.session.get_one(BatchRow, batch_id)
            payload: dict[str, JsonValue] = {"cause": cause, "demands": [*demands], "site_id": batch.site_id}
            await writing.append("batch.release_confirmed", payload, stream=batch_id)
            await notify_batch(writing, batch_id)


def watched_until(lookups: Lookups, batch: BatchRow) -> datetime | None:
    """End of the last day on which a batch is watched; `None` where nothing is known of its shelf life.

    Retention of its records is another matter: nothing is deleted then (policy keys `retention_after_...`).
    """
    if batch.expiry_on is not None:
        last = max(filter(None, (batch.expiry_on, batch.extended_to)))
        return lookups.calendar.end_of(lookups.after(lookups.limits.batch_watch_after_expiry, last))
    if batch.retest_on is not None:
        return lookups.calendar.end_of(lookups.after(lookups.limits.batch_watch_after_retest, batch.retest_on))
    return None
