"""Checks of results outside specification."""

from sqlmodel import col, select

from domain.audit.capa import CapaOrigin, CapaRequest
from domain.batch.batch import OosState
from domain.batch.facts import ResultOutsideReported
from domain.batch.oos import (
    OosInvestigation,
    OosKind,
    OosLaboratoryPhase,
    OosReport,
    concluded,
    counts_against,
    event_of_result,
    is_asked_again,
    refuse_unless_concluded,
    refuse_unless_invalidated_by_cause,
    refuse_unless_new_result,
)
from domain.core.entry import OpenTask
from domain.core.forms import Process
from domain.core.refusals import Code, Refused, broken
from records.batch.numbered import result_of
from records.batch.siblings import siblings_of
from records.batch.standing import confirmed, outside
from records.batch.tables.batches import BatchRow, OosRow
from records.core.declared import Effect, checks, suggests
from records.core.opening import open_case
from records.core.reactions import establish, revoke
from records.core.tables.cases import CaseRow
from records.core.writing import Writing


@checks(OosReport)
async def reports_a_result(writing: Writing, case: CaseRow, form: OosReport) -> Effect:
    """The result holds the batch at once and is an event at the site; it is told in time or counted late."""
    batch = await writing.session.get_one(BatchRow, case.case_id)
    known = select(OosRow.oos_id).where(col(OosRow.batch_id) == batch.batch_id)
    refuse_unless_new_result(form, known=(await writing.session.exec(known)).all(), now=writing.at)
    result = f"{form.test} {form.result} {form.unit}"
    await establish(
        writing,
        ResultOutsideReported(
            batch_id=batch.batch_id, case_id=batch.batch_id, kind=form.kind, oos_id=form.oos_id, result=result
        ),
    )
    event = event_of_result(
        form, batch_id=batch.batch_id, number=batch.number, site_id=batch.site_id, scope_id=batch.scope_id
    )
    return {"event": await open_case(writing, Process.EVENT, event, requester=writing.actor)}


@checks(OosLaboratoryPhase)
async def closes_phase_one(writing: Writing, case: CaseRow, form: OosLaboratoryPhase) -> Effect:
    """Only a documented cause in the laboratory invalidates a result; else the sponsor's quality unit takes over."""
    row = await _result(writing, case, form.oos_id, OosState.LABORATORY)
    refuse_unless_invalidated_by_cause(form, retests_planned=row.retests_planned)
    if form.cause is not None:
        await revoke(writing, ResultOutsideReported, outside(row).identity)
    return {"state": (OosState.INVESTIGATION if form.cause is None else OosState.INVALIDATED).value}


@suggests(OosInvestigation)
async def suggests_siblings(writing: Writing, case: CaseRow, line: OpenTask) -> Effect:
    """The batches that share something with this one are to be looked at (211.192)."""
    siblings = await siblings_of(writing.session, case.case_id, writing.at)
    return {"other_batches": [*(each.batch_id for each in siblings[:200])]}


@checks(OosInvestigation)
async def closes_phase_two(writing: Writing, case: CaseRow, form: OosInvestigation) -> Effect:
    """The conclusion of the quality unit; a corrective action is asked of the site in the same transaction."""
    row = await _result(writing, case, form.oos_id, OosState.INVESTIGATION, OosState.INCONCLUSIVE)
    siblings = [each.batch_id for each in await siblings_of(writing.session, case.case_id, writing.at)][:200]
    refuse_unless_concluded(form, siblings=siblings)
    scar: str | None = None
    if form.scar is not None:
        request = CapaRequest(
            origin=CapaOrigin.SCAR,
            site_id=case.site_id,
            scope_ids=tuple(case.scope_ids),
            severity=form.scar.severity,
            finding=f"{form.oos_id} of {case.title}: {form.conclusion}"[:4000],
            owner=form.scar.owner,
        )
        scar = await open_case(writing, Process.CAPA, request, requester=writing.actor)
    state = concluded(form)
    await _concludes(writing, row, state)
    return {"state": state.value, "scar": scar, "again": is_asked_again(OosKind(row.kind), state)}


async def _concludes(writing: Writing, row: OosRow, state: OosState) -> None:
    """What is confirmed is so whenever that is found; what counts no more is no result outside any more."""
    if state is OosState.CONFIRMED and row.kind == OosKind.OOS.value:
        await establish(writing, confirmed(row))
    if not counts_against(OosKind(row.kind), state):
        await revoke(writing, ResultOutsideReported, outside(row).identity)


async def _result(writing: Writing, case: CaseRow, oos_id: str, *wanted: OosState) -> OosRow:
    row = await result_of(writing.session, case.case_id, oos_id)
    if row is None:
        raise broken("section 8, OOS", "There is no such result.", oos_id="unknown")
    if OosState(row.state) not in wanted:
        raise Refused(Code.NOT_OPEN, f"{oos_id} is {row.state}.", rule="section 8, OOS")
    return row
