"""Exceptions of single gates in an emergency shortage (section 10)."""

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.batch.gate.gate import ExceptionFacts, Gate
from domain.batch.gate.reasons import KeptReason
from domain.batch.gate.results import excuses
from domain.release.authorisation_gates import not_in_force
from domain.release.gate_exception import ExceptionSignature
from records.appointment.lapsed import signed_by_nobody
from records.core.questions import answers
from records.core.tables.cases import RecordRow
from records.core.writing import Writing
from records.delivery.questions import ExcusedThere
from records.release.tables import GateExceptionRow


async def exceptions_of(session: AsyncSession, batch_id: str) -> tuple[ExceptionFacts, ...]:
    """The exceptions that were granted for a batch by all three who must sign, the oldest first."""
    query = select(GateExceptionRow).where(
        col(GateExceptionRow.batch_id) == batch_id, col(GateExceptionRow.granted_at).is_not(None)
    )
    rows = (await session.exec(query.order_by(col(GateExceptionRow.granted_at)))).all()
    void = await _signed_by_nobody(session, batch_id) if rows else {}
    return tuple(
        ExceptionFacts(
            exception_id=row.exception_id,
            gate=Gate(row.gate),
            market=row.market,
            authority_letter=row.authority_letter,
            granted_at=row.granted_at,
            reasons=reasons_of(row),
            under_none=void.get(row.exception_id),
        )
        for row in rows
        if row.granted_at is not None
    )


async def _signed_by_nobody(session: AsyncSession, batch_id: str) -> dict[str, str]:
    """The exceptions that the decider has signed under an appointment that did not count by then, as is known now."""
    void = await signed_by_nobody(session, [batch_id])
    if not void:
        return {}
    query = select(RecordRow).where(
        col(RecordRow.case_id) == batch_id, col(RecordRow.action) == ExceptionSignature.action.name
    )
    rows = (await session.exec(query)).all()
    return {str(row.form["exception_id"]): void[batch_id, row.number] for row in rows if (batch_id, row.number) in void}


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
    counting = [each for each in granted if each.under_none is None]
    here = [each for each in counting if each.gate is Gate.G10 and each.market == asked.market]
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
