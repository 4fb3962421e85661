"""The certificates and the own testing of a batch: which lines count, and what has taken the place of the others."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType
from typing import NamedTuple

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.batch.batch import OosState
from domain.batch.gate.batch_facts import OwnTestFacts, PaperFacts, ReplacedResult
from domain.batch.results.analysis_forms import Source
from domain.batch.results.coa import Verdict
from domain.batch.results.failing import FailedLine, is_about, is_invalidated
from domain.batch.results.oos import LaboratoryCause
from domain.batch.results.own_testing import differences
from domain.batch.results.recomputation import ByPerson, Reported
from domain.batch.results.specification import SpecifiedTest
from domain.core.names import name_key
from domain.release.gate_words import words
from records.batch.tables.analysis import AnalysisReportRow, AnalysisRow
from records.batch.tables.process import OosRow
from records.core.tables.master_data import SiteRow


class RecordedLine(NamedTuple):
    """A line of a certificate or report that is on record."""

    test: str
    method: str | None
    result: str
    unit: str | None
    verdict: str | None
    replicate: int | None
    is_mean: bool
    report: str
    compared: tuple[ByPerson, ...] = ()
    data: str | None = None


class Reports(NamedTuple):
    """All that was ever reported of a batch, in its order, and what failed of it."""

    reports: Sequence[AnalysisReportRow]
    lines: Mapping[int, Sequence[AnalysisRow]]
    """By the number of their report."""
    outside: Sequence[OosRow]
    laboratories: Mapping[str, SiteRow] = MappingProxyType({})
    """The registered sites at which was tested."""
    said: Mapping[tuple[int, int], Sequence[ByPerson]] = MappingProxyType({})
    """What a person says of lines just now, by the numbers of report and line."""

    def counting(self, source: Source) -> list[Reported]:
        """The results that count, line by line: of the last certificate, or of all own testing that stands."""
        return [
            self._line(report, line)
            for report in self.of(source)
            for line in self._of(report)
            if not line.superseded and not self._is_invalidated(report, line)
        ]

    def of(self, source: Source) -> list[AnalysisReportRow]:
        """The certificates, or the reports of own testing."""
        return [each for each in self.reports if each.source == source.value]

    def own_tests(self) -> tuple[OwnTestFacts, ...]:
        """The own testing that counts, and who has tested."""
        return tuple(self._own_test(each) for each in self.of(Source.OWN_TESTING) if not each.superseded)

    def _own_test(self, report: AnalysisReportRow) -> OwnTestFacts:
        site = self.laboratories.get(report.laboratory_site_id or "")
        lines = self._of(report)
        return OwnTestFacts(
            report=report.report,
            at=report.reported_at,
            testers=tuple(report.persons),
            analysts=tuple(dict.fromkeys(line.analyst for line in lines if line.analyst)),
            tests=tuple(dict.fromkeys(line.test for line in lines if not line.superseded)),
            site=f"{site.name} ({site.site_id})" if site is not None else "",
            country=site.country if site is not None else None,
            site_id=site.site_id if site is not None else "",
            tested_on=report.dated,
        )

    def papers(self, source: Source) -> tuple[PaperFacts, ...]:
        """The certificate, or the own testing, that counts: of which day, and tested where."""
        return tuple(
            PaperFacts(
                report=each.report,
                dated=each.dated,
                laboratory=each.laboratory,
                specification=each.specification,
                at=each.reported_at,
            )
            for each in self.standing(source)
        )

    def standing(self, source: Source, name: str | None = None) -> list[AnalysisReportRow]:
        """The certificate, or the own testing, that counts; of those the ones with a number."""
        key = name_key(name) if name is not None else None
        return [each for each in self.of(source) if not each.superseded and key in (None, name_key(each.report))]

    def compared(self) -> tuple[str, ...]:
        """What persons have said of lines that count, in words."""
        return tuple(
            f"{shown(line)} {ByPerson(**said).words()}"
            for report in self.reports
            if not report.superseded
            for line in self._of(report)
            for said in line.compared
        )

    def replaced(self) -> tuple[ReplacedResult, ...]:
        """Failing lines that do not count any more."""
        return tuple(
            self._replaced(report, line)
            for report in self.reports
            for line in self._of(report)
            if line.verdict == Verdict.FAIL.value and (line.superseded or self._is_invalidated(report, line))
        )

    def differed(self, tests: Sequence[SpecifiedTest], max_percent: Decimal) -> tuple[str, ...]:
        """Differences between own testing and a certificate of which one does not count any more."""
        pairs = [
            (own, certificate)
            for own in self.of(Source.OWN_TESTING)
            for certificate in self.of(Source.COA)
            if own.superseded or certificate.superseded
        ]
        return tuple(
            f"{found} ({own.report}, {certificate.report})"
            for own, certificate in pairs
            for found in differences(self.reported(own), self.reported(certificate), tests, max_percent)
        )

    def _of(self, report: AnalysisReportRow) -> Sequence[AnalysisRow]:
        return self.lines.get(report.number, ())

    def reported(self, report: AnalysisReportRow) -> list[Reported]:
        """Every line of one report, whether it counts or not."""
        return [self._line(report, line) for line in self._of(report)]

    def _line(self, report: AnalysisReportRow, line: AnalysisRow) -> RecordedLine:
        return reported(report, line, self.said.get((line.number, line.line), ()))

    def _is_invalidated(self, report: AnalysisReportRow, line: AnalysisRow) -> bool:
        return line.verdict == Verdict.FAIL.value and is_invalidated(failed(report, line), self.outside)

    def _replaced(self, report: AnalysisReportRow, line: AnalysisRow) -> ReplacedResult:
        by = self._successor(report) if line.superseded else None
        found = [each for each in self.outside if is_about(each, failed(report, line))]
        return ReplacedResult(
            result=shown(line),
            report=report.report,
            replaced_by=by.report if by is not None else None,
            by_name=by.entered_by if by is not None else "",
            cause=_cause(by.cause) if by is not None else None,
            raw_data=by.raw_data if by is not None else None,
            reason=by.correction_reason or "" if by is not None else "",
            investigated="; ".join(_found(each) for each in found),
        )

    def _successor(self, report: AnalysisReportRow) -> AnalysisReportRow | None:
        """What has taken its place: who corrects a report names it."""
        key = name_key(report.report)
        return next(
            (
                each
                for each in self.of(Source(report.source))
                if each.number > report.number and each.correction_of and name_key(each.correction_of) == key
            ),
            None,
        )


async def reports_of(session: AsyncSession, batch_id: str) -> Reports:
    """Ask for a batch. Three statements, and one more where the site of a laboratory was named."""
    reports = select(AnalysisReportRow).where(col(AnalysisReportRow.batch_id) == batch_id)
    rows = select(AnalysisRow).where(col(AnalysisRow.batch_id) == batch_id)
    outside = select(OosRow).where(col(OosRow.batch_id) == batch_id)
    lines: dict[int, list[AnalysisRow]] = defaultdict(list)
    for row in (await session.exec(rows.order_by(col(AnalysisRow.number), col(AnalysisRow.line)))).all():
        lines[row.number].append(row)
    reported = (await session.exec(reports.order_by(col(AnalysisReportRow.number)))).all()
    found = (await session.exec(outside.order_by(col(OosRow.oos_id)))).all()
    return Reports(reported, lines, found, await _laboratories(session, reported))


async def _laboratories(session: AsyncSession, reports: Sequence[AnalysisReportRow]) -> dict[str, SiteRow]:
    wanted = sorted({each.laboratory_site_id for each in reports if each.laboratory_site_id is not None})
    if not wanted:
        return {}
    query = select(SiteRow).where(col(SiteRow.site_id).in_(wanted))
    return {each.site_id: each for each in (await session.exec(query)).all()}


def failed(report: AnalysisReportRow, line: AnalysisRow) -> FailedLine:
    """A line that fails, as what is on record of failing results knows it."""
    return FailedLine(line.test, line.result, line.source, report.report, report.reported_at)


def reported(report: AnalysisReportRow, row: AnalysisRow, said: Sequence[ByPerson] = ()) -> RecordedLine:
    """A line as it was reported, with what persons have said of it."""
    return RecordedLine(
        test=row.test,
        method=row.method,
        result=row.result,
        unit=row.unit,
        verdict=row.reported_verdict,
        replicate=row.replicate,
        is_mean=row.is_mean,
        report=report.report,
        compared=(*(ByPerson(**each) for each in row.compared), *said),
        data=row.process_data,
    )


def shown(row: AnalysisRow) -> str:
    """Test, result and unit of a line."""
    return " ".join(filter(None, (row.test, row.result, row.unit)))


def _found(row: OosRow) -> str:
    seen = f"seen by {row.seen_by}" if row.seen_by else None
    return ", ".join(
        filter(None, [f"{row.oos_id} {words(OosState(row.state))}", _cause(row.cause), row.raw_data, seen])
    )


def _cause(code: str | None) -> str | None:
    return words(LaboratoryCause(code)) if code is not None else None


async def entered_by(session: AsyncSession, batch_id: str, source: Source, report: str) -> frozenset[str]:
    """Whose hands the certificates or reports of a number were, by person id."""
    query = select(AnalysisReportRow).where(
        col(AnalysisReportRow.batch_id) == batch_id, col(AnalysisReportRow.source) == source.value
    )
    rows = [each for each in (await session.exec(query)).all() if name_key(each.report) == name_key(report)]
    return frozenset(person for row in rows for person in row.persons)
