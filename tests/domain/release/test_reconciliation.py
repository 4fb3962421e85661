"""Quantities add up exactly, and what does not is named."""

from decimal import Decimal
from typing import Any

import pytest

from domain.batch.batch import MarketDecision
from domain.release.reconciliation import Reconciliation, Released, ShippedQuantity, for_site, reconciled


def shipped(number: int, market: str = "EU", **given: Any) -> ShippedQuantity:
    quantities: dict[str, Any] = {
        "ordered": "10",
        "dispatched": None,
        "received": None,
        "rejected": None,
        "disposed": "0",
        **given,
    }
    quantities.setdefault("counted", quantities["dispatched"] or quantities["ordered"])
    return ShippedQuantity.model_validate(
        {"shipment_id": f"SHP-{number}", "market": market, "quarantine": False, **quantities}
    )


def reconciliation(
    *shipments: ShippedQuantity,
    made: str | None = "120",
    released: str = "100",
    given: str = "0",
    recovered: str = "0",
    is_taken_back: bool = False,
) -> Reconciliation:
    return reconciled(
        batch_id="BAT-1",
        number="B-001",
        unit="kg",
        planned=Decimal(120),
        made=Decimal(made) if made else None,
        markets=[
            Released("EU", MarketDecision.RELEASE, Decimal(released), is_taken_back),
            Released("US", None, Decimal(0)),
        ],
        shipments=shipments,
        given=Decimal(given),
        recovered=Decimal(recovered),
    )


def test_what_has_left_is_missing_from_what_was_made_and_released() -> None:
    found = reconciliation(
        shipped(1, dispatched="10", received="10", rejected="0"),
        shipped(2, dispatched="9.7", received="9.7000000001", rejected="0"),
        shipped(3),
    )
    assert (found.ordered, found.dispatched, found.received, found.remaining) == (
        Decimal(30),
        Decimal("19.7"),
        Decimal("19.7000000001"),
        Decimal("100.3"),
    )
    eu, us = found.markets
    assert (eu.released, eu.remaining, us.remaining) == (Decimal(100), Decimal("70.3"), Decimal(0))
    assert found.differences == (
        "SHP-2: 0.3 kg less dispatched than ordered",
        "SHP-2: 0.0000000001 kg more received than dispatched",
    )


@pytest.mark.parametrize(
    ("given", "difference"),
    [
        ({"made": "118.4"}, "made 1.6 kg less than planned"),
        ({"made": "121"}, "made 1 kg more than planned"),
        ({"made": "5"}, "5 kg more dispatched or given to other batches than made"),
        ({"released": "9.5"}, "EU: 0.5 kg more ordered or shipped than released"),
    ],
)
def test_a_difference_is_named(given: dict[str, Any], difference: str) -> None:
    found = reconciliation(shipped(1, dispatched="10", received="10", rejected="0"), **given)
    assert difference in found.differences


def test_what_was_taken_away_is_told_and_counts_as_released() -> None:
    gone = shipped(1, dispatched="10", received="10", rejected="4", disposed="4")
    (eu, _) = reconciliation(gone).markets
    assert eu.remaining == Decimal(90)
    assert reconciliation(gone).differences == (
        "SHP-1: 4 kg rejected at receipt",
        "SHP-1: 4 kg returned or destroyed",
    )


def test_what_came_back_to_be_used_remains() -> None:
    (eu, _) = reconciliation(shipped(1, dispatched="10", received="10", rejected="0", counted="4")).markets
    assert eu.remaining == Decimal(96)


def test_of_a_release_that_was_taken_back_nothing_remains_and_what_had_left_was_released() -> None:
    gone = shipped(1, dispatched="10", received="10", rejected="0")
    found = reconciliation(gone, is_taken_back=True)
    (eu, _) = found.markets
    assert (eu.released, eu.taken_back, eu.dispatched, eu.remaining) == (
        Decimal(0),
        Decimal(100),
        Decimal(10),
        Decimal(0),
    )
    assert found.differences == ()
    assert reconciliation(gone, released="9", is_taken_back=True).differences == (
        "EU: 1 kg more ordered or shipped than released",
    )


def test_what_went_into_other_batches_is_missing_and_what_came_back_is_told() -> None:
    gone = shipped(1, dispatched="10", received="10", rejected="0")
    found = reconciliation(gone, given="110.5", recovered="9")
    assert (found.given, found.recovered, found.remaining) == (Decimal("110.5"), Decimal(9), Decimal("-0.5"))
    assert found.differences == (
        "0.5 kg more dispatched or given to other batches than made",
        "9 kg came back in recalls",
    )
    assert (for_site(found).recovered, len(for_site(found).differences)) == (None, 1)


def test_before_the_end_of_manufacture_nothing_remains() -> None:
    found = reconciliation(made=None)
    assert (found.made, found.remaining, found.differences) == (None, None, ())


def test_the_site_sees_what_it_made_and_what_arrived_and_no_decision() -> None:
    gone = shipped(1, dispatched="10", received="9", rejected="4", disposed="4")
    seen = for_site(reconciliation(gone, made="118.4", released="5"))
    assert (seen.markets, seen.rejected, seen.disposed, seen.received) == ((), None, None, Decimal(9))
    assert (seen.shipments[0].rejected, seen.shipments[0].disposed) == (None, None)
    assert seen.differences == ("made 1.6 kg less than planned", "SHP-1: 1 kg less received than dispatched")
