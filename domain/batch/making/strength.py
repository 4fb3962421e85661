"""The strength of goods stays as they are divided, packed or labelled (domain specification, section 22)."""

from collections.abc import Iterable
from typing import NamedTuple

from domain.batch.batch import Relation
from domain.batch.relations import SAME_SUBSTANCE
from domain.batch.supply_stage import SupplyStage
from domain.core.names import name_key
from domain.core.refusals import broken

RULE = "section 22, strength"


class Strength(NamedTuple):
    """What is stated of a batch that another one comes from."""

    name: str
    """The batch, as people find it."""
    strength: str


def keeps_the_strength(relation: Relation, stage: SupplyStage | None, of: SupplyStage | None) -> bool:
    """Whether a batch of a stage has the strength of the one `of` another stage that it comes from.

    What a dosage form is packed into has it as well; what is made of granules or of a substance has one of its own.
    """
    if of is not None and of.is_of_the_substance:
        return False
    packs = relation is Relation.INTERMEDIATE and of is not None and stage is not None and stage.reaches_patients
    return relation in SAME_SUBSTANCE or packs


def fault_of(strength: str | None, known: Iterable[Strength]) -> str | None:
    """Why a batch cannot have this strength; `None` if it can. Ways to write the same one are the same."""
    others = [each for each in known if strength is None or name_key(each.strength) != name_key(strength)]
    return ", ".join(f"{each.name} is {each.strength}" for each in others) or None


def refuse_other_strength(strength: str | None, known: Iterable[Strength]) -> None:
    """Raise `Refused` if a batch is to have another strength than what it is packed or divided from."""
    if (fault := fault_of(strength, known)) is not None:
        raise broken(RULE, "Its strength is that of what it comes from.", strength=fault)
