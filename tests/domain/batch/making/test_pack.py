"""What a batch is packed as, and which markets take it (domain specification, section 18)."""

from typing import Any

import pytest

from domain.batch.batch import Relation
from domain.batch.making.pack import (
    KnownPack,
    Pack,
    PackRule,
    faults_for,
    faults_of_registration,
    is_unknown_for,
    keeps_the_pack,
    refuse_other_pack,
)
from domain.batch.supply_stage import SupplyStage as S
from domain.core.refusals import Refused
from domain.policy.market_rule import row_of
from domain.policy.pack_marks import PackMark
from records.installation.supplementing import shipped_policy
from tests.domain.filling import faults, filled

ROWS = shipped_policy().markets
UK, EU = PackMark.UK_ONLY, PackMark.EU_SAFETY_FEATURES


def pack(*marks: PackMark, **changes: Any) -> Pack:
    return filled(Pack, marks=list(marks), **changes)


def rule(market: str) -> PackRule:
    row = row_of(ROWS, market)
    assert row is not None
    return PackRule.of(row)


@pytest.mark.parametrize(
    ("market", "marks", "stage", "expected"),
    [
        ("EU", (), S.FINISHED, []),
        ("EU", (EU,), S.FINISHED, []),
        ("EU", (UK,), S.FINISHED, ['carries "UK Only", which no pack for EU does']),
        ("DE", (UK,), S.FINISHED, ['carries "UK Only", which no pack for EU does']),
        ("NO", (UK, EU), S.FINISHED, ['carries "UK Only", which no pack for EU does']),
        ("EU", (UK,), S.CLINICAL_SUPPLY, ['carries "UK Only", which no pack for EU does']),
        ("GB", (UK,), S.FINISHED, []),
        ("XI", (UK,), S.FINISHED, []),
        ("GB", (), S.FINISHED, ['lacks "UK Only", which every pack for GB carries']),
        ("GB", (), S.CLINICAL_SUPPLY, []),
        ("GB", (UK, EU), S.FINISHED, ["carries the safety features of the Union, which no pack for GB does"]),
        ("XI", (EU,), S.CLINICAL_SUPPLY, ["carries the safety features of the Union, which no pack for XI does"]),
        ("US", (UK, EU), S.FINISHED, []),
        ("CH", (EU,), S.FINISHED, []),
    ],
)
def test_each_market_takes_the_packs_that_its_row_takes(
    market: str, marks: tuple[PackMark, ...], stage: S, expected: list[str]
) -> None:
    assert faults_for(pack(*marks), rule(market), stage) == expected


@pytest.mark.parametrize(
    ("given", "stage", "markets", "expected"),
    [
        (None, S.FINISHED, ["US"], {"pack": "is required of a finished product"}),
        (None, S.CLINICAL_SUPPLY, ["EU"], {}),
        (None, S.BULK, ["EU"], {}),
        (None, None, ["EU"], {}),
        (pack(), S.BULK, ["EU"], {"pack": "is of what is packed for patients"}),
        (pack(), S.API, ["EU"], {"pack": "is of what is packed for patients"}),
        (pack(), S.FINISHED, ["EU", "BR", "US"], {}),
        (pack(UK), S.FINISHED, ["GB", "EU"], {"markets.1": 'the pack carries "UK Only", which no pack for EU does'}),
    ],
)
def test_a_registration_says_what_it_is_packed_as(
    given: Pack | None, stage: S | None, markets: list[str], expected: dict[str, str]
) -> None:
    assert faults_of_registration(given, stage, markets, ROWS) == expected


@pytest.mark.parametrize(
    ("market", "given", "stage", "expected"),
    [
        ("EU", None, S.FINISHED, {True}),
        ("EU", None, S.CLINICAL_SUPPLY, {False}),
        ("EU", None, None, {False}),
        ("EU", pack(), S.FINISHED, {False}),
        ("US", None, S.FINISHED, {False}),
    ],
)
def test_a_pack_is_asked_for_where_the_market_says_something_of_packs(
    market: str, given: Pack | None, stage: S | None, expected: set[bool]
) -> None:
    assert {is_unknown_for(given, rule(market), stage)} == expected


def test_goods_that_stay_as_they_are_stay_in_their_packs() -> None:
    assert {each for each in Relation if keeps_the_pack(each)} == {
        Relation.SPLIT,
        Relation.BLEND,
        Relation.CORRECTION,
    }
    known = [KnownPack("P-1 (BAT-1)", pack(EU, code="1"))]
    same = pack(EU, code=" 1", description="30  TABLETS in blisters")
    assert faults(lambda: refuse_other_pack(same, known)) == set()
    assert faults(lambda: refuse_other_pack(None, [])) == set()
    for other in (None, pack(EU), pack(EU, code="2"), pack(code="1"), pack(EU, code="1", description="60 tablets")):
        with pytest.raises(Refused) as refused:
            refuse_other_pack(other, known)
        assert refused.value.refusal.fields == {
            "pack": "P-1 (BAT-1) is 30 tablets in blisters, code 1, with the safety features of the Union"
        }
