from datetime import date
from itertools import product
from typing import Any

import pytest

from domain.change.site_change import (
    ChangeImplementation,
    ChangeNotification,
    is_short_notice,
    least_tier,
    refuse_unless_announced,
    refuse_unless_implemented,
    suggested_change_use,
)
from domain.policy.change_tier import ChangeTier, gravest, is_lower
from tests.domain.filling import faults, filled

APPROVAL, NOTIFY = ChangeTier
TODAY = date(2025, 1, 13)
ANNOUNCED = date(2025, 4, 14)
APPROVED = date(2025, 4, 1)
CONDITIONS = ("Compare three batches.", "Report the yield.")


@pytest.mark.parametrize(("agreed", "announced"), [*product(ChangeTier, ChangeTier)])
def test_the_graver_tier_counts_and_only_the_other_one_is_lower(agreed: ChangeTier, announced: ChangeTier) -> None:
    least = least_tier([agreed], announced)
    assert least is (NOTIFY if (agreed, announced) == (NOTIFY, NOTIFY) else APPROVAL)
    assert least is gravest((announced, agreed))
    assert [tier for tier in ChangeTier if is_lower(tier, least)] == ([NOTIFY] if least is APPROVAL else [])


def test_of_several_agreements_the_gravest_counts_and_without_one_the_sites_own_word() -> None:
    assert least_tier([NOTIFY, APPROVAL, NOTIFY], NOTIFY) is APPROVAL
    assert least_tier([], NOTIFY) is NOTIFY


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, set()),
        ({"earliest_date": "2025-01-13"}, set()),
        ({"earliest_date": "2025-01-12"}, {"earliest_date"}),
        ({"registered_impact": [{"market": "EU", "impact": "NO"}, {"market": "US", "impact": "YES"}]}, set()),
        (
            {"registered_impact": [{"market": "EU", "impact": "NO"}, {"market": "EU", "impact": "YES"}]},
            {"registered_impact.1.market"},
        ),
    ],
)
def test_a_change_is_announced_before_its_first_use(given: dict[str, Any], expected: set[str]) -> None:
    form = filled(ChangeNotification, **given)
    assert faults(lambda: refuse_unless_announced(form, today=TODAY)) == expected


@pytest.mark.parametrize(
    ("tier", "earliest", "late"),
    [
        (APPROVAL, date(2025, 4, 13), False),
        (APPROVAL, date(2025, 4, 12), True),
        (NOTIFY, date(2025, 1, 13), False),
    ],
)
def test_only_what_the_sponsor_approves_has_a_notice(tier: ChangeTier, earliest: date, *, late: bool) -> None:
    assert is_short_notice(tier, earliest, date(2025, 4, 13)) is late


def met(*conditions: str) -> list[dict[str, str]]:
    return [{"condition": text, "how": "Report VR-1."} for text in conditions]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, set()),
        ({"implemented_on": "2025-05-02"}, set()),
        ({"implemented_on": "2025-05-03"}, {"implemented_on"}),
        ({"implemented_on": "2025-04-13"}, {"implemented_on"}),
        ({"conditions": met(CONDITIONS[0])}, {"conditions"}),
        ({"conditions": met(*reversed(CONDITIONS))}, {"conditions"}),
        ({"conditions": met(*CONDITIONS, "Another.")}, {"conditions"}),
    ],
)
def test_the_first_use_is_not_before_the_announced_day_and_meets_the_conditions(
    given: dict[str, Any], expected: set[str]
) -> None:
    form = filled(ChangeImplementation, {"implemented_on": "2025-04-14", "conditions": met(*CONDITIONS), **given})
    rule = {"earliest": ANNOUNCED, "approved_on": APPROVED, "conditions": CONDITIONS, "today": date(2025, 5, 2)}
    assert faults(lambda: refuse_unless_implemented(form, **rule)) == expected  # type: ignore[arg-type]


@pytest.mark.parametrize(("used", "refused"), [(date(2025, 5, 1), False), (date(2025, 4, 30), True)])
def test_a_use_before_the_approval_is_a_deviation(used: date, *, refused: bool) -> None:
    form = filled(ChangeImplementation, implemented_on=used)
    found = faults(
        lambda: refuse_unless_implemented(
            form, earliest=ANNOUNCED, approved_on=date(2025, 5, 1), conditions=(), today=date(2025, 5, 2)
        )
    )
    assert found == ({"implemented_on"} if refused else set())


def test_what_is_filled_in_of_the_first_use_names_every_condition_and_no_day() -> None:
    known = suggested_change_use(CONDITIONS)
    assert known == {"conditions": [{"condition": text} for text in CONDITIONS]}
