"""Batches that are decided on, as certifications and rejections leave them."""

from typing import Any

from domain.release.release_review import ReleaseEvaluation
from records.batch.settling import settle
from records.batch.tables.batches import BatchMarketRow, BatchRow
from tests.records.making import made
from tests.records.qualifying import Qualifying
from tests.records.seeded import Seeded


async def decided(seeded: Seeded, batch_id: str, by: str = "quentin", **markets: str) -> None:
    """A batch is decided on for some markets: `EU="RELEASE"`."""
    async with seeded.database.writing() as session:
        batch = await session.get_one(BatchRow, batch_id)
        rows = [await session.get_one(BatchMarketRow, (batch_id, market)) for market in batch.markets]
        for row in rows:
            if row.market in markets:
                row.decision, row.decided_by = markets[row.market], seeded.result.person(by)
        await settle(session, batch_id)


async def released(seeded: Seeded, **changes: Any) -> Qualifying:
    """A batch that has been made and is released for the EU and the US."""
    batch = await made(seeded, **changes)
    await decided(
        seeded, batch.case_id, **dict.fromkeys((await seeded.row(BatchRow, batch.case_id)).markets, "RELEASE")
    )
    return batch


async def evaluated(batch: Qualifying) -> ReleaseEvaluation:
    """What is to be done about a released batch."""
    return ReleaseEvaluation.model_validate((await batch.notes("batch.reviews_demanded")).effect)
