"""A batch as it is shown in its case."""

from collections.abc import Sequence
from typing import Any, TypeVar

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Mapped
from sqlmodel import SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.batch.supply_stage import SupplyStage
from domain.batch.views import (
    BatchChangeView,
    BatchSummary,
    CorrectionView,
    DeviationView,
    GreenLightView,
    MarketView,
    OosView,
    ParentView,
    RetestView,
    UseView,
    ValueView,
)
from domain.core.forms import Process
from domain.core.view import View
from records.batch.queries.batch_holds import holds_of_batch
from records.batch.tables.batches import BatchCorrectionRow, BatchParentRow, BatchRow, BatchUseRow, RetestRow
from records.batch.tables.decisions import BatchMarketRow, GreenLightRow
from records.batch.tables.process import BatchChangeRow, BatchDeviationRow, OosRow, ParameterResultRow
from records.batch.under_review import reviews_awaited
from records.core.queries.visibility import reads_everything
from records.core.shown import Reading, shows
from records.core.tables.cases import CaseRow

R = TypeVar("R", bound=SQLModel)
V = TypeVar("V", bound=View)
_MOST_VALUES = 200
_GROUNDS = ("refused_as", "grounds", "refused_because")


@shows(Process.BATCH, "batch")
async def batch_of_case(reading: Reading, case: CaseRow) -> BatchSummary | None:
    """The batch that a case is about.

    What the sponsor concludes of a result in phase II, and on what grounds it refuses, is its own (S6).
    """
    session, actor, batch_id = reading.session, reading.actor, case.case_id
    row = await session.get(BatchRow, batch_id)
    if row is None:
        return None
    results = await _of(session, OosRow, OosView, batch_id, col(OosRow.oos_id))
    if not reads_everything(actor):
        results = tuple(each.model_copy(update={"conclusion": None}) for each in results)
    markets = await _of(session, BatchMarketRow, MarketView, batch_id, col(BatchMarketRow.market))
    if not reads_everything(actor):
        markets = tuple(each.model_copy(update=dict.fromkeys(_GROUNDS)) for each in markets)
    elif row.review_open:
        awaited = await reviews_awaited(session, batch_id)
        markets = tuple(each.model_copy(update={"review_waits_for": awaited.get(each.market, ())}) for each in markets)
    return BatchSummary(
        **row.model_dump(include=set(BatchSummary.model_fields) - {"markets"}),
        markets=markets,
        green_lights=await green_lights_of(session, row) if reads_everything(actor) else (),
        parents=await _of(session, BatchParentRow, ParentView, batch_id, col(BatchParentRow.parent_id)),
        uses=await _of(session, BatchUseRow, UseView, batch_id, col(BatchUseRow.kind), col(BatchUseRow.reference)),
        values=await _of(
            session, ParameterResultRow, ValueView, batch_id,
            col(ParameterResultRow.number).desc(), col(ParameterResultRow.line),
        ),
        deviations=await _of(session, BatchDeviationRow, DeviationView, batch_id, col(BatchDeviationRow.deviation_id)),
        corrections=await _of(
            session, BatchCorrectionRow, CorrectionView, batch_id,
            col(BatchCorrectionRow.version), col(BatchCorrectionRow.field),
        ),
        retests=await _of(session, RetestRow, RetestView, batch_id, col(RetestRow.version)),
        results=results,
        holds=await holds_of_batch(session, actor, batch_id),
        changes=await _of(session, BatchChangeRow, BatchChangeView, batch_id, col(BatchChangeRow.change_id)),
    )  # fmt: skip


async def green_lights_of(session: AsyncSession, batch: BatchRow) -> tuple[GreenLightView, ...]:
    """The green lights of clinical supply, the oldest first."""
    if batch.supply_stage != SupplyStage.CLINICAL_SUPPLY.value:
        return ()
    return await _of(session, GreenLightRow, GreenLightView, batch.batch_id, col(GreenLightRow.version))


async def _of(
    session: AsyncSession, table: type[R], view: type[V], batch_id: str, *order: Mapped[Any] | ColumnElement[Any]
) -> tuple[V, ...]:
    query = select(table).where(col(table.batch_id) == batch_id)  # type: ignore[attr-defined]
    rows: Sequence[R] = (await session.exec(query.order_by(*order).limit(_MOST_VALUES))).all()
    return tuple(view.model_validate(row.model_dump(include=set(view.model_fields))) for row in rows)
