"""What is ordered and dispatched."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from domain.delivery.shipment import (
    Destination,
    ShipmentDispatch,
    ShipmentOrder,
    TransportCondition,
    needs_logger,
    refuse_unless_dispatched,
    refuse_unless_ordered,
    suggested_dispatch,
)
from tests.domain.filling import faults, filled

TODAY = date(2025, 1, 13)
ORDERED = datetime(2025, 1, 13, 8, tzinfo=UTC)
NOW = datetime(2025, 1, 13, 18, tzinfo=UTC)


def conditions(*given: dict[str, Any]) -> list[dict[str, Any]]:
    return [filled(TransportCondition, each).model_dump(mode="json") for each in given]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, set()),
        ({"deliver_by": "2025-01-13"}, set()),
        ({"deliver_by": "2025-01-12"}, {"deliver_by"}),
        ({"conditions": conditions({}, {"kind": "HUMIDITY", "unit": "%", "low": "0", "high": "60"})}, set()),
        ({"conditions": conditions({"unit": "[degF]", "low": "36", "high": "46"})}, set()),
        ({"conditions": conditions({}, {})}, {"conditions.1.kind"}),
        ({"conditions": conditions({"unit": "kg"})}, {"conditions.0.unit"}),
        ({"conditions": conditions({"kind": "HUMIDITY"})}, {"conditions.0.unit"}),
        ({"conditions": conditions({"low": "9"})}, {"conditions.0.high"}),
        ({"conditions": conditions({"low": "8", "high": "8"})}, set()),
    ],
)
def test_an_order_says_how_the_goods_travel(given: dict[str, Any], expected: set[str]) -> None:
    assert faults(lambda: refuse_unless_ordered(filled(ShipmentOrder, given), today=TODAY)) == expected


@pytest.mark.parametrize("quantity", ["0", "-1", "NaN", "Infinity", "1e30", "0.00000000001", "ten"])
def test_no_quantity_is_ordered_that_is_none(quantity: str) -> None:
    with pytest.raises(ValueError, match="quantity"):
        filled(ShipmentOrder, quantity=quantity)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, set()),
        ({"quantity": "9.9999999999"}, set()),
        ({"quantity": "10.0000000001"}, {"quantity"}),
        ({"dispatched_at": "2025-01-13T18:00:01Z"}, {"dispatched_at"}),
        ({"dispatched_at": "2025-01-13T07:59:59Z"}, {"dispatched_at"}),
        ({"loggers": []}, {"loggers"}),
        ({"loggers": ["TL-1", "TL-1"]}, {"loggers.1"}),
        ({"containers": [{"number": "1"}, {"number": "2"}, {"number": "1"}]}, {"containers.2.number"}),
    ],
)
def test_a_dispatch_fits_its_order(given: dict[str, Any], expected: set[str]) -> None:
    form, order = filled(ShipmentDispatch, given), filled(ShipmentOrder)
    assert faults(lambda: refuse_unless_dispatched(form, order, ordered_at=ORDERED, now=NOW)) == expected


def test_without_a_condition_that_asks_for_it_no_logger_travels() -> None:
    order = filled(ShipmentOrder, conditions=conditions({"logger_required": False}))
    assert not needs_logger(order)
    form = filled(ShipmentDispatch, loggers=[])
    assert faults(lambda: refuse_unless_dispatched(form, order, ordered_at=ORDERED, now=NOW)) == set()


def test_all_that_was_ordered_is_suggested() -> None:
    assert suggested_dispatch(Decimal(10)) == {"quantity": "10"}


def test_a_place_is_the_same_whatever_its_case_and_spacing() -> None:
    place = Destination(name="Lager Süd", address="Hafenstr. 4, Hamburg")
    assert place.key == Destination(name=" lager  SÜD", address="hafenstr. 4,  Hamburg").key
    assert place.key != Destination(name="Lager Nord", address="Hafenstr. 4, Hamburg").key
