from itertools import product
from typing import Any

import pytest

from domain.change.decision import (
    ChangeClassification,
    ChangeDecision,
    ChangeRegulatoryAssessment,
    ChangeVerdict,
    approved_conditions,
    is_consulted_by_regulatory,
    is_consulted_by_technical,
    refuse_authors,
    refuse_unless_assessed,
    refuse_unless_classified,
    refuse_unless_decidable,
    suggested_assessment,
    suggested_classification,
)
from domain.core.forms import Meaning
from domain.policy.change_tier import ChangeTier
from tests.domain.filling import faults, filled

SCOPES = ("SC-1", "SC-3")
CONDITION = ["Compare three batches."]


@pytest.mark.parametrize(("least", "said"), [*product(ChangeTier, ChangeTier)])
def test_the_sponsor_raises_a_tier_and_never_lowers_it(least: ChangeTier, said: ChangeTier) -> None:
    form = filled(ChangeClassification, sponsor_tier=said, scope_ids=["SC-1"])
    lowered = (least, said) == (ChangeTier.APPROVAL, ChangeTier.NOTIFY)
    found = faults(lambda: refuse_unless_classified(form, least, scope_ids=SCOPES))
    assert found == ({"sponsor_tier"} if lowered else set())


@pytest.mark.parametrize(
    ("known", "named", "expected"),
    [
        (SCOPES, ["SC-1", "SC-3"], set()),
        (SCOPES, [], {"scope_ids"}),
        (SCOPES, ["SC-1", "SC-2"], {"scope_ids.1"}),
        (SCOPES, ["SC-1", "SC-1"], {"scope_ids.1"}),
        ((), [], set()),
    ],
)
def test_a_change_concerns_scopes_of_its_site(known: tuple[str, ...], named: list[str], expected: set[str]) -> None:
    form = filled(ChangeClassification, scope_ids=named)
    assert faults(lambda: refuse_unless_classified(form, ChangeTier.NOTIFY, scope_ids=known)) == expected


@pytest.mark.parametrize(
    ("tier", "asked", "regulatory", "technical"),
    [
        ("APPROVAL", False, True, True),
        ("APPROVAL", True, True, True),
        ("NOTIFY", False, False, False),
        ("NOTIFY", True, True, False),
    ],
)
def test_who_is_heard(tier: str, *, asked: bool, regulatory: bool, technical: bool) -> None:
    form = filled(ChangeClassification, sponsor_tier=tier, needs_regulatory=asked)
    assert (is_consulted_by_regulatory(form), is_consulted_by_technical(form)) == (regulatory, technical)


def test_only_the_scopes_that_were_announced_are_filled_in() -> None:
    assert suggested_classification(SCOPES) == {"scope_ids": [*SCOPES]}


NO, VARIATION = {"filing": "NO_FILING"}, {"filing": "VARIATION", "reference": "IB"}


@pytest.mark.parametrize(
    ("filings", "expected"),
    [
        ([{"market": "EU", **NO}, {"market": "US", **VARIATION}], set()),
        ([{"market": "EU", **NO}], {"filings"}),
        ([{"market": "EU", **NO}, {"market": "US", **NO}, {"market": "EU", **NO}], {"filings.2.market"}),
        ([{"market": "EU", **NO}, {"market": "US", **NO}, {"market": "JP", **NO}], {"filings.2.market"}),
        ([{"market": "EU", "filing": "VARIATION"}, {"market": "US", **NO}], {"filings.0.reference"}),
        ([{"market": "EU", "filing": "NO_FILING", "reference": "IB"}, {"market": "US", **NO}], {"filings.0.reference"}),
    ],
)
def test_every_market_is_assessed_once(filings: list[dict[str, str]], expected: set[str]) -> None:
    form = filled(ChangeRegulatoryAssessment, filings=filings)
    assert faults(lambda: refuse_unless_assessed(form, {"EU", "US"})) == expected


@pytest.mark.parametrize("markets", [(), ("EU",), ("US", "EU", "JP")])
def test_a_suggested_assessment_names_every_market(markets: tuple[str, ...]) -> None:
    form = filled(ChangeRegulatoryAssessment, suggested_assessment(markets))
    assert faults(lambda: refuse_unless_assessed(form, markets)) == set()


DECISIONS: list[tuple[str, dict[str, Any], set[str]]] = [
    ("APPROVED", {}, set()),
    ("APPROVED", {"conditions": CONDITION}, {"conditions"}),
    ("APPROVED", {"question": "Why?"}, {"question"}),
    ("APPROVED_WITH_CONDITIONS", {"conditions": CONDITION}, set()),
    ("APPROVED_WITH_CONDITIONS", {}, {"conditions"}),
    ("APPROVED_WITH_CONDITIONS", {"conditions": CONDITION * 2}, {"conditions"}),
    ("REJECTED", {}, set()),
    ("REJECTED", {"conditions": CONDITION, "question": "Why?"}, {"conditions", "question"}),
    ("MORE_INFO", {"question": "Why?"}, set()),
    ("MORE_INFO", {}, {"question"}),
]


@pytest.mark.parametrize(("verdict", "given", "expected"), DECISIONS)
def test_conditions_and_question_fit_the_verdict(verdict: str, given: dict[str, Any], expected: set[str]) -> None:
    form = filled(ChangeDecision, verdict=verdict, **given)
    assert faults(lambda: refuse_unless_decidable(form)) == expected


@pytest.mark.parametrize(
    ("verdict", "approves", "meaning"),
    [
        ("APPROVED", True, Meaning.APPROVED),
        ("APPROVED_WITH_CONDITIONS", True, Meaning.APPROVED),
        ("REJECTED", False, Meaning.REJECTED),
        ("MORE_INFO", False, Meaning.REVIEWED),
    ],
)
def test_only_an_approval_is_signed_as_one(verdict: str, meaning: Meaning, *, approves: bool) -> None:
    form = filled(ChangeDecision, verdict=verdict, conditions=CONDITION)
    assert (form.approves(), form.meaning()) == (approves, meaning)
    assert approved_conditions(form) == (tuple(CONDITION) if approves else ())


def test_every_verdict_is_in_the_table() -> None:
    assert {verdict for verdict, _, _ in DECISIONS} == set(ChangeVerdict)
    assert approved_conditions(None) == ()


@pytest.mark.parametrize(("deciding", "barred"), [({"PER-1"}, True), ({"PER-2"}, False), ({"PER-2", "PER-1"}, True)])
def test_who_has_classified_or_assessed_does_not_decide(deciding: set[str], *, barred: bool) -> None:
    found = faults(lambda: refuse_authors(frozenset(deciding), frozenset({"PER-1", "PER-3"})))
    assert found == ({"<S1>"} if barred else set())
