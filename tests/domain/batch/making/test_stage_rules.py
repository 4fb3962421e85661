"""Who decides on a batch by its stage."""

import pytest

from domain.batch.batch import DecisionRule
from domain.batch.making.stage_rules import deciders_at_stage, refuse_unless_country_known, rule_at_stage
from domain.batch.supply_stage import SupplyStage
from domain.core.people import Role
from domain.core.refusals import Refused

QP, QCU, PROCESSING, CONFIRMATION = DecisionRule


@pytest.mark.parametrize(
    ("stage", "market", "country", "rule"),
    [
        (None, "EU", None, QP),
        (None, "US", "DE", QCU),
        (SupplyStage.FINISHED, "EU", "CH", QP),
        (SupplyStage.CLINICAL_SUPPLY, "US", "US", QCU),
        (SupplyStage.STARTING_MATERIAL, "EU", "DE", PROCESSING),
        (SupplyStage.INTERMEDIATE, "US", "IN", PROCESSING),
        (SupplyStage.API, "EU", "DE", PROCESSING),
        (SupplyStage.API, "EU", None, PROCESSING),
        (SupplyStage.BULK, "EU", "DE", CONFIRMATION),
        (SupplyStage.BULK, "NO", "IS", CONFIRMATION),
        (SupplyStage.BULK, "EU", "US", PROCESSING),
        (SupplyStage.BULK, "US", "DE", PROCESSING),
    ],
)
def test_what_a_decision_means_depends_on_the_stage(
    stage: SupplyStage | None, market: str, country: str | None, rule: DecisionRule
) -> None:
    assert rule_at_stage(stage, market, country) is rule


def test_bulk_for_the_union_comes_from_a_site_whose_country_is_known() -> None:
    refuse_unless_country_known(SupplyStage.BULK, ["US"], None, "VM-02")
    refuse_unless_country_known(SupplyStage.BULK, ["EU"], "US", "VM-02")
    refuse_unless_country_known(SupplyStage.API, ["EU"], None, "VM-02")
    with pytest.raises(Refused) as refusal:
        refuse_unless_country_known(SupplyStage.BULK, ["EU", "US"], None, "VM-02")
    assert list(refusal.value.refusal.fields) == ["supply_stage"]


@pytest.mark.parametrize(
    ("rules", "qualified_person", "quality_unit"),
    [
        ([("EU", QP), ("US", QCU)], True, False),
        ([("US", QCU)], False, True),
        ([("EU", PROCESSING), ("US", PROCESSING)], False, True),
        ([("EU", CONFIRMATION), ("US", PROCESSING)], True, True),
    ],
)
def test_judgements_on_a_batch_are_by_who_decides_on_it(
    rules: list[tuple[str, DecisionRule]],
    qualified_person: bool,  # noqa: FBT001
    quality_unit: bool,  # noqa: FBT001
) -> None:
    roles = deciders_at_stage(rules)
    assert (Role.QP in roles, Role.HEAD_QA in roles) == (qualified_person, quality_unit)
    assert (Role.QCU_RELEASER in roles) == quality_unit
