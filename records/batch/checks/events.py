"""Checks of what is reported of a batch as it occurs: deviations, results outside specification, changes."""

from sqlmodel import col, select

from domain.audit.capa import CapaOrigin, CapaRequest
from domain.batch.batch import DeviationState, OosState
from domain.batch.deviation import (
    GRAVE,
    BatchChange,
    DeviationAcceptance,
    DeviationClosure,
    DeviationReport,
    event_of_deviation,
    refuse_unless_acceptable,
    refuse_unless_new_deviation,
)
from domain.batch.facts import GraveDeviationReported, ResultOutsideReported
from domain.batch.oos import (
    OosInvestigation,
    OosKind,
    OosLaboratoryPhase,
    OosReport,
    concluded,
    event_of_result,
    is_asked_again,
    refuse_unless_concluded,
    refuse_unless_invalidated_by_cause,
    refuse_unless_new_result,
)
from domain.core.entry import OpenTask
from domain.core.forms import Process
from domain.core.names import name_key
from domain.core.refusals import Code, Refused, broken
from records.batch.batches import bound_parameters
from records.batch.numbered import deviation_of, result_of
from records.batch.siblings import siblings_of
from records.batch.tables.batches import BatchDeviationRow, BatchRow, OosRow, ParameterResultRow
from records.change.tables import ChangeRow
from records.core.declared import Effect, checks, suggests
from records.core.opening import open_case
from records.core.reactions import establish
from records.core.tables.cases import CaseRow
from records.core.writing import Writing


@checks(DeviationReport)
async def reports_a_deviation(writing: Writing, case: CaseRow, form: DeviationReport) -> Effect:
    """A grave deviation holds the batch and is an event at the site, to be triaged and told in time (section 9)."""
    batch = await writing.session.get_one(BatchRow, case.case_id)
    known = select(BatchDeviationRow.deviation_id).where(col(BatchDeviationRow.batch_id) == batch.batch_id)
    beyond = select(ParameterResultRow.parameter).where(
        col(ParameterResultRow.batch_id) == batch.batch_id,
        col(ParameterResultRow.superseded_by).is_(None),
        col(ParameterResultRow.in_par).is_(False),
    )
    refuse_unless_new_deviation(
        form,
        known=(await writing.session.exec(known)).all(),
        parameters=[each.name for each in await bound_parameters(writing.session, batch)],
        beyond=(await writing.session.exec(beyond)).all(),
        now=writing.at,
    )
    if form.deviation_class not in GRAVE:
        return {}
    await establish(
        writing,
        GraveDeviationReported(
            batch_id=batch.batch_id,
            case_id=case.case_id,
            deviation_id=form.deviation_id,
            deviation_class=form.deviation_class,
        ),
    )
    event = event_of_deviation(
        form, batch_id=batch.batch_id, number=batch.number, site_id=batch.site_id, scope_id=batch.scope_id
    )
    return {"event": await open_case(writing, Process.EVENT, event, requester=writing.actor)}


@checks(DeviationClosure)
async def closes_a_deviation(writing: Writing, case: CaseRow, form: DeviationClosure) -> Effect:
    """A deviation of this batch that is open."""
    row = await deviation_of(writing.session, case.case_id, form.deviation_id)
    if row is None:
        raise broken("section 8, deviations", "There is no such deviation.", deviation_id="unknown")
    if row.state != DeviationState.OPEN.value:
        raise Refused(Code.NOT_OPEN, f"{form.deviation_id} is {row.state}.", rule="section 8, deviations")
    return {"grave": row.deviation_class in {each.value for each in GRAVE}}


@checks(DeviationAcceptance)
async def accepts_a_deviation(writing: Writing, case: CaseRow, form: DeviationAcceptance) -> Effect:
    """Specifications must be met where it was unexpected (`refuse_unless_acceptable`)."""
    refuse_unless_acceptable(form)
    return {}


@checks(BatchChange)
async def reports_a_change(writing: Writing, case: CaseRow, form: BatchChange) -> Effect:
    """Finds the sponsor's case about the change; without one the change was never notified, and gate G10 says so."""
    query = select(ChangeRow.case_id, ChangeRow.change_id).where(col(ChangeRow.site_id) == case.site_id)
    rows = (await writing.session.exec(query.order_by(col(ChangeRow.submitted_at).desc()))).all()
    wanted = name_key(form.change_id)
    return {"case_id": next((case_id for case_id, number in rows if name_key(number) == wanted), None)}


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
            batch_id=batch.batch_id, case_id=case.case_id, kind=form.kind, oos_id=form.oos_id, result=result
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
    return {"state": state.value, "scar": scar, "again": is_asked_again(OosKind(row.kind), state)}


async def _result(writing: Writing, case: CaseRow, oos_id: str, *wanted: OosState) -> OosRow:
    row = await result_of(writing.session, case.case_id, oos_id)
    if row is None:
        raise broken("section 8, OOS", "There is no such result.", oos_id="unknown")
    if OosState(row.state) not in wanted:
        raise Refused(Code.NOT_OPEN, f"{oos_id} is {row.state}.", rule="section 8, OOS")
    return row
