from decimal import Decimal

import pytest

from domain.event.site_event import RiskFact
from domain.qualification.risk import RiskFactor, floor_of, graver, is_lower, risk_facts, risk_score, tier_of
from domain.site.site import Activity, RiskTier
from tests.domain.shipped import LIMITS

WORKED = {
    RiskFactor.PRODUCT_CRITICALITY: 5,
    RiskFactor.REGULATORY_HISTORY: 3,
    RiskFactor.PROCESS_COMPLEXITY: 3,
    RiskFactor.QUALITY_SYSTEM_MATURITY: 3,
    RiskFactor.PAST_PERFORMANCE: 4,
    RiskFactor.SUPPLY_AVAILABILITY: 5,
    RiskFactor.SUPPLY_CHAIN: 1,
}
"""ARL-204 at VM-02: a critical substance with one source, performance unknown."""


def test_the_factors_are_those_that_the_policy_weighs() -> None:
    assert {factor.value for factor in RiskFactor} == set(LIMITS.risk_weights)


def test_the_worked_scenario_scores_74_and_is_critical() -> None:
    score = risk_score(WORKED, LIMITS.risk_weights)
    assert str(score) == "74.00"
    assert tier_of(score, LIMITS.risk_tier_from) is RiskTier.CRITICAL


@pytest.mark.parametrize(("each", "score"), [(1, "20.00"), (2, "40.00"), (3, "60.00"), (4, "80.00"), (5, "100.00")])
def test_the_score_goes_from_20_to_100(each: int, score: str) -> None:
    assert str(risk_score(dict.fromkeys(RiskFactor, each), LIMITS.risk_weights)) == score


@pytest.mark.parametrize(
    ("factor", "score"),
    [
        ("product_criticality", "25.00"),
        ("regulatory_history", "24.00"),
        ("process_complexity", "23.00"),
        ("quality_system_maturity", "23.00"),
        ("past_performance", "22.00"),
        ("supply_availability", "22.00"),
        ("supply_chain", "21.00"),
    ],
)
def test_a_point_more_weighs_a_fifth_of_the_weight(factor: str, score: str) -> None:
    scores = dict.fromkeys(RiskFactor, 1) | {RiskFactor(factor): 2}
    assert str(risk_score(scores, LIMITS.risk_weights)) == score


def test_two_decimals_are_rounded_half_up() -> None:
    weights = dict.fromkeys((factor.value for factor in RiskFactor), 0) | {"supply_chain": 33, "past_performance": 67}
    scores = dict.fromkeys(RiskFactor, 1) | {RiskFactor.SUPPLY_CHAIN: 2}
    assert str(risk_score(scores, weights)) == "26.60"


@pytest.mark.parametrize(
    ("score", "tier"),
    [
        ("100.00", RiskTier.CRITICAL),
        ("70.00", RiskTier.CRITICAL),
        ("69.99", RiskTier.HIGH),
        ("55.00", RiskTier.HIGH),
        ("54.99", RiskTier.MEDIUM),
        ("40.00", RiskTier.MEDIUM),
        ("39.99", RiskTier.LOW),
        ("20.00", RiskTier.LOW),
    ],
)
def test_a_tier_begins_at_its_score(score: str, tier: RiskTier) -> None:
    assert tier_of(Decimal(score), LIMITS.risk_tier_from) is tier


@pytest.mark.parametrize(
    ("activity", "floor"),
    [
        (Activity.API_MFG, RiskTier.HIGH),
        (Activity.DRUG_PRODUCT, RiskTier.HIGH),
        (Activity.STERILE_FILL, RiskTier.HIGH),
        (Activity.INTERMEDIATE, RiskTier.LOW),
        (Activity.PACKAGING, RiskTier.LOW),
        (Activity.TESTING, RiskTier.LOW),
        (Activity.STORAGE, RiskTier.LOW),
        (Activity.DEVELOPMENT, RiskTier.LOW),
    ],
)
def test_some_activities_are_never_low(activity: Activity, floor: RiskTier) -> None:
    assert floor_of(activity, frozenset(), biologic=False) is floor
    assert floor_of(activity, frozenset(), biologic=True) is RiskTier.HIGH


@pytest.mark.parametrize("fact", list(RiskFact))
def test_one_grave_fact_is_enough(fact: RiskFact) -> None:
    assert floor_of(Activity.STORAGE, {fact}, biologic=False) is RiskTier.CRITICAL


def test_facts_come_from_the_screening_and_from_findings_of_our_own() -> None:
    told = ["OAI", "NEWS", "WARNING_LETTER", 7]
    assert risk_facts(told, open_critical_finding=False) == {RiskFact.OAI, RiskFact.WARNING_LETTER}
    assert risk_facts([], open_critical_finding=True) == {RiskFact.OPEN_CRITICAL_FINDING}
    assert risk_facts([], open_critical_finding=False) == frozenset()


@pytest.mark.parametrize(
    ("one", "other", "is_graver"),
    [
        (RiskTier.CRITICAL, RiskTier.LOW, RiskTier.CRITICAL),
        (RiskTier.MEDIUM, RiskTier.HIGH, RiskTier.HIGH),
        (RiskTier.LOW, RiskTier.LOW, RiskTier.LOW),
    ],
)
def test_the_graver_tier_counts(one: RiskTier, other: RiskTier, is_graver: RiskTier) -> None:
    assert graver(one, other) is graver(other, one) is is_graver


@pytest.mark.parametrize(
    ("tier", "than", "lower"),
    [
        (RiskTier.HIGH, RiskTier.CRITICAL, True),
        (RiskTier.LOW, RiskTier.MEDIUM, True),
        (RiskTier.HIGH, RiskTier.HIGH, False),
        (RiskTier.CRITICAL, RiskTier.HIGH, False),
        (RiskTier.LOW, None, False),
    ],
)
def test_a_tier_is_lowered_only_below_one_that_is_in_force(
    tier: RiskTier, than: RiskTier | None, *, lower: bool
) -> None:
    assert is_lower(tier, than) is lower
