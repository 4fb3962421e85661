"""The row of the policy by which a batch is decided for a market."""

from domain.policy.market_rule import DecisionRule, MarketRule
from records.batch.tables.decisions import BatchMarketRow
from records.core.writing import Writing


async def row_for(writing: Writing, market: BatchMarketRow) -> MarketRule | None:
    """The row that is in force; `None` where the batch was registered under another rule than that of the row."""
    row = (await writing.policy()).market_rule(market.market)
    return row if row is not None and row.rule is DecisionRule(market.rule) else None
