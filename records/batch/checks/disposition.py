"""Checks of what the site decides on a batch, and of what becomes of a rejected one."""

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.batch.batch import DeviationClass, DeviationState, OosState
from domain.batch.disposition import (
    Redirection,
    RejectionAnswer,
    SiteDisposition,
    Way,
    refuse_unless_disposable,
    refuse_unless_open_way,
)
from domain.batch.facts.batch_fact import LearnedOfBatch
from domain.batch.facts.decisions import BatchRejected
from domain.batch.market_refusal import Refusal, RefusedAs
from domain.batch.results.analysis_forms import Source
from domain.batch.results.oos import OosKind, counts_against
from records.agreement.notices import notice_due
from records.batch.batches import decisions_on
from records.batch.checks.package import PACKAGE
from records.batch.market_refusals import refuse_in_markets
from records.batch.tables.analysis import AnalysisReportRow
from records.batch.tables.batches import BatchRow
from records.batch.tables.process import BatchDeviationRow, OosRow
from records.core.declared import Effect, checks
from records.core.reactions import establish
from records.core.tables.cases import CaseRow
from records.core.writing import Writing


@checks(SiteDisposition)
async def disposes(writing: Writing, case: CaseRow, form: SiteDisposition) -> Effect:
    """Says by when the package is due: by the quality agreement, else by the policy (`batch.package`).

    The site releases on its certificate of analysis, and nothing of its own against the batch (section 17).
    """
    refuse_unless_disposable(
        form,
        analysed=await _is_analysed(writing.session, case.case_id),
        against=await _results_against(writing.session, await writing.session.get_one(BatchRow, case.case_id)),
        critical=await _open_criticals(writing.session, case.case_id),
    )
    due_at = await notice_due(writing, case.site_id, case.scope_ids, PACKAGE, writing.at)
    return {"package_due_at": due_at.isoformat()}


@checks(Redirection)
async def redirects(writing: Writing, case: CaseRow, form: Redirection) -> Effect:
    """What is on the market in part is not worked again (`refuse_unless_open_way`). Says what is decided already.

    What comes from a batch that is not released as it is, is held. Where a part of one that is returned is
    released, that is reviewed: it was released without what quality knows by now.
    """
    batch = await writing.session.get_one(BatchRow, case.case_id, populate_existing=True)
    decisions = await decisions_on(writing.session, batch.batch_id)
    refuse_unless_open_way(form, released=batch.is_out, is_open=None in decisions.values())
    if form.way is not Way.RETURN_FOR_CORRECTION and not batch.released:
        await establish(writing, BatchRejected(batch_id=batch.batch_id, number=batch.number))
    if batch.is_out and form.way is Way.RETURN_FOR_CORRECTION:
        why = f"Returned for correction in the markets that are open: {form.reason}"[:4000]
        await establish(writing, LearnedOfBatch(batch_id=batch.batch_id, case_id=batch.batch_id, why=why))
    if form.way is Way.REJECT:
        refusals = [
            Refusal(
                batch_id=batch.batch_id,
                market=market,
                how=RefusedAs.REJECTED,
                grounds=form.grounds,
                because=form.reason,
                by=writing.actor.person,
                at=writing.at,
            )
            for market, decision in decisions.items()
            if decision is None
        ]
        await refuse_in_markets(writing, refusals)
    return {"decided": {market: decision for market, decision in decisions.items() if decision}}


@checks(RejectionAnswer)
async def answers_a_rejection(writing: Writing, case: CaseRow, form: RejectionAnswer) -> Effect:
    """What comes from a batch that both sides reject is held."""
    if form.concur:
        batch = await writing.session.get_one(BatchRow, case.case_id)
        await establish(writing, BatchRejected(batch_id=batch.batch_id, number=batch.number))
    return {}


async def _is_analysed(session: AsyncSession, batch_id: str) -> bool:
    query = select(AnalysisReportRow.number).where(
        col(AnalysisReportRow.batch_id) == batch_id, col(AnalysisReportRow.source) == Source.COA.value
    )
    return (await session.exec(query.limit(1))).first() is not None


async def _results_against(session: AsyncSession, batch: BatchRow) -> list[str]:
    """Results against the batch. What fails the limits of some markets alone leaves it good for the others."""
    query = select(OosRow).where(col(OosRow.batch_id) == batch.batch_id, col(OosRow.kind) == OosKind.OOS.value)
    rows = (await session.exec(query.order_by(col(OosRow.oos_id)))).all()
    counting = [row for row in rows if counts_against(OosKind.OOS, OosState(row.state))]
    is_good_for_none = {row.market for row in counting} >= set(batch.markets)
    return [f"{row.oos_id} ({row.state})" for row in counting if row.market is None or is_good_for_none]


async def _open_criticals(session: AsyncSession, batch_id: str) -> list[str]:
    query = select(BatchDeviationRow.deviation_id).where(
        col(BatchDeviationRow.batch_id) == batch_id,
        col(BatchDeviationRow.deviation_class) == DeviationClass.CRITICAL.value,
        col(BatchDeviationRow.state) == DeviationState.OPEN.value,
    )
    return list((await session.exec(query.order_by(col(BatchDeviationRow.deviation_id)))).all())
