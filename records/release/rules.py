"""Under which rule a batch is decided for a market."""

from domain.batch.batch import DecisionRule
from records.batch.tables.decisions import BatchMarketRow


def rule_needed(market: BatchMarketRow) -> DecisionRule | None:
    """The rule by the stage of the batch, where that says it; `None` where the market alone does, as it stands now."""
    rule = DecisionRule(market.rule)
    return None if rule.is_of_a_product else rule
