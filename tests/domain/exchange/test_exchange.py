from typing import Any

import pytest

from domain.asl.asl import AslStatus, SuspensionScope
from domain.exchange.exchange import ExchangeRequest, refuse_unless_exchangeable, refuse_unless_may_exchange
from tests.domain.filling import faults, filled

FULL = SuspensionScope.FULL


@pytest.mark.parametrize(
    ("status", "reach", "stopped"),
    [
        (None, None, False),
        (AslStatus.APPROVED, None, False),
        (AslStatus.PROBATION, None, False),
        (AslStatus.EXPIRED, None, False),
        (AslStatus.SUSPENDED, SuspensionScope.NEW_ORDERS_AND_RELEASE, False),
        (AslStatus.SUSPENDED, FULL, True),
        (AslStatus.DISQUALIFIED, None, True),
        (AslStatus.RETIRED, None, True),
    ],
)
def test_an_exchange_runs_unless_the_site_stands_still(
    status: AslStatus | None, reach: SuspensionScope | None, *, stopped: bool
) -> None:
    assert faults(lambda: refuse_unless_may_exchange(status, reach)) == ({"<section 7>"} if stopped else set())


@pytest.mark.parametrize(
    ("given", "newest", "expected"),
    [
        ({}, None, set()),
        ({}, "PS-2", set()),
        ({"base_parameter_set": "PS-2", "max_rounds": 5}, "PS-2", set()),
        ({"base_parameter_set": "PS-1"}, "PS-2", {"base_parameter_set"}),
        ({"base_parameter_set": "PS-1"}, None, {"base_parameter_set"}),
        ({"max_rounds": 6}, None, {"max_rounds"}),
    ],
)
def test_it_starts_from_the_newest_set_and_has_no_more_rounds_than_the_policy(
    given: dict[str, Any], newest: str | None, expected: set[str]
) -> None:
    form = filled(ExchangeRequest, given)
    assert faults(lambda: refuse_unless_exchangeable(form, newest=newest, rounds_max=5)) == expected
