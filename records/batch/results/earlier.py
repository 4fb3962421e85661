"""Batches that were made before another one of the same product at the same site, with the results that count."""

from collections import defaultdict
from datetime import UTC, date, datetime

from sqlalchemy import and_, or_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.batch.results.analysis_forms import Source
from domain.batch.results.modes import Earlier
from domain.batch.results.recomputation import Reported
from records.batch.results.reports import reported
from records.batch.tables.analysis import AnalysisReportRow, AnalysisRow
from records.batch.tables.batches import BatchRow

_NEVER = datetime(1, 1, 1, tzinfo=UTC)


async def made_before(session: AsyncSession, batch: BatchRow, most: int) -> tuple[Earlier, ...]:
    """The last batches of the scope whose manufacture ended before that of this one, the last one first.

    Those of one day follow each other as they were finished, else as they were begun, else as they were registered.
    One statement.
    """
    if batch.made_on is None:
        return ()
    of_scope = (col(BatchRow.scope_id) == batch.scope_id, col(BatchRow.batch_id) != batch.batch_id)
    days_before = (
        select(BatchRow.batch_id)
        .where(*of_scope, col(BatchRow.made_on) < batch.made_on)
        .order_by(col(BatchRow.made_on).desc(), col(BatchRow.started_at).desc())
        .limit(most)
    )
    query = (
        select(BatchRow, AnalysisRow, AnalysisReportRow)
        .outerjoin(
            AnalysisRow,
            and_(
                col(AnalysisRow.batch_id) == col(BatchRow.batch_id),
                col(AnalysisRow.source) == Source.COA.value,
                col(AnalysisRow.superseded).is_(False),
            ),
        )
        .outerjoin(
            AnalysisReportRow,
            and_(
                col(AnalysisReportRow.batch_id) == col(AnalysisRow.batch_id),
                col(AnalysisReportRow.number) == col(AnalysisRow.number),
            ),
        )
        .where(*of_scope, or_(col(BatchRow.made_on) == batch.made_on, col(BatchRow.batch_id).in_(days_before)))
        .order_by(col(AnalysisRow.line))
    )
    batches: dict[str, BatchRow] = {}
    results: dict[str, list[Reported]] = defaultdict(list)
    for of, line, report in (await session.exec(query)).all():
        batches[of.batch_id] = of
        if report is not None:
            results[of.batch_id].append(reported(report, line))
    before = sorted((each for each in batches.values() if _end(each) < _end(batch)), key=_end, reverse=True)
    return tuple(Earlier(each.number, results[each.batch_id]) for each in before[:most])


def _end(batch: BatchRow) -> tuple[date, datetime, int]:
    number = batch.batch_id.rpartition("-")[2]
    moment = batch.finished_at or batch.started_at or _NEVER
    return batch.made_on or date.min, moment, int(number) if number.isdigit() else 0
