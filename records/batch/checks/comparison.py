"""Checks of what persons say of results that the program cannot compare (gate G9)."""

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from domain.batch.results.analysis_forms import Source
from domain.batch.results.comparison import Entered, ResultComparison, UnreadLine, refuse_unless_compared, said_by
from domain.batch.results.own_testing import bears_out, differences
from domain.batch.results.recomputation import ByPerson
from domain.core.entry import OpenTask
from records.batch.checks.analysis import effect_of, hold_failed
from records.batch.results.compared import compared
from records.batch.results.comparing import unread_in
from records.batch.results.failing import establish_failing
from records.batch.results.reports import Reports, reports_of
from records.batch.tables.analysis import AnalysisReportRow
from records.batch.tables.batches import BatchRow
from records.core.declared import Effect, checks, suggests
from records.core.lookups import Lookups, lookups_of
from records.core.tables.cases import CaseRow
from records.core.writing import Writing


class Asked(NamedTuple):
    """A certificate or report that a person is asked about."""

    reports: Reports
    report: AnalysisReportRow
    lines: Sequence[UnreadLine]

    @property
    def entered(self) -> Entered:
        """Whose hands it is."""
        analysts = [line.analyst for line in self.reports.lines.get(self.report.number, ()) if line.analyst]
        return Entered(self.report.report, self.report.document_id, self.report.persons, analysts)


@suggests(ResultComparison)
async def suggests_what_is_unread(writing: Writing, case: CaseRow, line: OpenTask) -> Effect:
    """The lines, their limits, and why they are asked about. What the person says of them is left open."""
    batch = await writing.session.get_one(BatchRow, case.case_id)
    source, report = Source(str(line.prefill["source"])), str(line.prefill["report"])
    asked = await _asked(batch, await lookups_of(writing, case), source, report)
    return {"lines": [each.model_dump(mode="json") for each in asked.lines] if asked is not None else []}


@checks(ResultComparison)
async def compares_results(writing: Writing, case: CaseRow, form: ResultComparison) -> Effect:
    """By another person than who has entered them. One that fails is investigated, and what is clear may confirm."""
    lookups = await lookups_of(writing, case)
    batch = await writing.session.get_one(BatchRow, case.case_id)
    asked = await _asked(batch, lookups, form.source, form.report)
    entered, lines = (asked.entered, asked.lines) if asked is not None else (None, ())
    refuse_unless_compared(form, writing.actor, entered, lines)
    assert asked is not None, "It would have been refused."
    report, said = asked.report, dict[tuple[int, int], list[ByPerson]]()
    for each in form.lines:
        said.setdefault((report.number, each.line), []).append(said_by(each, form, writing.actor.name))
    reports = asked.reports._replace(said=said)
    results = reports.reported(report)
    found = await compared(writing, batch, results)
    await hold_failed(
        writing, batch, found, "the certificate of analysis" if form.source is Source.COA else "own testing"
    )
    await establish_failing(
        writing, batch, results, found, found_in=form.source, report=report.report, came_at=report.reported_at
    )
    confirmed = await _confirmed(batch, lookups, reports)
    return {**effect_of(batch, found), "number": report.number, "confirmed": confirmed}


async def _asked(batch: BatchRow, lookups: Lookups, source: Source, name: str) -> Asked | None:
    reports = await reports_of(lookups.session, batch.batch_id)
    for report in reports.standing(source, name):
        if lines := await unread_in(lookups.writing, batch, reports, report):
            return Asked(reports, report, lines)
    return None


async def _confirmed(batch: BatchRow, lookups: Lookups, reports: Reports) -> bool:
    """Whether own testing bears out the certificate now."""
    own, certificate = reports.counting(Source.OWN_TESTING), reports.counting(Source.COA)
    found = await compared(lookups.writing, batch, own)
    most = Decimal(lookups.limits.own_testing_difference_max_percent)
    differs = [each for of in found for each in differences(own, certificate, of.tests, most)]
    return bears_out(own, certificate, [each.found for each in found], differs)
