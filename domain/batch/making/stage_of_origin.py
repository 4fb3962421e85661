"""What a batch of a stage may come from, and who packs it (domain specification, section 17)."""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple, Self

from domain.batch.batch import Relation
from domain.batch.relations import SAME_SUBSTANCE, WORKED_AGAIN
from domain.batch.supply_stage import RULE, SupplyStage, inferred_stage, makes_any_stage
from domain.core.refusals import broken
from domain.site.site import Activity, ProductStage

_ALSO: Mapping[Relation, frozenset[tuple[SupplyStage, SupplyStage]]] = MappingProxyType({
    Relation.RELABEL: frozenset({(SupplyStage.FINISHED, SupplyStage.CLINICAL_SUPPLY)}),
    Relation.REPACK: frozenset({
        (SupplyStage.FINISHED, SupplyStage.CLINICAL_SUPPLY),
        (SupplyStage.BULK, SupplyStage.FINISHED),
        (SupplyStage.BULK, SupplyStage.CLINICAL_SUPPLY),
    }),
})  # fmt: skip
"""What becomes something else all the same: a marketed product is relabelled for a trial, bulk is packed."""
PACKS = frozenset({Activity.PACKAGING, Activity.DRUG_PRODUCT, Activity.STERILE_FILL, Activity.DEVELOPMENT})
"""What a site does that may pack."""


class Origin(NamedTuple):
    """A batch that another one comes from."""

    relation: Relation
    stage: SupplyStage | None
    """As it was stated, else as its scope says; `None` where that may be anything."""
    is_stated: bool
    """Whether it was; what a scope says is no more than which side of the active substance it is on."""

    @classmethod
    def of(cls, relation: Relation, stated: SupplyStage | None, activity: Activity, product: ProductStage) -> Self:
        """A batch by what was stated of it, and by its scope."""
        if stated is not None or makes_any_stage(activity):
            return cls(relation, stated, is_stated=stated is not None)
        return cls(relation, inferred_stage(activity, product), is_stated=False)

    @property
    def is_a_dosage_form(self) -> bool | None:
        """Whether it is more than its active substance; `None` if nobody has said so."""
        return None if self.stage is None else not self.stage.is_of_the_substance


def refuse_unless_comes_from(stage: SupplyStage, origins: Sequence[Origin]) -> None:
    """Raise `Refused` naming every batch, in the order of the form, that this stage does not come from."""
    faults = {
        f"parents.{index}.batch_id": fault
        for index, each in enumerate(origins)
        if (fault := _fault(stage, each)) is not None
    }
    if faults:
        raise broken(RULE, f"{stage} does not come from that batch.", **faults)


def _fault(stage: SupplyStage, origin: Origin) -> str | None:
    if stage.is_of_the_substance and origin.is_a_dosage_form:
        return f"is {origin.stage}: no {stage} is made of a dosage form"
    if origin.stage is None or not origin.is_stated or origin.stage is stage:
        return None
    if (origin.stage, stage) in _ALSO.get(origin.relation, ()):
        return None
    if origin.relation in SAME_SUBSTANCE:
        return f"is {origin.stage} and stays that by {origin.relation}"
    if origin.relation in WORKED_AGAIN:
        same_side = origin.stage.is_of_the_substance is stage.is_of_the_substance
        fits = same_side and origin.stage is not SupplyStage.CLINICAL_SUPPLY
        return None if fits else f"is {origin.stage} and becomes no {stage} by {origin.relation}"
    order = tuple(SupplyStage)
    return f"is {origin.stage}, which comes after {stage}" if order.index(origin.stage) > order.index(stage) else None


def refuse_unless_packed(
    stage: SupplyStage, activity: Activity, packing: Activity | None, origins: Iterable[Origin]
) -> None:
    """Raise `Refused` unless it is said who packs what is packed: it comes from a dosage form, or a scope packs it.

    `activity` is that of the batch's own scope, `packing` that of the scope that packs it, if one is named. A site that
    does nothing but pack has a dosage form to pack; for a trial it may have bought it as a comparator.
    """
    faults: dict[str, str] = {}
    from_a_dosage_form = any(each.is_a_dosage_form is not False for each in origins)
    if packing is not None and not stage.reaches_patients:
        faults["packed_by"] = f"{stage} is not packed for patients"
    elif packing is not None and packing not in PACKS:
        faults["packed_by"] = f"does {packing}, which packs nothing"
    elif stage.reaches_patients and not from_a_dosage_form:
        if activity is Activity.PACKAGING and stage is SupplyStage.FINISHED:
            faults["parents"] = "name the bulk that is packed"
        elif packing is None:
            faults["packed_by"] = "say who packs it, or name the bulk that it comes from"
    if faults:
        raise broken(RULE, "It is not known what is packed, or where.", **faults)
