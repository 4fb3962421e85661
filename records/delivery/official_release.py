"""Whether goods of a batch wait for an official batch release."""

from collections.abc import Sequence
from datetime import date

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.authorisation.registered import Registered, in_force_on
from domain.batch.batch import MarketDecision
from domain.batch.supply_stage import SupplyStage
from domain.delivery.official_release import OfficialResult, Said, is_officially_released
from domain.policy.market_rule import DecisionRule
from domain.policy.policy import Policy
from records.authorisation.in_force import in_force
from records.batch.tables.batches import BatchRow
from records.batch.tables.decisions import BatchMarketRow
from records.core.writing import Writing
from records.delivery.tables import OfficialReleaseRow


async def lacks_official_release(
    session: AsyncSession,
    policy: Policy,
    batch: BatchRow,
    market: BatchMarketRow,
    day: date,
    *,
    known: Sequence[Registered] | None = None,
    said: Sequence[Said] | None = None,
) -> bool:
    """Whether an authorisation in force demands an official release that is not on record, checked and positive.

    One statement; two where it is demanded. What is no product, or is for a trial, needs none. `known` are the
    authorisations of the product there, and `said` what is on record of the batch, where somebody knows them already.
    """
    if not DecisionRule(market.rule).is_of_a_product or batch.supply_stage == SupplyStage.CLINICAL_SUPPLY.value:
        return False
    if known is None:
        found = await in_force(session, policy, batch.product, market.market, day)
    else:
        found = in_force_on(known, day)
    demanded = [each for each in found if each.official_batch_release and not each.type.is_clinical]
    if not any(each.is_for(batch.strength, None) for each in demanded):
        return False
    if said is None:
        said = [said_by(row) for row in await official_releases_of(session, batch.batch_id)]
    return not is_officially_released(said, market.market, policy.counts_in)


async def waiting_with(writing: Writing, batch: BatchRow, said: Said, *, record: str) -> dict[str, bool]:
    """Of each released market that what is said concerns: whether its goods wait, once that is what the record says.

    The caller holds the lock of the batch.
    """
    policy, session = await writing.policy(), writing.session
    rows = await official_releases_of(session, batch.batch_id)
    after = [*(said_by(row) for row in rows if row.release_id != record), said]
    return {
        market.market: await lacks_official_release(session, policy, batch, market, writing.at.date(), said=after)
        for market in await concerned_by(writing, batch.batch_id, said.market)
        if market.decision == MarketDecision.RELEASE.value and market.withdrawn_at is None
    }


async def concerned_by(writing: Writing, batch_id: str, market: str) -> list[BatchMarketRow]:
    """The markets of a batch in which what is said for one counts."""
    query = select(BatchMarketRow).where(col(BatchMarketRow.batch_id) == batch_id).order_by(col(BatchMarketRow.market))
    counts_in = (await writing.policy()).counts_in
    return [row for row in (await writing.session.exec(query)).all() if counts_in(market, row.market)]


def said_by(row: OfficialReleaseRow) -> Said:
    """What a certificate on record says."""
    return Said(
        market=row.market,
        result=OfficialResult(row.result),
        dated=row.dated,
        entered_at=row.entered_at,
        agrees=row.agrees,
        withdrawn=row.withdrawn_at is not None,
    )


async def official_releases_of(session: AsyncSession, batch_id: str) -> list[OfficialReleaseRow]:
    """All of a batch, the oldest first."""
    query = select(OfficialReleaseRow).where(col(OfficialReleaseRow.batch_id) == batch_id)
    order = (col(OfficialReleaseRow.entered_at), col(OfficialReleaseRow.release_id))
    return list((await session.exec(query.order_by(*order))).all())
