"""The row of the policy by which a batch is decided for a market."""

from domain.policy.market_rule import DecisionRule, MarketRule
from records.batch.tables.batches import BatchRow
from records.batch.tables.decisions import BatchMarketRow
from records.core.writing import Writing
from records.delivery.green_lights import is_clinical


async def row_for(writing: Writing, batch: BatchRow, market: BatchMarketRow) -> MarketRule | None:
    """The row that is in force, as it is for what the batch is.

    `None` where the batch was registered under another rule than that of the row.
    """
    row = (await writing.policy()).row_for(market.market, clinical=is_clinical(batch))
    return row if row is not None and row.rule is DecisionRule(market.rule) else None
