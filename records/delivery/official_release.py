"""Whether goods of a batch wait for an official batch release."""

from collections.abc import Sequence
from datetime import date

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.authorisation.registered import Registered, in_force_on
from domain.batch.supply_stage import SupplyStage
from domain.delivery.official_release import OfficialResult
from domain.policy.market_rule import DecisionRule
from domain.policy.policy import Policy
from records.authorisation.in_force import in_force
from records.batch.tables.batches import BatchRow
from records.batch.tables.decisions import BatchMarketRow
from records.delivery.tables import OfficialReleaseRow


async def lacks_official_release(
    session: AsyncSession,
    policy: Policy,
    batch: BatchRow,
    market: BatchMarketRow,
    day: date,
    *,
    known: Sequence[Registered] | None = None,
) -> bool:
    """Whether an authorisation in force demands an official release that is not on record, checked and positive.

    One statement; two where it is demanded. What is no product, or is for a trial, needs none. `known` are the
    authorisations of the product there, where somebody has looked them up already.
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
    rows = await official_releases_of(session, batch.batch_id)
    return not any(counts(row) and policy.counts_in(row.market, market.market) for row in rows)


def counts(row: OfficialReleaseRow) -> bool:
    """Whether it frees goods: it complies, and a second person has compared it."""
    return row.agrees is True and row.result == OfficialResult.COMPLIES.value


async def official_releases_of(session: AsyncSession, batch_id: str) -> list[OfficialReleaseRow]:
    """All of a batch, the oldest first."""
    query = select(OfficialReleaseRow).where(col(OfficialReleaseRow.batch_id) == batch_id)
    order = (col(OfficialReleaseRow.entered_at), col(OfficialReleaseRow.release_id))
    return list((await session.exec(query.order_by(*order))).all())
