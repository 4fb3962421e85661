"""What a decision must say as the row of its market says it, and what it stands on (section 18)."""

from sqlmodel import col, select

from domain.policy.market_rule import MarketRule
from domain.release.certification import DecisionForMarket, ProductDecision
from domain.release.certification_rules import (
    refuse_other_roles,
    refuse_other_words,
    wording_of,
)
from records.batch.deciders import deciders_of
from records.batch.tables.batches import BatchRow
from records.batch.tables.decisions import BatchMarketRow
from records.core.tables.master_data import SiteRow
from records.core.writing import Writing
from records.delivery.green_lights import is_clinical
from records.importation.origin import comes_from
from records.release.first_steps import first_step
from records.release.rules import row_for
from records.release.trial_supply import rules_of_manufacture


async def wording_for(writing: Writing, batch: BatchRow, market: str) -> str | None:
    """The statement as far as it is known before anybody decides; `None` where the phase of a trial decides it."""
    row = await row_for(writing, batch, await writing.session.get_one(BatchMarketRow, (batch.batch_id, market)))
    if row is None or (is_clinical(batch) and row.clinical.made_under is not None):
        return None
    return wording_of(row, None)


async def refuse_unless_as_the_market_says(
    writing: Writing, batch: BatchRow, form: DecisionForMarket, market: BatchMarketRow
) -> None:
    """Raise `Refused` unless a release of product is signed by whom, where and in the words that the market names."""
    if not isinstance(form, ProductDecision) or not form.approves():
        return
    refuse_other_roles(deciders_of(market), writing.acts_as, market.market)
    row = await row_for(writing, batch, market)
    if row is not None:
        wording = wording_of(row, await rules_of_manufacture(writing, batch, form, row))
        refuse_other_words(form, row, wording, await _at_origin(writing, batch, row))
    await first_step(writing, batch, form, market)


async def _at_origin(writing: Writing, batch: BatchRow, row: MarketRule) -> frozenset[str]:
    """Where who decides may stand since the goods come from there, and the licence is of there."""
    if not row.at_origin:
        return frozenset()
    origin = (await comes_from(writing.session, [batch.batch_id])).get(batch.batch_id, frozenset()) & {*row.at_origin}
    query = select(SiteRow.country).where(col(SiteRow.site_id).in_(writing.licensed_at))
    licensed = {*(await writing.session.exec(query)).all()}
    return origin if not licensed or licensed & origin else frozenset()
