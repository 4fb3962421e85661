"""Lots of materials that are own batches (domain specification, sections 17 and 22).

A rejected, recalled, expired or unreleased own batch never comes back as a material.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from domain.core.names import are_alike, likenesses, likenesses_in, lot_of, name_key, spellings
from domain.core.refusals import broken

_RULE = "section 17, lots of materials"


class NamedLot(NamedTuple):
    """A lot of a material, as it was reported."""

    material: str
    lot: str
    manufacturer: str


class OwnBatch(NamedTuple):
    """What a batch of ours may be called as a material."""

    batch_id: str
    product: str
    numbers: tuple[str, ...]
    """The site's number and, if there is one, the sponsor's."""
    issuers: tuple[str, ...]
    """The names of its supplier and site and the code of the site, in the ways in which a manufacturer is written."""


def issuers(supplier: str, site: str, site_id: str) -> tuple[str, ...]:
    """The ways in which the maker of an own batch is written: by name, or by the code of the site."""
    return supplier, site, f"{supplier}, {site}", site_id


def is_same(lot: NamedLot, own: OwnBatch) -> bool:
    """Whether a lot is that batch: by issuer, material and number (section 22)."""
    identity = lot_of(lot.manufacturer, lot.material, lot.lot)
    return any(lot_of(issuer, own.product, number) == identity for issuer in own.issuers for number in own.numbers)


def may_be_same(lot: NamedLot, own: OwnBatch) -> bool:
    """Whether a lot may be that batch: the number is alike, and the material or the issuer is. A person judges."""
    if likenesses_in(lot.lot).isdisjoint(set[str]().union(*map(likenesses, own.numbers))):
        return False
    of_the_maker = any(spellings(lot.manufacturer) & spellings(issuer) for issuer in own.issuers)
    return of_the_maker or are_alike(lot.material, own.product)


def refuse_own(lots: Iterable[NamedLot], batches: Collection[OwnBatch]) -> None:
    """Raise `Refused` naming every lot that is an own batch. `batches` are those with a number like one of these."""
    faults: dict[str, str] = {}
    for index, lot in enumerate(lots):
        own = next((each for each in batches if is_same(lot, each)), None)
        if own is not None:
            faults[f"materials.{index}.lot"] = f"is {own.batch_id}, an own batch: name it as a parent"
    if faults:
        raise broken(_RULE, "An own batch is no material.", **faults)


class Meant(NamedTuple):
    """The batches that numbers mean which somebody has told."""

    named: tuple[str, ...]
    """Ids of those with these very numbers."""
    alike: dict[str, str]
    """Of those that have only a number like one, by id the number as it was told, if no batch has that very one."""


def batches_meant(told: Iterable[str], numbers: Mapping[str, Iterable[str]]) -> Meant:
    """Which batches of `numbers`, by id, are meant (section 22). Of what is only alike a person says whether it is."""
    keys = {batch_id: set(map(name_key, own)) for batch_id, own in numbers.items()}
    written = {name_key(each): each for each in told}
    named = tuple(batch_id for batch_id, own in keys.items() if not own.isdisjoint(written))
    known = set[str]().union(*keys.values())
    unknown = {each: likenesses_in(each) for key, each in written.items() if key not in known}
    alike = {
        batch_id: one
        for batch_id, own in numbers.items()
        for one, looks in unknown.items()
        if batch_id not in named and any(not looks.isdisjoint(likenesses(each)) for each in own)
    }
    return Meant(named, alike)
