"""Checks of results outside specification."""

from pydantic import JsonValue
from sqlmodel import col, select

from domain.audit.capa import CapaOrigin, CapaRequest
from domain.batch.batch import OosState
from domain.batch.deviations.associated import suggested_associated
from domain.batch.facts.quality import ResultOutsideReported
from domain.batch.holds.holds import HoldType
from domain.batch.results.analysis_forms import AnalysisResult
from domain.batch.results.modes import never_replaced
from domain.batch.results.oos import (
    OosInvestigation,
    OosKind,
    OosLaboratoryPhase,
    OosOwnLaboratoryPhase,
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
from domain.core.people import Org
from domain.core.refusals import Code, Refused
from records.batch.deviations.associating import associate, conclude, proposed_for, refuse_unless_answered
from records.batch.results.compared import compared
from records.batch.results.results import result_under
from records.batch.results.specifications import specifications_in_force, tests_of
from records.batch.standing import confirmed, outside
from records.batch.tables.batches import BatchRow
from records.batch.tables.process import OosRow
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
    refuse_unless_new_result(
        form,
        known=(await writing.session.exec(known)).all(),
        now=writing.at,
        fails=await _fails(writing, batch, form),
        by_sponsor=writing.actor.org is Org.SPONSOR,
    )
    result = f"{form.test} {form.result} {form.unit}"
    await establish(
        writing,
        ResultOutsideReported(
            batch_id=batch.batch_id,
            case_id=batch.batch_id,
            kind=form.kind,
            oos_id=form.oos_id,
            result=result,
            received_at=form.detected_at,
        ),
    )
    event = event_of_result(
        form, batch_id=batch.batch_id, number=batch.number, site_id=batch.site_id, scope_id=batch.scope_id
    )
    return {"event": await open_case(writing, Process.EVENT, event, requester=writing.actor)}


@checks(OosLaboratoryPhase)
async def closes_phase_one(writing: Writing, case: CaseRow, form: OosLaboratoryPhase) -> Effect:
    """Of the site's laboratory."""
    return await _phase_one(writing, case, form, own=False)


@checks(OosOwnLaboratoryPhase)
async def closes_own_phase_one(writing: Writing, case: CaseRow, form: OosOwnLaboratoryPhase) -> Effect:
    """Of the sponsor's laboratory."""
    return await _phase_one(writing, case, form, own=True)


async def _phase_one(writing: Writing, case: CaseRow, form: OosLaboratoryPhase, *, own: bool) -> Effect:
    """A documented cause is put before the sponsor; without one the sponsor's quality unit takes over."""
    row = await result_under(writing, case, form.oos_id, OosState.LABORATORY)
    if row.own_laboratory is not own:
        whose = "the sponsor's own" if row.own_laboratory else "the site's"
        fields = {"oos_id": f"was obtained by {whose} laboratory, which investigates it"}
        raise Refused(Code.WRONG_FORM, f"{form.oos_id} is {whose}.", fields=fields)
    refuse_unless_invalidated_by_cause(form, retests_planned=row.retests_planned, may_resample=row.resampling)
    if form.cause is None:
        return {"state": OosState.INVESTIGATION.value}
    persons: list[JsonValue] = [*sorted(writing.actor.persons)]
    return {"state": OosState.INVALIDATION_PROPOSED.value, "cause": form.cause.value, "persons": persons}


@suggests(OosInvestigation)
async def suggests_candidates(writing: Writing, case: CaseRow, line: OpenTask) -> Effect:
    """The batches that share a parent, a lot, equipment or an analyst with this one (211.192). Nothing is answered."""
    batch = await writing.session.get_one(BatchRow, case.case_id)
    return suggested_associated(await proposed_for(writing, batch, of_its_site=False))


@checks(OosInvestigation)
async def closes_phase_two(writing: Writing, case: CaseRow, form: OosInvestigation) -> Effect:
    """The conclusion of the quality unit; a corrective action is asked of the site in the same transaction."""
    row = await result_under(writing, case, form.oos_id, OosState.INVESTIGATION, OosState.INCONCLUSIVE)
    others = select(BatchRow.batch_id).where(
        col(BatchRow.batch_id).in_(form.other_batches), col(BatchRow.batch_id) != case.case_id
    )
    batch = await writing.session.get_one(BatchRow, case.case_id)
    refuse_unless_concluded(
        form,
        others=(await writing.session.exec(others)).all(),
        in_place_of_data=await _in_place_of_data(writing, batch, row) if form.discount_ground is not None else None,
    )
    await refuse_unless_answered(writing, batch, form.associated, of_its_site=False)
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
    await associate(writing, batch, row.oos_id, HoldType.OOS, form.associated)
    await _concludes(writing, row, state)
    return {
        "state": state.value,
        "scar": scar,
        "again": is_asked_again(OosKind(row.kind), state),
        "persons": [*sorted(writing.actor.persons)],
    }


async def _concludes(writing: Writing, row: OosRow, state: OosState) -> None:
    """What is confirmed is so whenever that is found; what counts no more is no result outside any more."""
    if state is OosState.CONFIRMED and row.kind == OosKind.OOS.value:
        await establish(writing, confirmed(row))
    if state is not OosState.INCONCLUSIVE and state is not OosState.DISCOUNT_PROPOSED:
        await conclude(writing, row.batch_id, row.oos_id)
    if not counts_against(OosKind(row.kind), state):
        await revoke(writing, ResultOutsideReported, outside(row).identity)


async def _in_place_of_data(writing: Writing, batch: BatchRow, row: OosRow) -> str | None:
    """Why a test of the product does not outweigh the result, where one in force asks for data of the process."""
    in_force = await specifications_in_force(writing.session, batch.scope_id, batch.markets, writing.at)
    return never_replaced(row.test, [test for each in in_force.values() for test in tests_of(each)])


async def _fails(writing: Writing, batch: BatchRow, form: OosReport) -> str | None:
    """The registered limit that a reported result misses; `None` if it misses none that is known."""
    line = AnalysisResult(test=form.test, result=form.result, unit=form.unit)
    found = await compared(writing, batch, [line])
    return next((entry for each in found for entry in each.found.failed), None)
