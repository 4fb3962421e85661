"""What decisions on clinical supply look up about its trial."""

from collections.abc import Collection

from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.batch.batch import MarketDecision
from domain.batch.making.shelf_life import is_limited_by
from domain.batch.supply_stage import SupplyStage
from domain.batch.trial import Phase
from domain.core.names import name_key
from domain.policy.market_rule import MarketRule
from domain.release.certification import CertificationDecision, ProductDecision
from domain.release.trial_supply import made_under, refuse_unless_of_a_trial
from records.batch.tables.batches import BatchRow, BatchUseRow
from records.batch.tables.decisions import BatchMarketRow
from records.core.writing import Writing
from records.delivery.green_lights import is_clinical
from records.release.family import Batch, origin_of

_LATER = [phase.value for phase in Phase if phase is not Phase.PHASE_1]


async def refuse_unless_named(
    writing: Writing,
    batch: BatchRow,
    form: CertificationDecision,
    *,
    before: BatchMarketRow | None,
    under: MarketRule | None = None,
) -> None:
    """Raise `Refused` unless a decision on clinical supply names its trial.

    `before` has that of earlier parts. `under` is the row that is certified under, where it is not that of the market.
    """
    if isinstance(form, ProductDecision):
        row = under or (await writing.policy()).market_rule(form.market)
        refuse_unless_of_a_trial(
            form,
            row.clinical if row is not None else None,
            is_clinical=is_clinical(batch),
            before=before.trial if before is not None else None,
            phase_before=before.trial_phase if before is not None else None,
            lasts_for=await _plans(writing.session, batch),
        )


async def rules_of_manufacture(
    writing: Writing, batch: BatchRow, form: ProductDecision, row: MarketRule | None
) -> str | None:
    """The rules that clinical supply is made under, where the phase of its trial decides that by the market's row."""
    if form.trial is None or row is None or row.clinical.made_under is None:
        return None
    available = await _made_available(writing.session, batch, row.codes)
    return made_under(row.clinical.made_under, form.trial.phase, made_available=available)


async def _plans(session: AsyncSession, batch: BatchRow) -> list[str]:
    """The trials under whose plan the goods of a batch last longer than they did before they were relabelled."""
    if not is_clinical(batch):
        return []
    steps, origin = await origin_of(session, batch.batch_id)
    same_goods = {batch.batch_id}
    for _ in steps:  # as many steps as there are at most, in whatever order they come
        same_goods |= {each.parent_id for each in steps if each.batch_id in same_goods and is_limited_by(each.relation)}
    return sorted({
        each.use_date_trial
        for each in origin
        if each.batch_id in same_goods and each.use_date_trial is not None and _lasts_longer(batch, each)
    })  # fmt: skip


def _lasts_longer(batch: BatchRow, origin: Batch) -> bool:
    return origin.expiry_on is not None and (batch.expiry_on is None or batch.expiry_on > origin.expiry_on)


async def _made_available(session: AsyncSession, batch: BatchRow, codes: Collection[str]) -> bool:
    """Whether the product was released for a trial of a later phase, or is marketed there (21 CFR 210.2(c)).

    A comparator is marketed.
    """
    if not is_clinical(batch):
        return False
    marketed = col(BatchMarketRow.market).in_(sorted(codes)) & (
        col(BatchRow.supply_stage) == SupplyStage.FINISHED.value
    )
    query = (
        select(BatchRow.product)
        .join(BatchMarketRow, col(BatchMarketRow.batch_id) == col(BatchRow.batch_id))
        .where(
            col(BatchMarketRow.decision) == MarketDecision.RELEASE.value,
            or_(col(BatchMarketRow.trial_phase).in_(_LATER), marketed),
        )
        .distinct()
    )
    if name_key(batch.product) in map(name_key, (await session.exec(query)).all()):
        return True
    bought = select(BatchUseRow).where(col(BatchUseRow.batch_id) == batch.batch_id)
    return any(use.comparator is not None for use in (await session.exec(bought)).all())
