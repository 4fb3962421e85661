"""Correcting what was said of the lots that a batch was made with (domain specification, section 17).

What such a lot is, which site has made it and from which country it came was not always asked. The number, the material
and the maker are those of the lot: another lot is another use, and never a correction of this one.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from pydantic import Field

from domain.batch.batch import UseKind
from domain.batch.making.materials import (
    Material,
    MaterialPart,
    Use,
    faults_of_origin,
    faults_of_source,
)
from domain.core.countries import Country
from domain.core.forms import Value
from domain.core.refusals import broken
from domain.core.text import Identifier, ShortText

LOT_FIELDS = ("part", "maker_site_id", "came_from")
"""What may be corrected of a lot."""
_OF_LOT = " of lot "


class LotCorrection(Value):
    """What a lot is, and where it comes from, as it should have been said. What is left out stays."""

    name: ShortText = Field(examples=["ARL-204"])
    """Name of the material, as it was reported."""
    lot: ShortText = Field(examples=["L-7"])
    """Its lot."""
    manufacturer: ShortText = Field(examples=["Veldmark Fine Chemistry, Plant 2"])
    """The original manufacturer, as it was reported."""
    part: MaterialPart | None = None
    """What it is on the way to the active substance, or that it is a product that was bought."""
    maker_site_id: Identifier | None = None
    """The registered site of the manufacturer."""
    came_from: Country | None = None
    """Country from which a product came that was bought."""

    @property
    def key(self) -> tuple[str, str]:
        """By which the lot is found."""
        use = Use(UseKind.MATERIAL, f"{self.name} {self.lot}"[:200], self.manufacturer)
        return use.key, use.issuer


class UsedMaterial(NamedTuple):
    """A lot that a batch was made with, as it stands."""

    key: tuple[str, str]
    reference: str
    maker: str
    values: Mapping[str, str | None]
    """Of `LOT_FIELDS`."""
    is_comparator: bool = False

    def field(self, name: str) -> str:
        """How a value of it is named where corrections are kept and shown."""
        return f"{name}{_OF_LOT}{self.reference}, {self.maker}"


def is_of_a_lot(field: str) -> bool:
    """Whether what is corrected is a value of a lot."""
    return field.partition(_OF_LOT)[0] in LOT_FIELDS and _OF_LOT in field


def known_of_lots(lots: Sequence[UsedMaterial]) -> dict[str, str | None]:
    """The values of lots as they stand, by field."""
    return {each.field(name): each.values[name] for each in lots for name in LOT_FIELDS}


def changes_of_lots(
    corrections: Sequence[LotCorrection], lots: Sequence[UsedMaterial]
) -> Iterator[tuple[str, str | None, str]]:
    """What really changes: field, old and new value."""
    known = {each.key: each for each in lots}
    for each in corrections:
        if (lot := known.get(each.key)) is not None:
            for name, new in _given(each).items():
                if new != lot.values[name]:
                    yield lot.field(name), lot.values[name], new


def refuse_unless_of_its_lots(
    corrections: Sequence[LotCorrection], lots: Sequence[UsedMaterial], makers: Mapping[str, Collection[str]]
) -> None:
    """Raise `Refused` naming each lot that the batch was not made with, or that cannot be what is said.

    The same holds as when a lot is reported. `makers` gives the ways in which the maker at each registered site is
    written.
    """
    known, faults, seen = {each.key: each for each in lots}, dict[str, str](), set[tuple[str, str]]()
    for index, each in enumerate(corrections):
        lot = known.get(each.key)
        if lot is None:
            faults[f"lots.{index}.lot"] = "is no lot that the batch was made with"
        elif each.key in seen:
            faults[f"lots.{index}.lot"] = "is named twice"
        else:
            material = _corrected(each, lot)
            found = faults_of_origin(material) | faults_of_source(material, makers)
            if lot.is_comparator and material.part is not MaterialPart.DOSAGE_FORM:
                found["part"] = "is a dosage form, as a comparator is"
            faults |= {f"lots.{index}.{field}": fault for field, fault in found.items()}
        seen.add(each.key)
    if faults:
        raise broken("section 17, corrections", "The correction does not fit the lots.", **faults)


def _given(correction: LotCorrection) -> dict[str, str]:
    return {name: str(value) for name in LOT_FIELDS if (value := getattr(correction, name)) is not None}


def _corrected(correction: LotCorrection, lot: UsedMaterial) -> Material:
    """The lot as it would be. A comparator is a dosage form, whether or not that was said."""
    said = {**lot.values, **_given(correction)}
    if lot.is_comparator:
        said["part"] = said["part"] or MaterialPart.DOSAGE_FORM
    return Material.model_construct(
        name=correction.name,
        lot=correction.lot,
        manufacturer=lot.maker,
        part=MaterialPart(said["part"]) if said["part"] is not None else None,
        maker_site_id=said["maker_site_id"],
        came_from=said["came_from"],
    )
