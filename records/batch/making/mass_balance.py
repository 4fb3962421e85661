"""What goes into a batch from those it comes from, as the records know it."""

from decimal import Decimal

from sqlmodel import col, select

from domain.batch.batch import Relation, UseKind
from domain.batch.deviations.deviation import DeviationReport
from domain.batch.making.mass_balance import Balance, Taken, YieldLimits, balance
from records.batch.making.shelf_life import origins_of
from records.batch.questions import LeftOf
from records.batch.tables.batches import BatchRow, BatchUseRow
from records.core.questions import ask
from records.core.tables.cases import RecordRow
from records.core.writing import Writing


async def expected_of(writing: Writing, batch: BatchRow) -> Balance:
    """What a batch comes to by what was taken for it; lots of materials that were reported count as added."""
    taken: list[Taken] = []
    for parent, row in await origins_of(writing.session, batch.batch_id):
        (left,) = await ask(writing, LeftOf(row.batch_id)) if parent.quantity is None else (Decimal(parent.quantity),)
        taken.append(
            Taken(
                Relation(parent.relation),
                left,
                row.unit or batch.unit or "1",
                Decimal(parent.theoretical_yield) if parent.theoretical_yield is not None else None,
            )
        )
    query = select(BatchUseRow.reference).where(
        col(BatchUseRow.batch_id) == batch.batch_id, col(BatchUseRow.kind) == UseKind.MATERIAL.value
    )
    added = (await writing.session.exec(query.limit(1))).first() is not None
    return balance(batch.unit or "1", taken, materials_added=added)


def yield_limits_of(batch: BatchRow) -> YieldLimits | None:
    """The yield of the registered process, as it was given with the registration."""
    if batch.yield_low is None or batch.yield_high is None:
        return None
    return YieldLimits(Decimal(batch.yield_low), Decimal(batch.yield_high))


async def deviations_of(writing: Writing, batch_id: str) -> dict[str, bool]:
    """The numbers of the deviations that were reported of a batch, and whether each is about the yield."""
    query = select(RecordRow.form).where(
        col(RecordRow.case_id) == batch_id, col(RecordRow.action) == DeviationReport.action.name
    )
    forms = map(DeviationReport.stored, (await writing.session.exec(query)).all())
    return {form.deviation_id: form.about_yield for form in forms}
