"""The strength of goods stays what it is while they are divided, packed or labelled."""

import pytest

from domain.batch.batch import Relation
from domain.batch.making.strength import Strength, fault_of, keeps_the_strength
from domain.batch.supply_stage import SupplyStage


@pytest.mark.parametrize(
    ("relation", "stage", "of", "keeps"),
    [
        (Relation.INTERMEDIATE, SupplyStage.FINISHED, SupplyStage.BULK, True),
        (Relation.INTERMEDIATE, SupplyStage.CLINICAL_SUPPLY, SupplyStage.FINISHED, True),
        (Relation.INTERMEDIATE, SupplyStage.BULK, SupplyStage.BULK, False),
        (Relation.INTERMEDIATE, SupplyStage.FINISHED, SupplyStage.API, False),
        (Relation.SPLIT, SupplyStage.BULK, SupplyStage.BULK, True),
        (Relation.BLEND, SupplyStage.API, SupplyStage.API, False),
        (Relation.REPACK, SupplyStage.FINISHED, None, True),
        (Relation.REWORK, SupplyStage.BULK, SupplyStage.BULK, False),
    ],
)
def test_what_is_packed_or_divided_keeps_the_strength_and_what_is_made_has_its_own(
    relation: Relation, stage: SupplyStage, of: SupplyStage | None, *, keeps: bool
) -> None:
    assert keeps_the_strength(relation, stage, of) is keeps


def test_the_same_strength_is_the_same_however_it_is_written() -> None:
    known = [Strength("T-1 (BAT-1)", "10 mg"), Strength("T-2 (BAT-2)", "10mg")]
    assert fault_of("10\u00a0MG", known) is None
    assert fault_of("20 mg", known) == "T-1 (BAT-1) is 10 mg, T-2 (BAT-2) is 10mg"
    assert fault_of(None, known[:1]) == "T-1 (BAT-1) is 10 mg"
    assert fault_of(None, []) is None
