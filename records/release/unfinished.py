"""What the record of a batch has left unfinished."""

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.batch.batch import DeviationClass, DeviationState, OosState
from domain.batch.results.oos import OosKind, about_result, goes_on
from domain.release.rejection_correction import Unfinished, UnfinishedDeviation, UnfinishedResult, is_unfinished
from records.batch.tables.process import BatchDeviationRow, OosRow


async def unfinished_of(session: AsyncSession, batch_id: str) -> Unfinished:
    """Deviations and results of a batch that nobody has brought to an end, each as it stands."""
    deviations = select(BatchDeviationRow).where(col(BatchDeviationRow.batch_id) == batch_id)
    results = select(OosRow).where(col(OosRow.batch_id) == batch_id)
    return Unfinished(
        deviations=tuple(
            UnfinishedDeviation(
                deviation_id=row.deviation_id,
                about=row.impact or row.description,
                is_assessed=row.state == DeviationState.CLOSED.value,
            )
            for row in (await session.exec(deviations.order_by(col(BatchDeviationRow.deviation_id)))).all()
            if is_unfinished(DeviationClass(row.deviation_class), DeviationState(row.state))
        ),
        results=tuple(
            UnfinishedResult(
                oos_id=row.oos_id,
                about=about_result(row.test, row.result, row.unit, row.limit),
                in_laboratory=row.state == OosState.LABORATORY.value,
                state=OosState(row.state),
                own_laboratory=row.own_laboratory,
            )
            for row in (await session.exec(results.order_by(col(OosRow.oos_id)))).all()
            if goes_on(OosKind(row.kind), OosState(row.state))
        ),
    )
