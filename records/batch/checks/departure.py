"""Checks of what is said of a departure from a proven acceptable range (gate G6)."""

from domain.batch.deviations.departure import (
    DepartureAssessment,
    DepartureFiling,
    refuse_unless_each_market,
    refuse_unless_of_a_departure,
)
from records.batch.deviations.departures import departures_of
from records.batch.tables.batches import BatchRow
from records.core.declared import Effect, checks
from records.core.tables.cases import CaseRow
from records.core.writing import Writing


@checks(DepartureAssessment)
async def assesses_a_departure(writing: Writing, case: CaseRow, form: DepartureAssessment) -> Effect:
    """A parameter of this batch outside its proven acceptable range."""
    await _refuse_unless_departing(writing, case, form.deviation_id)
    return {}


@checks(DepartureFiling)
async def states_the_filing(writing: Writing, case: CaseRow, form: DepartureFiling) -> Effect:
    """The same, for each market of the batch."""
    batch = await _refuse_unless_departing(writing, case, form.deviation_id)
    refuse_unless_each_market(form, batch.markets)
    return {}


async def _refuse_unless_departing(writing: Writing, case: CaseRow, deviation_id: str) -> BatchRow:
    batch = await writing.session.get_one(BatchRow, case.case_id)
    departures = await departures_of(writing.session, batch)
    refuse_unless_of_a_departure(deviation_id, departing=[each.deviation_id for each in departures if each.deviation])
    return batch
