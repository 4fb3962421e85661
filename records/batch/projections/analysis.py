"""Results of analysis, as functions of the journal."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.batch.making.request import uses
from domain.batch.results.analysis_forms import AnalysisResult, CertificateOfAnalysis, OwnTesting, Source
from domain.batch.results.coa import Verdict
from domain.core.events import Event
from records.batch.projections.batches import keep_use
from records.batch.tables.analysis import AnalysisReportRow, AnalysisRow
from records.batch.tables.batches import BatchRow
from records.core.payloads import part, submitted
from records.core.projectors import follows

_VERDICTS = {verdict.value[0]: verdict.value for verdict in Verdict}
_GRAVEST = (Verdict.FAIL.value, Verdict.UNREADABLE.value, Verdict.PASS.value)


@follows(*CertificateOfAnalysis.action.event_types())
async def keep_certificate(session: AsyncSession, event: Event) -> None:
    """It takes the place of the one before, which is kept; own testing of the batch confirms it, or no certificate.

    Its analysts and equipment are those of the batch.
    """
    form = submitted(event, CertificateOfAnalysis)
    for table in (AnalysisReportRow, AnalysisRow):
        earlier = select(table).where(
            col(table.batch_id) == event.stream,
            col(table.source) == Source.COA.value,
            col(table.superseded).is_(False),
        )
        for row in (await session.exec(earlier)).all():
            row.superseded = True
    await _keep(session, event, Source.COA, form.results)
    await _report(
        session, event, Source.COA, form.number, form.issued_on, form.document.document_id, form.specification
    )
    tested = select(AnalysisReportRow).where(
        col(AnalysisReportRow.batch_id) == event.stream, col(AnalysisReportRow.source) == Source.OWN_TESTING.value
    )
    for row in (await session.exec(tested)).all():
        row.confirms = bool(part(event, "effect").get("confirmed", False))
    equipment = [each.equipment for each in form.results if each.equipment]
    for use in uses((), equipment, [each.analyst for each in form.results if each.analyst]):
        await keep_use(session, event.stream, use)


@follows(*OwnTesting.action.event_types())
async def keep_own_testing(session: AsyncSession, event: Event) -> None:
    """All own testing of a batch counts, side by side."""
    form = submitted(event, OwnTesting)
    await _keep(session, event, Source.OWN_TESTING, form.results)
    await _report(session, event, Source.OWN_TESTING, form.report, form.tested_on, form.document.document_id)


async def _report(
    session: AsyncSession,
    event: Event,
    source: Source,
    report: str,
    dated: date,
    document_id: str,
    specification: str = "",
) -> None:
    batch = await session.get_one(BatchRow, event.stream)
    session.add(
        AnalysisReportRow(
            batch_id=event.stream,
            number=event.number,
            source=source.value,
            scope_id=batch.scope_id,
            report=report,
            specification=specification,
            dated=dated,
            document_id=document_id,
            reported_at=event.occurred_at,
            confirms=bool(part(event, "effect").get("confirms", False)),
        )
    )


async def _keep(session: AsyncSession, event: Event, source: Source, results: Sequence[AnalysisResult]) -> None:
    judged = part(event, "effect")["judged"]
    for line, each in enumerate(results):
        found = _judged_by(judged, line)
        gravest = min(found, key=lambda judgement: _GRAVEST.index(judgement["verdict"]), default=None)
        session.add(
            AnalysisRow(
                batch_id=event.stream,
                number=event.number,
                line=line,
                source=source.value,
                test=each.test,
                method=each.method,
                result=each.result,
                unit=each.unit,
                reported_verdict=each.verdict,
                replicate=each.replicate,
                is_mean=each.is_mean,
                analyst=each.analyst,
                equipment=each.equipment,
                verdict=gravest["verdict"] if gravest else None,
                reason=gravest["reason"] if gravest else "",
                judged_by=found,
            )
        )


def _judged_by(judged: Mapping[str, Any], line: int) -> list[dict[str, Any]]:
    """What each version of the specification says of a line; nothing where it does not have the test."""
    return [
        {
            "spec_version": int(version),
            "verdict": _VERDICTS[of["verdicts"][line]],
            "reason": of["reasons"].get(str(line), ""),
        }
        for version, of in sorted(judged.items(), key=lambda each: int(each[0]))
        if of["verdicts"][line] in _VERDICTS
    ]
