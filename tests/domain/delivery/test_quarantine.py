"""Arrangements under which goods leave in quarantine."""

from typing import Any

import pytest

from domain.delivery.leaving import MarketStock
from domain.delivery.quarantine import (
    QuarantineApproval,
    refuse_unless_arrangeable,
    refuse_unless_movable,
)
from tests.domain.filling import faults, filled

STOCK = {"unit": "kg", "made": "60", "decision": None}
CLOSED = "<section 1, quarantine shipment>"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, set()),
        ({"holds": ["OOS"]}, set()),
        ({"made": None}, {CLOSED}),
        ({"rejected": True}, {CLOSED}),
        ({"decision": "REJECT"}, {CLOSED}),
        ({"decision": "RELEASE"}, {CLOSED}),
        ({"fully_suspended": True}, {CLOSED}),
    ],
)
def test_a_batch_goes_into_quarantine_while_nothing_is_decided(changes: dict[str, Any], expected: set[str]) -> None:
    stock = MarketStock.model_validate({**STOCK, **changes})
    assert faults(lambda: refuse_unless_movable(stock)) == expected
    assert faults(lambda: refuse_unless_arrangeable(filled(QuarantineApproval), stock)) == expected


def test_not_more_is_arranged_than_was_made() -> None:
    form = filled(QuarantineApproval, quantity="60.0000000001")
    assert faults(lambda: refuse_unless_arrangeable(form, MarketStock.model_validate(STOCK))) == {"quantity"}
