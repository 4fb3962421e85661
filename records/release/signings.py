"""What a personal duty about batches is: where they were made, and in which roles it is taken for which market."""

from collections.abc import Collection

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.appointment.appointment import APPOINTED
from domain.appointment.reliance import Signing
from domain.batch.batch import MarketDecision
from domain.batch.markets import roles_under
from domain.core.forms import Process
from domain.core.people import Role
from domain.policy.market_rule import DecisionRule
from domain.release.release_review import ReleaseOutcome, ReleaseReview
from domain.site.site import Activity
from records.appointment.questions import WhatIsSigned
from records.batch.deciders import deciders_of
from records.batch.tables.batches import BatchRow
from records.batch.tables.decisions import BatchMarketRow
from records.core.questions import answers
from records.core.tables.master_data import ScopeRow
from records.core.writing import Writing


@answers(WhatIsSigned, order=10)
async def of_a_batch(writing: Writing, question: WhatIsSigned) -> tuple[Signing, ...] | None:
    """The batch of the case, as its market decides it; of a review each market that is confirmed."""
    if question.case.process != Process.BATCH.value:
        return None
    batch_id, form = question.case.case_id, question.form
    if isinstance(form, ReleaseReview):
        markets = form.markets(ReleaseOutcome.CONFIRM)
        return await of_releases(writing.session, [batch_id], writing.actor.roles, markets=markets)
    query = select(BatchRow, ScopeRow).join(ScopeRow, col(ScopeRow.scope_id) == col(BatchRow.scope_id))
    batch, scope = (await writing.session.exec(query.where(col(BatchRow.batch_id) == batch_id))).one()
    market = getattr(form, "market", None)
    roles = question.roles
    if market is not None and roles & APPOINTED and not roles <= APPOINTED:
        row = await writing.session.get(BatchMarketRow, (batch_id, market))
        roles = roles & deciders_of(row) if row is not None else roles
    return (_signing(batch, scope, roles, market),)


async def of_releases(
    session: AsyncSession,
    batch_ids: Collection[str],
    roles: Collection[Role],
    *,
    markets: Collection[str] | None = None,
) -> tuple[Signing, ...]:
    """Releases that are said to stand, in the markets, or in all, where people with these roles say it."""
    query = (
        select(BatchRow, ScopeRow, BatchMarketRow)
        .join(ScopeRow, col(ScopeRow.scope_id) == col(BatchRow.scope_id))
        .join(BatchMarketRow, col(BatchMarketRow.batch_id) == col(BatchRow.batch_id))
        .where(
            col(BatchRow.batch_id).in_(sorted(batch_ids)),
            col(BatchMarketRow.decision) == MarketDecision.RELEASE.value,
            col(BatchMarketRow.withdrawn_at).is_(None),
        )
        .order_by(col(BatchRow.batch_id), col(BatchMarketRow.market))
    )
    found = []
    for batch, scope, row in (await session.exec(query)).all():
        own = roles_under(DecisionRule(row.rule), row.deciders) & frozenset(roles)
        if own and (markets is None or row.market in markets):
            found.append(_signing(batch, scope, own, row.market))
    return tuple(found)


def _signing(batch: BatchRow, scope: ScopeRow, roles: frozenset[Role], market: str | None) -> Signing:
    return Signing(
        roles=roles,
        site_id=batch.site_id,
        product=scope.product,
        activity=Activity(scope.activity),
        batch_id=batch.batch_id,
        market=market,
    )
