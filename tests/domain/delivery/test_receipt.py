"""What arrives, what is accepted, and what stays blocked."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from domain.delivery.receipt import (
    Goods,
    GoodsDisposal,
    ShipmentReceipt,
    is_suspect,
    refuse_unless_disposable,
    refuse_unless_received,
    suggested_disposal,
    suggested_receipt,
)
from tests.domain.filling import faults, filled
from tests.domain.shipped import LIMITS

LEFT = datetime(2025, 1, 13, 9, tzinfo=UTC)
NOW = datetime(2025, 1, 15, 12, tzinfo=UTC)
TODAY = NOW.date()
SAID = "Weighed twice."


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, set()),
        ({"received_at": "2025-01-15T12:00:01Z"}, {"received_at"}),
        ({"received_at": "2025-01-13T08:59:59Z"}, {"received_at"}),
        ({"quantity": "9.95"}, set()),  # half a percent
        ({"quantity": "10.05"}, set()),
        ({"quantity": "9.9499999999"}, {"explanation"}),
        ({"quantity": "10.0500000001"}, {"explanation"}),
        ({"quantity": "9", "explanation": SAID}, set()),
        ({"quantity": "0", "explanation": "The lorry was stolen."}, set()),
        ({"rejected": "10.1", "explanation": SAID}, {"rejected"}),
        ({"rejected": "1"}, {"explanation"}),
        ({"condition": "DAMAGED"}, {"rejected"}),
        ({"condition": "DAMAGED", "rejected": "1", "explanation": SAID}, set()),
        ({"condition": "SEAL_BROKEN", "rejected": "9", "explanation": SAID}, {"rejected"}),
        ({"condition": "SEAL_BROKEN", "rejected": "10", "explanation": SAID}, set()),
        ({"condition": "WRONG_GOODS", "rejected": "0"}, {"rejected"}),
        ({"identity_confirmed": False}, {"rejected"}),
        ({"identity_confirmed": False, "rejected": "10", "explanation": SAID}, set()),
    ],
)
def test_what_arrives_is_what_was_dispatched_or_is_explained(given: dict[str, Any], expected: set[str]) -> None:
    form = filled(ShipmentReceipt, {**suggested_receipt(Decimal(10)), "received_at": NOW.isoformat(), **given})
    assert (
        faults(
            lambda: refuse_unless_received(
                form,
                dispatched=Decimal(10),
                dispatched_at=LEFT,
                now=NOW,
                tolerance=LIMITS.receipt_difference_max_percent,
            )
        )
        == expected
    )


@pytest.mark.parametrize(
    ("given", "suspect"),
    [
        ({}, False),
        ({"condition": "DAMAGED"}, False),
        ({"condition": "SEAL_BROKEN"}, True),
        ({"condition": "WRONG_GOODS"}, True),
        ({"identity_confirmed": False}, True),
        ({"identity_confirmed": False, "quantity": "0"}, False),
    ],
)
def test_goods_in_doubt_may_be_falsified(given: dict[str, Any], *, suspect: bool) -> None:
    assert is_suspect(filled(ShipmentReceipt, given)) is suspect


@pytest.mark.parametrize(
    ("given", "blocked", "accepted"),
    [
        ({}, "0", "10"),
        ({"rejected": "1"}, "1", "9"),
        ({"rejected": "1", "disposed": "1"}, "0", "9"),
        ({"quarantined": True}, "10", "10"),
        ({"quarantined": True, "rejected": "1"}, "10", "9"),
        ({"quarantined": True, "rejected": "1", "disposed": "1"}, "9", "9"),
        ({"quarantined": True, "rejected": "1", "disposed": "4"}, "6", "6"),
        ({"rejected": "1", "disposed": "4"}, "0", "6"),  # set free after a part was taken away
        ({"spoilt": True}, "10", "10"),
        ({"spoilt": True, "disposed": "10"}, "0", "0"),
        ({"rejected": "10"}, "10", "0"),
    ],
)
def test_rejected_goods_are_taken_away_first(given: dict[str, Any], blocked: str, accepted: str) -> None:
    goods = Goods.model_validate({"received": "10", "rejected": "0", **given})
    assert (goods.blocked, goods.accepted) == (Decimal(blocked), Decimal(accepted))


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, set()),
        ({"quantity": "1.0000000001"}, {"quantity"}),
        ({"disposed_on": "2025-01-16"}, {"disposed_on"}),
        ({"disposed_on": "2025-01-13"}, {"disposed_on"}),
    ],
)
def test_only_blocked_goods_are_taken_away(given: dict[str, Any], expected: set[str]) -> None:
    goods = Goods(received=Decimal(10), rejected=Decimal(1))
    form = filled(GoodsDisposal, {**suggested_disposal(goods), "disposed_on": TODAY.isoformat(), **given})
    received_on = date(2025, 1, 14)
    assert faults(lambda: refuse_unless_disposable(form, goods, received_on=received_on, latest_day=TODAY)) == expected
