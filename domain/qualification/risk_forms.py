"""Assessing the risk of a site and scope, approving it, and lowering a tier (sections 4 and 11, S1 and S8)."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from domain.core.attestations import Known
from domain.core.document import RecordVersion
from domain.core.forms import Action, Decision, Form, Meaning, Process
from domain.core.people import Actor, Role
from domain.core.refusals import Code, Refused, broken
from domain.core.text import ShortText, Text
from domain.event.site_event import RiskFact
from domain.policy.limits import Limits
from domain.qualification.risk import (
    FactorScore,
    Formality,
    RiskFactor,
    floor_of,
    graver,
    is_lower,
    risk_score,
    tier_of,
)
from domain.site.site import Activity, RiskTier

_AS_BEFORE = Known("as in the version before")


class RiskAssessment(Form):
    """Assess the risk: seven factors with evidence, the tier, and when to look at it again. Every version is kept."""

    action = Action(
        Process.QUALIFICATION,
        "assess-risk",
        "Assess the risk",
        frozenset({Role.SUPPLIER_QUALITY}),
        clock="risk.assess",
        meaning=Meaning.AUTHORED,
        also=frozenset({Process.RISK}),
    )

    method: ShortText = Field(examples=["Weighted factors, ICH Q9(R1)"])
    """How the risk was assessed."""
    factors: tuple[FactorScore, ...] = Field(min_length=len(RiskFactor), max_length=len(RiskFactor))
    """Every factor, each once."""
    biologic: Annotated[bool, _AS_BEFORE] = False
    """Whether the product is a biologic; its tier is HIGH at least."""
    tier: RiskTier
    """The tier proposed: that of the score and its floors, or a graver one."""
    raised_because: Text | None = None
    """Required for a graver tier than the score and its floors give: why."""
    formality: Formality
    """How formally the risk was managed."""
    uncertainty: Annotated[Text, _AS_BEFORE] = Field(
        examples=["Based on documents alone; the site has not been seen yet."]
    )
    """What is not known, and how much it could change."""
    next_review: date = Field(examples=["2027-01-31"])
    """Day of the next review, at most the audit interval of the tier away."""


class RiskDecision(Decision):
    """Approve the risk assessment, or send it back. The tier takes effect, unless it is lower than the one in force."""

    action = Action(
        Process.QUALIFICATION,
        "approve-risk",
        "Approve the risk assessment",
        frozenset({Role.QA_APPROVER}),
        clock="risk.approve",
        meaning=Meaning.APPROVED,
        also=frozenset({Process.RISK}),
    )

    approve: bool = Field(examples=[True])
    """Whether the assessment is approved."""
    assessment: RecordVersion
    """The version of the assessment that was read."""
    reason: Text = Field(examples=["Scores and evidence fit what screening, questionnaire and documents show."])
    """Why."""

    def approves(self) -> bool:
        return self.approve


class TierLowering(Decision):
    """Confirm that a tier is lowered: the second signature, after the approval, by a third person (S8)."""

    action = Action(
        Process.QUALIFICATION,
        "confirm-lower-tier",
        "Confirm the lower tier",
        frozenset({Role.QA_APPROVER, Role.HEAD_QA}),
        clock="risk.approve",
        meaning=Meaning.APPROVED,
        also=frozenset({Process.RISK}),
    )

    confirm: bool = Field(examples=[True])
    """Whether the tier is lowered."""
    assessment: RecordVersion
    """The version of the assessment that was read."""
    rationale: Text = Field(examples=["Two audits without a major finding; the second source is qualified."])
    """Why a lower tier is enough."""

    def approves(self) -> bool:
        return self.confirm


class RiskSituation(BaseModel):
    """What is known of a scope before anybody scores it."""

    model_config = ConfigDict(frozen=True)

    activity: Activity
    facts: frozenset[RiskFact] = frozenset()
    """Facts that make the scope CRITICAL."""
    is_known: bool = False
    """Whether an audit of the site was issued, so that its past performance is known."""
    is_silent: bool = False
    """Whether the site did not answer the questionnaire, and the qualification goes on without it (section 10)."""


class Assessed(BaseModel):
    """What an assessment comes to."""

    model_config = ConfigDict(frozen=True)

    score: Decimal
    computed: RiskTier
    """The tier of the score, or the floor if that is graver."""


def assessed(factors: Iterable[FactorScore], situation: RiskSituation, limits: Limits, *, biologic: bool) -> Assessed:
    """Score and tier of the factors, floors included. Raises `KeyError` if one is missing."""
    score = risk_score({each.factor: each.score for each in factors}, limits.risk_weights)
    floor = floor_of(situation.activity, situation.facts, biologic=biologic)
    return Assessed(score=score, computed=graver(tier_of(score, limits.risk_tier_from), floor))


def refuse_unless_assessed(
    form: RiskAssessment,
    situation: RiskSituation,
    limits: Limits,
    *,
    today: date,
    latest_review: Mapping[RiskTier, date],
) -> Assessed:
    """What the assessment comes to. Raises `Refused` with every fault (section 4).

    `latest_review` is the last day of the next review by tier: the audit interval from today (`audit.interval`).
    """
    faults = _factor_faults(form.factors, situation, limits)
    if not today < form.next_review <= latest_review[form.tier]:
        faults["next_review"] = f"must be after {today} and not after {latest_review[form.tier]} for {form.tier}"
    if "factors" in faults:
        raise broken("section 4, risk", "The assessment is not complete.", **faults)
    result = assessed(form.factors, situation, limits, biologic=form.biologic)
    if is_lower(form.tier, result.computed):
        faults["tier"] = f"is lower than {result.computed}, which score {result.score} and the floors give"
    elif form.tier is not result.computed and form.raised_because is None:
        faults["raised_because"] = f"say why the tier is graver than {result.computed}"
    if faults:
        raise broken("section 4, risk", "The assessment breaks a rule.", **faults)
    return result


def _factor_faults(factors: tuple[FactorScore, ...], situation: RiskSituation, limits: Limits) -> dict[str, str]:
    """Every factor once; what is unknown, or was not answered, counts as risk (sections 4 and 10)."""
    faults: dict[str, str] = {}
    seen: set[RiskFactor] = set()
    least, unknown = limits.risk_unanswered_maturity, limits.risk_unknown_performance
    for index, each in enumerate(factors):
        if each.factor in seen:
            faults[f"factors.{index}.factor"] = "is scored twice"
        seen.add(each.factor)
        unanswered = situation.is_silent and each.factor is RiskFactor.QUALITY_SYSTEM_MATURITY
        if unanswered and each.score < least:
            faults[f"factors.{index}.score"] = f"is {least} at least: the site did not answer the questionnaire"
        unproven = not situation.is_known and each.factor is RiskFactor.PAST_PERFORMANCE and not each.documents
        if unproven and each.score < unknown:
            faults[f"factors.{index}.score"] = f"unknown performance counts as {unknown}; for less, show a document"
    if missing := sorted(set(RiskFactor) - seen):
        faults["factors"] = f"lacks {', '.join(missing)}"
    return faults


def refuse_unless_others(actor: Actor, *signers: frozenset[str]) -> None:
    """Raise `Refused` if the actor's hands have signed already: author, approver and confirmer differ (S1, S8, S11)."""
    if any(actor.persons & persons for persons in signers):
        raise Refused(
            Code.SEGREGATION_OF_DUTIES, "You have signed this assessment already; another person decides.", rule="S8"
        )


_UNKNOWN = "Not known: no audit of the site was issued yet."
_SILENT = "No answer to the questionnaire"


def suggested_assessment(
    situation: RiskSituation, known: Mapping[RiskFactor, str], *, earlier: RiskAssessment | None = None
) -> dict[str, JsonValue]:
    """Prefill of an assessment: every factor with what is known of it. Scores, tier and next review are left open.

    `known` is what the records already say of a factor. What an earlier version said of the facts stays said.
    """
    evidence = dict(known)
    if not situation.is_known:
        evidence[RiskFactor.PAST_PERFORMANCE] = _UNKNOWN
    if situation.is_silent:
        evidence[RiskFactor.QUALITY_SYSTEM_MATURITY] = _SILENT
    said: dict[str, JsonValue] = {}
    if earlier is not None:
        evidence = {each.factor: each.evidence for each in earlier.factors}
        said = earlier.model_dump(mode="json", include={"method", "biologic", "uncertainty"})
    return {**said, "factors": [_row(each, evidence.get(each)) for each in RiskFactor]}


def _row(factor: RiskFactor, evidence: str | None) -> dict[str, JsonValue]:
    return {"factor": factor.value, **({"evidence": evidence} if evidence is not None else {})}
