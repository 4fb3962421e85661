"""Checks of what the sponsor says of a result outside specification before it counts no more."""

from sqlmodel import col, select

from domain.batch.batch import OosState
from domain.batch.facts.quality import ResultOutsideReported
from domain.batch.results.analysis_forms import Source
from domain.batch.results.oos import LaboratoryCause, OosInvestigation, OosKind, OosOwnLaboratoryPhase, goes_on
from domain.batch.results.oos_review import (
    DiscountConfirmation,
    InvalidationReview,
    RawDataComparison,
    ResamplingDecision,
    barred_from_seconding,
    refuse_other_document,
)
from domain.core.forms import Form
from domain.core.names import name_key
from domain.core.people import refuse_unless_permitted
from domain.core.refusals import Code, Refused
from records.batch.deviations.associating import conclude
from records.batch.results.reports import entered_by
from records.batch.results.results import result_under
from records.batch.standing import outside
from records.core.declared import Effect, checks
from records.core.reactions import revoke
from records.core.tables.cases import CaseRow, RecordRow
from records.core.writing import Writing


@checks(RawDataComparison)
async def compares_raw_data(writing: Writing, case: CaseRow, form: RawDataComparison) -> Effect:
    """The first of two who read what proves a mistake in writing. If it does not, the result stands.

    Who has made the mistake does not see that it was one.
    """
    row = await result_under(writing, case, form.oos_id, OosState.INVALIDATION_PROPOSED)
    if row.cause != LaboratoryCause.TRANSCRIPTION.value:
        fields = {"oos_id": f"is explained by {row.cause}"}
        raise Refused(Code.NOT_OPEN, "It is no matter of writing.", fields=fields, rule="section 8, OOS")
    refuse_other_document(form, row.raw_data)
    if form.agrees and row.opened_from == Source.OWN_TESTING.value and row.report is not None:
        testers = await entered_by(writing.session, case.case_id, Source.OWN_TESTING, row.report)
        refuse_unless_permitted(writing.actor, by=form.by(), barred=barred_from_seconding(testers))
    state = OosState.INVALIDATION_PROPOSED if form.agrees else OosState.INVESTIGATION
    return {"state": state.value, "persons": [*sorted(writing.actor.persons)], "agrees": form.agrees}


@checks(InvalidationReview)
async def reviews_the_invalidation(writing: Writing, case: CaseRow, form: InvalidationReview) -> Effect:
    """By another one than who has compared the raw data, where that is needed; without that nothing is invalidated.

    What the sponsor's own laboratory proposes is seen by another one than who has proposed it.
    """
    row = await result_under(writing, case, form.oos_id, OosState.INVALIDATION_PROPOSED)
    first = await _said(writing, case, RawDataComparison, form.oos_id)
    if form.agrees and row.cause == LaboratoryCause.TRANSCRIPTION.value and first is None:
        message = "Nobody has compared the certificate with the raw data."
        raise Refused(Code.NOT_OPEN, message, rule="section 8, OOS", fields={"agrees": message})
    if form.agrees and first is not None:
        refuse_unless_permitted(writing.actor, by=form.by(), barred=barred_from_seconding(_persons(first)))
    proposed = await _said(writing, case, OosOwnLaboratoryPhase, form.oos_id)
    if form.agrees and proposed is not None:
        refuse_unless_permitted(writing.actor, by=form.by(), barred=barred_from_seconding(_persons(proposed)))
    if form.agrees:
        await revoke(writing, ResultOutsideReported, outside(row).identity)
    return {"state": (OosState.INVALIDATED if form.agrees else OosState.INVESTIGATION).value}


@checks(DiscountConfirmation)
async def confirms_the_discount(writing: Writing, case: CaseRow, form: DiscountConfirmation) -> Effect:
    """By another one than who has written why it does not count; a no needs nobody else."""
    row = await result_under(writing, case, form.oos_id, OosState.DISCOUNT_PROPOSED)
    first = await _said(writing, case, OosInvestigation, form.oos_id)
    if form.agrees and first is not None:
        refuse_unless_permitted(writing.actor, by=form.by(), barred=barred_from_seconding(_persons(first)))
    if form.agrees:
        await revoke(writing, ResultOutsideReported, outside(row).identity)
        await conclude(writing, row.batch_id, row.oos_id)
    return {"state": (OosState.DISCOUNTED if form.agrees else OosState.INCONCLUSIVE).value}


@checks(ResamplingDecision)
async def decides_on_resampling(writing: Writing, case: CaseRow, form: ResamplingDecision) -> Effect:
    """Of a result that is not concluded."""
    await result_under(writing, case, form.oos_id, *(state for state in OosState if goes_on(OosKind.OOS, state)))
    return {}


async def _said(writing: Writing, case: CaseRow, form: type[Form], oos_id: str) -> RecordRow | None:
    """The last word of a kind on a result."""
    query = select(RecordRow).where(col(RecordRow.case_id) == case.case_id, col(RecordRow.action) == form.action.name)
    rows = (await writing.session.exec(query.order_by(col(RecordRow.version).desc()))).all()
    wanted = name_key(oos_id)
    return next((row for row in rows if name_key(str(row.form["oos_id"])) == wanted), None)


def _persons(record: RecordRow) -> list[str]:
    return [str(each) for each in record.effect.get("persons") or [record.by_person]]
