"""What may leave of a batch, exactly."""

from decimal import Decimal
from typing import Any

import pytest

from domain.core.refusals import Refusal, Refused
from domain.delivery.leaving import (
    Arranged,
    MarketStock,
    refuse_if_stopped,
    refuse_unless_orderable,
    refuse_unless_unblockable,
)

RELEASED: dict[str, Any] = {"unit": "kg", "made": "118.4", "decision": "RELEASE", "released": "100"}
ARRANGED: dict[str, Any] = {"unit": "kg", "made": "118.4", "decision": None, "arranged": {"version": 1, "quantity": 60}}

PERMITTED = {"number": "SUE-EU-2026-000001", "quantity": "10", "until": "2030-01-01", "places": []}


def stock(given: dict[str, Any], **changes: Any) -> MarketStock:
    return MarketStock.model_validate({**given, **changes})


def refusal(quantity: str, facts: MarketStock, *, quarantine: bool = False) -> Refusal | None:
    try:
        refuse_unless_orderable(Decimal(quantity), facts, quarantine=quarantine)
    except Refused as refused:
        return refused.refusal
    return None


@pytest.mark.parametrize(
    ("changes", "left"),
    [
        ({}, "100"),
        ({"committed": "89.9999999999", "gone": "89.9999999999"}, "10.0000000001"),
        ({"committed": "100", "gone": "100"}, "0"),
        ({"committed": "10", "gone": "118.4"}, "0"),
        ({"committed": "10", "gone": "100.3"}, "18.1"),
        ({"released": None}, "118.4"),
        ({"released": None, "made": None}, "0"),
        ({"committed": "120", "gone": "120"}, "0"),
    ],
)
def test_of_a_release_is_left_what_has_not_gone_and_never_more_than_was_made(
    changes: dict[str, Any], left: str
) -> None:
    facts = stock(RELEASED, **changes)
    assert facts.left(quarantine=False) == Decimal(left)
    assert refusal(left, facts) is None
    more = refusal(str(Decimal(left) + Decimal("0.0000000001")), facts)
    assert more is not None
    assert list(more.fields) == ["quantity"]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"decision": None}, "not released"),
        ({"decision": "REJECT"}, "is rejected"),
        ({"withdrawn": True}, "withdrawn"),
        ({"holds": ["SUPPLY"]}, "on hold: SUPPLY"),
        ({"review_open": True}, "review"),
    ],
)
def test_nothing_goes_to_a_market_that_is_not_released_or_that_something_stops(
    changes: dict[str, Any], reason: str
) -> None:
    refused = refusal("1", stock(RELEASED, **changes))
    assert refused is not None
    assert (refused.code, reason in refused.message) == ("gate_closed", True)


def test_once_a_market_is_decided_nothing_leaves_under_an_exception_and_what_travels_arrives_as_decided() -> None:
    facts = {**RELEASED, "decision": None, "permitted": PERMITTED}
    assert (stock(facts).stopped_by, stock(facts).on_arrival.permitted is None) == ((), False)
    released = stock(facts, decision="RELEASE")
    assert released.stopped_by == released.over_for_good == ("the market is decided",)
    assert released.on_arrival.stopped_by == ()
    rejected = stock(facts, decision="REJECT")
    assert rejected.on_arrival.stopped_by == ("the market is rejected",)
    assert "the market is decided" in rejected.over_for_good


def test_the_site_is_not_told_what_is_held_against_a_batch() -> None:
    with pytest.raises(Refused) as told:
        refuse_if_stopped(stock(RELEASED, holds=("FINDING",)), quarantine=False, to_site=True)
    assert ("FINDING" in str(told.value), "ask the sponsor" in str(told.value)) == (False, True)


@pytest.mark.parametrize(
    ("changes", "allowed"),
    [
        ({}, True),
        ({"holds": ["OOS"]}, True),
        ({"review_open": True}, True),
        ({"arranged": None}, False),
        ({"arranged": {"version": 1, "quantity": 60, "used": "50.1"}}, False),
        ({"gone": "109"}, False),
        ({"rejected": True}, False),
        ({"decision": "REJECT"}, False),
        ({"decision": "RELEASE"}, False),
        ({"decision": "RELEASE", "withdrawn": True}, False),
        ({"fully_suspended": True}, False),
        ({"made": None}, False),
    ],
)
def test_before_a_release_goods_leave_under_an_arrangement_alone(changes: dict[str, Any], *, allowed: bool) -> None:
    assert (refusal("10", stock(ARRANGED, **changes), quarantine=True) is None) is allowed


def test_an_arrangement_is_for_one_place_and_a_quantity() -> None:
    facts = stock(ARRANGED, arranged=Arranged(version=2, quantity=Decimal(60), used=Decimal("59.5")))
    assert facts.left(quarantine=True) == Decimal("0.5")


@pytest.mark.parametrize(
    ("changes", "shown", "accepted", "allowed"),
    [
        ({}, "WITHIN", "10", True),
        ({"committed": "100"}, "WITHIN", "10", True),
        ({"committed": "100.1"}, "WITHIN", "10", False),
        ({}, "", "10", False),
        ({}, "OUTSIDE", "10", False),
        ({}, "WITHIN", "0", False),
        ({"decision": None}, "WITHIN", "10", False),
        ({"holds": ["SUPPLY"]}, "WITHIN", "10", False),
    ],
)
def test_a_block_is_taken_off_once_the_market_is_released(
    changes: dict[str, Any], shown: str, accepted: str, *, allowed: bool
) -> None:
    def attempt() -> None:
        facts = stock(RELEASED, **changes)
        refuse_unless_unblockable(
            facts, transport_within={"WITHIN": True, "OUTSIDE": False}.get(shown), accepted=Decimal(accepted)
        )

    if allowed:
        attempt()
    else:
        with pytest.raises(Refused):
            attempt()
