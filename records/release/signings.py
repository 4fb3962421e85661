"""What a personal duty about batches is: where they were made, and in which roles it is taken for which market."""

from collections.abc import Collection
from datetime import date

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.appointment.appointment import APPOINTED
from domain.appointment.reliance import Signing
from domain.batch.markets import roles_under
from domain.core.forms import Form, Process
from domain.core.people import Role
from domain.policy.market_rule import DecisionRule
from domain.release.certification import QpCertification
from domain.release.gate_exception import ExceptionSignature
from domain.release.release_review import ReleaseOutcome, ReleaseReview
from domain.release.trial_supply import trial_of
from domain.site.site import Activity
from records.agreement.in_force import all_in_force
from records.appointment.questions import WhatIsSigned
from records.authorisation.in_force import in_force_for
from records.batch.deciders import deciders_of
from records.batch.tables.batches import BatchRow
from records.batch.tables.decisions import BatchMarketRow
from records.batch.under_review import is_out
from records.core.questions import answers
from records.core.tables.master_data import ScopeRow
from records.core.writing import Writing
from records.delivery.green_lights import is_clinical
from records.importation.origin import comes_from
from records.release.release_sites import Places, asks_for_the_holder, holders_by, release_sites_by
from records.release.tables import GateExceptionRow


@answers(WhatIsSigned, order=10)
async def of_a_batch(writing: Writing, question: WhatIsSigned) -> tuple[Signing, ...] | None:
    """The batch of the case, as its market decides it; of a review each market that is confirmed."""
    if question.case.process != Process.BATCH.value:
        return None
    batch_id, form = question.case.case_id, question.form
    if isinstance(form, ReleaseReview):
        markets = form.markets(ReleaseOutcome.CONFIRM)
        return await of_releases(writing, [batch_id], markets=markets)
    query = select(BatchRow, ScopeRow).join(ScopeRow, col(ScopeRow.scope_id) == col(BatchRow.scope_id))
    batch, scope = (await writing.session.exec(query.where(col(BatchRow.batch_id) == batch_id))).one()
    market, roles = await _market_of(writing.session, form), question.roles
    rows = await _markets_of(writing.session, batch_id) if roles & APPOINTED else {}
    row = rows.get(market) if market is not None else None
    if row is not None and not roles <= APPOINTED:
        roles = roles & deciders_of(row)
    signing = _signing(batch, scope, roles, market, tuple(rows))
    if row is not None and isinstance(form, QpCertification) and row.rule == DecisionRule.QP.value:
        sites = await _release_sites(writing, batch, scope, form)
        signing = signing.model_copy(update={"release_sites": sites})
    origin = await comes_from(writing.session, [batch_id]) if row is not None else {}
    signing = signing.model_copy(update={"comes_from": origin.get(batch_id, frozenset())})
    return (await _of_the_holder(writing, batch, scope, signing),)


async def _markets_of(session: AsyncSession, batch_id: str) -> dict[str, BatchMarketRow]:
    query = select(BatchMarketRow).where(col(BatchMarketRow.batch_id) == batch_id)
    return {row.market: row for row in (await session.exec(query.order_by(col(BatchMarketRow.market)))).all()}


async def _market_of(session: AsyncSession, form: Form) -> str | None:
    """The market that a form is for: the one it names, or that of the exception that it signs."""
    if isinstance(form, ExceptionSignature):
        row = await session.get(GateExceptionRow, form.exception_id)
        return row.market if row is not None else None
    market: str | None = getattr(form, "market", None)
    return market


async def _release_sites(writing: Writing, batch: BatchRow, scope: ScopeRow, form: QpCertification) -> Places | None:
    """Where what is in force for the batch lets it be released today, at its site; of clinical supply for its trial.

    `None` where that names no site, which G10 says. G10 asks that one of them fits in all, this site included.
    """
    today = await _today_at(writing, batch)
    known = await in_force_for(writing.session, await writing.policy(), batch, form.market, today)
    return release_sites_by(known, batch, scope, today, trial=trial_of(form))


async def _of_the_holder(writing: Writing, batch: BatchRow, scope: ScopeRow, signing: Signing) -> Signing:
    """With who holds what is in force there, and who acts for whom, where the row of its market asks for that."""
    market, policy = signing.market, await writing.policy()
    if market is None or not asks_for_the_holder(policy.market_rule(market), signing.roles):
        return signing
    today = await _today_at(writing, batch)
    known = await in_force_for(writing.session, policy, batch, market, today)
    agreed = await all_in_force(writing.session, today)
    return signing.model_copy(update={"holders": holders_by(known, batch, scope, today), "agreed": agreed})


async def _today_at(writing: Writing, batch: BatchRow) -> date:
    return (await writing.policies.calendar_of(writing.session, batch.site_id, writing.at)).local_day(writing.at)


async def of_releases(
    writing: Writing, batch_ids: Collection[str], *, markets: Collection[str] | None = None
) -> tuple[Signing, ...]:
    """Releases that the one who writes says to stand, in the markets, or in all that are the own ones."""
    roles = writing.actor.roles
    query = (
        select(BatchRow, ScopeRow, BatchMarketRow)
        .join(ScopeRow, col(ScopeRow.scope_id) == col(BatchRow.scope_id))
        .join(BatchMarketRow, col(BatchMarketRow.batch_id) == col(BatchRow.batch_id))
        .where(col(BatchRow.batch_id).in_(sorted(batch_ids)), is_out())
        .order_by(col(BatchRow.batch_id), col(BatchMarketRow.market))
    )
    found = []
    origin = await comes_from(writing.session, batch_ids)
    for batch, scope, row in (await writing.session.exec(query)).all():
        own = roles_under(DecisionRule(row.rule), row.deciders) & frozenset(roles)
        if own and (markets is None or row.market in markets):
            signing = _signing(batch, scope, own, row.market)
            signing = signing.model_copy(update={"comes_from": origin.get(batch.batch_id, frozenset())})
            found.append(await _of_the_holder(writing, batch, scope, signing))
    return tuple(found)


def _signing(
    batch: BatchRow, scope: ScopeRow, roles: frozenset[Role], market: str | None, markets: tuple[str, ...] = ()
) -> Signing:
    return Signing(
        roles=roles,
        site_id=batch.site_id,
        product=scope.product,
        activity=Activity(scope.activity),
        dosage_form=scope.dosage_form,
        batch_id=batch.batch_id,
        market=market,
        markets=markets,
        is_clinical=is_clinical(batch),
    )
