"""What checks look up about a batch, and the locks under which decisions on batches are taken."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.asl import asl
from domain.asl.asl import stream_of
from domain.asl.flags import Flag
from domain.batch.batch import UseKind
from domain.batch.making.manufacture import is_departure
from domain.exchange.parameters import Parameter, ParameterClass
from records.asl.statements import reach_of, statement_in_force, status_of
from records.asl.tables.oversight import OversightRow
from records.batch.tables.batches import BatchRow, BatchUseRow
from records.batch.tables.decisions import BatchMarketRow
from records.batch.tables.process import ParameterResultRow
from records.core.writing import Writing
from records.exchange.parameter_sets import content_of
from records.exchange.tables.parameters import ParameterSetRow


async def scopes_used(session: AsyncSession, batch: BatchRow) -> tuple[str, ...]:
    """Every site and scope that makes a part of a batch, its own first."""
    query = select(BatchUseRow.reference).where(
        col(BatchUseRow.batch_id) == batch.batch_id, col(BatchUseRow.kind) == UseKind.SCOPE.value
    )
    others = (await session.exec(query.order_by(col(BatchUseRow.reference)))).all()
    return (batch.scope_id, *others)


async def lock_lists(writing: Writing, scope_ids: Iterable[str]) -> None:
    """Lock the rows of the list that a decision rests on, in one order. Before any batch, as suspensions do."""
    for scope_id in sorted(set(scope_ids)):
        await writing.head(stream_of(scope_id))


async def orders_stopped_by(session: AsyncSession, scope_id: str, at: datetime) -> list[str]:
    """Why a scope takes no new orders: its status now, and what its oversight last saw of its audit."""
    statement = await statement_in_force(session, scope_id, at)
    reasons = asl.orders_stopped_by(status_of(statement), reach_of(statement))
    query = select(OversightRow.orders_stopped_by).where(col(OversightRow.scope_id) == scope_id)
    seen = [reason for row in (await session.exec(query)).all() for reason in row]
    return [*reasons, *([Flag.AUDIT_OVERDUE.value] if Flag.AUDIT_OVERDUE.value in seen else [])]


async def decisions_on(session: AsyncSession, batch_id: str) -> dict[str, str | None]:
    """What is decided on a batch for each of its markets, in order; `None` where nothing is."""
    query = select(BatchMarketRow).where(col(BatchMarketRow.batch_id) == batch_id).order_by(col(BatchMarketRow.market))
    rows = (await session.exec(query.execution_options(populate_existing=True))).all()
    return {row.market: row.decision for row in rows}


async def counting_values(session: AsyncSession, batch_id: str) -> Sequence[ParameterResultRow]:
    """The actual values of a batch that no correction has replaced, in order."""
    query = select(ParameterResultRow).where(
        col(ParameterResultRow.batch_id) == batch_id, col(ParameterResultRow.superseded_by).is_(None)
    )
    ordered = query.order_by(col(ParameterResultRow.number), col(ParameterResultRow.line))
    return (await session.exec(ordered)).all()


async def departing_values(session: AsyncSession, batch_id: str) -> list[ParameterResultRow]:
    """Those of them that are departures (`domain.batch.making.manufacture.is_departure`), in order."""
    return [
        row
        for row in await counting_values(session, batch_id)
        if is_departure(ParameterClass(row.parameter_class), in_par=row.in_par)
    ]


async def bound_parameters(session: AsyncSession, batch: BatchRow) -> Sequence[Parameter]:
    """The parameters that a batch is bound to; none before its manufacture has begun."""
    if batch.parameter_set_id is None:
        return ()
    return content_of(await session.get_one(ParameterSetRow, batch.parameter_set_id)).parameters


async def batches_of(session: AsyncSession, scope_id: str, *states: str) -> Sequence[BatchRow]:
    """The batches of a scope in these states, by id."""
    query = select(BatchRow).where(col(BatchRow.scope_id) == scope_id, col(BatchRow.state).in_(states))
    return (await session.exec(query.order_by(col(BatchRow.batch_id)))).all()
