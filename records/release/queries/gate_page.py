"""What the gate page shows beside the gates: results, markets, parents, sites, events, judgements."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.batch.batch import MarketDecision
from domain.batch.gate.batch_facts import AnalysisFacts
from domain.batch.results.analysis_forms import Source
from domain.batch.results.recomputation import ByPerson
from domain.batch.results.specification import SpecifiedTest
from domain.core.names import name_key
from domain.core.people import Role
from domain.event.site_event import EventSeverity
from domain.release.certification import CertificationDecision, MarketRelease, QcuApproval, QpCertification
from domain.release.evidence import BatchEvidence
from domain.release.further_processing import ProcessingRelease
from domain.release.gate_page import GivenJudgement, MarketState, OpenEvent, ResultLine
from domain.release.gate_report import PlaceView
from domain.release.gate_words import measured, state_in_market
from domain.release.tranche import FurtherApproval, FurtherCertification, FurtherMarketRelease
from records.batch.batches import scopes_used
from records.batch.market_refusals import refusal_of
from records.batch.results.specifications import specification_in_force, tests_of
from records.batch.site_events import open_events_at
from records.batch.tables.analysis import AnalysisReportRow, AnalysisRow, SpecificationRow
from records.batch.tables.batches import BatchRow
from records.batch.tables.decisions import BatchMarketRow, MarketJudgementRow
from records.core.tables.cases import RecordRow
from records.core.tables.master_data import ScopeRow, SiteRow, SupplierRow

_DECISIONS: dict[str, type[CertificationDecision]] = {
    form.action.name: form
    for form in (
        QpCertification,
        QcuApproval,
        MarketRelease,
        ProcessingRelease,
        FurtherCertification,
        FurtherApproval,
        FurtherMarketRelease,
    )
}


async def markets_shown(
    session: AsyncSession, evidence: BatchEvidence, awaited: Mapping[str, tuple[Role, ...]]
) -> tuple[MarketState, ...]:
    """Every other market of the batch, refused ones with their grounds and what is judged of them.

    `awaited` says by market for whom the review of its release waits.
    """
    judged = {each.refusal.market: each.judged for each in evidence.elsewhere}
    states = (await markets_of_all(session, {evidence.batch_id: awaited})).get(evidence.batch_id, [])
    return tuple(
        each.model_copy(update={"judged": judged.get(each.market, ())})
        for each in states
        if each.market != evidence.market
    )


async def markets_of_all(
    session: AsyncSession, awaited: Mapping[str, Mapping[str, tuple[Role, ...]]]
) -> dict[str, list[MarketState]]:
    """By batch; `awaited` has each of them, with whom the reviews of its releases wait for."""
    query = select(BatchMarketRow).where(col(BatchMarketRow.batch_id).in_(awaited)).order_by(col(BatchMarketRow.market))
    found: dict[str, list[MarketState]] = {}
    for row in (await session.exec(query)).all():
        refusal = refusal_of(row)
        decision = MarketDecision(row.decision) if row.decision is not None else None
        state = MarketState(
            market=row.market,
            state=state_in_market(decision, refusal.how if refusal is not None else None, row.supplied_under or ()),
            grounds=refusal.grounds or None if refusal is not None else None,
            because=refusal.because or None if refusal is not None else None,
            review_waits_for=awaited[row.batch_id].get(row.market, ()),
        )
        found.setdefault(row.batch_id, []).append(state)
    return found


async def results_of_all(
    session: AsyncSession,
    batches: Sequence[BatchRow],
    market: str,
    at: datetime,
    *,
    by: AnalysisFacts | None = None,
) -> dict[str, tuple[ResultLine, ...]]:
    """The results of batches that count, each beside the limit that is registered in the market.

    `by` says which version one batch was compared with; else it is the one in force.
    """
    limits = {
        scope_id: await _limits(session, scope_id, market, at, by)
        for scope_id in dict.fromkeys(batch.scope_id for batch in batches)
    }
    of_batch = {batch.batch_id: limits[batch.scope_id] for batch in batches}
    reports = select(AnalysisReportRow).where(col(AnalysisReportRow.batch_id).in_(sorted(of_batch)))
    names = {(row.batch_id, row.number): row.report for row in (await session.exec(reports)).all()}
    query = select(AnalysisRow).where(
        col(AnalysisRow.batch_id).in_(sorted(of_batch)), col(AnalysisRow.superseded).is_(False)
    )
    query = query.order_by(col(AnalysisRow.batch_id), col(AnalysisRow.number), col(AnalysisRow.line))
    found: dict[str, tuple[ResultLine, ...]] = {}
    for row in (await session.exec(query)).all():
        line = ResultLine(
            certificate=names.get((row.batch_id, row.number), ""),
            source=Source(row.source),
            test=row.test,
            result=measured(row.result, row.unit),
            limit=of_batch[row.batch_id].get(name_key(row.test)),
            verdict=row.verdict,
            reason=row.reason,
            compared_by=tuple(ByPerson(**each).words() for each in row.compared),
        )
        found[row.batch_id] = (*found.get(row.batch_id, ()), line)
    return found


async def _limits(
    session: AsyncSession, scope_id: str, market: str, at: datetime, by: AnalysisFacts | None
) -> dict[str, str]:
    if by is not None and by.spec_id is not None:
        specification = await session.get(SpecificationRow, (by.spec_id, by.spec_version))
    else:
        specification = await specification_in_force(session, scope_id, market, at)
    tests = tests_of(specification) if specification is not None else ()
    return {name_key(test.name): _limit(test) for test in tests}


def _limit(test: SpecifiedTest) -> str:
    if test.expected is not None:
        return test.expected
    low = f"{'≥' if test.lower_inclusive else '>'} {measured(test.lower, test.unit)}" if test.lower is not None else ""
    high = f"{'≤' if test.upper_inclusive else '<'} {measured(test.upper, test.unit)}" if test.upper is not None else ""
    return ", ".join(filter(None, (low, high)))


async def sites_shown(session: AsyncSession, batch: BatchRow) -> tuple[PlaceView, ...]:
    """The sites that have done a part of the batch, by name."""
    query = (
        select(ScopeRow, SiteRow, SupplierRow)
        .join(SiteRow, col(SiteRow.site_id) == col(ScopeRow.site_id))
        .join(SupplierRow, col(SupplierRow.supplier_id) == col(SiteRow.supplier_id))
        .where(col(ScopeRow.scope_id).in_(await scopes_used(session, batch)))
        .order_by(col(ScopeRow.scope_id))
    )
    return tuple(
        PlaceView(
            scope_id=scope.scope_id,
            activity=scope.activity,
            site_id=site.site_id,
            name=site.name,
            address=site.address,
            supplier=supplier.name,
        )
        for scope, site, supplier in (await session.exec(query)).all()
    )


async def events_shown(session: AsyncSession, evidence: BatchEvidence) -> tuple[OpenEvent, ...]:
    """Every open event at the sites of the batch and of all that it comes from, tied to a batch or not."""
    sites = {scope.site_id for member in (evidence, *evidence.ancestors) for scope in member.scopes}
    return tuple(
        OpenEvent(
            event_id=seen.row.case_id,
            type=seen.type,
            severity=EventSeverity(seen.row.severity),
            site_id=seen.row.site_id,
            site=seen.site,
            is_decided=seen.is_decided,
            followed_by=seen.followed_by,
        )
        for seen in await open_events_at(session, sorted(sites))
    )


async def judgements_of_all(
    session: AsyncSession, ids: Sequence[str], market: str
) -> dict[str, tuple[GivenJudgement, ...]]:
    """What was judged of batches for a market: of other markets' decisions, and of gates with the signed decision."""
    query = select(MarketJudgementRow).where(
        col(MarketJudgementRow.batch_id).in_(ids),
        col(MarketJudgementRow.market) == market,
        col(MarketJudgementRow.voided).is_(False),
    )
    decisions = (
        select(RecordRow)
        .join(
            BatchMarketRow,
            (col(BatchMarketRow.batch_id) == col(RecordRow.case_id))
            & (col(BatchMarketRow.event_number) == col(RecordRow.number)),
        )
        .where(col(BatchMarketRow.batch_id).in_(ids), col(BatchMarketRow.market) == market)
    )
    found: dict[str, tuple[GivenJudgement, ...]] = {}
    for row in (await session.exec(query.order_by(col(MarketJudgementRow.judged_at)))).all():
        found[row.batch_id] = (*found.get(row.batch_id, ()), _of_a_refusal(row))
    for record in (await session.exec(decisions)).all():
        found[record.case_id] = (*found.get(record.case_id, ()), *judged_with(record))
    return found


def _of_a_refusal(row: MarketJudgementRow) -> GivenJudgement:
    return GivenJudgement(
        about=row.hold_id, rationale=row.assessment, stands_on=tuple(row.evidence), by=row.by_name, at=row.judged_at
    )


async def judgements_shown(session: AsyncSession, batch_id: str, market: str) -> tuple[GivenJudgement, ...]:
    """What was judged for a market of other markets' decisions."""
    query = select(MarketJudgementRow).where(
        col(MarketJudgementRow.batch_id) == batch_id,
        col(MarketJudgementRow.market) == market,
        col(MarketJudgementRow.voided).is_(False),
    )
    rows = (await session.exec(query.order_by(col(MarketJudgementRow.judged_at)))).all()
    return tuple(map(_of_a_refusal, rows))


def judged_with(record: RecordRow | None) -> tuple[GivenJudgement, ...]:
    """What was judged of gates with a signed decision."""
    if record is None or record.action not in _DECISIONS:
        return ()
    form = _DECISIONS[record.action].stored(record.form)
    return tuple(
        GivenJudgement(
            about=each.gate.value, rationale=each.rationale, stands_on=each.records(), by=record.by_name, at=record.at
        )
        for each in form.judgements
    )
