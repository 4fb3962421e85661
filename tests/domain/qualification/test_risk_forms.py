from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from domain.core.days import add_months
from domain.core.document import RecordVersion
from domain.core.forms import Meaning
from domain.core.people import Actor, Org
from domain.core.refusals import Code, Refused
from domain.event.site_event import RiskFact
from domain.qualification.risk import RiskFactor
from domain.qualification.risk_forms import (
    RiskAssessment,
    RiskDecision,
    RiskSituation,
    TierLowering,
    refuse_unless_assessed,
    refuse_unless_others,
    suggested_assessment,
)
from domain.site.site import Activity, RiskTier
from tests.domain.filling import faults, filled
from tests.domain.shipped import LIMITS

TODAY = date(2025, 2, 24)
LATEST = {tier: add_months(TODAY, LIMITS.audit_interval_months[tier.value]) for tier in RiskTier}
API = RiskSituation(activity=Activity.API_MFG, is_known=True)
STORE = RiskSituation(activity=Activity.STORAGE, is_known=True)
WORKED = (5, 3, 3, 3, 4, 5, 1)
"""Scores of the worked scenario, in the order of the factors: 74.00."""


def factors(*scores: int, **documents: Any) -> list[dict[str, Any]]:
    return [
        {"factor": factor.value, "score": score, "evidence": "Seen.", "documents": documents.get(factor.value, [])}
        for factor, score in zip(RiskFactor, scores, strict=False)
    ]


def assessment(*scores: int, **changes: Any) -> RiskAssessment:
    given = {"factors": factors(*(scores or WORKED)), "tier": "CRITICAL", "next_review": "2025-12-31", **changes}
    return filled(RiskAssessment, **given)


def told(form: RiskAssessment, situation: RiskSituation = API) -> set[str]:
    return faults(lambda: refuse_unless_assessed(form, situation, LIMITS, today=TODAY, latest_review=LATEST))


def test_the_worked_scenario_is_critical_with_a_score_of_74() -> None:
    result = refuse_unless_assessed(assessment(), API, LIMITS, today=TODAY, latest_review=LATEST)
    assert (str(result.score), result.computed) == ("74.00", RiskTier.CRITICAL)


@pytest.mark.parametrize(
    ("scores", "situation", "tier", "computed"),
    [
        ((1,) * 7, STORE, "LOW", RiskTier.LOW),
        ((2,) * 7, STORE, "MEDIUM", RiskTier.MEDIUM),
        ((1,) * 7, API, "HIGH", RiskTier.HIGH),
        ((5,) * 7, API, "CRITICAL", RiskTier.CRITICAL),
        (
            (1,) * 7,
            STORE.model_copy(update={"facts": frozenset({RiskFact.OPEN_CRITICAL_FINDING})}),
            "CRITICAL",
            RiskTier.CRITICAL,
        ),
    ],
)
def test_a_floor_counts_where_it_is_graver_than_the_score(
    scores: tuple[int, ...], situation: RiskSituation, tier: str, computed: RiskTier
) -> None:
    form = assessment(*scores, tier=tier)
    result = refuse_unless_assessed(form, situation, LIMITS, today=TODAY, latest_review=LATEST)
    assert result.computed is computed


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"tier": "LOW"}, set()),
        ({"tier": "LOW", "biologic": True}, {"tier"}),
        ({"tier": "HIGH", "biologic": True}, set()),
        ({"tier": "MEDIUM"}, {"raised_because"}),
        ({"tier": "CRITICAL", "raised_because": "New building."}, set()),
        ({"tier": "LOW", "next_review": "2025-02-24"}, {"next_review"}),
        ({"tier": "LOW", "next_review": "2025-02-25"}, set()),
        ({"tier": "LOW", "next_review": "2030-02-24"}, set()),
        ({"tier": "LOW", "next_review": "2030-02-25"}, {"next_review"}),
        ({"tier": "MEDIUM", "next_review": "2029-01-01"}, {"next_review", "raised_because"}),
    ],
)
def test_the_author_may_raise_a_tier_with_a_reason_and_never_lower_it(
    changes: dict[str, Any], expected: set[str]
) -> None:
    assert told(assessment(*((1,) * 7), **changes), STORE) == expected


def test_every_factor_is_scored_once() -> None:
    twice = factors(*WORKED)[:6] + factors(*WORKED)[:1]
    assert told(assessment(factors=twice)) == {"factors", "factors.6.factor"}
    with pytest.raises(ValidationError, match="factors"):
        assessment(factors=factors(*WORKED)[:6])
    for wrong in (0, 6):
        with pytest.raises(ValidationError, match="score"):
            assessment(*(*WORKED[:6], wrong))


@pytest.mark.parametrize(
    ("score", "shown", "known", "expected"),
    [
        (4, False, False, set()),
        (3, False, False, {"factors.4.score"}),
        (3, True, False, set()),
        (1, False, True, set()),
    ],
)
def test_unknown_performance_counts_as_risk(score: int, shown: bool, known: bool, expected: set[str]) -> None:  # noqa: FBT001
    papers = {"past_performance": [{"document_id": "DOC-1", "sha256": "0" * 64}]} if shown else {}
    form = assessment(
        factors=factors(5, 5, 5, 5, score, 5, 5, **papers), raised_because="Caution.", next_review="2025-12-31"
    )
    assert told(form, API.model_copy(update={"is_known": known})) == expected


@pytest.mark.parametrize(("score", "expected"), [(5, set()), (4, set()), (3, {"factors.3.score"})])
def test_silence_is_evidence_against_the_quality_system(score: int, expected: set[str]) -> None:
    form = assessment(5, 5, 5, score, 5, 5, 5)
    assert told(form, API.model_copy(update={"is_silent": True})) == expected
    assert told(form, API) == set()


# ---------------------------------------------------------------- what is suggested


def test_an_assessment_starts_with_what_the_records_hold_and_no_score() -> None:
    known = {RiskFactor.PRODUCT_CRITICALITY: "API of ARL-204."}
    silent = API.model_copy(update={"is_known": False, "is_silent": True})
    evidence = {
        "product_criticality": "API of ARL-204.",
        "past_performance": "Not known: no audit of the site was issued yet.",
        "quality_system_maturity": "No answer to the questionnaire",
    }
    rows = [{"factor": each, **({"evidence": evidence[each]} if each in evidence else {})} for each in RiskFactor]
    assert suggested_assessment(silent, known) == {"factors": rows}


def test_an_assessment_that_was_sent_back_keeps_its_facts_and_is_judged_anew() -> None:
    earlier = assessment(*((1,) * 7), tier="MEDIUM", raised_because="New building.", uncertainty="Much.")
    assert suggested_assessment(STORE, {}, earlier=earlier) == {
        "method": earlier.method,
        "biologic": False,
        "uncertainty": "Much.",
        "factors": [{"factor": each, "evidence": "Seen."} for each in RiskFactor],
    }


# ---------------------------------------------------------------- who signs


@pytest.mark.parametrize(
    ("person", "on_behalf_of", "free"),
    [("PER-3", None, True), ("PER-1", None, False), ("PER-2", None, False), ("PER-3", "PER-1", False)],
)
def test_author_approver_and_confirmer_are_three_people(person: str, on_behalf_of: str | None, *, free: bool) -> None:
    actor = Actor(person=person, user="u", name="U", org=Org.SPONSOR, roles=frozenset(), on_behalf_of=on_behalf_of)
    signers = (frozenset({"PER-1"}), frozenset({"PER-2", "PER-9"}))
    if free:
        refuse_unless_others(actor, *signers)
        return
    with pytest.raises(Refused) as refused:
        refuse_unless_others(actor, *signers)
    assert (refused.value.refusal.code, refused.value.refusal.rule) == (Code.SEGREGATION_OF_DUTIES, "S8")


@pytest.mark.parametrize("yes", [True, False])
def test_a_no_is_signed_as_rejected(*, yes: bool) -> None:
    version = RecordVersion(version=1, sha256="0" * 64).model_dump()
    meaning = Meaning.APPROVED if yes else Meaning.REJECTED
    assert filled(RiskDecision, assessment=version, approve=yes).meaning() is meaning
    assert filled(TierLowering, assessment=version, confirm=yes).meaning() is meaning
