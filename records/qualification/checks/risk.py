"""Checks of the risk assessment, its approval, and the lowering of a tier."""

from datetime import date

from domain.asl.asl import interval_months
from domain.core.document import refuse_unless_current
from domain.core.entry import OpenTask
from domain.core.forms import Process
from domain.core.refusals import Code, Refused
from domain.qualification.risk import RiskFactor, is_lower
from domain.qualification.risk_forms import (
    RiskAssessment,
    RiskDecision,
    RiskSituation,
    TierLowering,
    refuse_unless_assessed,
    refuse_unless_others,
    suggested_assessment,
    suggested_factors,
)
from domain.site.site import RiskTier
from records.core.checks.decisions import suggests_current
from records.core.declared import Effect, checks, suggests
from records.core.lookups import Facts, facts_of
from records.core.queries.events import event_of
from records.core.scopes import scope_of
from records.core.tables.cases import CaseRow, RecordRow
from records.core.tables.master_data import ScopeRow
from records.core.writing import Writing
from records.qualification.risk_situation import approved_assessment, situation_of


@suggests(RiskAssessment)
async def suggests_assessment(writing: Writing, case: CaseRow, line: OpenTask) -> Effect:
    """What the records know of each factor, and the tier that this gives; the last version if it was sent back.

    A review starts from the assessment in force.
    """
    facts, scope = await facts_of(writing, case), await scope_of(writing.session, case)
    situation = await situation_of(writing.session, case, scope)
    earlier = await facts.latest(RiskAssessment)
    if earlier is None and case.process == Process.RISK.value:
        earlier = await approved_assessment(writing.session, scope.scope_id)
    factors = earlier.factors if earlier else suggested_factors(situation, _known(scope, situation), facts.limits)
    latest = _latest_review(facts, scope)
    return suggested_assessment(factors, situation, facts.limits, latest_review=latest, earlier=earlier)


@checks(RiskAssessment)
async def can_be_assessed(writing: Writing, case: CaseRow, form: RiskAssessment) -> Effect:
    """Score and tier by the policy in force, with the facts that are known now."""
    facts, scope = await facts_of(writing, case), await scope_of(writing.session, case)
    result = refuse_unless_assessed(
        form,
        await situation_of(writing.session, case, scope),
        facts.limits,
        today=facts.today,
        latest_review=_latest_review(facts, scope),
    )
    return {
        "score": str(result.score),
        "computed_tier": result.computed.value,
        "tier": form.tier.value,
        "current_tier": scope.risk_tier,
        "lowers": is_lower(form.tier, _tier_in_force(scope)),
    }


suggests_current(RiskAssessment, "assessment", RiskDecision, TierLowering)


@checks(RiskDecision)
async def decides_on_current_assessment(writing: Writing, case: CaseRow, form: RiskDecision) -> Effect:
    """The current version, by another person than its author (S1, S8). Says whether it lowers the tier in force now."""
    facts = await facts_of(writing, case)
    refuse_unless_current(form.assessment, await facts.current(RiskAssessment), "assessment")
    for earlier in await facts.rows(RiskDecision):
        if RiskDecision.stored(earlier.form).assessment == form.assessment:
            message = "This version has been decided on."
            raise Refused(Code.ALREADY_ANSWERED, message, who=earlier.by_name, when=earlier.at.isoformat())
    assessment = (await facts.rows(RiskAssessment))[0]
    refuse_unless_others(writing.actor, await _hands(facts, assessment))
    return await _outcome(facts, assessment)


@checks(TierLowering)
async def lowers_the_tier(writing: Writing, case: CaseRow, form: TierLowering) -> Effect:
    """The second signature: on an approved assessment, by a third person (S8)."""
    facts = await facts_of(writing, case)
    refuse_unless_current(form.assessment, await facts.current(RiskAssessment), "assessment")
    assessment = (await facts.rows(RiskAssessment))[0]
    decision = next(iter(await facts.rows(RiskDecision)), None)
    decided = RiskDecision.stored(decision.form) if decision else None
    if decision is None or decided is None or not decided.approve or decided.assessment != form.assessment:
        raise Refused(Code.NOT_OPEN, "The assessment has not been approved yet.", rule="S8")
    refuse_unless_others(writing.actor, await _hands(facts, assessment), await _hands(facts, decision))
    return await _outcome(facts, assessment)


async def _outcome(facts: Facts, assessment: RecordRow) -> Effect:
    """What an assessment comes to. Whoever changes the scope meanwhile waits for this entry."""
    await facts.writing.head(facts.case.site_id)
    scope = await scope_of(facts.session, facts.case)
    tier = RiskTier(assessment.effect["tier"])
    lowers = is_lower(tier, _tier_in_force(scope))
    return {"tier": tier.value, "score": assessment.effect["score"], "lowers": lowers}


def _known(scope: ScopeRow, situation: RiskSituation) -> dict[RiskFactor, str]:
    """What the records say of single factors."""
    told = ", ".join(sorted(situation.facts))
    scope_in_words = f"{scope.activity} of {scope.product}, {scope.stage}, for {', '.join(scope.markets)}."
    return {
        RiskFactor.PRODUCT_CRITICALITY: scope_in_words,
        RiskFactor.REGULATORY_HISTORY: f"Known: {told}." if told else "No adverse fact was found in the screening.",
        RiskFactor.SUPPLY_AVAILABILITY: "Nobody else can supply it." if scope.sole_source else "It has another source.",
    }


def _latest_review(facts: Facts, scope: ScopeRow) -> dict[RiskTier, date]:
    """The last day of the next review, by tier: the audit interval from today (policy key `audit.interval`)."""
    months = {tier: interval_months(tier, facts.limits, [scope.activity], scope.markets) for tier in RiskTier}
    return {tier: facts.months_after(facts.today, n) for tier, n in months.items()}


def _tier_in_force(scope: ScopeRow) -> RiskTier | None:
    return RiskTier(scope.risk_tier) if scope.risk_tier else None


async def _hands(facts: Facts, record: RecordRow) -> frozenset[str]:
    """Whose hands a record counts as: the person's, and those of whoever delegated the role (S11)."""
    return (await event_of(facts.session, record.case_id, record.number)).actor.persons
