"""Stages of the supply chain: what comes out of which activity."""

import pytest
from pydantic import ValidationError

from domain.batch.making.request import BatchRegistration
from domain.batch.supply_stage import SupplyStage, inferred_stage, refuse_unless_fitting
from domain.core.refusals import Refused
from domain.site.site import Activity, ProductStage
from tests.domain.filling import filled

CLINICAL, COMMERCIAL = ProductStage.CLINICAL, ProductStage.COMMERCIAL


@pytest.mark.parametrize(
    ("activity", "product_stage", "stage"),
    [
        (Activity.API_MFG, CLINICAL, SupplyStage.API),
        (Activity.API_MFG, COMMERCIAL, SupplyStage.API),
        (Activity.INTERMEDIATE, COMMERCIAL, SupplyStage.INTERMEDIATE),
        (Activity.DRUG_PRODUCT, COMMERCIAL, SupplyStage.FINISHED),
        (Activity.STERILE_FILL, CLINICAL, SupplyStage.CLINICAL_SUPPLY),
        (Activity.PACKAGING, COMMERCIAL, SupplyStage.FINISHED),
        (Activity.STORAGE, COMMERCIAL, SupplyStage.FINISHED),
        (Activity.DEVELOPMENT, CLINICAL, SupplyStage.CLINICAL_SUPPLY),
    ],
)
def test_a_stage_that_was_not_stated_is_the_last_one_that_the_scope_makes(
    activity: Activity, product_stage: ProductStage, stage: SupplyStage
) -> None:
    assert inferred_stage(activity, product_stage) is stage
    refuse_unless_fitting(stage, activity, product_stage)


@pytest.mark.parametrize(
    ("stage", "activity", "product_stage", "fault"),
    [
        (SupplyStage.BULK, Activity.API_MFG, COMMERCIAL, "does not come out of API_MFG"),
        (SupplyStage.API, Activity.INTERMEDIATE, COMMERCIAL, "does not come out of INTERMEDIATE"),
        (SupplyStage.API, Activity.DRUG_PRODUCT, COMMERCIAL, "does not come out of DRUG_PRODUCT"),
        (SupplyStage.BULK, Activity.PACKAGING, COMMERCIAL, "does not come out of PACKAGING"),
        (SupplyStage.FINISHED, Activity.PACKAGING, CLINICAL, "does not fit a scope for CLINICAL product"),
        (SupplyStage.CLINICAL_SUPPLY, Activity.PACKAGING, COMMERCIAL, "does not fit a scope for COMMERCIAL product"),
    ],
)
def test_what_a_scope_does_not_make_is_refused(
    stage: SupplyStage, activity: Activity, product_stage: ProductStage, fault: str
) -> None:
    with pytest.raises(Refused) as refusal:
        refuse_unless_fitting(stage, activity, product_stage)
    assert refusal.value.refusal.fields == {"supply_stage": fault}


@pytest.mark.parametrize("stage", [SupplyStage.STARTING_MATERIAL, SupplyStage.INTERMEDIATE, SupplyStage.API])
def test_whoever_makes_the_substance_makes_what_comes_before_it(stage: SupplyStage) -> None:
    refuse_unless_fitting(stage, Activity.API_MFG, CLINICAL)
    assert stage.is_of_the_substance
    assert not stage.reaches_patients


def test_what_was_registered_before_a_stage_had_to_be_stated_is_read_without_one() -> None:
    stored = filled(BatchRegistration).model_dump(mode="json")
    del stored["supply_stage"]
    assert BatchRegistration.stored(stored).supply_stage is None
    with pytest.raises(ValidationError):
        BatchRegistration.model_validate(stored)
