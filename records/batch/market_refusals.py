"""What markets have decided against batches: read for every other market, and established as facts (section 18)."""

from collections.abc import Collection, Sequence

from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.batch.batch import MarketDecision
from domain.batch.facts.decisions import RefusedInMarket, ReleaseTakenBack
from domain.batch.holds.holds import HoldType
from domain.batch.market_refusal import Refusal, RefusedAs
from domain.policy.rejection_grounds import RejectionGrounds
from records.batch.tables.batches import BatchRow
from records.batch.tables.decisions import BatchMarketRow, HoldRow
from records.core.reactions import establish
from records.core.writing import Writing


def refusal_of(row: BatchMarketRow) -> Refusal | None:
    """How a market has refused a batch; `None` if it has not. Older rejections have stated no grounds."""
    if row.withdrawn_at is None and row.decision != MarketDecision.REJECT.value:
        return None
    usual = RefusedAs.REJECTED if row.withdrawn_at is None else RefusedAs.TAKEN_BACK
    return Refusal(
        batch_id=row.batch_id,
        market=row.market,
        how=RefusedAs(row.refused_as) if row.refused_as is not None else usual,
        grounds=tuple(RejectionGrounds(each) for each in row.grounds or ()),
        because=row.refused_because or "",
        by=row.decided_by,
        at=row.grounds_at or row.withdrawn_at or row.decided_at,
    )


async def refusals_of(session: AsyncSession, batch_ids: Collection[str]) -> list[Refusal]:
    """Every refusal of these batches, by batch and market."""
    query = select(BatchMarketRow).where(
        col(BatchMarketRow.batch_id).in_(sorted(batch_ids)),
        or_(
            col(BatchMarketRow.decision) == MarketDecision.REJECT.value,
            col(BatchMarketRow.withdrawn_at).is_not(None),
        ),
    )
    rows = (await session.exec(query.order_by(col(BatchMarketRow.batch_id), col(BatchMarketRow.market)))).all()
    return [refusal for row in rows if (refusal := refusal_of(row)) is not None]


async def judged_for(session: AsyncSession, refusal: Refusal, batch_id: str, market: str) -> HoldRow | None:
    """The suspension of a batch in a market for a refusal that two people have judged; `None` without one.

    A judgement says nothing of grounds that were raised after it.
    """
    if refusal.at is None:
        return None
    query = select(HoldRow).where(
        col(HoldRow.batch_id) == batch_id,
        col(HoldRow.type) == HoldType.OTHER_MARKET.value,
        col(HoldRow.market) == market,
        col(HoldRow.placed_in) == refusal.batch_id,
        col(HoldRow.placed_at) >= refusal.at,
        col(HoldRow.lifted_at).is_not(None),
    )
    return (await session.exec(query.order_by(col(HoldRow.hold_id)).limit(1))).first()


async def refuse_in_markets(writing: Writing, refusals: Sequence[Refusal], *, in_review: bool = False) -> None:
    """Markets refuse a batch, in whatever form: each refusal is a fact. The caller holds the lock of the batch."""
    suspending = (await writing.policy()).limits.suspending_grounds
    beside = frozenset(refusal.market for refusal in refusals)
    for refusal in refusals:
        fact = RefusedInMarket(
            batch_id=refusal.batch_id,
            refusal=refusal,
            suspends=refusal.suspends(suspending),
            beside=beside,
            in_review=in_review,
        )
        await establish(writing, fact)


async def take_back(writing: Writing, batch: BatchRow, refusals: Sequence[Refusal], *, in_review: bool) -> None:
    """Releases of a product are taken back. On grounds about the goods what is left is held, and what comes from it.

    What suspends every market, or concerns one alone, goes by market. So does what is withdrawn of a batch that is no
    product yet: a market depends on its own release or confirmation, and judges of those for others.
    """
    suspending = (await writing.policy()).limits.suspending_grounds
    of_goods = [each.market for each in refusals if not each.is_of_the_market and not each.suspends(suspending)]
    supplied = await _only_supplied(writing, batch, of_goods) if of_goods else []
    for markets, were_supplied in (([each for each in of_goods if each not in supplied], False), (supplied, True)):
        if markets:
            of = {"batch_id": batch.batch_id, "number": batch.number}
            await establish(writing, ReleaseTakenBack(**of, markets=(*markets,), supplied=were_supplied))
    others = [each for each in refusals if each.market not in of_goods]
    await refuse_in_markets(writing, others, in_review=in_review)


async def _only_supplied(writing: Writing, batch: BatchRow, markets: Collection[str]) -> list[str]:
    """The markets that have released nothing: goods went there under an exception."""
    query = select(BatchMarketRow.market).where(
        col(BatchMarketRow.batch_id) == batch.batch_id,
        col(BatchMarketRow.market).in_(markets),
        col(BatchMarketRow.decision).is_distinct_from(MarketDecision.RELEASE.value),
    )
    return list((await writing.session.exec(query.order_by(col(BatchMarketRow.market)))).all())
