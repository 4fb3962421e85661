"""Exceptions of single gates in an emergency shortage (section 10)."""

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.batch.gate.gate import ExceptionFacts, Gate
from domain.batch.gate.reasons import KeptReason
from domain.batch.gate.results import excuses
from domain.release.authorisation_gate import not_in_force
from records.core.questions import answers
from records.core.writing import Writing
from records.delivery.questions import ExcusedThere
from records.release.tables import GateExceptionRow


async def exceptions_of(session: AsyncSession, batch_id: str) -> tuple[ExceptionFacts, ...]:
    """The exceptions that were granted for a batch by all three who must sign, the oldest first."""
    query = select(GateExceptionRow).where(
        col(GateExceptionRow.batch_id) == batch_id, col(GateExceptionRow.granted_at).is_not(None)
    )
    rows = (await session.exec(query.order_by(col(GateExceptionRow.granted_at)))).all()
    return tuple(
        ExceptionFacts(
            exception_id=row.exception_id,
            gate=Gate(row.gate),
            market=row.market,
            authority_letter=row.authority_letter,
            granted_at=row.granted_at,
            reasons=reasons_of(row),
        )
        for row in rows
        if row.granted_at is not None
    )


def reasons_of(row: GateExceptionRow) -> tuple[KeptReason, ...] | None:
    """What an exception excuses; `None` where that was not kept."""
    return None if row.reasons is None else tuple(map(KeptReason.model_validate, row.reasons))


@answers(ExcusedThere)
async def answers_what_is_excused(writing: Writing, asked: ExcusedThere) -> bool:
    """Whether an exception of gate G10 was granted because one of them is stopped, as it is stopped now.

    Of several the gate names the one that the batch would stand on. What its authority stops after the exception, and
    what was granted while nothing was on record, is not what it has excused.
    """
    granted = await exceptions_of(writing.session, asked.batch_id)
    here = [each for each in granted if each.gate is Gate.G10 and each.market == asked.market]
    stops = [not_in_force(version, asked.batch_id, asked.day) for version in asked.stopped]
    return any(excuses(each, stop) for each in here if each.reasons is not None for stop in stops)


async def waiting_exception(session: AsyncSession, batch_id: str, gate: str, market: str) -> str | None:
    """The exception of a gate for a market that waits for signatures; `None` if there is none."""
    query = select(GateExceptionRow.exception_id).where(
        col(GateExceptionRow.batch_id) == batch_id,
        col(GateExceptionRow.gate) == gate,
        col(GateExceptionRow.market) == market,
        col(GateExceptionRow.declined_at).is_(None),
        col(GateExceptionRow.granted_at).is_(None),
    )
    return (await session.exec(query.limit(1))).first()
