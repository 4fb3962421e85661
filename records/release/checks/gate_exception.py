"""Checks of exceptions of gates: three different people sign one after the other."""

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.batch.gate.gate import Gate
from domain.core.document import RecordVersion, refuse_unless_current
from domain.core.entry import OpenTask
from domain.core.people import refuse_unless_permitted
from domain.release.gate_exception import (
    ExceptionRegulatorySignature,
    ExceptionRequest,
    ExceptionSignature,
    barred_from_excusing,
    in_words,
    reasons_kept,
    refuse_unless_open,
    refuse_unless_seen,
    refuse_unless_waiting,
)
from domain.release.gates import not_excused
from records.batch.tables.batches import BatchRow
from records.batch.tables.decisions import BatchMarketRow
from records.core.declared import Effect, checks, suggests
from records.core.identities import next_id
from records.core.tables.cases import CaseRow, RecordRow
from records.core.writing import Writing
from records.release.gate_evidence import evidence_of
from records.release.gate_exceptions import reasons_of, waiting_exception
from records.release.tables import GateExceptionRow


@checks(ExceptionRequest)
async def requests(writing: Writing, case: CaseRow, form: ExceptionRequest) -> Effect:
    """For a market that is open, with all that the gate has found there. Its signatures are by others."""
    query = select(BatchMarketRow.market).where(
        col(BatchMarketRow.batch_id) == case.case_id, col(BatchMarketRow.decision).is_(None)
    )
    undecided = (await writing.session.exec(query)).all()
    waiting = await waiting_exception(writing.session, case.case_id, form.gate.value, form.market)
    refuse_unless_open(form, undecided=undecided, waiting=waiting)
    batch = await writing.session.get_one(BatchRow, case.case_id)
    evidence = await evidence_of(writing.session, writing.policies, batch, form.market, writing.at)
    reasons = reasons_kept(form, not_excused(Gate(form.gate.value), evidence, writing.at))
    return {
        "exception_id": await next_id(writing.session, "EXC"),
        "signers": [*sorted(writing.actor.persons)],
        "reasons": [each.model_dump(mode="json") for each in reasons],
    }


@suggests(ExceptionSignature)
async def suggests_a_signature(writing: Writing, case: CaseRow, line: OpenTask) -> Effect:
    """What the gate had found as the exception was asked for."""
    return await _with_reasons(writing, line)


@suggests(ExceptionRegulatorySignature)
async def suggests_a_regulatory_signature(writing: Writing, case: CaseRow, line: OpenTask) -> Effect:
    """The same for regulatory affairs."""
    return await _with_reasons(writing, line)


async def _with_reasons(writing: Writing, line: OpenTask) -> Effect:
    row = await writing.session.get(GateExceptionRow, str(line.prefill.get("exception_id")))
    shown = in_words(reasons_of(row)) if row is not None else None
    return {**line.prefill, **({"reasons_seen": shown} if shown is not None else {})}


@checks(ExceptionSignature)
async def signs(writing: Writing, case: CaseRow, form: ExceptionSignature) -> Effect:
    """The qualified person, who has not requested it."""
    row = await _waiting(writing.session, case, form, signed=False)
    request = await _request(writing.session, row)
    _refuse_other_version(form, request)
    signers = [str(person) for person in request.effect["signers"]]
    refuse_unless_permitted(writing.actor, by=form.by(), barred=barred_from_excusing(signers))
    refuse_unless_seen(form, in_words(reasons_of(row)))
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
    refuse_unless_seen(form, in_words(reasons_of(row)))
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
