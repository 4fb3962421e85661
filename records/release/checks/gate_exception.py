"""Checks of exceptions of gates: three different people sign one after the other."""

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.core.document import RecordVersion, refuse_unless_current
from domain.core.people import refuse_unless_permitted
from domain.release.gate_exception import (
    ExceptionRegulatorySignature,
    ExceptionRequest,
    ExceptionSignature,
    barred_from_excusing,
    refuse_unless_excusable,
    refuse_unless_waiting,
)
from records.batch.tables.decisions import BatchMarketRow
from records.core.declared import Effect, checks
from records.core.identities import next_id
from records.core.tables.cases import CaseRow, RecordRow
from records.core.writing import Writing
from records.release.gate_exceptions import standing_exception
from records.release.tables import GateExceptionRow


@checks(ExceptionRequest)
async def requests(writing: Writing, case: CaseRow, form: ExceptionRequest) -> Effect:
    """For a market that is open, each gate once. Its signatures are by others."""
    query = select(BatchMarketRow.market).where(
        col(BatchMarketRow.batch_id) == case.case_id, col(BatchMarketRow.decision).is_(None)
    )
    undecided = (await writing.session.exec(query)).all()
    known = await standing_exception(writing.session, case.case_id, form.gate.value, form.market)
    refuse_unless_excusable(form, undecided=undecided, known=known)
    return {"exception_id": await next_id(writing.session, "EXC"), "signers": [*sorted(writing.actor.persons)]}


@checks(ExceptionSignature)
async def signs(writing: Writing, case: CaseRow, form: ExceptionSignature) -> Effect:
    """The qualified person, who has not requested it."""
    row = await _waiting(writing.session, case, form, signed=False)
    request = await _request(writing.session, row)
    _refuse_other_version(form, request)
    signers = [str(person) for person in request.effect["signers"]]
    refuse_unless_permitted(writing.actor, by=form.action.by, barred=barred_from_excusing(signers))
    return {"signers": [*sorted({*signers, *writing.actor.persons})]}


@checks(ExceptionRegulatorySignature)
async def grants(writing: Writing, case: CaseRow, form: ExceptionRegulatorySignature) -> Effect:
    """Regulatory affairs, neither of whose hands has signed before. The market must still be open."""
    row = await _waiting(writing.session, case, form, signed=True)
    request = await _request(writing.session, row)
    _refuse_other_version(form, request)
    signature = await _signature(writing.session, row)
    barred = barred_from_excusing(signature.effect["signers"])
    refuse_unless_permitted(writing.actor, by=form.action.by, barred=barred)
    return {"granted": form.approve}


async def _waiting(
    session: AsyncSession,
    case: CaseRow,
    form: ExceptionSignature | ExceptionRegulatorySignature,
    *,
    signed: bool,
) -> GateExceptionRow:
    row = await session.get(GateExceptionRow, form.exception_id)
    known = row is not None and row.batch_id == case.case_id
    waits = row is not None and row.declined_at is None and row.granted_at is None
    refuse_unless_waiting(known=known, is_next=waits and row is not None and (row.signed_by is not None) == signed)
    assert row is not None, "It is known."
    return row


async def _request(session: AsyncSession, row: GateExceptionRow) -> RecordRow:
    return await session.get_one(RecordRow, (row.batch_id, ExceptionRequest.action.name, row.version))


async def _signature(session: AsyncSession, row: GateExceptionRow) -> RecordRow:
    """The record with which the qualified person has signed this exception."""
    query = select(RecordRow).where(
        col(RecordRow.case_id) == row.batch_id, col(RecordRow.action) == ExceptionSignature.action.name
    )
    rows = (await session.exec(query.order_by(col(RecordRow.version).desc()))).all()
    return next(each for each in rows if each.form["exception_id"] == row.exception_id)


def _refuse_other_version(form: ExceptionSignature | ExceptionRegulatorySignature, request: RecordRow) -> None:
    current = RecordVersion(version=request.version, sha256=request.sha256)
    refuse_unless_current(form.request, current, "request")
