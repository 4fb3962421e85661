"""What follows for other markets, and for what comes from a batch, when one market refuses it (section 18)."""

from domain.batch.facts.decisions import RefusedInMarket
from records.batch.holds.holding import hold_by_market
from records.batch.tables.batches import BatchRow
from records.core.reactions import Consequences, reacts
from records.core.writing import Writing


@reacts(RefusedInMarket, protects=True)
async def stops_other_markets(writing: Writing, fact: RefusedInMarket) -> Consequences:
    """On suspending grounds every market of the batch and of what comes from it waits for two people's judgement.

    On grounds of the market, what comes from the batch is held for that market alone. What is released is reviewed.
    Nothing is rejected by it.
    """
    batch = await writing.session.get_one(BatchRow, fact.batch_id)
    return await hold_by_market(writing, batch, fact)
