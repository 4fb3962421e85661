"""A decision releases no more of an import than has arrived, all markets of the area together (section 18)."""

from decimal import Decimal

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.batch.batch import MarketDecision
from domain.importation.inside import ReleasedBefore
from domain.policy.policy import Policy
from domain.release.certification import DecisionForMarket
from domain.release.certification_rules import refuse_beyond_import
from domain.release.evidence import BatchEvidence
from domain.release.import_gates import imported_quantity
from records.batch.tables.batches import BatchRow
from records.batch.tables.decisions import BatchMarketRow
from records.core.writing import Writing


async def refuse_unless_imported(
    writing: Writing, form: DecisionForMarket, batch: BatchRow, market: BatchMarketRow, evidence: BatchEvidence
) -> None:
    """Raise `Refused` if more would be released than has arrived.

    Once all that was made has arrived, each market is released by itself: the stock bounds what is delivered.
    """
    imported = imported_quantity(evidence, _released_before(market))
    if imported is None:
        return
    made = Decimal(batch.quantity) if batch.quantity is not None else None
    others: dict[str, Decimal] = {}
    if made is None or imported < made:
        others = await released_elsewhere(writing.session, await writing.policy(), batch, market.market)
    refuse_beyond_import(_released_with(form, made, market), imported, others)


def _released_before(market: BatchMarketRow) -> ReleasedBefore | None:
    if market.quantity is None or market.decided_at is None:
        return None
    return ReleasedBefore(Decimal(market.quantity), market.decided_at)


def _released_with(form: DecisionForMarket, made: Decimal | None, market: BatchMarketRow) -> Decimal | None:
    """What is released for the market with this decision, all parts together; `None` if that is not known."""
    quantity = form.quantity or made
    before = Decimal(market.quantity) if market.quantity is not None else Decimal(0)
    return before + quantity if quantity is not None else None


async def released_elsewhere(session: AsyncSession, policy: Policy, batch: BatchRow, market: str) -> dict[str, Decimal]:
    """What stands released for other markets into whose area the same goods have arrived."""
    own = policy.market_rule(market)
    query = select(BatchMarketRow).where(
        col(BatchMarketRow.batch_id) == batch.batch_id,
        col(BatchMarketRow.market) != market,
        col(BatchMarketRow.decision) == MarketDecision.RELEASE.value,
        col(BatchMarketRow.withdrawn_at).is_(None),
    )
    found: dict[str, Decimal] = {}
    for row in (await session.exec(query.order_by(col(BatchMarketRow.market)))).all():
        rule = policy.market_rule(row.market)
        is_alike = own is not None and rule is not None and not set(own.import_area).isdisjoint(rule.import_area)
        if is_alike:
            found[row.market] = Decimal(row.quantity or batch.quantity or 0)
    return found
