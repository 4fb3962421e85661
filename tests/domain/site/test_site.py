import pytest
from pydantic import ValidationError

from domain.core.change import differences
from domain.core.refusals import Refused
from domain.site.identifiers import Identifiers, shared_place
from domain.site.scope import ScopeChange, refuse_unless_tier_may_change, scope_key
from domain.site.site import (
    RESERVED_PREFIXES,
    RiskTier,
    SiteRegistration,
    refuse_unless_same_zone,
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


@pytest.mark.parametrize("code", ["eu", "EUR", "E1", ""])
def test_a_market_is_a_country_code_or_the_union(code: str) -> None:
    with pytest.raises(ValidationError):
        ScopeChange.model_validate({"reason": "why", "markets": [code]})


@pytest.mark.parametrize(
    ("product", "dosage_form", "same"),
    [
        ("ARL-204", None, True),
        (" arl\u2011204 ", "", True),
        ("ARL\u2013204", " - ", True),
        ("ARL-204", "\u2014", True),
        ("ARL-204", "tablet", False),
        ("ARL 204", None, True),
        ("ARL-205", None, False),
    ],
)
def test_a_scope_is_the_same_however_it_is_written(product: str, dosage_form: str | None, *, same: bool) -> None:
    assert (scope_key(product, dosage_form) == scope_key("ARL-204", None)) is same
    assert scope_key("ARL-204", "Film-coated  Tablet") == scope_key("ARL-204", "film\u2010coated tablet")


PLACE = Identifiers(fei="3001234567", duns="123456789", oms="LOC-100000001")
STREET = "Rheinuferstra\u00dfe 12, 67061 Ludwigshafen"


@pytest.mark.parametrize(
    ("identifiers", "address", "field"),
    [
        ({}, "Rheinuferstr. 14, Ludwigshafen", None),
        ({"fei": "3001234567"}, "Rheinuferstr. 14", "identifiers.fei"),
        ({"oms": "LOC-100000001"}, "Rheinuferstr. 14", "identifiers.oms"),
        ({"oms": "ORG-100000001", "fei": "3009999999"}, "Rheinuferstr. 14", None),
        ({"duns": "123456789"}, "Rheinuferstr. 14", None),
        ({"duns": "123456789"}, STREET, "address"),
        ({}, " RHEINUFERSTRASSE 12  67061 ludwigshafen.", "address"),
    ],
)
def test_two_sites_are_one_place_by_number_or_address(
    identifiers: dict[str, str], address: str, field: str | None
) -> None:
    assert shared_place(Identifiers.model_validate(identifiers), address, PLACE, STREET) == field


def test_organisations_have_several_sites() -> None:
    company = Identifiers(oms="ORG-100000001")
    assert shared_place(company, "Here 1", company, "There 2") is None
