"""Whether one version of a specification asks for all that another one does, and as much of it (gate G9)."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from domain.batch.results.specification import LineMode, SpecifiedTest
from domain.core.names import name_key


def covers(tighter: Iterable[SpecifiedTest], of: Iterable[SpecifiedTest]) -> bool:
    """Whether what meets the one version meets the other as well: every line is there, with limits at least as tight.

    Lines in another unit, by another method or mode do not cover: a person compares them, by registering the version.
    """
    known = {name_key(test.name): test for test in tighter}
    return all((found := known.get(name_key(test.name))) is not None and _is_as_tight(found, test) for test in of)


def is_tighter(one: Sequence[SpecifiedTest], than: Sequence[SpecifiedTest]) -> bool:
    """Whether one version covers another one and asks for more."""
    return covers(one, than) and not covers(than, one)


def _is_as_tight(test: SpecifiedTest, as_: SpecifiedTest) -> bool:
    same = ("kind", "unit", "expected", "method")
    return (
        all(getattr(test, name) == getattr(as_, name) for name in same)
        and test.mode in (as_.mode, LineMode.EVERY_BATCH)
        and (test.within or 0) <= (as_.within or 0)
        and test.replicates_min >= as_.replicates_min
        and test.places() >= as_.places()
        and _is_within(test.lower, test.lower_inclusive, as_.lower, as_.lower_inclusive, sign=-1)
        and _is_within(test.upper, test.upper_inclusive, as_.upper, as_.upper_inclusive, sign=1)
    )


def _is_within(limit: Decimal | None, itself: bool, of: Decimal | None, of_itself: bool, *, sign: int) -> bool:  # noqa: FBT001
    """Whether nothing beyond a limit lies within the other one."""
    if of is None:
        return True
    if limit is None:
        return False
    return sign * limit < sign * of or (limit == of and (of_itself or not itself))
