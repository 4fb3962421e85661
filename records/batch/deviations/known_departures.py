"""Departures that were known before a batch was begun: it was begun all the same, so they are not unexpected (G6)."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.batch.deviations.departure import Side, side_of
from domain.batch.deviations.deviation import GRAVE, DeviationAcceptance
from domain.batch.making.manufacture import ParameterReport
from domain.core.names import name_key
from domain.exchange.parameters import ParameterClass
from records.batch.batches import bound_parameters
from records.batch.tables.batches import BatchRow
from records.batch.tables.process import BatchDeviationRow, ParameterResultRow
from records.core.tables.cases import RecordRow


async def known_departures(
    session: AsyncSession, batch: BatchRow, values: Iterable[ParameterResultRow]
) -> dict[str, str]:
    """What had made departures of a batch known before its start, in words, by the key of the parameter.

    `values` are its departing ones. A departure is the same if an earlier batch of the scope departed with the same
    parameter to the same side. It was known once its value was reported, or its deviation detected. What a site closes
    stays known; only a sponsor's acceptance that says that the cause is corrected ends that.
    """
    if batch.started_at is None:
        return {}
    own = await _by_side(session, batch, values)
    found: dict[str, str] = {}
    for earlier, rows in await _earlier(session, batch):
        theirs = await _by_side(session, earlier, rows)
        for key, side in own.keys() & theirs.keys():
            said = await _known_by(session, earlier, key, theirs[key, side], batch.started_at)
            if said is not None:
                found.setdefault(key, said)
    return found


async def _earlier(session: AsyncSession, batch: BatchRow) -> list[tuple[BatchRow, list[ParameterResultRow]]]:
    """The other batches of the scope that have departed, with the values, in order."""
    query = (
        select(BatchRow, ParameterResultRow)
        .join(ParameterResultRow, col(ParameterResultRow.batch_id) == col(BatchRow.batch_id))
        .where(
            col(BatchRow.scope_id) == batch.scope_id,
            col(BatchRow.batch_id) != batch.batch_id,
            col(ParameterResultRow.in_par).is_(False),
            col(ParameterResultRow.parameter_class) != ParameterClass.NON.value,
            col(ParameterResultRow.superseded_by).is_(None),
        )
        .order_by(col(BatchRow.started_at), col(BatchRow.batch_id), col(ParameterResultRow.number))
    )
    found: dict[str, tuple[BatchRow, list[ParameterResultRow]]] = {}
    for other, row in (await session.exec(query)).all():
        found.setdefault(other.batch_id, (other, []))[1].append(row)
    return list(found.values())


async def _by_side(
    session: AsyncSession, batch: BatchRow, values: Iterable[ParameterResultRow]
) -> dict[tuple[str, Side], list[ParameterResultRow]]:
    """By parameter and side, as the set has it that the batch is bound to."""
    parameters = {name_key(each.name): each for each in await bound_parameters(session, batch)}
    found: dict[tuple[str, Side], list[ParameterResultRow]] = defaultdict(list)
    for row in values:
        key = name_key(row.parameter)
        side = side_of(Decimal(row.value), row.unit, parameters[key])
        assert side is not None, "It lies outside the range that it was compared with."
        found[key, side].append(row)
    return found


async def _known_by(
    session: AsyncSession, batch: BatchRow, key: str, values: Sequence[ParameterResultRow], start: datetime
) -> str | None:
    """What of an earlier batch had made a departure known by the start of a later one; `None` if its cause is gone."""
    corrected = 0
    for row in await _deviations(session, batch, key, start):
        if (ended := await _corrected(session, row, start)) is None:
            return f"{row.deviation_id} of batch {batch.number}, detected on {row.detected_at:%Y-%m-%d}"
        corrected = max(corrected, ended)
    reported = await _reported(session, batch)
    for value in values:
        if value.number > corrected and reported[value.number] < start:
            day = f"{reported[value.number]:%Y-%m-%d}"
            return f"{value.parameter} {value.value} {value.unit} of batch {batch.number}, reported on {day}"
    return None


async def _deviations(session: AsyncSession, batch: BatchRow, key: str, start: datetime) -> list[BatchDeviationRow]:
    query = select(BatchDeviationRow).where(
        col(BatchDeviationRow.batch_id) == batch.batch_id,
        col(BatchDeviationRow.parameter).is_not(None),
        col(BatchDeviationRow.deviation_class).in_([each.value for each in GRAVE]),
    )
    rows = (await session.exec(query.order_by(col(BatchDeviationRow.detected_at)))).all()
    return [
        row for row in rows if name_key(row.parameter or "") == key and min(row.detected_at, row.reported_at) < start
    ]


async def _corrected(session: AsyncSession, of: BatchDeviationRow, start: datetime) -> int | None:
    """Number of the acceptance before an instant that says that the cause is corrected, if that was the last word."""
    wanted, last = name_key(of.deviation_id), None
    for record in await _records(session, of.batch_id, DeviationAcceptance.action.name):
        if record.at < start and name_key(str(record.form["deviation_id"])) == wanted:
            last = record
    said = DeviationAcceptance.stored(last.form) if last is not None else None
    return last.number if last is not None and said is not None and said.accept and said.cause_corrected else None


async def _reported(session: AsyncSession, batch: BatchRow) -> dict[int, datetime]:
    """When each report of values came, by the number of its event."""
    records = await _records(session, batch.batch_id, ParameterReport.action.name)
    return {record.number: record.at for record in records}


async def _records(session: AsyncSession, case_id: str, action: str) -> Sequence[RecordRow]:
    query = select(RecordRow).where(col(RecordRow.case_id) == case_id, col(RecordRow.action) == action)
    return (await session.exec(query.order_by(col(RecordRow.version)))).all()
