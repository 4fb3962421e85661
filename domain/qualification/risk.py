"""The risk model of a site and scope (domain specification, section 4; ICH Q9(R1)).

Seven factors, each scored 1 to 5 with its evidence, are weighted into a score of up to 100. The score gives a tier, and
facts that no score may outweigh set a floor under it.
"""

from collections.abc import Collection, Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from domain.core.attestations import Attested, Known
from domain.core.document import Documents
from domain.core.forms import Value
from domain.core.text import Text
from domain.event.site_event import RiskFact
from domain.site.site import Activity, RiskTier


class RiskFactor(StrEnum):
    """What is scored. The policy gives each its weight (policy key `risk_weights`)."""

    PRODUCT_CRITICALITY = "product_criticality"
    REGULATORY_HISTORY = "regulatory_history"
    PROCESS_COMPLEXITY = "process_complexity"
    QUALITY_SYSTEM_MATURITY = "quality_system_maturity"
    PAST_PERFORMANCE = "past_performance"
    SUPPLY_AVAILABILITY = "supply_availability"
    SUPPLY_CHAIN = "supply_chain"


class Formality(StrEnum):
    """How formally the risk was managed (ICH Q9(R1) 5.1)."""

    LOW = "LOW"
    MEDIUM = "MEDIUM"
    HIGH = "HIGH"


HIGHEST = 5
"""The worst score of a factor."""

Score = Annotated[int, Field(ge=1, le=HIGHEST), Attested()]


class FactorScore(Value):
    """The score of one factor, with what it rests on."""

    factor: Annotated[RiskFactor, Known("every factor, once")] = Field(examples=[RiskFactor.PRODUCT_CRITICALITY])
    """What is scored."""
    score: Score = Field(examples=[3])
    """1 (least risk) to 5 (most risk)."""
    evidence: Annotated[Text, Known("what the records hold of it, or the version before")] = Field(
        examples=["The only active substance of a product without an alternative."]
    )
    """What the score rests on; a score without evidence is an opinion."""
    documents: Documents = ()
    """Documents that show it."""


_RISKY = frozenset({Activity.STERILE_FILL, Activity.API_MFG, Activity.DRUG_PRODUCT})
_GRAVEST_FIRST = tuple(RiskTier)
_CENT = Decimal("0.01")


def risk_score(scores: Mapping[RiskFactor, int], weights: Mapping[str, int]) -> Decimal:
    """The sum of weight x score / 5, with two decimals: 20 (all factors 1) to 100 (all factors 5).

    `weights` are in % and add up to 100. Raises `KeyError` if a factor has no score.
    """
    total = sum((Decimal(weight * scores[RiskFactor(name)]) for name, weight in weights.items()), Decimal(0))
    return (total / HIGHEST).quantize(_CENT, ROUND_HALF_UP)


def tier_of(score: Decimal, tier_from: Mapping[str, int]) -> RiskTier:
    """The tier of a score (policy key `risk_tier_from`): by default CRITICAL from 70, HIGH from 55, MEDIUM from 40."""
    for tier in _GRAVEST_FIRST:
        if tier.value in tier_from and score >= tier_from[tier.value]:
            return tier
    return RiskTier.LOW


def floor_of(activity: Activity, facts: Collection[RiskFact], *, biologic: bool) -> RiskTier:
    """The lowest tier that a scope may have (section 4): LOW where nothing sets a floor."""
    if facts:
        return RiskTier.CRITICAL
    return RiskTier.HIGH if biologic or activity in _RISKY else RiskTier.LOW


def graver(one: RiskTier, other: RiskTier) -> RiskTier:
    """The graver of two tiers."""
    return min(one, other, key=_GRAVEST_FIRST.index)


def is_lower(tier: RiskTier, than: RiskTier | None) -> bool:
    """Whether a tier is lower than another; nothing is lower than none."""
    return than is not None and _GRAVEST_FIRST.index(tier) > _GRAVEST_FIRST.index(than)


def risk_facts(told: Iterable[object], *, open_critical_finding: bool) -> frozenset[RiskFact]:
    """The facts that set the floor: those that the screening told, as far as they do, and findings of our own."""
    known = {fact.value for fact in RiskFact}
    facts = {RiskFact(str(fact)) for fact in told if fact in known}
    return frozenset(facts | ({RiskFact.OPEN_CRITICAL_FINDING} if open_critical_finding else set()))
