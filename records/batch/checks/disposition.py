"""Checks of what the site decides on a batch, and of what becomes of a rejected one."""

from domain.batch.disposition import (
    Redirection,
    RejectionAnswer,
    SiteDisposition,
    Way,
    refuse_unless_disposable,
    refuse_unless_open_way,
)
from domain.batch.facts import BatchRejected
from domain.batch.market_refusal import Refusal, RefusedAs
from records.agreement.notices import notice_due
from records.batch.batches import decisions_on
from records.batch.checks.package import PACKAGE
from records.batch.market_refusals import refuse_in_markets
from records.batch.tables.batches import BatchRow
from records.core.declared import Effect, checks
from records.core.reactions import establish
from records.core.tables.cases import CaseRow
from records.core.writing import Writing


@checks(SiteDisposition)
async def disposes(writing: Writing, case: CaseRow, form: SiteDisposition) -> Effect:
    """Says by when the package is due: by the quality agreement, else by the policy (`batch.package`)."""
    refuse_unless_disposable(form)
    due_at = await notice_due(writing, case.site_id, case.scope_ids, PACKAGE, writing.at)
    return {"package_due_at": due_at.isoformat()}


@checks(Redirection)
async def redirects(writing: Writing, case: CaseRow, form: Redirection) -> Effect:
    """What is on the market in part is not worked again (`refuse_unless_open_way`). Says what is decided already.

    What comes from a batch that is not released as it is, is held.
    """
    batch = await writing.session.get_one(BatchRow, case.case_id, populate_existing=True)
    decisions = await decisions_on(writing.session, batch.batch_id)
    refuse_unless_open_way(form, released=batch.released, is_open=None in decisions.values())
    if form.way is not Way.RETURN_FOR_CORRECTION and not batch.released:
        await establish(writing, BatchRejected(batch_id=batch.batch_id, number=batch.number))
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
