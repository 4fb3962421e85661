"""A rejection was wrong: what is known of the goods is known under the new record, as a function of the journal."""

from typing import TypeVar

from sqlmodel import SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.batch.batch import Relation
from domain.core.events import Event
from domain.release.rejection_correction import CorrectionCounterSignature
from records.batch.tables.analysis import AnalysisReportRow, AnalysisRow
from records.batch.tables.batches import BatchParentRow, BatchRow, BatchUseRow
from records.batch.tables.process import BatchChangeRow, BatchDeviationRow, OosRow, ParameterResultRow
from records.core.payloads import submitted
from records.core.projectors import follows

R = TypeVar("R", bound=SQLModel)

_MADE = (
    "started_at", "started_on", "parameter_set_id", "made_on", "quantity", "yield_percent", "yield_low", "yield_high",
    "yield_deviation", "expiry_on", "retest_on", "sample_quantity", "retained_samples", "stability", "environment",
)  # fmt: skip
_KNOWN: tuple[type[SQLModel], ...] = (
    ParameterResultRow, BatchDeviationRow, OosRow, BatchChangeRow, AnalysisReportRow, AnalysisRow,
)  # fmt: skip

_NUMBERS = frozenset({"number", "superseded_by"})


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
    known = [row for table in _KNOWN for row in await _of(session, table, rejected)]
    below = 1 + max((number for row in known if (number := getattr(row, "number", None)) is not None), default=0)
    for row in known:
        session.add(_copied(row, event.stream, below))
    present = {(use.kind, use.key, use.issuer) for use in await _of(session, BatchUseRow, event.stream)}
    for use in await _of(session, BatchUseRow, rejected):
        if (use.kind, use.key, use.issuer) not in present:
            session.add(_copied(use, event.stream, below))


async def _of(session: AsyncSession, table: type[R], batch_id: str) -> list[R]:
    return list((await session.exec(select(table).where(col(table.batch_id) == batch_id))).all())  # type: ignore[attr-defined]


def _copied(row: R, batch_id: str, below: int) -> R:
    """The same row of another batch. Numbers of events keep their order, all below zero: its own events come after."""
    values = {**row.model_dump(), "batch_id": batch_id}
    for name in _NUMBERS & values.keys():
        if values[name] is not None:
            values[name] -= below
    return type(row)(**values)
