"""Checks of deviations and changes that are reported of a batch."""

from sqlmodel import col, select

from domain.batch.batch import DeviationState
from domain.batch.deviations.associated import suggested_associated
from domain.batch.deviations.departure import refuse_unless_data_for_each
from domain.batch.deviations.deviation import (
    GRAVE,
    BatchChange,
    DeviationAcceptance,
    DeviationClosure,
    DeviationReport,
    event_of_deviation,
    refuse_unless_acceptable,
    refuse_unless_new_deviation,
)
from domain.batch.facts.events import MadeUnderChange
from domain.batch.facts.quality import GraveDeviationReported
from domain.batch.holds.holds import HoldType
from domain.core.entry import OpenTask
from domain.core.forms import Process
from domain.core.refusals import Code, Refused, broken
from records.batch.batches import bound_parameters, departing_values
from records.batch.deviations.associating import associate, conclude, proposed_for, refuse_unless_answered
from records.batch.deviations.departures import Departure, departure_by
from records.batch.numbered import deviation_of
from records.batch.standing import grave
from records.batch.tables.batches import BatchRow
from records.batch.tables.process import BatchDeviationRow
from records.change.standing import against, change_at
from records.core.declared import Effect, checks, suggests
from records.core.opening import open_case
from records.core.reactions import establish, revoke
from records.core.tables.cases import CaseRow
from records.core.writing import Writing


@checks(DeviationReport)
async def reports_a_deviation(writing: Writing, case: CaseRow, form: DeviationReport) -> Effect:
    """A grave deviation holds the batch and is an event at the site, to be triaged and told in time (section 9)."""
    batch = await writing.session.get_one(BatchRow, case.case_id)
    known = select(BatchDeviationRow.deviation_id).where(col(BatchDeviationRow.batch_id) == batch.batch_id)
    refuse_unless_new_deviation(
        form,
        known=(await writing.session.exec(known)).all(),
        parameters=[each.name for each in await bound_parameters(writing.session, batch)],
        departing=[row.parameter for row in await departing_values(writing.session, batch.batch_id)],
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
            received_at=form.detected_at,
        ),
    )
    event = event_of_deviation(
        form, batch_id=batch.batch_id, number=batch.number, site_id=batch.site_id, scope_id=batch.scope_id
    )
    return {"event": await open_case(writing, Process.EVENT, event, requester=writing.actor)}


@suggests(DeviationClosure)
async def suggests_candidates(writing: Writing, case: CaseRow, line: OpenTask) -> Effect:
    """Of a grave deviation the batches of the site that share something with this one (211.192)."""
    row = await deviation_of(writing.session, case.case_id, str(line.prefill.get("deviation_id")))
    if row is None or row.deviation_class not in {each.value for each in GRAVE}:
        return {}
    batch = await writing.session.get_one(BatchRow, case.case_id)
    return suggested_associated(await proposed_for(writing, batch, of_its_site=True))


@checks(DeviationClosure)
async def closes_a_deviation(writing: Writing, case: CaseRow, form: DeviationClosure) -> Effect:
    """A deviation of this batch that is open; of a departure from a proven range, with data on its impact (G6)."""
    row = await deviation_of(writing.session, case.case_id, form.deviation_id)
    if row is None:
        raise broken("section 8, deviations", "There is no such deviation.", deviation_id="unknown")
    if row.state != DeviationState.OPEN.value:
        raise Refused(Code.NOT_OPEN, f"{form.deviation_id} is {row.state}.", rule="section 8, deviations")
    departure = await _departure(writing, case, form.deviation_id)
    if departure is not None:
        refuse_unless_data_for_each(form.impact_on, departure.parameter.linked_cqas)
    is_grave = row.deviation_class in {each.value for each in GRAVE}
    if is_grave:
        batch = await writing.session.get_one(BatchRow, case.case_id)
        await refuse_unless_answered(writing, batch, form.associated, of_its_site=True)
        await associate(writing, batch, row.deviation_id, HoldType.DEVIATION, form.associated)
    effect: Effect = {"grave": is_grave}
    return effect | ({"departs": True} if departure is not None else {})


@checks(DeviationAcceptance)
async def accepts_a_deviation(writing: Writing, case: CaseRow, form: DeviationAcceptance) -> Effect:
    """A deviation that is investigated (`refuse_unless_acceptable`)."""
    row = await deviation_of(writing.session, case.case_id, form.deviation_id)
    if row is None:
        raise broken("section 8, deviations", "There is no such deviation.", deviation_id="unknown")
    if form.accept and row.state != DeviationState.CLOSED.value:
        raise Refused(Code.NOT_OPEN, f"{form.deviation_id} is {row.state}.", rule="section 8, deviations")
    batch = await writing.session.get_one(BatchRow, case.case_id)
    departure = await departure_by(writing.session, batch, form.deviation_id)
    known = departure.known_since if departure is not None else None
    refuse_unless_acceptable(
        form,
        departs=departure is not None,
        is_registered=departure is not None and departure.may_be_registered(batch.markets),
        known_since=known,
    )
    if form.accept:
        await conclude(writing, case.case_id, row.deviation_id)
        await revoke(writing, GraveDeviationReported, grave(row).identity)
    return {}


async def _departure(writing: Writing, case: CaseRow, deviation_id: str) -> Departure | None:
    return await departure_by(writing.session, await writing.session.get_one(BatchRow, case.case_id), deviation_id)


@checks(BatchChange)
async def reports_a_change(writing: Writing, case: CaseRow, form: BatchChange) -> Effect:
    """Finds the sponsor's case about the change; without one the change was never notified, and gate G10 says so.

    What is released of the batch, and of what was made of it, is reviewed unless nothing stands against the change.
    """
    change = await change_at(writing.session, case.site_id, form.change_id)
    why = await against(writing.session, change) if change is not None else "was never notified"
    if why:
        named = f"{form.change_id} ({change.case_id})" if change is not None else form.change_id
        said = f"It was made under {named}, which {why}: {form.description}"[:4000]
        await establish(writing, MadeUnderChange(batch_id=case.case_id, case_id=case.case_id, why=said))
    return {"case_id": change.case_id if change is not None else None}
