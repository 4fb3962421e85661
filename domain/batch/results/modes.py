"""What the modes of lines ask of a batch in a market: approval, data, an earlier batch that was tested (G9)."""

from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from domain.batch.results.recomputation import Reported, recomputed
from domain.batch.results.specification import LineMode, SpecifiedTest
from domain.core.names import name_key
from domain.core.rounding import Rounding


class Earlier(NamedTuple):
    """A batch of the same product that the site has made before, with its results that count."""

    number: str
    results: Sequence[Reported]


class ByMode(NamedTuple):
    """What is found of the lines that not every batch is tested for."""

    seen: tuple[str, ...] = ()
    """What they rest on, each in words."""
    wrong: tuple[str, ...] = ()


def by_mode(
    results: Sequence[Reported],
    tests: Iterable[SpecifiedTest],
    market: str,
    earlier: Sequence[Earlier],
    rounding: Rounding,
) -> ByMode:
    """Judge each such line for a market. `earlier` are the batches made before this one, the last one first."""
    done = {name_key(each.test) for each in results}
    seen, wrong = list[str](), list[str]()
    for test in tests:
        is_tested = name_key(test.name) in done
        if not test.mode.needs_approval or (test.mode is LineMode.PERIODIC and is_tested):
            continue
        approval = next((each for each in test.approvals if each.market == market), None)
        if approval is None:
            wrong.append(f"{test.name}: {test.mode.words} is not registered in {market}")
            continue
        said = f"{test.name}: {test.mode.words} ({approval.reference})"
        if test.mode is LineMode.PERIODIC:
            stands, words = _last_tested(test, earlier, rounding)
            (seen if stands else wrong).append(f"{said if stands else test.name}: {words}")
        else:
            data = [each.data for each in results if name_key(each.test) == name_key(test.name) and each.data]
            seen.append(f"{said}: {', '.join(f'data of the batch ({each})' for each in data) or 'no data'}")
    return ByMode(tuple(seen), tuple(wrong))


def _last_tested(test: SpecifiedTest, earlier: Sequence[Earlier], rounding: Rounding) -> tuple[bool, str]:
    """Whether the last batch that was tested stands for this one, and what it is."""
    within = test.within or 0
    for before, batch in enumerate(earlier[:within], start=1):
        of_it = [each for each in batch.results if name_key(each.test) == name_key(test.name)]
        if not of_it:
            continue
        as_tested = test.model_copy(update={"mode": LineMode.EVERY_BATCH})
        found = recomputed(of_it, [as_tested], rounding)
        if found.is_clear():
            return True, f"last tested on batch {batch.number}, {_so_many(before)} before, which passed"
        return False, f"last tested on batch {batch.number}, which did not pass"
    return False, f"none of the last {within} batches was tested, and neither was this one"


def _so_many(count: int) -> str:
    return "one" if count == 1 else str(count)


def never_replaced(test: str, specified: Iterable[SpecifiedTest]) -> str | None:
    """Why a test of the product does not outweigh a result that has failed; `None` where the line is such a test."""
    modes = (each.mode for each in specified if name_key(each.name) == name_key(test))
    found = next((each for each in modes if each.rests_on_data), None)
    return f"a test of the product never replaces {found.words} that has failed" if found is not None else None


def most_before(tests: Iterable[SpecifiedTest], results: Collection[Reported]) -> int:
    """How many earlier batches have to be looked at: 0 where each such line was tested on the batch itself."""
    done = {name_key(each.test) for each in results}
    return max((each.within or 0 for each in tests if name_key(each.name) not in done), default=0)
