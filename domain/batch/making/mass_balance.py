"""What may come out of what was taken: mass balance over units (domain specification, section 17)."""

from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal
from typing import NamedTuple

from domain.batch.batch import Relation
from domain.batch.relations import AFTER_REJECTION, DIVIDED, OTHER_CONTAINERS, WORKED_AGAIN
from domain.core.names import name_key
from domain.core.refusals import broken
from domain.core.units import are_comparable, converted, same_annotation

RULE = "section 17, mass balance"
_SAME_UNIT = DIVIDED | AFTER_REJECTION
_HUNDRED = Decimal(100)


class Taken(NamedTuple):
    """What goes into a batch from one that it comes from, in the unit of that one."""

    relation: Relation
    quantity: Decimal
    unit: str
    theoretical_yield: Decimal | None = None
    """What comes of one unit of it, in the unit of the batch, by the master batch record."""


class Balance(NamedTuple):
    """What a batch comes to, in its unit."""

    expected: Decimal | None
    """By the theoretical yield, or by what was taken; `None` where nothing says it."""
    most: Decimal | None
    """What it cannot exceed; `None` where something else was added to what was taken."""


class YieldLimits(NamedTuple):
    """The yield of the registered process, in % of what is expected."""

    low: Decimal
    high: Decimal


def keeps_the_unit(relation: Relation) -> bool:
    """Whether the goods are the same ones, so that their unit stays; what is made of others has a unit of its own."""
    return relation in _SAME_UNIT


def stays_the_same(relation: Relation, unit: str, other: str) -> bool:
    """Whether what comes out in `unit` is what was taken in the `other`, so that it is at most as much.

    What is packed anew is the same goods; where the packs are counted in a unit of their own, a yield says what comes.
    """
    if relation is Relation.REPACK:
        return are_comparable(unit, other) and same_annotation(unit, other)
    return keeps_the_unit(relation)


def refuse_unless_repacked(unit: str, taken: Mapping[int, Taken]) -> None:
    """Raise `Refused` unless what is packed anew has a theoretical yield exactly if it is counted in another unit.

    `taken` is what goes into a batch in `unit`, by its place in the form.
    """
    faults: dict[str, str] = {}
    for place, each in taken.items():
        if each.relation is Relation.REPACK and each.theoretical_yield is None:
            if not stays_the_same(each.relation, unit, each.unit):
                faults[f"parents.{place}.theoretical_yield"] = f"say what comes of one {each.unit}, in {unit}"
        elif each.relation is Relation.REPACK and stays_the_same(each.relation, unit, each.unit):
            faults[f"parents.{place}.theoretical_yield"] = f"is of what is counted in another unit than {each.unit}"
    if faults:
        raise broken(RULE, "What is packed anew does not fit.", **faults)


def fault_of_unit(relation: Relation, unit: str, other: str) -> str | None:
    """Why goods that stay the same cannot go on in a unit: it measures something else, or counts something else.

    A correction takes over quantities as they are written, and so their unit.
    """
    if not keeps_the_unit(relation):
        return None
    same = unit == other if relation is Relation.CORRECTION else are_comparable(unit, other)
    return None if same and same_annotation(unit, other) else f"is measured in {other}"


def balance(unit: str, taken: Iterable[Taken], *, materials_added: bool) -> Balance:
    """What a batch in `unit` comes to.

    Where the goods stay the same, it is at most the sum of what was taken. What is worked again gains only by lots of
    materials that were added. What is made of other batches comes to their quantities times their theoretical yield;
    those that have none, such as an auxiliary, count for nothing.
    """
    parts = list(taken)
    same = [each for each in parts if stays_the_same(each.relation, unit, each.unit)]
    if same and len(same) == len(parts):
        total = sum((converted(each.quantity, each.unit, unit) for each in same), Decimal(0))
        gains = materials_added and any(each.relation in WORKED_AGAIN for each in same)
        return Balance(None, None) if gains else Balance(total, total)
    yields = [each.quantity * each.theoretical_yield for each in parts if each.theoretical_yield is not None]
    return Balance(sum(yields, Decimal(0)) if yields else None, None)


def refuse_mixed(relations: Collection[Relation]) -> None:
    """Raise `Refused` if a batch would be split or blended from some batches, and made of others."""
    if not DIVIDED.isdisjoint(relations) and not DIVIDED.issuperset(relations):
        message = "What is split or blended comes from nothing else."
        raise broken(RULE, message, parents="are split or blended, or made into something else; not both")


def refuse_unless_planned(unit: str, size: Decimal, taken: Iterable[Taken]) -> None:
    """Raise `Refused` if more is planned than is taken, of what is split, blended or packed anew."""
    parts = [
        each for each in taken if each.relation in OTHER_CONTAINERS and stays_the_same(each.relation, unit, each.unit)
    ]
    most = balance(unit, parts, materials_added=False).most
    if most is not None and size > most:
        raise broken(RULE, "More is planned than is taken.", size=f"is more than the {most.normalize():f} {unit} taken")


def refuse_unless_limited(
    *, relations: Collection[Relation], yields: Collection[Decimal | None], limits: YieldLimits | None
) -> None:
    """Raise `Refused` unless the yield limits of the registered process go with the theoretical yields.

    `yields` are those of the parents, in the order of the form. A batch that is made of others has both.
    """
    faults: dict[str, str] = {}
    known = [each for each in yields if each is not None]
    if Relation.INTERMEDIATE in relations and not known:
        faults["parents"] = "say the theoretical yield of at least one, by the master batch record"
    if known and limits is None:
        faults["yield_low"] = "is required with a theoretical yield, as is yield_high"
    if limits is not None and limits.low > limits.high:
        faults["yield_low"] = "is above yield_high"
    if faults:
        raise broken(RULE, "The yield of the registered process is not complete.", **faults)


def refuse_unless_balanced(
    *,
    unit: str,
    quantity: Decimal,
    yield_percent: Decimal,
    deviation: str | None,
    expected: Balance,
    limits: YieldLimits | None,
    deviations: Mapping[str, bool],
    samples: Decimal = Decimal(0),
) -> None:
    """Raise `Refused` unless what was made fits what was taken, exactly: no rounding is granted to it.

    The stated yield is the computed one, rounded to the digits that are stated. Outside its limits it names the
    `deviation` that was reported for it: `deviations` of the batch are told with whether they are about the yield, and
    another one explains no yield. `samples` are kept beside the quantity.
    """
    faults: dict[str, str] = {}
    if expected.most is not None and quantity + samples > expected.most:
        faults["quantity"] = f"is more than the {expected.most.normalize():f} {unit} that were taken"
    if deviation is not None and (fault := _fault_of(deviation, deviations)) is not None:
        faults["yield_deviation"] = fault
    if expected.expected:
        percent = quantity / expected.expected * _HUNDRED
        if abs(percent - yield_percent) > Decimal(1).scaleb(_exponent(yield_percent)) / 2:
            faults["yield_percent"] = f"is {percent:.1f} by what was expected: {expected.expected.normalize():f} {unit}"
        if limits is not None and not limits.low <= percent <= limits.high and deviation is None:
            outside = f"{percent:.1f} % is outside {limits.low:f} to {limits.high:f} %"
            faults["yield_deviation"] = f"{outside}: name the deviation that was reported for it"
    if faults:
        raise broken(RULE, "What was made does not fit what was taken.", **faults)


def _fault_of(deviation: str, known: Mapping[str, bool]) -> str | None:
    about_yield = {name_key(number): is_about for number, is_about in known.items()}.get(name_key(deviation))
    if about_yield is None:
        return "there is no such deviation of the batch"
    return None if about_yield else "was not reported for the yield (about_yield)"


def _exponent(value: Decimal) -> int:
    """The place of the last digit that is stated."""
    exponent = value.as_tuple().exponent
    return exponent if isinstance(exponent, int) else 0
