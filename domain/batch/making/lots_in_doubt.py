"""Lots that an event calls into question (domain specification, sections 5, 17 and 22).

What an event says of a lot does not end when the event is closed: it stands until somebody says that the lot is not
concerned. A falsified lot is never used. Of any other a person judges, who names the event.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple, Self

from domain.batch.making.materials import Material
from domain.core.names import likenesses, likenesses_in, name_key, party_key, spellings
from domain.core.refusals import broken
from domain.event.site_event import EventType

RULE = "section 17, lots in doubt"


class UsedLot(NamedTuple):
    """A lot of a material, as a batch was made with it."""

    reference: str
    """Material and number, as it is spoken of."""
    numbers: frozenset[str]
    """What its number may be, as keys: one, or more where material and number were not kept apart."""
    holders: tuple[str, ...]
    """Its maker and who else is known to have had it on its way; empty if nobody is known."""

    @property
    def alike(self) -> frozenset[str]:
        """What its number has in common with others."""
        return frozenset[str]().union(*map(likenesses, self.numbers))

    @classmethod
    def of(cls, reference: str, lot: str | None, maker: str, on_the_way: tuple[str, ...] = ()) -> Self:
        """A lot by what was reported of it. Of older ones material and number were not kept apart."""
        numbers = frozenset({name_key(lot)} if lot is not None else _endings(name_key(reference)))
        return cls(reference, numbers, tuple(each for each in (maker, *on_the_way) if spellings(each)))

    @classmethod
    def reported(cls, material: Material) -> Self:
        """A lot as the start of manufacture reports it."""
        on_the_way = tuple(node.name for node in material.chain)
        return cls.of(f"{material.name} {material.lot}"[:200], material.lot, material.manufacturer, on_the_way)


def _endings(key: str) -> set[str]:
    words = key.split(" ")
    return {" ".join(words[index:]) for index in range(len(words))}


class NamedLots(NamedTuple):
    """The lots that an event names, and by whom they may be made."""

    numbers: frozenset[str]
    """As keys."""
    makers: tuple[str, ...]
    """The ways in which the maker of what comes from the site of the event is written."""
    alike: frozenset[str]
    """What the numbers have in common with others, as they were told."""

    @classmethod
    def told(cls, lots: Iterable[str], makers: tuple[str, ...]) -> Self:
        """The lots as they were written."""
        written = tuple(lots)
        alike = frozenset[str]().union(*map(likenesses_in, written))
        return cls(frozenset(map(name_key, written)), makers, alike)


def is_named(lot: UsedLot, named: NamedLots, *, here: bool) -> bool:
    """Whether a lot is one that an event names, `here` if that has happened where the lot was used.

    Elsewhere it is one of who has made it, or had it on its way (section 22: issuer and number).
    """
    if lot.numbers.isdisjoint(named.numbers):
        return False
    return here or not set(map(party_key, lot.holders)).isdisjoint(map(party_key, named.makers))


def may_be_named(lot: UsedLot, named: NamedLots, *, here: bool, is_closed: bool) -> bool:
    """Whether a lot may be one that an event names: by a number that is alike. A person judges.

    Once the event is closed, a lot of which another maker is known, and that was used elsewhere, is not asked about for
    ever.
    """
    if lot.alike.isdisjoint(named.alike):
        return False
    return here or not is_closed or not lot.holders or _are_alike(lot.holders, named.makers)


def _are_alike(some: tuple[str, ...], others: tuple[str, ...]) -> bool:
    return any(spellings(one) & spellings(other) for one in some for other in others)


def is_never_used(type_: EventType) -> bool:
    """Whether no judgement lets a lot be used that such an event names."""
    return type_ is EventType.FALSIFICATION


def refuse_lots_in_doubt(faults: Mapping[str, str]) -> None:
    """Raise `Refused` naming each lot or batch that must not be used, by field."""
    if faults:
        raise broken(RULE, "What is falsified is not used.", **faults)
