import pytest
from pydantic import ValidationError

from domain.change import differences
from domain.refusals import Refused
from domain.site import (
    RESERVED_PREFIXES,
    RiskTier,
    ScopeChange,
    SiteRegistration,
    is_api_for_eu,
    is_for_eu,
    refuse_unless_same_zone,
    refuse_unless_tier_may_change,
)
from tests.domain.filling import faults, filled


@pytest.mark.parametrize(
    ("old", "new", "refused"),
    [
        (None, RiskTier.LOW, False),
        (RiskTier.LOW, RiskTier.LOW, False),
        (RiskTier.LOW, RiskTier.MEDIUM, False),
        (RiskTier.HIGH, RiskTier.CRITICAL, False),
        (RiskTier.CRITICAL, RiskTier.HIGH, True),
        (RiskTier.MEDIUM, RiskTier.LOW, True),
    ],
)
def test_one_person_raises_a_tier_and_does_not_lower_it(old: RiskTier | None, new: RiskTier, *, refused: bool) -> None:
    assert faults(lambda: refuse_unless_tier_may_change(old, new)) == ({"risk_tier"} if refused else set())


def test_a_site_is_in_the_zone_of_its_calendar() -> None:
    refuse_unless_same_zone("UTC", "UTC")
    with pytest.raises(Refused):
        refuse_unless_same_zone("Europe/Berlin", "UTC")


@pytest.mark.parametrize("prefix", sorted(RESERVED_PREFIXES))
def test_no_site_code_looks_like_another_id(prefix: str) -> None:
    with pytest.raises(ValidationError):
        filled(SiteRegistration, site_id=f"{prefix}-01")


@pytest.mark.parametrize("given", [{}, {"risk_tier": None}, {"sole_source": None, "markets": ["EU"]}, {"product": "X"}])
def test_a_change_says_what_and_empties_nothing(given: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        ScopeChange.model_validate({"reason": "why", **given})


def test_a_change_gives_only_what_was_given() -> None:
    change = ScopeChange.model_validate({"reason": "why", "markets": ["US", "EU", "US"]})
    assert change.given() == {"markets": ["EU", "US"]}


def test_differences_name_old_and_new() -> None:
    found = differences({"a": 1, "b": [1], "c": None}, {"c": "x", "b": [1], "a": 2})
    assert [(each.field, each.old, each.new) for each in found] == [("a", 1, 2), ("c", None, "x")]


@pytest.mark.parametrize(
    ("markets", "expected"),
    [
        (["EU"], True),
        (["DE"], True),
        (["IS", "US"], True),
        (["LI"], True),
        (["NO"], True),
        (["CH"], False),
        (["GB", "JP", "US"], False),
        ([], False),
    ],
)
def test_the_union_is_sold_to_under_its_own_code_and_those_of_its_states(markets: list[str], *, expected: bool) -> None:
    assert is_for_eu(markets) is expected
    assert is_api_for_eu(["PACKAGING", "API_MFG"], markets) is expected
    assert not is_api_for_eu(["INTERMEDIATE", "DRUG_PRODUCT"], markets)


@pytest.mark.parametrize("code", ["eu", "EUR", "E1", ""])
def test_a_market_is_a_country_code_or_the_union(code: str) -> None:
    with pytest.raises(ValidationError):
        ScopeChange.model_validate({"reason": "why", "markets": [code]})
