"""Stages of the supply chain, and what a site may make by what is done there (domain specification, section 17)."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from domain.core.refusals import broken
from domain.site.site import Activity, ProductStage

RULE = "section 17, stages"


class SupplyStage(StrEnum):
    """What a batch is on the way from a starting material to the patient, from the first to the last."""

    STARTING_MATERIAL = "STARTING_MATERIAL"
    INTERMEDIATE = "INTERMEDIATE"
    API = "API"
    BULK = "BULK"
    """A dosage form that is not packed."""
    FINISHED = "FINISHED"
    """Packed, for the market."""
    CLINICAL_SUPPLY = "CLINICAL_SUPPLY"
    """For trials."""

    @property
    def is_of_the_substance(self) -> bool:
        """Whether it is on the way to the active substance, or is that substance."""
        return self in _OF_THE_SUBSTANCE

    @property
    def is_dosage_form(self) -> bool:
        """Whether it is a medicine in its dosage form, packed or not."""
        return self in _DOSAGE_FORMS

    @property
    def reaches_patients(self) -> bool:
        """Whether it is decided on by each market's own rule: a certificate or an approval."""
        return self in _FOR_PATIENTS


_OF_THE_SUBSTANCE = frozenset({SupplyStage.STARTING_MATERIAL, SupplyStage.INTERMEDIATE, SupplyStage.API})
_FOR_PATIENTS = frozenset({SupplyStage.FINISHED, SupplyStage.CLINICAL_SUPPLY})
_DOSAGE_FORMS = frozenset({SupplyStage.BULK}) | _FOR_PATIENTS
_ALL = frozenset(SupplyStage)
_WITHOUT_PARAMETERS = frozenset({Activity.PACKAGING, Activity.TESTING, Activity.STORAGE})
_MADE_BY: Mapping[Activity, frozenset[SupplyStage]] = MappingProxyType({
    Activity.API_MFG: _OF_THE_SUBSTANCE,
    Activity.INTERMEDIATE: frozenset({SupplyStage.STARTING_MATERIAL, SupplyStage.INTERMEDIATE}),
    Activity.DRUG_PRODUCT: _DOSAGE_FORMS,
    Activity.STERILE_FILL: _DOSAGE_FORMS,
    Activity.PACKAGING: _FOR_PATIENTS,
    Activity.TESTING: _ALL,
    Activity.STORAGE: _ALL,
    Activity.DEVELOPMENT: _ALL,
})  # fmt: skip
"""What comes out of an activity. Testing and storage change no stage; development makes any."""


def has_parameters(activity: Activity) -> bool:
    """Whether an activity has critical parameters: packaging, testing and storage follow their master instruction."""
    return activity not in _WITHOUT_PARAMETERS


def makes_any_stage(activity: Activity) -> bool:
    """Whether an activity says nothing of the stage of what comes out of it."""
    return _MADE_BY[activity] == _ALL


def comes_out_of(stage: SupplyStage, activity: Activity) -> bool:
    """Whether an activity makes what is of this stage."""
    return stage in _MADE_BY[activity]


def inferred_stage(activity: Activity, product_stage: ProductStage) -> SupplyStage:
    """The stage of a batch of which none was stated: the last one that its scope makes.

    Gates take it for batches that were registered without one.
    """
    if activity is Activity.API_MFG:
        return SupplyStage.API
    if activity is Activity.INTERMEDIATE:
        return SupplyStage.INTERMEDIATE
    return SupplyStage.CLINICAL_SUPPLY if product_stage is ProductStage.CLINICAL else SupplyStage.FINISHED


def refuse_unless_fitting(stage: SupplyStage | None, activity: Activity, product_stage: ProductStage) -> None:
    """Raise `Refused` if a scope does not make what is stated to come out of it."""
    if stage is None:
        return
    fault = None
    if not comes_out_of(stage, activity):
        fault = f"does not come out of {activity}"
    elif stage.reaches_patients and (stage is SupplyStage.CLINICAL_SUPPLY) != (product_stage is ProductStage.CLINICAL):
        fault = f"does not fit a scope for {product_stage} product"
    if fault is not None:
        raise broken(RULE, "The stage does not fit the scope.", supply_stage=fault)
