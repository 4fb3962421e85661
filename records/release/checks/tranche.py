"""Checks of a further part of a batch that is certified for a market: its own decision, by the same gates."""

from decimal import Decimal

from domain.batch.batch import MarketDecision
from domain.core.refusals import broken
from domain.policy.market_rule import DecisionRule
from domain.release.certification import CertificationDecision, DecisionForMarket
from domain.release.certification_rules import (
    judgements_of,
    refuse_producers,
    refuse_unless_well_formed,
    refuse_wrong_rule,
)
from domain.release.gates import evaluate
from domain.release.tranche import (
    RULE,
    FurtherApproval,
    FurtherCertification,
    FurtherConfirmation,
    FurtherMarketRelease,
    FurtherProcessing,
    refuse_other_uses,
    refuse_unless_further,
)
from domain.release.trial_supply import refuse_unless_authorised
from records.batch.tables.batches import BatchRow
from records.batch.tables.decisions import BatchMarketRow
from records.core.declared import Effect, checks, locks_above
from records.core.tables.cases import CaseRow
from records.core.writing import Writing
from records.delivery.to_release import to_be_released
from records.release.checks.certification import decided, evidence_for, lists_behind, releases, roles_held
from records.release.checks.further_processing import confirmed
from records.release.market_words import refuse_unless_as_the_market_says
from records.release.trial_supply import refuse_unless_named

locks_above(FurtherCertification, FurtherApproval, FurtherMarketRelease, FurtherProcessing, FurtherConfirmation)(
    lists_behind
)


@checks(FurtherCertification)
async def certifies_further(writing: Writing, case: CaseRow, form: FurtherCertification) -> Effect:
    """By the qualified person, for a market of the Union."""
    return await _decides(writing, case, form, DecisionRule.QP)


@checks(FurtherApproval)
async def approves_further(writing: Writing, case: CaseRow, form: FurtherApproval) -> Effect:
    """By the quality unit, for any other market."""
    return await _decides(writing, case, form, DecisionRule.QCU)


@checks(FurtherMarketRelease)
async def releases_further_to_market(writing: Writing, case: CaseRow, form: FurtherMarketRelease) -> Effect:
    """By the person whom the row of the market names."""
    return await _decides(writing, case, form, DecisionRule.MARKET)


@checks(FurtherProcessing)
async def releases_further(writing: Writing, case: CaseRow, form: FurtherProcessing) -> Effect:
    """By the quality unit, for the sites of the first part."""
    _, market = await _further(writing, case, form, DecisionRule.PROCESSING)
    refuse_other_uses(form, sites=market.for_sites or (), purposes=market.purposes or ())
    return await _decides(writing, case, form, DecisionRule.PROCESSING)


@checks(FurtherConfirmation)
async def confirms_further(writing: Writing, case: CaseRow, form: FurtherConfirmation) -> Effect:
    """By a qualified person of the site, on what its own gates say now."""
    batch, market = await _further(writing, case, form, DecisionRule.CONFIRMATION)
    return await confirmed(writing, batch, form, market, shown=False)


async def _decides(writing: Writing, case: CaseRow, form: CertificationDecision, rule: DecisionRule) -> Effect:
    """By the gates as they stand now."""
    batch, market = await _further(writing, case, form, rule)
    await refuse_unless_named(writing, batch, form, before=market)
    await refuse_unless_as_the_market_says(writing, batch, form, market)
    evidence = await evidence_for(writing, batch, market, form)
    refuse_unless_authorised(form, evidence)
    refuse_producers(await roles_held(writing))
    results = evaluate(evidence, judgements_of(form), writing.at)
    return decided(form, rule, results) | await releases(writing, batch, form, market, evidence, results)


async def _further(
    writing: Writing, case: CaseRow, form: DecisionForMarket, rule: DecisionRule
) -> tuple[BatchRow, BatchMarketRow]:
    """Never more in sum than was made and not destroyed or split off. What is released for all of it leaves no part."""
    batch = await writing.session.get_one(BatchRow, case.case_id, populate_existing=True)
    market = await writing.session.get(BatchMarketRow, (case.case_id, form.market), populate_existing=True)
    if market is None or batch.quantity is None:
        raise broken(RULE, "The batch is not made for this market.", market="is no market of the batch")
    refuse_wrong_rule(market.market, DecisionRule(market.rule), rule)
    most = await to_be_released(writing.session, batch)
    assert most is not None, "It is made."
    refuse_unless_further(
        form,
        decision=MarketDecision(market.decision) if market.decision else None,
        taken_back=market.withdrawn_at is not None,
        released=Decimal(market.quantity if market.quantity is not None else batch.quantity),
        most=most,
        unit=batch.unit or "",
    )
    refuse_unless_well_formed(form, most=most, unit=batch.unit)
    return batch, market
