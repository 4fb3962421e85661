"""Checks of a deviation whose class the sponsor raises."""

from domain.batch.batch import DeviationClass, DeviationState
from domain.batch.deviations.deviation import GRAVE, DeviationReport, event_of_deviation
from domain.batch.deviations.reclassification import DeviationReclassification, is_judged_anew, refuse_unless_graver
from domain.batch.facts.quality import GraveDeviationReported
from domain.core.forms import Process
from domain.core.refusals import broken
from records.batch.numbered import deviation_of
from records.batch.standing import grave
from records.batch.tables.batches import BatchRow
from records.core.declared import Effect, checks
from records.core.opening import open_case
from records.core.reactions import establish, revoke
from records.core.tables.cases import CaseRow
from records.core.writing import Writing


@checks(DeviationReclassification)
async def raises_the_class(writing: Writing, case: CaseRow, form: DeviationReclassification) -> Effect:
    """What follows from a grave deviation follows now: the batch is held, the site's event is triaged."""
    row = await deviation_of(writing.session, case.case_id, form.deviation_id)
    if row is None:
        raise broken("G7", "There is no such deviation.", deviation_id="unknown")
    refuse_unless_graver(form, DeviationClass(row.deviation_class))
    batch = await writing.session.get_one(BatchRow, case.case_id)
    raised = GraveDeviationReported(
        batch_id=batch.batch_id,
        case_id=case.case_id,
        deviation_id=row.deviation_id,
        deviation_class=form.deviation_class,
        received_at=writing.at,
    )
    await revoke(writing, GraveDeviationReported, grave(row).identity)  # of the class that it had
    await establish(writing, raised)
    again = is_judged_anew(form.deviation_class, is_open=row.state == DeviationState.OPEN.value)
    effect: Effect = {"judged_anew": again, "about": row.impact or row.description}
    if DeviationClass(row.deviation_class) in GRAVE:  # it is an event at the site already
        return effect
    told = DeviationReport(
        deviation_id=row.deviation_id,
        deviation_class=form.deviation_class,
        description=f"{row.description}\nRaised from {row.deviation_class}: {form.reason}"[:4000],
        detected_at=row.detected_at,
    )
    where = {"batch_id": batch.batch_id, "number": batch.number, "site_id": batch.site_id, "scope_id": batch.scope_id}
    event = await open_case(writing, Process.EVENT, event_of_deviation(told, **where), requester=writing.actor)
    return effect | {"event": event}
