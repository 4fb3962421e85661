"""A rejection was wrong: what is known of the goods is known under the new record, as a function of the journal."""

from typing import TypeVar

from sqlmodel import SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.batch import Relation
from domain.events import Event
from domain.rejection_correction import CorrectionCounterSignature
from records.projections.declared import follows
from records.projections.payloads import submitted
from records.tables import (
    AnalysisReportRow,
    AnalysisRow,
    BatchChangeRow,
    BatchDeviationRow,
    BatchParentRow,
    BatchRow,
    BatchUseRow,
    OosRow,
    ParameterResultRow,
)

R = TypeVar("R", bound=SQLModel)

_MADE = (
    "started_at", "started_on", "parameter_set_id", "made_on", "quantity", "yield_percent", "expiry_on", "retest_on",
)  # fmt: skip
_KNOWN: tuple[type[SQLModel], ...] = (
    ParameterResultRow, BatchDeviationRow, OosRow, BatchChangeRow, AnalysisReportRow, AnalysisRow,
)  # fmt: skip


@follows(*CorrectionCounterSignature.action.event_types())
async def take_over(session: AsyncSession, event: Event) -> None:
    """The goods are the same: how they were made, what went wrong and what was found is taken over."""
    if not submitted(event, CorrectionCounterSignature).confirm:
        return
    query = select(BatchParentRow.parent_id).where(
        col(BatchParentRow.batch_id) == event.stream, col(BatchParentRow.relation) == Relation.CORRECTION.value
    )
    rejected = (await session.exec(query)).one()
    before, after = await session.get_one(BatchRow, rejected), await session.get_one(BatchRow, event.stream)
    for name in _MADE:
        setattr(after, name, getattr(before, name))
    for table in _KNOWN:
        for row in await _of(session, table, rejected):
            session.add(_copied(row, event.stream))
    present = {(use.kind, use.reference) for use in await _of(session, BatchUseRow, event.stream)}
    for use in await _of(session, BatchUseRow, rejected):
        if (use.kind, use.reference) not in present:
            session.add(_copied(use, event.stream))


async def _of(session: AsyncSession, table: type[R], batch_id: str) -> list[R]:
    return list((await session.exec(select(table).where(col(table.batch_id) == batch_id))).all())  # type: ignore[attr-defined]


def _copied(row: R, batch_id: str) -> R:
    """The same row of another batch. Numbers of events are those of the rejected batch and so are below zero."""
    values = {**row.model_dump(), "batch_id": batch_id}
    if "number" in values:
        values["number"] = -abs(values["number"])
    return type(row)(**values)
