"""What checks look up about the green light of clinical supply."""

from datetime import date

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.batch.supply_stage import SupplyStage
from domain.delivery.green_light import Lack, Lit, lacking
from domain.delivery.shipment import ShipmentOrder
from records.batch.tables.batches import BatchRow
from records.batch.tables.decisions import BatchMarketRow, GreenLightRow
from records.core.writing import Writing


def is_clinical(batch: BatchRow) -> bool:
    """Whether a batch needs a green light. What was registered without a stage is decided on as product."""
    return batch.supply_stage == SupplyStage.CLINICAL_SUPPLY.value


async def lit_of(session: AsyncSession, batch_id: str) -> list[Lit]:
    """The green lights of a batch, those included that are in force no more, the oldest first."""
    query = select(GreenLightRow).where(col(GreenLightRow.batch_id) == batch_id)
    rows = (await session.exec(query.order_by(col(GreenLightRow.version)))).all()
    return [Lit.model_validate(row.model_dump(include=set(Lit.model_fields))) for row in rows]


async def trial_of(session: AsyncSession, batch_id: str, market: str) -> str | None:
    """The trial that the certificate of a market names."""
    row = await session.get(BatchMarketRow, (batch_id, market), populate_existing=True)
    return row.trial if row is not None else None


async def lack_of(writing: Writing, batch: BatchRow, order: ShipmentOrder) -> Lack | None:
    """Why goods of a batch, which is locked, may not go where they were ordered to."""
    if not is_clinical(batch):
        return None
    calendar = await writing.policies.calendar_of(writing.session, batch.site_id, writing.at)
    return await lack_on(writing.session, batch, order, calendar.local_day(writing.at))


async def lack_on(session: AsyncSession, batch: BatchRow, order: ShipmentOrder, today: date) -> Lack | None:
    """The same on a day at the site. Of what is no clinical supply nothing is asked."""
    if not is_clinical(batch):
        return None
    return lacking(
        order.trial,
        order.market,
        order.destination,
        certified=await trial_of(session, batch.batch_id, order.market),
        lit=await lit_of(session, batch.batch_id),
        today=today,
    )
