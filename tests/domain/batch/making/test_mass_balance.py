"""Mass balance: what may come out of what was taken, over units."""

from decimal import Decimal

import pytest

from domain.batch.batch import Relation
from domain.batch.making.mass_balance import (
    Balance,
    Taken,
    YieldLimits,
    balance,
    fault_of_unit,
    refuse_mixed,
    refuse_unless_balanced,
    refuse_unless_limited,
    refuse_unless_planned,
    refuse_unless_repacked,
)
from tests.domain.filling import faults

SPLIT, BLEND, OF, REPACK = Relation.SPLIT, Relation.BLEND, Relation.INTERMEDIATE, Relation.REPACK
D = Decimal


@pytest.mark.parametrize(
    ("unit", "taken", "added", "comes_to"),
    [
        ("kg", [], False, (None, None)),
        ("kg", [Taken(SPLIT, D(50), "kg")], False, (D(50), D(50))),
        ("g", [Taken(SPLIT, D(50), "kg")], False, (D(50000), D(50000))),
        ("kg", [Taken(BLEND, D(50), "kg"), Taken(BLEND, D(500), "g")], False, (D("50.5"), D("50.5"))),
        ("kg", [Taken(SPLIT, D(50), "kg")], True, (D(50), D(50))),
        ("kg", [Taken(Relation.REWORK, D(50), "kg")], False, (D(50), D(50))),
        ("kg", [Taken(Relation.REWORK, D(50), "kg")], True, (None, None)),
        ("{tablet}", [Taken(OF, D(40), "kg", D(20000))], False, (D(800000), None)),
        ("{tablet}", [Taken(OF, D(40), "kg", D(20000)), Taken(OF, D(5), "kg")], True, (D(800000), None)),
        ("{pack}", [Taken(OF, D(900), "{tablet}", D(1) / D(30))], False, (D(30), None)),
        ("{tablet}", [Taken(OF, D(40), "kg")], False, (None, None)),
        ("kg", [Taken(REPACK, D(50), "kg")], False, (D(50), D(50))),
        ("g", [Taken(REPACK, D(50), "kg")], True, (D(50000), D(50000))),
        ("{pack}", [Taken(REPACK, D(900), "{tablet}", D(1) / D(30))], False, (D(30), None)),
    ],
)
def test_a_batch_comes_to_what_was_taken_or_to_its_theoretical_yield(
    unit: str,
    taken: list[Taken],
    added: bool,  # noqa: FBT001
    comes_to: tuple[Decimal | None, Decimal | None],
) -> None:
    expected, most = balance(unit, taken, materials_added=added)
    assert most == comes_to[1]
    assert (expected is None) == (comes_to[0] is None)
    assert expected is None or abs(expected - (comes_to[0] or 0)) < D("1e-20")


@pytest.mark.parametrize(
    ("relation", "unit", "other", "fits"),
    [
        (SPLIT, "kg", "g", True),
        (SPLIT, "kg", "L", False),
        (BLEND, "{tablet}", "{pack}", False),
        (BLEND, "{tablet}", "{Tablet}", True),
        (SPLIT, "1", "{tablet}", False),
        (Relation.REWORK, "kg", "{tablet}", False),
        (Relation.CORRECTION, "kg", "kg", True),
        (Relation.CORRECTION, "g", "kg", False),
        (OF, "{tablet}", "kg", True),
        (OF, "{pack}", "{tablet}", True),
    ],
)
def test_the_same_goods_keep_their_unit_and_what_is_made_of_others_has_its_own(
    relation: Relation,
    unit: str,
    other: str,
    fits: bool,  # noqa: FBT001
) -> None:
    assert fault_of_unit(relation, unit, other) == (None if fits else f"is measured in {other}")


LIMITS = YieldLimits(D(90), D(105))


@pytest.mark.parametrize(
    ("quantity", "percent", "deviation", "expected", "limits", "wrong"),
    [
        ("50", "100", None, Balance(D(50), D(50)), None, set()),
        ("49.9", "99.8", None, Balance(D(50), D(50)), None, set()),
        ("5000", "100", None, Balance(D(50), D(50)), None, {"quantity", "yield_percent"}),
        ("50.0000001", "100", None, Balance(D(50), D(50)), None, {"quantity"}),
        ("50.4", "101", None, Balance(D(50), D(50)), None, {"quantity"}),
        ("780000", "97.5", None, Balance(D(800000), None), LIMITS, set()),
        ("780000", "98", None, Balance(D(800000), None), LIMITS, set()),
        ("780000", "97.6", None, Balance(D(800000), None), LIMITS, {"yield_percent"}),
        ("780000", "9.75", None, Balance(D(800000), None), LIMITS, {"yield_percent"}),
        ("719999", "90.0", None, Balance(D(800000), None), LIMITS, {"yield_deviation"}),
        ("720000", "90.0", None, Balance(D(800000), None), LIMITS, set()),
        ("600000", "75.0", "dev 1", Balance(D(800000), None), LIMITS, set()),
        ("600000", "75.0", "DEV-9", Balance(D(800000), None), LIMITS, {"yield_deviation"}),
        ("600000", "75.0", "DEV-2", Balance(D(800000), None), LIMITS, {"yield_deviation"}),
        ("900000", "112.5", None, Balance(D(800000), None), LIMITS, {"yield_deviation"}),
        ("118.4", "92.1", None, Balance(None, None), None, set()),
    ],
)
def test_what_was_made_fits_what_was_taken_without_rounding(
    quantity: str, percent: str, deviation: str | None, expected: Balance, limits: YieldLimits | None, wrong: set[str]
) -> None:
    assert wrong == faults(
        lambda: refuse_unless_balanced(
            unit="{tablet}",
            quantity=D(quantity),
            yield_percent=D(percent),
            deviation=deviation,
            expected=expected,
            limits=limits,
            deviations={"DEV-1": True, "DEV-2": False},
        )
    )


def test_samples_that_are_kept_beside_it_were_taken_too() -> None:
    def with_samples(samples: str) -> set[str]:
        return faults(
            lambda: refuse_unless_balanced(
                unit="kg",
                quantity=D("49.9"),
                yield_percent=D("99.8"),
                deviation=None,
                expected=Balance(D(50), D(50)),
                limits=None,
                deviations={},
                samples=D(samples),
            )
        )

    assert with_samples("0.1") == set()
    assert with_samples("0.2") == {"quantity"}


def test_no_more_is_planned_than_is_taken_of_what_is_split() -> None:
    part = [Taken(SPLIT, D(50), "kg")]
    assert faults(lambda: refuse_unless_planned("g", D(50000), part)) == set()
    assert faults(lambda: refuse_unless_planned("g", D(50001), part)) == {"size"}
    assert faults(lambda: refuse_unless_planned("kg", D(5000), [Taken(OF, D(50), "kg")])) == set()


@pytest.mark.parametrize(
    ("relations", "wrong"),
    [
        ({SPLIT, BLEND}, set()),
        ({OF, Relation.REPROCESS}, set()),
        ({SPLIT, OF}, {"parents"}),
        ({BLEND, Relation.REWORK}, {"parents"}),
        (set(), set()),
    ],
)
def test_what_is_split_or_blended_comes_from_nothing_else(relations: set[Relation], wrong: set[str]) -> None:
    assert faults(lambda: refuse_mixed(relations)) == wrong


@pytest.mark.parametrize(
    ("yields", "limits", "wrong"),
    [
        ([None], None, {"parents"}),
        ([D(2), None], LIMITS, set()),
        ([D(2)], None, {"yield_low"}),
        ([D(2)], YieldLimits(D(105), D(90)), {"yield_low"}),
    ],
)
def test_a_theoretical_yield_has_the_limits_of_the_registered_process(
    yields: list[Decimal | None],
    limits: YieldLimits | None,
    wrong: set[str],
) -> None:
    assert wrong == faults(lambda: refuse_unless_limited(relations={OF}, yields=yields, limits=limits))


@pytest.mark.parametrize(
    ("unit", "taken", "expected"),
    [
        ("kg", Taken(REPACK, D(50), "kg"), set()),
        ("g", Taken(REPACK, D(50), "kg"), set()),
        ("kg", Taken(REPACK, D(50), "kg", D(1)), {"parents.2.theoretical_yield"}),
        ("{pack}", Taken(REPACK, D(900), "{tablet}"), {"parents.2.theoretical_yield"}),
        ("{pack}", Taken(REPACK, D(900), "{tablet}", D("0.1")), set()),
        ("{pack}", Taken(OF, D(900), "{tablet}"), set()),
    ],
)
def test_what_is_packed_anew_has_a_yield_exactly_if_it_is_counted_otherwise(
    unit: str, taken: Taken, expected: set[str]
) -> None:
    assert faults(lambda: refuse_unless_repacked(unit, {2: taken})) == expected


def test_no_more_is_planned_than_is_packed_anew() -> None:
    assert faults(lambda: refuse_unless_planned("kg", D(51), [Taken(REPACK, D(50), "kg")])) == {"size"}
    refuse_unless_planned("{pack}", D(51), [Taken(REPACK, D(50), "{tablet}", D(2))])
