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
)
from domain.site.site import RiskTier
from records.core.checks.decisions import suggests_current
from records.core.declared import Effect, checks, suggests
from records.core.lookups import Lookups, lookups_of
from records.core.queries.events import event_of
from records.core.scopes import scope_of
from records.core.tables.cases import CaseRow, RecordRow
from records.core.tables.master_data import ScopeRow
from records.core.writing import Writing
from records.qualification.risk_situation import approved_assessment, situation_of


@suggests(RiskAssessment)
async def suggests_assessment(writing: Writing, case: CaseRow, line: OpenTask) -> Effect:
    """What the records know of each factor; what the last version said of it if that was sent back.

    A review starts from the assessment in force.
    """
    lookups, scope = await lookups_of(writing, case), await scope_of(writing.session, case)
    situation = await situation_of(writing.session, case, scope)
    earlier = await lookups.latest(RiskAssessment)
    if earlier is None and case.process == Process.RISK.value:
        earlier = await approved_assessment(writing.session, scope.scope_id)
    return suggested_assessment(situation, _known(scope, situation), earlier=earlier)


@checks(RiskAssessment)
async def can_be_assessed(writing: Writing, case: CaseRow, form: RiskAssessment) -> Effect:
    """Score and tier by the policy in force, with the facts that are known now."""
    lookups, scope = await lookups_of(writing, case), await scope_of(writing.session, case)
    result = refuse_unless_assessed(
        form,
        await situation_of(writing.session, case, scope),
        lookups.limits,
        today=lookups.today,
        latest_review=_latest_review(lookups, scope),
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
    lookups = await lookups_of(writing, case)
    refuse_unless_current(form.assessment, await lookups.current(RiskAssessment), "assessment")
    for earlier in await lookups.rows(RiskDecision):
        if RiskDecision.stored(earlier.form).assessment == form.assessment:
            message = "This version has been decided on."
            raise Refused(Code.ALREADY_ANSWERED, message, who=earlier.by_name, when=earlier.at.isoformat())
    assessment = (await lookups.rows(RiskAssessment))[0]
    refuse_unless_others(writing.actor, await _hands(lookups, assessment))
    return await _outcome(lookups, assessment)


@checks(TierLowering)
async def lowers_the_tier(writing: Writing, case: CaseRow, form: TierLowering) -> Effect:
    """The second signature: on an approved assessment, by a third person (S8)."""
    lookups = await lookups_of(writing, case)
    refuse_unless_current(form.assessment, await lookups.current(RiskAssessment), "assessment")
    assessment = (await lookups.rows(RiskAssessment))[0]
    decision = next(iter(await lookups.rows(RiskDecision)), None)
    decided = RiskDecision.stored(decision.form) if decision else None
    if decision is None or decided is None or not decided.approve or decided.assessment != form.assessment:
        raise Refused(Code.NOT_OPEN, "The assessment has not been approved yet.", rule="S8")
    refuse_unless_others(writing.actor, await _hands(lookups, assessment), await _hands(lookups, decision))
    return await _outcome(lookups, assessment)


async def _outcome(lookups: Lookups, assessment: RecordRow) -> Effect:
    """What an assessment comes to. Whoever changes the scope meanwhile waits for this entry."""
    await lookups.writing.head(lookups.case.site_id)
    scope = await scope_of(lookups.session, lookups.case)
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


def _latest_review(lookups: Lookups, scope: ScopeRow) -> dict[RiskTier, date]:
    """The last day of the next review, by tier: the audit interval from today (policy key `audit.interval`)."""
    months = {tier: interval_months(tier, lookups.policy, [scope.activity], scope.markets) for tier in RiskTier}
    return {tier: lookups.months_after(lookups.today, n) for tier, n in months.items()}


def _tier_in_force(scope: ScopeRow) -> RiskTier | None:
    return RiskTier(scope.risk_tier) if scope.risk_tier else None


async def _hands(lookups: Lookups, record: RecordRow) -> frozenset[str]:
    """Whose hands a record counts as: the person's, and those of whoever delegated the role (S11)."""
    return (await event_of(lookups.session, record.case_id, record.number)).actor.persons
