"""Chains of any shape with one flaw somewhere. What must happen is reckoned from the shape alone."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

MAKES = {"INTERMEDIATE": "LR-01", "API": "VM-02", "BULK": "TB-01", "EU_PACK": "PK-01"}
"""What is made in each layer of a chain, at which site."""
LONGEST = ("INTERMEDIATE", "INTERMEDIATE", "INTERMEDIATE", "API", "BULK", "EU_PACK")
"""The layers of a chain of five steps from one to the next; a shorter one has the last of them."""
WIDEST = 3
SITES = (*MAKES.values(), "MK-01")
"""All sites, and one that makes nothing of the chain."""


class Reach(StrEnum):
    """Whom a flaw stops."""

    DESCENDANTS = "DESCENDANTS"
    """The batch, and what comes of it."""
    RELATIVES = "RELATIVES"
    """These, and what comes of anything released that it comes from: that release is reviewed first."""
    OF_THE_SITE = "OF_THE_SITE"
    """What the site has made a part of, over all steps."""
    OF_THE_MAKER = "OF_THE_MAKER"
    """These, and what was made with a substance that was bought of the site."""
    LAST_OF_THE_SITE = "LAST_OF_THE_SITE"
    """What the site has made as the last step; what is released already was judged by what was known."""
    NOBODY = "NOBODY"


class Where(StrEnum):
    """Where a flaw may lie."""

    BATCH = "BATCH"
    USED = "USED"
    """A batch that another one was made of."""
    LAST = "LAST"
    """A batch that is decided on in the end."""
    SITE = "SITE"


class Kind(NamedTuple):
    """Something that may be wrong."""

    where: Where
    reach: Reach
    early: bool = False
    """Whether it is known before anything is made of the batch."""


KINDS: Mapping[str, Kind] = {
    "never decided on": Kind(Where.USED, Reach.DESCENDANTS, early=True),
    "not reviewed": Kind(Where.BATCH, Reach.DESCENDANTS, early=True),
    "not analysed": Kind(Where.BATCH, Reach.DESCENDANTS, early=True),
    "not disposed of by its site": Kind(Where.BATCH, Reach.DESCENDANTS, early=True),
    "outside its specification": Kind(Where.BATCH, Reach.RELATIVES, early=True),
    "outside its proven range": Kind(Where.BATCH, Reach.DESCENDANTS, early=True),
    "a major deviation": Kind(Where.BATCH, Reach.RELATIVES),
    "a critical deviation": Kind(Where.BATCH, Reach.RELATIVES),
    "a minor deviation": Kind(Where.BATCH, Reach.DESCENDANTS),
    "a result outside its specification": Kind(Where.BATCH, Reach.RELATIVES),
    "a result outside its trend": Kind(Where.BATCH, Reach.RELATIVES),
    "a result that nobody has investigated": Kind(Where.BATCH, Reach.DESCENDANTS),
    "a change that was never notified": Kind(Where.BATCH, Reach.DESCENDANTS),
    "held": Kind(Where.BATCH, Reach.DESCENDANTS),
    "its release taken back": Kind(Where.USED, Reach.DESCENDANTS),
    "used after its last day": Kind(Where.USED, Reach.DESCENDANTS),
    "its lot recalled": Kind(Where.BATCH, Reach.RELATIVES),
    "too warm on its way": Kind(Where.LAST, Reach.DESCENDANTS),
    "other parameters were effective": Kind(Where.BATCH, Reach.LAST_OF_THE_SITE),
    "suspended with release": Kind(Where.SITE, Reach.OF_THE_MAKER),
    "disqualified": Kind(Where.SITE, Reach.OF_THE_MAKER),
    "never audited": Kind(Where.SITE, Reach.OF_THE_MAKER),
    "its certificate has ended": Kind(Where.SITE, Reach.OF_THE_MAKER),
    "a critical finding": Kind(Where.SITE, Reach.OF_THE_MAKER),
    "under an import alert": Kind(Where.SITE, Reach.OF_THE_MAKER),
    "an event that nobody has decided on": Kind(Where.SITE, Reach.OF_THE_SITE),
    "suspended from new orders": Kind(Where.SITE, Reach.NOBODY),
    "on probation": Kind(Where.SITE, Reach.NOBODY),
}


@dataclass(frozen=True)
class Shape:
    """Batches by name, each with those that it comes from; those of the last layer are decided on in the end."""

    layers: Sequence[Sequence[str]]
    parents: Mapping[str, Sequence[str]]

    @property
    def last(self) -> Sequence[str]:
        return self.layers[-1]

    def layer_of(self, name: str) -> int:
        """How many layers were made before it."""
        return next(number for number, names in enumerate(self.layers) if name in names)

    def origin(self, name: str) -> set[str]:
        """A batch, and all that it comes from."""
        return {name}.union(*(self.origin(each) for each in self.parents[name]))

    def sites(self, name: str) -> set[str]:
        """Every site that has made a part of it."""
        return {site_of(each) for each in self.origin(name)}

    def makers(self, name: str) -> set[str]:
        """Every site that has made a substance that was bought: that of bulk with which a chain begins."""
        bare = (each for each in self.origin(name) if each.startswith("BULK") and not self.parents[each])
        return {MAKES["API"] for _ in bare}


@dataclass(frozen=True)
class Case:
    """A kind of flaw at a batch or a site of a chain."""

    kind: str
    at: str

    def stops(self, shape: Shape, name: str) -> bool:
        """Whether a batch must not be certified as long as nobody has judged anything.

        What was decided on before the flawed batch was made knows nothing of it.
        """
        if self.at in shape.parents and shape.layer_of(name) < shape.layer_of(self.at):
            return False
        match KINDS[self.kind].reach:
            case Reach.DESCENDANTS:
                return self.at in shape.origin(name)
            case Reach.RELATIVES:
                return not (shape.origin(self.at) - set(shape.last) | {self.at}).isdisjoint(shape.origin(name))
            case Reach.OF_THE_SITE:
                return self.at in shape.sites(name)
            case Reach.OF_THE_MAKER:
                return self.at in shape.sites(name) | shape.makers(name)
            case Reach.LAST_OF_THE_SITE:
                return site_of(self.at) == site_of(name)
            case Reach.NOBODY:
                return False


def site_of(name: str) -> str:
    """The site that makes a batch: `API 3.1` is the second one of the fourth layer."""
    return MAKES[name.partition(" ")[0]]


def a_shape(chance: random.Random) -> Shape:
    """Two to six layers, each one to three batches wide, each batch made of some of the layer before.

    A pack alone is none: without what is packed it is not registered.
    """
    parents: dict[str, list[str]] = {}
    layers: list[list[str]] = []
    for stage in LONGEST[-chance.randint(2, len(LONGEST)) :]:
        names = [f"{stage} {len(layers)}.{number}" for number in range(chance.randint(1, WIDEST))]
        for name in names:
            before = layers[-1] if layers else []
            parents[name] = sorted(chance.sample(before, chance.randint(1, len(before)))) if before else []
        layers.append(names)
    return Shape(layers, parents)


def a_case(chance: random.Random, shape: Shape, *, early: bool) -> Case | None:
    """Any kind of flaw at any place where it may lie; `None` if the chain has no such place."""
    kind = chance.choice([name for name, each in KINDS.items() if each.early is early])
    used = [name for layer in shape.layers[:-1] for name in layer]
    places = {
        Where.BATCH: [*used, *shape.last],
        Where.USED: used,
        Where.LAST: [*shape.last],
        Where.SITE: [*SITES],
    }[KINDS[kind].where]
    return Case(kind, chance.choice(places)) if places else None
