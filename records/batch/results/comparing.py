"""The results of a batch that wait for a person, since the program cannot compare them (gate G9)."""

from collections.abc import Iterable

from domain.batch.holds.hold import Uncompared
from domain.batch.holds.holds import BatchState
from domain.batch.results.analysis_forms import Source
from domain.batch.results.coa import Verdict
from domain.batch.results.comparison import UnreadLine
from domain.batch.results.recomputation import question
from domain.core.forms import canonical, sha256
from domain.core.names import name_key
from domain.core.text import in_a_title
from records.batch.results.compared import Compared, compared
from records.batch.results.reports import Reports, reports_of
from records.batch.tables.analysis import AnalysisReportRow
from records.batch.tables.batches import BatchRow
from records.core.writing import Writing

_MOST = 500
"""Lines that one form holds; the rest is asked about next."""


async def uncompared_of(writing: Writing, batch: BatchRow) -> tuple[Uncompared, ...]:
    """Each certificate and report that counts and has results which wait; none of a batch that is closed."""
    if batch.state == BatchState.CLOSED.value:
        return ()
    reports = await reports_of(writing.session, batch.batch_id)
    standing = [each for source in (Source.COA, Source.OWN_TESTING) for each in reports.standing(source)]
    found = []
    for report in standing:
        if lines := await unread_in(writing, batch, reports, report):
            said = canonical([each.model_dump(mode="json") for each in lines])
            found.append(
                Uncompared(
                    source=report.source,
                    report=report.report,
                    key=f"{report.number}/{sha256(said)[:16]}",
                    about=f"{in_a_title(report.report)}: {len(lines)} to compare",
                    barred=tuple(report.persons),
                )
            )
    return tuple(found)


async def unread_in(writing: Writing, batch: BatchRow, reports: Reports, report: AnalysisReportRow) -> list[UnreadLine]:
    """What a person is asked about one certificate or report, against every version in force for a market."""
    results = reports.reported(report)
    found = await compared(writing, batch, results)
    asked = {each.key: each for of in found for each in _unread(reports, report, of)}
    return list(asked.values())[:_MOST]


def _unread(reports: Reports, report: AnalysisReportRow, of: Compared) -> Iterable[UnreadLine]:
    tests = {name_key(test.name): test for test in of.tests}
    rows = reports.lines.get(report.number, ())
    for row, judged in zip(rows, of.found.lines, strict=True):
        if judged is not None and judged.verdict is Verdict.UNREADABLE:
            limit, doubt = question(judged, tests[name_key(row.test)])
            yield UnreadLine(line=row.line, test=row.test, result=row.result, limit=limit, doubt=doubt)
