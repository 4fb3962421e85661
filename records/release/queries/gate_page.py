"""What the gate page shows beside the gates: results, markets, parents, sites, events, judgements."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.batch.batch import MarketDecision
from domain.batch.results.analysis_forms import Source
from domain.batch.results.recomputation import ByPerson
from domain.batch.results.specification import SpecifiedTest
from domain.core.names import name_key
from domain.core.people import Role
from domain.event.site_event import EventSeverity
from domain.release.certification import CertificationDecision, QcuApproval, QpCertification
from domain.release.evidence import BatchEvidence
from domain.release.further_processing import ProcessingRelease
from domain.release.gate_page import GivenJudgement, MarketState, OpenEvent, RelativeState, ResultLine
from domain.release.gate_report import PlaceView
from domain.release.gate_words import state_in_market
from records.batch.batches import scopes_used
from records.batch.market_refusals import refusal_of
from records.batch.results.specifications import specification_in_force, tests_of
from records.batch.site_events import open_events_at
from records.batch.tables.analysis import AnalysisReportRow, AnalysisRow
from records.batch.tables.batches import BatchRow
from records.batch.tables.decisions import BatchMarketRow, MarketJudgementRow
from records.batch.under_review import reviews_awaited
from records.core.tables.cases import RecordRow
from records.core.tables.master_data import ScopeRow, SiteRow, SupplierRow

_DECISIONS: dict[str, type[CertificationDecision]] = {
    form.action.name: form for form in (QpCertification, QcuApproval, ProcessingRelease)
}


async def markets_shown(
    session: AsyncSession, evidence: BatchEvidence, awaited: Mapping[str, tuple[Role, ...]]
) -> tuple[MarketState, ...]:
    """Every other market of the batch, refused ones with their grounds and what is judged of them.

    `awaited` says by market for whom the review of its release waits.
    """
    judged = {each.refusal.market: each.judged for each in evidence.elsewhere}
    states = (await _markets(session, {evidence.batch_id: awaited})).get(evidence.batch_id, [])
    return tuple(
        each.model_copy(update={"judged": judged.get(each.market, ())})
        for each in states
        if each.market != evidence.market
    )


async def relatives_shown(session: AsyncSession, evidence: BatchEvidence) -> tuple[RelativeState, ...]:
    """All that the batch comes from, each with where it stands in each of its markets."""
    ids = [each.batch_id for each in evidence.ancestors]
    if not ids:
        return ()
    query = (select(BatchRow, SiteRow).join(SiteRow, col(SiteRow.site_id) == col(BatchRow.site_id))).where(
        col(BatchRow.batch_id).in_(ids)
    )
    rows = {batch.batch_id: (batch, site) for batch, site in (await session.exec(query)).all()}
    awaited = {each: await reviews_awaited(session, each) for each, (row, _) in rows.items() if row.review_open}
    markets = await _markets(session, {each: awaited.get(each, {}) for each in ids})
    return tuple(
        RelativeState(
            batch_id=batch_id,
            number=rows[batch_id][0].number,
            product=rows[batch_id][0].product,
            site=rows[batch_id][1].name,
            markets=tuple(markets.get(batch_id, ())),
        )
        for batch_id in ids
        if batch_id in rows
    )


async def _markets(
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
            state=state_in_market(decision, refusal.how if refusal is not None else None),
            grounds=refusal.grounds or None if refusal is not None else None,
            because=refusal.because or None if refusal is not None else None,
            review_waits_for=awaited[row.batch_id].get(row.market, ()),
        )
        found.setdefault(row.batch_id, []).append(state)
    return found


async def results_shown(session: AsyncSession, batch: BatchRow, market: str, at: datetime) -> tuple[ResultLine, ...]:
    """The results that count, each beside the limit that is registered in the market."""
    specification = await specification_in_force(session, batch.scope_id, market, at)
    tests = tests_of(specification) if specification is not None else ()
    limits = {name_key(test.name): _limit(test) for test in tests}
    reports = select(AnalysisReportRow).where(col(AnalysisReportRow.batch_id) == batch.batch_id)
    names = {row.number: row.report for row in (await session.exec(reports)).all()}
    query = select(AnalysisRow).where(
        col(AnalysisRow.batch_id) == batch.batch_id, col(AnalysisRow.superseded).is_(False)
    )
    rows = (await session.exec(query.order_by(col(AnalysisRow.number), col(AnalysisRow.line)))).all()
    return tuple(
        ResultLine(
            certificate=names.get(row.number, ""),
            source=Source(row.source),
            test=row.test,
            result=" ".join(filter(None, (row.result, row.unit))),
            limit=limits.get(name_key(row.test)),
            verdict=row.verdict,
            reason=row.reason,
            compared_by=tuple(ByPerson(**each).words() for each in row.compared),
        )
        for row in rows
    )


def _limit(test: SpecifiedTest) -> str:
    unit = f" {test.unit}" if test.unit not in (None, "1") else ""
    if test.expected is not None:
        return test.expected
    low = f"{'≥' if test.lower_inclusive else '>'} {test.lower}{unit}" if test.lower is not None else ""
    high = f"{'≤' if test.upper_inclusive else '<'} {test.upper}{unit}" if test.upper is not None else ""
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


async def events_shown(session: AsyncSession, sites: Sequence[PlaceView]) -> tuple[OpenEvent, ...]:
    """Every event at these sites that is open, whether or not anybody has tied it to a batch."""
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
        for seen in await open_events_at(session, [each.site_id for each in sites])
    )


async def judgements_shown(
    session: AsyncSession, batch_id: str, market: str, record: RecordRow | None
) -> tuple[GivenJudgement, ...]:
    """What was judged for a market: of other markets' decisions, and of gates with the signed decision."""
    query = select(MarketJudgementRow).where(
        col(MarketJudgementRow.batch_id) == batch_id,
        col(MarketJudgementRow.market) == market,
        col(MarketJudgementRow.voided).is_(False),
    )
    rows = (await session.exec(query.order_by(col(MarketJudgementRow.judged_at)))).all()
    given = [
        GivenJudgement(
            about=row.hold_id,
            rationale=row.assessment,
            stands_on=tuple(row.evidence),
            by=row.by_name,
            at=row.judged_at,
        )
        for row in rows
    ]
    return (*given, *_of_the_decision(record))


def _of_the_decision(record: RecordRow | None) -> list[GivenJudgement]:
    if record is None or record.action not in _DECISIONS:
        return []
    form = _DECISIONS[record.action].stored(record.form)
    return [
        GivenJudgement(
            about=each.gate.value, rationale=each.rationale, stands_on=each.records(), by=record.by_name, at=record.at
        )
        for each in form.judgements
    ]
