"""Lots of materials that are own batches: by issuer, material and number, however they are written."""

import pytest

from domain.batch.making.materials import ChainNode, Material, NodeType, refuse_unless_chained
from domain.batch.making.own_lots import NamedLot, OwnBatch, batches_meant, is_same, issuers, may_be_same, refuse_own
from tests.domain.filling import faults, filled

OWN = OwnBatch("BAT-2", "ARL-204", ("A-2204", "AUR-25-001"), issuers("Veldmark Fine Chemistry", "Plant 2", "VM-02"))


@pytest.mark.parametrize(
    ("material", "lot", "manufacturer", "same", "may_be"),
    [
        ("ARL-204", "A-2204", "Veldmark Fine Chemistry", True, True),
        ("arl 204", "a2204", "VELDMARK FINE CHEMISTRY", True, True),
        ("ARL-204", "AUR 25-001", "Veldmark Fine Chemistry, Plant 2", True, True),
        ("ARL-204", "A-2204", "Plant 2", True, True),
        ("ARL-204", "A-2204", "vm 02", True, True),
        ("ARL-204", "A-2204", "Veldmark GmbH", False, True),
        ("ARL-204 micronised", "A-2204", "Plant 2", False, True),
        ("Coupling agent", "A-2204", "Rheinchem AG", False, False),
        ("ARL-204", "A-2205", "Plant 2", False, False),
        ("ARL-204", "A-22-04", "Plant 2", False, True),
        ("ARL-204 micronised", "A2 204", "Mikronwerk", False, True),
        ("Coupling agent", "A2204", "Veldmark Fine Chemistry", False, True),
    ],
)
def test_a_lot_is_an_own_batch_or_may_be_or_is_none(
    material: str,
    lot: str,
    manufacturer: str,
    same: bool,  # noqa: FBT001
    may_be: bool,  # noqa: FBT001
) -> None:
    named = NamedLot(material, lot, manufacturer)
    assert (is_same(named, OWN), may_be_same(named, OWN)) == (same, may_be)
    assert faults(lambda: refuse_own([named], [OWN])) == ({"materials.0.lot"} if same else set())


def test_the_way_of_a_material_begins_with_its_manufacturer() -> None:
    def material(*chain: tuple[str, str]) -> Material:
        nodes = [{"type": type_, "name": name} for type_, name in chain]
        return filled(Material, {"manufacturer": "Rheinchem AG", "chain": nodes})

    assert (
        faults(lambda: refuse_unless_chained([material(("MANUFACTURER", "RHEINCHEM AG"), ("AGENT", "Nord"))])) == set()
    )
    other = material(("MANUFACTURER", "Nord")).model_copy(update={"lot": "L-2"})
    assert faults(lambda: refuse_unless_chained([material(), other])) == {"materials.1.chain.0.name"}


def test_a_lot_is_told_once_for_each_way() -> None:
    told = filled(Material, {"name": "Lactose", "lot": "L-1", "manufacturer": "Rheinchem AG"})
    again = told.model_copy(update={"lot": "l 1", "manufacturer": "RHEINCHEM AG"})
    other = told.model_copy(update={"name": "Sucrose"})
    assert faults(lambda: refuse_unless_chained([told, other])) == set()
    assert faults(lambda: refuse_unless_chained([told, other, again])) == {"materials.2.lot"}
    bought = again.model_copy(update={"chain": (ChainNode(type=NodeType.AGENT, name="Chemiehandel Nord"),)})
    assert faults(lambda: refuse_unless_chained([told, bought])) == set()


NUMBERS = {"BAT-1": ("T-0051", "AUR-25-001"), "BAT-2": ("T-0052",), "BAT-3": ("T-51",)}


@pytest.mark.parametrize(
    ("told", "named", "alike"),
    [
        (["t 0051"], ("BAT-1",), {}),
        (["AUR 25-001", "T-0052"], ("BAT-1", "BAT-2"), {}),
        (["T-00-51"], (), {"BAT-1": "T-00-51", "BAT-3": "T-00-51"}),
        (["T-0051", "Lot T-0052"], ("BAT-1",), {"BAT-2": "Lot T-0052"}),
        (["T-0053"], (), {}),
        ([], (), {}),
    ],
)
def test_a_number_means_the_batches_that_have_it_or_else_those_with_one_like_it(
    *, told: list[str], named: tuple[str, ...], alike: dict[str, str]
) -> None:
    assert batches_meant(told, NUMBERS) == (named, alike)
