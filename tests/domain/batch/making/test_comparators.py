"""Products that are bought for a trial: whose they are, and how they have come."""

from typing import Any

import pytest

from domain.batch.making.materials import Material, MaterialPart, refuse_unless_chained, refuse_unless_of_comparators
from tests.domain.filling import faults, filled

MAKER, SELLER = ("MANUFACTURER", "Originator SA, Lyon"), ("DISTRIBUTOR", "Pharma Nord Grosshandel GmbH, Hamburg")
WAY = "materials.0.chain"


def bought(*chain: tuple[str, str], **changes: Any) -> Material:
    """A comparator, by default of the seller of the example."""
    way = [{"type": type_, "name": name} for type_, name in chain]
    given = {"name": "Comparin 20 mg", "lot": "C-77", "manufacturer": MAKER[1], "chain": way, "came_from": "DE"}
    return filled(Material, given, comparator={**changes})


@pytest.mark.parametrize(
    ("material", "fields"),
    [
        (bought(MAKER, SELLER), set()),
        (bought(MAKER, SELLER, ("STORAGE", "Depot Ost")), set()),
        (bought(MAKER, ("DISTRIBUTOR", "PHARMA NORD GROSSHANDEL GMBH – Hamburg")), set()),
        (bought(MAKER, bought_from=MAKER[1]), set()),
        (bought(), {WAY}),
        (bought(SELLER), {WAY}),
        (bought(MAKER), {"materials.0.comparator.bought_from"}),
        (bought(MAKER, ("STORAGE", SELLER[1])), {"materials.0.comparator.bought_from"}),
        (bought(("MANUFACTURER", "Another SA"), SELLER), {"materials.0.chain.0.name"}),
    ],
)
def test_a_comparator_has_a_way_from_its_manufacturer_to_who_has_sold_it(material: Material, fields: set[str]) -> None:
    assert faults(lambda: refuse_unless_chained([material])) == fields


@pytest.mark.parametrize(
    ("given", "fields"),
    [
        ({"part": "DOSAGE_FORM", "came_from": "US"}, set()),
        ({"part": "DOSAGE_FORM", "came_from": "XI"}, set()),
        ({"part": "DOSAGE_FORM"}, {"materials.0.came_from"}),
        ({"part": "DOSAGE_FORM", "came_from": "EU"}, {"materials.0.came_from"}),
        ({"part": "API", "came_from": "US"}, {"materials.0.part"}),
        ({"came_from": "US"}, {"materials.0.part"}),
        ({}, set()),
    ],
)
def test_of_a_product_that_was_bought_it_is_known_from_which_country_it_came(
    given: dict[str, Any], fields: set[str]
) -> None:
    assert faults(lambda: refuse_unless_chained([filled(Material, given)])) == fields


@pytest.mark.parametrize(
    ("changes", "field"), [({"came_from": None}, "came_from"), ({"part": MaterialPart.API}, "part")]
)
def test_a_comparator_is_a_product_and_comes_from_somewhere(changes: dict[str, Any], field: str) -> None:
    changed = bought(MAKER, SELLER).model_copy(update=changes)
    assert faults(lambda: refuse_unless_chained([changed])) == {f"materials.0.{field}"}


PLAIN = filled(Material)


@pytest.mark.parametrize(
    ("materials", "for_trials", "is_of_a_comparator", "fields"),
    [
        ([PLAIN], True, False, set()),
        ([PLAIN, bought(MAKER, SELLER)], True, True, set()),
        ([PLAIN], True, True, {"materials"}),
        ([], True, True, {"materials"}),
        ([PLAIN, bought(MAKER, SELLER)], False, False, {"materials.1.comparator"}),
    ],
)
def test_what_is_packed_for_a_trial_and_was_bought_names_its_comparator(
    materials: list[Material], fields: set[str], *, for_trials: bool, is_of_a_comparator: bool
) -> None:
    known = {"for_trials": for_trials, "is_of_a_comparator": is_of_a_comparator}
    assert faults(lambda: refuse_unless_of_comparators(materials, **known)) == fields
