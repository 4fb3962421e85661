"""Lots of starting materials, and what a batch shares with others (domain specification, section 17)."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

from pydantic import Field

from domain.batch.batch import UseKind
from domain.core.countries import MARKETS_BESIDE, Country
from domain.core.document import DocumentReference, Evidence
from domain.core.forms import Value
from domain.core.names import Lot, lot_of, name_key, party_key
from domain.core.refusals import broken
from domain.core.text import Identifier, ShortText


class NodeType(StrEnum):
    """Who had a material in hands on its way (ICH Q7, chapter 17)."""

    MANUFACTURER = "MANUFACTURER"
    AGENT = "AGENT"
    DISTRIBUTOR = "DISTRIBUTOR"
    REPACKER = "REPACKER"
    LABORATORY = "LABORATORY"
    STORAGE = "STORAGE"


_SELLS = frozenset({NodeType.MANUFACTURER, NodeType.AGENT, NodeType.DISTRIBUTOR, NodeType.REPACKER})
"""Who may have sold a material."""


class ChainNode(Value):
    """One company on the way of a material."""

    type: NodeType
    """What it does."""
    name: ShortText = Field(examples=["Chemiehandel Nord GmbH, Hamburg"])
    """Name and place."""


class MaterialPart(StrEnum):
    """What a lot is, on the way to the active substance."""

    STARTING_MATERIAL = "STARTING_MATERIAL"
    INTERMEDIATE = "INTERMEDIATE"
    API = "API"
    """The active substance."""
    DOSAGE_FORM = "DOSAGE_FORM"
    """A medicinal product that was bought as such, in bulk or packs: a comparator, a placebo, the solvent of a kit."""
    OTHER = "OTHER"
    """Nothing of the substance: an excipient, a solvent, packaging."""


class Comparator(Value):
    """A product that was bought for a trial, and is repacked or blinded there: whose it is, and how it has come."""

    authorisation: ShortText = Field(examples=["EU/1/19/1377/001"])
    """Number of the marketing authorisation that it is sold under."""
    authorised_in: Country = Field(examples=["EU"])
    """The market of that authorisation."""
    bought_from: ShortText = Field(examples=["Pharma Nord Grosshandel GmbH, Hamburg"])
    """Who has sold it: the manufacturer, an agent, a distributor or a repacker of its way."""
    licence: ShortText = Field(examples=["DE_HH_01_WDA_2024_0007"])
    """The licence under which that one sells medicines."""
    pedigree: Evidence
    """Documents that show every hand that it has passed through."""


class Material(Value):
    """A lot of a starting material: where it comes from is known before it is used (EU GMP 5.27)."""

    name: ShortText = Field(examples=["Coupling agent C-12"])
    """Name of the material."""
    lot: ShortText = Field(examples=["C12-0417"])
    """Its lot."""
    manufacturer: ShortText = Field(examples=["Rheinchem AG, Mannheim"])
    """The original manufacturer; an agent or distributor does not stand in for it (ICH Q7, chapter 17)."""
    chain: tuple[ChainNode, ...] = Field(default=(), max_length=20)
    """Its way from the manufacturer to the site, in order."""
    certificate: DocumentReference | None = None
    """The certificate of the original manufacturer, which is kept whoever has delivered the lot."""
    comparator: Comparator | None = None
    """Of a product bought for a trial, where it comes from; its way is stated then."""
    part: MaterialPart | None = None
    """What it is, if it was bought and is one of the substance; its name is that of the substance then, as
    authorisations name it. Where a market registers sources of the active substance, gate G10 asks for it. A comparator
    is a dosage form, whether or not that is said."""
    came_from: Country | None = Field(default=None, examples=["US"])
    """Country from which a dosage form came to the site: what was bought outside the area of a market is imported."""
    maker_site_id: Identifier | None = Field(default=None, examples=["VM-02"])
    """The registered site of the manufacturer, of what is on the way to the active substance."""

    @property
    def is_dosage_form(self) -> bool:
        """Whether it was bought as a medicinal product."""
        return self.comparator is not None or self.part is MaterialPart.DOSAGE_FORM


class Use(NamedTuple):
    """Something that a batch shares with others."""

    kind: UseKind
    reference: str
    detail: str = ""
    material: Material | None = None
    """The lot that it is, of a material."""

    @property
    def key(self) -> str:
        """What all ways to write it have in common. Of a lot without its issuer, which `detail` tells."""
        return use_key(self.kind, self.reference)

    @property
    def issuer(self) -> str:
        """Whose lot it is, as a key: two makers may give the same number to the same material."""
        return party_key(self.detail) if self.kind is UseKind.MATERIAL else ""


def use_key(kind: UseKind, reference: str) -> str:
    """By what two batches share the same thing: a person by name, everything else by number."""
    return party_key(reference) if kind is UseKind.ANALYST else name_key(reference)


def uses(materials: Iterable[Material], equipment: Iterable[str], analysts: Iterable[str] = ()) -> list[Use]:
    """What a batch shares with others, each once: lots of materials with their makers, equipment, analysts."""
    found = [Use(UseKind.MATERIAL, f"{each.name} {each.lot}"[:200], each.manufacturer, each) for each in materials]
    found += [Use(UseKind.EQUIPMENT, each) for each in equipment]
    found += [Use(UseKind.ANALYST, each) for each in analysts]
    kept: dict[tuple[UseKind, str, str], Use] = {}
    for each in found:
        kept.setdefault((each.kind, each.key, each.issuer), each)
    return list(kept.values())


def refuse_unless_chained(materials: Sequence[Material]) -> None:
    """Raise `Refused` if the way of a material begins with another manufacturer than the one that is named.

    A comparator has a way, from the manufacturer to who has sold it. Of a dosage form it is known where it came from.
    """
    faults = (
        _faults_of_comparators(materials)
        | _each(materials, faults_of_origin)
        | _told_twice(materials)
        | {
            f"materials.{index}.chain.{place}.name": f"is not {each.manufacturer}, the manufacturer"
            for index, each in enumerate(materials)
            for place, node in enumerate(each.chain)
            if node.type is NodeType.MANUFACTURER and party_key(node.name) != party_key(each.manufacturer)
        }
    )
    if faults:
        raise broken("section 17, lots of materials", "The supply chain does not fit.", **faults)


def refuse_unless_sourced(materials: Sequence[Material], makers: Mapping[str, Collection[str]]) -> None:
    """Raise `Refused` if the site of a manufacturer is not that of who is named, or nobody asks for it.

    `makers` gives the ways in which the maker at each registered site is written.
    """
    faults = _each(materials, lambda each: faults_of_source(each, makers))
    if faults:
        raise broken("section 17, lots of materials", "It is not known who has made a material.", **faults)


def faults_of_source(material: Material, makers: Mapping[str, Collection[str]]) -> dict[str, str]:
    """What is wrong with the site of the maker of a lot, by field; nothing where none is named."""
    site_id = material.maker_site_id
    if site_id is None:
        return {}
    if material.part in (None, MaterialPart.OTHER):
        return {"part": "say what it is, of the substance: its site is asked for then alone"}
    if site_id not in makers:
        return {"maker_site_id": "is no registered site"}
    if party_key(material.manufacturer) not in {party_key(name) for name in makers[site_id]}:
        return {"maker_site_id": f"is not of {material.manufacturer}, the manufacturer"}
    return {}


def _each(materials: Sequence[Material], faults_of: Callable[[Material], dict[str, str]]) -> dict[str, str]:
    return {
        f"materials.{index}.{field}": fault
        for index, each in enumerate(materials)
        for field, fault in faults_of(each).items()
    }


def _told_twice(materials: Sequence[Material]) -> dict[str, str]:
    """A lot is told once for each way by which it has come; it may have come by two."""
    first: dict[tuple[Lot, tuple[str, ...]], int] = {}
    faults: dict[str, str] = {}
    for index, each in enumerate(materials):
        way = tuple(party_key(node.name) for node in each.chain)
        known = first.setdefault((lot_of(each.manufacturer, each.name, each.lot), way), index)
        if known != index:
            faults[f"materials.{index}.lot"] = f"is named in materials.{known} already"
    return faults


def _faults_of_comparators(materials: Sequence[Material]) -> dict[str, str]:
    faults: dict[str, str] = {}
    for index, each in enumerate(materials):
        if each.comparator is None:
            continue
        sellers = {party_key(node.name) for node in each.chain if node.type in _SELLS}
        if not each.chain or each.chain[0].type is not NodeType.MANUFACTURER:
            faults[f"materials.{index}.chain"] = "say the way of a comparator, from its manufacturer on"
        elif party_key(each.comparator.bought_from) not in sellers:
            faults[f"materials.{index}.comparator.bought_from"] = "is nobody on its way who sells it"
    return faults


def faults_of_origin(material: Material) -> dict[str, str]:
    """What is wrong with where a lot came from, by field. A product that was bought says it; of others nobody asks."""
    faults: dict[str, str] = {}
    if material.comparator is not None and material.part not in (None, MaterialPart.DOSAGE_FORM):
        faults["part"] = "is a dosage form, as a comparator is"
    if material.is_dosage_form and material.came_from is None:
        faults["came_from"] = "say from which country it came: a product may be an import"
    elif not material.is_dosage_form and material.came_from is not None:
        faults["part"] = "say that it is a dosage form: where it came from is asked then alone"
    elif material.came_from in MARKETS_BESIDE - {"XI", "XK"}:
        faults["came_from"] = "is no country: name the one that it came from"
    return faults


def refuse_unless_of_comparators(materials: Sequence[Material], *, for_trials: bool, is_of_a_comparator: bool) -> None:
    """Raise `Refused` unless a comparator is used for a trial, and named where a batch is made of one.

    `is_of_a_comparator` of clinical supply that is packed and comes from no dosage form of ours: it was bought.
    """
    faults = {
        f"materials.{index}.comparator": "is of what is made for trials"
        for index, each in enumerate(materials)
        if each.comparator is not None and not for_trials
    }
    if is_of_a_comparator and all(each.comparator is None for each in materials):
        faults["materials"] = "name the comparator that is packed, with its source, authorisation and pedigree"
    if faults:
        raise broken("section 17, comparators", "It is not known what is packed, or where it comes from.", **faults)
