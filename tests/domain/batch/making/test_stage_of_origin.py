"""What a batch of a stage comes from, and who packs it."""

import pytest

from domain.batch.batch import Relation
from domain.batch.making.stage_of_origin import Origin, refuse_unless_comes_from, refuse_unless_packed
from domain.batch.supply_stage import SupplyStage as S
from domain.site.site import Activity, ProductStage
from tests.domain.filling import faults

OF, COMMERCIAL = Relation.INTERMEDIATE, ProductStage.COMMERCIAL
PARENT = {"parents.0.batch_id"}


def stated(stage: S, relation: Relation = OF) -> Origin:
    return Origin(relation, stage, is_stated=True)


@pytest.mark.parametrize(
    ("stage", "relation", "origin", "wrong"),
    [
        (S.API, OF, S.INTERMEDIATE, set()),
        (S.API, OF, S.API, set()),
        (S.INTERMEDIATE, OF, S.API, PARENT),
        (S.API, OF, S.BULK, PARENT),
        (S.API, Relation.REWORK, S.FINISHED, PARENT),
        (S.STARTING_MATERIAL, OF, S.INTERMEDIATE, PARENT),
        (S.BULK, OF, S.API, set()),
        (S.BULK, OF, S.FINISHED, PARENT),
        (S.FINISHED, OF, S.BULK, set()),
        (S.FINISHED, OF, S.CLINICAL_SUPPLY, PARENT),
        (S.CLINICAL_SUPPLY, OF, S.FINISHED, set()),
        (S.FINISHED, Relation.SPLIT, S.BULK, PARENT),
        (S.BULK, Relation.SPLIT, S.BULK, set()),
        (S.API, Relation.BLEND, S.INTERMEDIATE, PARENT),
        (S.FINISHED, Relation.REPACK, S.BULK, set()),
        (S.API, Relation.REPACK, S.API, set()),
        (S.BULK, Relation.REPACK, S.FINISHED, PARENT),
        (S.CLINICAL_SUPPLY, Relation.RELABEL, S.FINISHED, set()),
        (S.FINISHED, Relation.RELABEL, S.CLINICAL_SUPPLY, PARENT),
        (S.FINISHED, Relation.CORRECTION, S.BULK, PARENT),
        (S.BULK, Relation.REWORK, S.FINISHED, set()),
        (S.BULK, Relation.REWORK, S.API, PARENT),
        (S.FINISHED, Relation.REWORK, S.CLINICAL_SUPPLY, PARENT),
        (S.INTERMEDIATE, Relation.REPROCESS, S.API, set()),
    ],
)
def test_a_batch_comes_from_what_its_stage_is_made_of(stage: S, relation: Relation, origin: S, wrong: set[str]) -> None:
    assert faults(lambda: refuse_unless_comes_from(stage, [stated(origin, relation)])) == wrong


@pytest.mark.parametrize(
    ("activity", "stage", "wrong"),
    [
        (Activity.DRUG_PRODUCT, S.API, PARENT),
        (Activity.DRUG_PRODUCT, S.BULK, set()),
        (Activity.API_MFG, S.FINISHED, set()),
        (Activity.STORAGE, S.API, set()),
        (Activity.DEVELOPMENT, S.BULK, set()),
    ],
)
def test_of_a_batch_without_a_stated_stage_only_its_side_of_the_substance_is_known(
    activity: Activity, stage: S, wrong: set[str]
) -> None:
    origin = Origin.of(OF, None, activity, COMMERCIAL)
    assert faults(lambda: refuse_unless_comes_from(stage, [origin])) == wrong


def test_every_parent_that_does_not_fit_is_named() -> None:
    origins = [stated(S.BULK), stated(S.INTERMEDIATE), stated(S.FINISHED)]
    assert faults(lambda: refuse_unless_comes_from(S.API, origins)) == {"parents.0.batch_id", "parents.2.batch_id"}


PACKER, MAKER, TESTER = Activity.PACKAGING, Activity.DRUG_PRODUCT, Activity.TESTING


@pytest.mark.parametrize(
    ("stage", "activity", "packing", "origins", "wrong"),
    [
        (S.FINISHED, PACKER, None, [stated(S.BULK)], set()),
        (S.FINISHED, PACKER, PACKER, [], {"parents"}),
        (S.FINISHED, PACKER, PACKER, [stated(S.API)], {"parents"}),
        (S.FINISHED, MAKER, None, [stated(S.API)], {"packed_by"}),
        (S.FINISHED, MAKER, None, [], {"packed_by"}),
        (S.FINISHED, MAKER, MAKER, [stated(S.API)], set()),
        (S.FINISHED, MAKER, PACKER, [stated(S.API)], set()),
        (S.FINISHED, MAKER, TESTER, [stated(S.API)], {"packed_by"}),
        (S.FINISHED, MAKER, None, [Origin.of(OF, None, MAKER, COMMERCIAL)], set()),
        (S.CLINICAL_SUPPLY, PACKER, PACKER, [], set()),
        (S.CLINICAL_SUPPLY, PACKER, None, [], {"packed_by"}),
        (S.BULK, MAKER, MAKER, [stated(S.API)], {"packed_by"}),
        (S.API, Activity.API_MFG, None, [], set()),
    ],
)
def test_what_is_packed_has_been_made_and_somebody_packs_it(
    stage: S, activity: Activity, packing: Activity | None, origins: list[Origin], wrong: set[str]
) -> None:
    assert faults(lambda: refuse_unless_packed(stage, activity, packing, origins)) == wrong
