"""Checks of the decisions on what is no product yet, and of their withdrawal (section 17)."""

from sqlmodel import col, select

from domain.batch.batch import MarketDecision
from domain.batch.gate.results import GateVerdict
from domain.batch.market_refusal import Refusal, RefusedAs
from domain.core.entry import OpenTask
from domain.core.refusals import Code, Refused
from domain.policy.market_rule import DecisionRule
from domain.release.certification_rules import refuse_closed_gates, refuse_producers
from domain.release.confirmation_facts import Along
from domain.release.confirmation_gates import answered_for
from domain.release.further_processing import (
    PartialConfirmation,
    ProcessingRelease,
    ReleaseWithdrawal,
    refuse_unless_confirmable,
    refuse_unless_named,
    refuse_unless_withdrawable,
)
from domain.release.gates import evaluate
from domain.release.seen_gates import refuse_unless_current
from domain.release.site_part import gates_of_site, told_to_site
from records.agreement.in_force import agreement_in_force
from records.agreement.tables import AgreementRow
from records.batch.market_refusals import refuse_in_markets
from records.batch.tables.batches import BatchRow
from records.batch.tables.decisions import BatchMarketRow
from records.batch.under_review import open_demands, settled
from records.core.declared import Effect, checks, suggests
from records.core.tables.cases import CaseRow
from records.core.tables.master_data import SiteRow
from records.core.writing import Writing
from records.release.checks.certification import (
    all_of,
    decided,
    decides,
    entered,
    evidence_for,
    open_market,
    rejects,
    roles_held,
    suggested,
)
from records.release.seen_gates import gates_shown, unsigned


@suggests(ProcessingRelease)
async def suggests_a_release(writing: Writing, case: CaseRow, line: OpenTask) -> Effect:
    """The gates as they are now, for the market that the procedure names."""
    return await suggested(writing, case, line)


@checks(ProcessingRelease)
async def releases(writing: Writing, case: CaseRow, form: ProcessingRelease) -> Effect:
    """By the quality unit, for sites that are known, under the same gates as product."""
    query = select(SiteRow.site_id).where(col(SiteRow.site_id).in_(form.sites))
    refuse_unless_named(form, (await writing.session.exec(query)).all())
    return await decides(writing, case, form, DecisionRule.PROCESSING)


@suggests(PartialConfirmation)
async def suggests_a_confirmation(writing: Writing, case: CaseRow, line: OpenTask) -> Effect:
    """The market that the procedure names, all that may be confirmed, the agreement in force, gates of the own part."""
    batch = await writing.session.get_one(BatchRow, case.case_id)
    agreement = await _agreement(writing, batch)
    quantity = await all_of(writing.session, batch)
    known: Effect = {"quantity": quantity} if quantity is not None else {}
    market = line.prefill.get("market")
    if isinstance(market, str):
        known["gates_seen"] = await gates_shown(
            writing.session, writing.policies, batch, market, writing.at, to_site=True
        )
    return {**line.prefill, **known, **({"agreement": agreement.qta_id} if agreement is not None else {})}


@checks(PartialConfirmation)
async def confirms(writing: Writing, case: CaseRow, form: PartialConfirmation) -> Effect:
    """By a qualified person of the site, or rejected also by the quality unit.

    What a gate leaves to judgement is left to whoever certifies the product; what has failed closes the confirmation
    as well. The site reads why as far as it is about its own part, and not what the sponsor holds against it (S6).
    """
    batch, market = await open_market(writing, case, form, DecisionRule.CONFIRMATION)
    return await confirmed(writing, batch, form, market)


async def confirmed(
    writing: Writing, batch: BatchRow, form: PartialConfirmation, market: BatchMarketRow, *, shown: bool = True
) -> Effect:
    """Refuse, or enter what is said of a batch that may be decided on, or of a further part of it."""
    rule = DecisionRule.CONFIRMATION
    agreement = await _agreement(writing, batch)
    refuse_unless_confirmable(form, agreement.qta_id if agreement is not None else None, shown=shown)
    evidence = await evidence_for(writing, batch, market, form)
    if form.decision is MarketDecision.REJECT:
        await rejects(writing, batch, market, form)
        return decided(form, rule, evaluate(evidence, {}, writing.at))
    refuse_producers(await roles_held(writing), of_the_site=True)
    results = evaluate(evidence, {}, writing.at)
    own = gates_of_site(unsigned(evidence), batch.site_id, writing.at)
    try:
        refuse_closed_gates([each for each in results if each.verdict is not GateVerdict.NEEDS_JUDGEMENT])
    except Refused as closed:
        fields = told_to_site(closed.refusal.fields, own)
        raise Refused(Code.GATE_CLOSED, str(closed), fields=fields, rule=closed.refusal.rule) from None
    refuse_unless_current(form.gates_seen, own)
    assert agreement is not None, "It names the one in force."
    rests_on = Along(scope_id=batch.scope_id, qta_id=agreement.qta_id, version=agreement.version)
    along = {each.scope_id: each for each in (rests_on, *answered_for(evidence, batch.site_id))}
    confirms: Effect = {
        "confirms": [each.model_dump() for each in along.values()],
        "under": [*writing.relies_on],
    }
    return decided(form, rule, results) | confirms | await entered(writing, batch, form, market, evidence, results)


@checks(ReleaseWithdrawal)
async def withdraws(writing: Writing, case: CaseRow, form: ReleaseWithdrawal) -> Effect:
    """What comes from the batch is held for the markets that depend on it, and reviewed where it is released.

    Other markets are held only on grounds that suspend every market; else they are shown it, and what is released
    there is reviewed.
    """
    query = select(BatchMarketRow).where(
        col(BatchMarketRow.batch_id) == case.case_id,
        col(BatchMarketRow.decision) == MarketDecision.RELEASE.value,
        col(BatchMarketRow.withdrawn_at).is_(None),
    )
    rows = (await writing.session.exec(query.execution_options(populate_existing=True))).all()
    refuse_unless_withdrawable(form, {row.market: DecisionRule(row.rule) for row in rows}, writing.actor.roles)
    batch = await writing.session.get_one(BatchRow, case.case_id)
    refusals = [
        Refusal(
            batch_id=batch.batch_id,
            market=market,
            how=RefusedAs.WITHDRAWN,
            grounds=form.grounds,
            because=form.reason,
            by=writing.actor.person,
            at=writing.at,
        )
        for market in form.markets
    ]
    await refuse_in_markets(writing, refusals)
    left = {row.market for row in rows} - set(form.markets)
    return {"reviewed": [*settled(await open_demands(writing.session, case.case_id), left)]}


async def _agreement(writing: Writing, batch: BatchRow) -> AgreementRow | None:
    """The agreement that was in force for the scope as the batch was made."""
    return await agreement_in_force(writing.session, batch.scope_id, batch.made_on or writing.at.date())
