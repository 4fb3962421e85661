"""The results on the certificate of a maker, beside the registered specification of the batch (section 18)."""

import re
from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from domain.batch.results.coa import Judged, Verdict, judged
from domain.batch.results.specification import LineMode, ResultKind, SpecifiedTest
from domain.batch.results.text import Bound, Reading, Unreadable, holds_no_result, reading
from domain.core.names import name_key
from domain.core.rounding import Rounding
from domain.importation.batch_certificate import CertifiedResult

_DEMANDED = frozenset({LineMode.EVERY_BATCH, LineMode.LIMIT_TEST})
_PRINTED, _RANGE = "as printed", 2
_UPWARD, _DOWNWARD = (Bound.ABOVE, Bound.AT_LEAST), (Bound.BELOW, Bound.AT_MOST)
_TO = re.compile(r"\s+to\s+|\s*[\u2013\u2014]\s*|(?<=[\d%])\s*-\s*(?=\d)")


class ComparedResults(NamedTuple):
    """What the comparison comes to."""

    missing: tuple[str, ...] = ()
    """Tests of each batch that it does not report."""
    failing: tuple[str, ...] = ()
    """Tests that fail or have no result, each with the reason behind a colon."""


def compared(
    results: Sequence[CertifiedResult], versions: Iterable[Sequence[SpecifiedTest]], rounding: Rounding
) -> ComparedResults:
    """Compare the results with the versions that are valid, the newest first; one that is met is enough.

    A test that is in no specification is compared with its limit as it is printed. Where both are words a person reads.
    """
    found = [_with_version(results, tests, rounding) for tests in versions] or [_with_version(results, (), rounding)]
    return next((each for each in found if each == ComparedResults()), found[0])


def _with_version(
    results: Sequence[CertifiedResult], tests: Sequence[SpecifiedTest], rounding: Rounding
) -> ComparedResults:
    known = {name_key(test.name): test for test in tests}
    reported = {name_key(each.test) for each in results}
    faults = ((each, _fault(each, known.get(name_key(each.test)), rounding)) for each in results)
    return ComparedResults(
        missing=tuple(test.name for key, test in known.items() if test.mode in _DEMANDED and key not in reported),
        failing=tuple(f"{each.test}: {each.result} {fault}" for each, fault in faults if fault is not None),
    )


def _fault(each: CertifiedResult, test: SpecifiedTest | None, rounding: Rounding) -> str | None:
    """Why it is not within its limit, registered or printed; `None` if it is, or a person has to read it."""
    if holds_no_result(each.result):
        return "is no result"
    printed = _printed_limit(each)
    found = judged(each.result, None, printed, rounding)
    if test is not None and found.verdict is not Verdict.FAIL:
        found = _beside_the_registered(each, test, printed.unit, rounding)
        if found.verdict is Verdict.UNREADABLE and test.kind is ResultKind.NUMERIC:
            return found.reason
    return found.reason if found.verdict is Verdict.FAIL else None


def _beside_the_registered(each: CertifiedResult, test: SpecifiedTest, unit: str | None, rounding: Rounding) -> Judged:
    """A result may be printed without the unit that stands beside its limit."""
    found = judged(each.result, None, test, rounding)
    return judged(each.result, unit, test, rounding) if unit and found.verdict is Verdict.UNREADABLE else found


def _printed_limit(each: CertifiedResult) -> SpecifiedTest:
    """The limit as it is printed: numbers where it can be read so, else words."""
    try:
        parts = [reading(part) for part in _TO.split(each.limit, maxsplit=1)]
    except Unreadable:
        parts = []
    low, high = _side(parts[:1], _UPWARD), _side(parts[-1:], _DOWNWARD)
    if len(parts) == _RANGE:
        low, high = parts[0], parts[1]
    if (low is None and high is None) or any(part.value is None for part in parts):
        return SpecifiedTest.model_construct(name=each.test, method=_PRINTED, kind=ResultKind.TEXT, expected=each.limit)
    return SpecifiedTest.model_construct(
        name=each.test,
        method=_PRINTED,
        kind=ResultKind.NUMERIC,
        unit=next((part.unit for part in reversed(parts) if part.unit is not None), "1"),
        lower=low.value if low is not None else None,
        lower_inclusive=low is None or low.bound is not Bound.ABOVE,
        upper=high.value if high is not None else None,
        upper_inclusive=high is None or high.bound is not Bound.BELOW,
    )


def _side(parts: Sequence[Reading], bounds: Collection[Bound]) -> Reading | None:
    return next((each for each in parts if each.bound in bounds), None)
