"""The parts of batches that are released for further processing for different purposes, each as it was signed."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.batch.batch import MarketDecision
from domain.batch.processing_purpose import ProcessingPurpose, may_become
from domain.batch.supply_stage import SupplyStage
from domain.release.further_processing import ProcessingRelease
from domain.release.tranche import FurtherProcessing
from records.batch.tables.decisions import BatchMarketRow
from records.core.tables.cases import RecordRow

_SIGNED = (ProcessingRelease.action.name, FurtherProcessing.action.name)


class ReleasedPart(NamedTuple):
    """A part that is released for a use."""

    quantity: Decimal
    at: datetime
    certificate_number: str


Parts = Mapping[tuple[str, str], Sequence[ReleasedPart]]
"""By batch and market: the parts that may be used, the oldest first. Nothing of those that are for one use alone."""


def is_for(row: BatchMarketRow, stage: SupplyStage | None) -> bool:
    """Whether something that is released for a market may become a batch of a stage that is decided on."""
    return may_become(tuple(map(ProcessingPurpose, row.purposes or ())), stage)


async def parts_for(session: AsyncSession, rows: Iterable[BatchMarketRow], stage: SupplyStage | None) -> Parts:
    """What of these batches may become a batch of a stage. It is asked only where a part of them may not."""
    mixed = {(row.batch_id, row.market) for row in rows if is_for(row, stage) and _has_other_uses(row, stage)}
    if not mixed:
        return {}
    query = select(RecordRow).where(
        col(RecordRow.case_id).in_(sorted({batch_id for batch_id, _ in mixed})), col(RecordRow.action).in_(_SIGNED)
    )
    found: dict[tuple[str, str], list[ReleasedPart]] = defaultdict(list)
    for row in (await session.exec(query.order_by(col(RecordRow.case_id), col(RecordRow.number)))).all():
        form = ProcessingRelease.stored(row.form)
        key = row.case_id, form.market
        if key in mixed and form.decision is MarketDecision.RELEASE and may_become(form.purposes, stage):
            number = str(row.effect["certificate_number"])
            found[key].append(ReleasedPart(Decimal(form.quantity or 0), row.at, number))
    return found


def _has_other_uses(row: BatchMarketRow, stage: SupplyStage | None) -> bool:
    return any(not may_become((ProcessingPurpose(each),), stage) for each in row.purposes or ())
