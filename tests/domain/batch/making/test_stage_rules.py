"""Who decides on a batch by its stage."""

import pytest

from domain.batch.making.stage_rules import deciders_at_stage, refuse_unless_country_known, rule_at_stage
from domain.batch.supply_stage import SupplyStage
from domain.core.people import Role
from domain.core.refusals import Refused
from domain.policy.market_rule import DecisionRule, MarketRule
from records.installation.supplementing import shipped_policy

QP, QCU, MARKET, PROCESSING, CONFIRMATION = DecisionRule


@pytest.mark.parametrize(
    ("stage", "market", "country", "rule"),
    [
        (None, "EU", None, QP),
        (None, "US", "DE", QCU),
        (SupplyStage.FINISHED, "EU", "CH", QP),
        (SupplyStage.CLINICAL_SUPPLY, "US", "US", QCU),
        (SupplyStage.FINISHED, "GB", "DE", MARKET),
        (SupplyStage.BULK, "GB", "DE", PROCESSING),
        (SupplyStage.STARTING_MATERIAL, "EU", "DE", PROCESSING),
        (SupplyStage.INTERMEDIATE, "US", "IN", PROCESSING),
        (SupplyStage.API, "EU", "DE", PROCESSING),
        (SupplyStage.API, "EU", None, PROCESSING),
        (SupplyStage.BULK, "EU", "DE", CONFIRMATION),
        (SupplyStage.BULK, "NO", "IS", CONFIRMATION),
        (SupplyStage.BULK, "EU", "XI", CONFIRMATION),
        (SupplyStage.BULK, "XI", "GB", CONFIRMATION),
        (SupplyStage.BULK, "EU", "GB", PROCESSING),
        (SupplyStage.BULK, "EU", "US", PROCESSING),
        (SupplyStage.BULK, "US", "DE", PROCESSING),
    ],
)
def test_what_a_decision_means_depends_on_the_stage(
    stage: SupplyStage | None, market: str, country: str | None, rule: DecisionRule
) -> None:
    row = shipped_policy().market_rule(market)
    assert row is not None
    assert rule_at_stage(stage, row, country) is rule


def rows(*markets: str) -> list[MarketRule]:
    return [row for each in markets if (row := shipped_policy().market_rule(each)) is not None]


def test_bulk_for_the_union_comes_from_a_site_whose_country_is_known() -> None:
    refuse_unless_country_known(SupplyStage.BULK, rows("US"), None, "VM-02")
    refuse_unless_country_known(SupplyStage.BULK, rows("EU"), "US", "VM-02")
    refuse_unless_country_known(SupplyStage.API, rows("EU"), None, "VM-02")
    with pytest.raises(Refused) as refusal:
        refuse_unless_country_known(SupplyStage.BULK, rows("EU", "US"), None, "VM-02")
    assert list(refusal.value.refusal.fields) == ["supply_stage"]


@pytest.mark.parametrize(
    ("rules", "qualified_person", "quality_unit"),
    [
        ([QP, QCU], True, False),
        ([QCU], False, True),
        ([PROCESSING], False, True),
        ([CONFIRMATION, PROCESSING], True, True),
    ],
)
def test_judgements_on_a_batch_are_by_who_decides_on_it(
    rules: list[DecisionRule],
    qualified_person: bool,  # noqa: FBT001
    quality_unit: bool,  # noqa: FBT001
) -> None:
    roles = deciders_at_stage(rules)
    assert (Role.QP in roles, Role.HEAD_QA in roles) == (qualified_person, quality_unit)
    assert (Role.QCU_RELEASER in roles) == quality_unit
