"""Results of analysis, as functions of the journal."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.batch.making.materials import uses
from domain.batch.results.analysis_forms import AnalysisResult, CertificateOfAnalysis, OwnTesting, Source
from domain.batch.results.coa import Verdict
from domain.batch.results.comparison import ResultComparison, said_by
from domain.core.events import Event
from domain.core.names import name_key
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
    for earlier in await _standing(session, event.stream, Source.COA):
        await _supersede(session, earlier)
    await _keep(session, event, Source.COA, form.results)
    session.add(
        await _report(
            session,
            event,
            source=Source.COA,
            report=form.number,
            specification=form.specification,
            dated=form.issued_on,
            document_id=form.document.document_id,
            correction_of=form.correction_of,
            correction_reason=form.correction_reason,
        )
    )
    for tested in await _standing(session, event.stream, Source.OWN_TESTING):
        tested.confirms = bool(part(event, "effect").get("confirmed", False))
    equipment = [each.equipment for each in form.results if each.equipment]
    for use in uses((), equipment, [each.analyst for each in form.results if each.analyst]):
        await keep_use(session, event.stream, use)


@follows(*ResultComparison.action.event_types())
async def keep_comparison(session: AsyncSession, event: Event) -> None:
    """The lines count as the person has said; own testing may bear out the certificate from then on."""
    form, effect = submitted(event, ResultComparison), part(event, "effect")
    for each in form.lines:
        row = await session.get_one(AnalysisRow, (event.stream, int(effect["number"]), each.line))
        said = said_by(each, form, event.actor.name)
        row.compared = [*row.compared, said._asdict()]
        _take_verdict(row, _judged_by(effect["judged"], each.line))
    for tested in await _standing(session, event.stream, Source.OWN_TESTING):
        tested.confirms = bool(effect["confirmed"])


@follows(*OwnTesting.action.event_types())
async def keep_own_testing(session: AsyncSession, event: Event) -> None:
    """All own testing of a batch counts, side by side; but for a report whose place another one takes."""
    form = submitted(event, OwnTesting)
    if form.correction_of is not None:
        for earlier in await _standing(session, event.stream, Source.OWN_TESTING):
            if name_key(earlier.report) == name_key(form.correction_of):
                await _supersede(session, earlier)
    await _keep(session, event, Source.OWN_TESTING, form.results)
    session.add(
        await _report(
            session,
            event,
            source=Source.OWN_TESTING,
            report=form.report,
            laboratory=form.laboratory,
            laboratory_site_id=form.laboratory_site_id,
            tested_by=form.tested_by,
            dated=form.tested_on,
            document_id=form.document.document_id,
            correction_of=form.correction_of,
            correction_reason=form.correction_reason,
            cause=form.cause.value if form.cause is not None else None,
            raw_data=form.raw_data.document_id if form.raw_data is not None else None,
        )
    )


async def _standing(session: AsyncSession, batch_id: str, source: Source) -> Sequence[AnalysisReportRow]:
    query = select(AnalysisReportRow).where(
        col(AnalysisReportRow.batch_id) == batch_id,
        col(AnalysisReportRow.source) == source.value,
        col(AnalysisReportRow.superseded).is_(False),
    )
    return (await session.exec(query)).all()


async def _supersede(session: AsyncSession, report: AnalysisReportRow) -> None:
    report.superseded, report.confirms = True, False
    lines = select(AnalysisRow).where(
        col(AnalysisRow.batch_id) == report.batch_id, col(AnalysisRow.number) == report.number
    )
    for line in (await session.exec(lines)).all():
        line.superseded = True


async def _report(
    session: AsyncSession, event: Event, *, source: Source, tested_by: Sequence[str] = (), **said: Any
) -> AnalysisReportRow:
    batch = await session.get_one(BatchRow, event.stream)
    return AnalysisReportRow(
        **{"specification": "", **said},
        batch_id=event.stream,
        number=event.number,
        source=source.value,
        scope_id=batch.scope_id,
        reported_at=event.occurred_at,
        confirms=bool(part(event, "effect").get("confirms", False)),
        entered_by=event.actor.name,
        persons=sorted({*event.actor.persons, *tested_by}),
    )


async def _keep(session: AsyncSession, event: Event, source: Source, results: Sequence[AnalysisResult]) -> None:
    judged = part(event, "effect")["judged"]
    for line, each in enumerate(results):
        row = AnalysisRow(
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
            process_data=each.data,
        )
        _take_verdict(row, _judged_by(judged, line))
        session.add(row)


def _take_verdict(row: AnalysisRow, found: list[dict[str, Any]]) -> None:
    gravest = min(found, key=lambda judgement: _GRAVEST.index(judgement["verdict"]), default=None)
    row.verdict, row.reason = (gravest["verdict"], gravest["reason"]) if gravest else (None, "")
    row.judged_by = found


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
