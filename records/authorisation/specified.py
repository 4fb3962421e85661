"""Which versions of specifications are registered for a batch, market by market (gates G8 and G9)."""

from datetime import date, datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.authorisation.registered import specified_by
from domain.batch.supply_stage import SupplyStage
from domain.policy.market_rule import DecisionRule
from domain.policy.policy import Policy
from records.authorisation.in_force import authorisations_of
from records.batch.questions import SpecifiedByMarket, SpecifiedIn
from records.batch.tables.batches import BatchRow
from records.batch.tables.decisions import BatchMarketRow
from records.core.policies import Policies
from records.core.questions import answers
from records.core.writing import Writing


@answers(SpecifiedIn)
async def answers_what_is_specified(writing: Writing, asked: SpecifiedIn) -> SpecifiedByMarket:
    """By the authorisations that are in force today, as a day of the site."""
    batch = await writing.session.get_one(BatchRow, asked.batch_id)
    calendar = await writing.policies.calendar_of(writing.session, batch.site_id, writing.at)
    return await specified_in(writing.session, await writing.policy(), batch, calendar.local_day(writing.at))


async def specified_in(session: AsyncSession, policy: Policy, batch: BatchRow, day: date) -> SpecifiedByMarket:
    """What each authorisation in force on a day names for a batch, by market. Two statements."""
    query = select(BatchMarketRow).where(col(BatchMarketRow.batch_id) == batch.batch_id)
    rows = (await session.exec(query)).all()
    codes = {row.market: policy.codes_counting_in(row.market) for row in rows if DecisionRule(row.rule).is_of_a_product}
    known = await authorisations_of(session, batch.product, frozenset[str]().union(*codes.values()))
    is_clinical = batch.supply_stage == SupplyStage.CLINICAL_SUPPLY.value
    fit = [each for each in known if each.type.is_clinical is is_clinical and each.is_for(batch.strength, None)]
    return {
        market: specified_by([each for each in fit if each.market in counting], day)
        for market, counting in codes.items()
    }


async def specified_now(session: AsyncSession, batch: BatchRow, at: datetime) -> SpecifiedByMarket:
    """The same for whoever only reads."""
    policies = Policies()
    calendar = await policies.calendar_of(session, batch.site_id, at)
    return await specified_in(session, await policies.in_force(session, at), batch, calendar.local_day(at))
