"""A certificate of analysis, compared line by line with a specification (section 8, gate G9; 21 CFR 211.165)."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, Protocol

from domain.batch.results.coa import Judged, Verdict, claimed, judged
from domain.batch.results.specification import LineMode, SpecifiedTest, limit_of
from domain.core.names import name_key, text_key
from domain.core.rounding import Rounding

_SHORT = 200
"""Characters of a question, as a form takes them."""


class Reported(Protocol):
    """A line of a certificate."""

    @property
    def test(self) -> str: ...
    @property
    def method(self) -> str | None: ...
    @property
    def result(self) -> str: ...
    @property
    def unit(self) -> str | None: ...
    @property
    def verdict(self) -> str | None: ...
    @property
    def replicate(self) -> int | None: ...
    @property
    def is_mean(self) -> bool: ...
    @property
    def report(self) -> str: ...
    @property
    def compared(self) -> "Sequence[ByPerson]": ...
    @property
    def data(self) -> str | None: ...


class ByPerson(NamedTuple):
    """What a person has said of a line that the program cannot compare."""

    limit: str
    """What they have compared it with."""
    doubt: str
    """Why the program could not; with another limit or doubt they are asked anew."""
    meets: bool
    by_name: str
    reason: str
    original: str
    """Document id of the original that was read."""
    raw_data: str | None = None

    def words(self) -> str:
        """In one line."""
        verdict = "meets" if self.meets else "does not meet"
        read = ", ".join(filter(None, [self.original, self.raw_data]))
        return f"{verdict} {self.limit}: {self.by_name} ({read}): {self.reason}"


class Recomputation(NamedTuple):
    """What the comparison comes to. Every entry is a test, with the reason behind a colon."""

    lines: tuple[Judged | None, ...]
    """The verdict of each line; `None` if the specification does not have its test."""
    missing: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    unreadable: tuple[str, ...] = ()
    disagrees: tuple[str, ...] = ()
    untested: tuple[str, ...] = ()
    """Tests without a result that not each batch needs one of; an earlier batch has to stand for them."""

    def is_clear(self) -> bool:
        """Whether nothing stands against the results."""
        return not (self.missing or self.unknown or self.failed or self.unreadable or self.disagrees)


def recomputed(results: Sequence[Reported], tests: Iterable[SpecifiedTest], rounding: Rounding) -> Recomputation:
    """Compare every individual result. One that fails, fails its test; a mean replaces none and is judged as well.

    What cannot be compared counts as a person has said that has read the original.
    """
    known = {name_key(test.name): test for test in tests}
    twice = _given_twice(results)
    lines = tuple(
        _line(each, known.get(name_key(each.test)), rounding, twice.get(_replicate(each), ())) for each in results
    )
    pairs = [(each, found) for each, found in zip(results, lines, strict=True) if found is not None]
    return Recomputation(
        lines=lines,
        missing=_missing(results, known),
        untested=_untested(results, known),
        unknown=_once(each.test for each, found in zip(results, lines, strict=True) if found is None),
        failed=_once(
            _named(each, found) if found is not None else _fails_as_printed(each)
            for each, found in zip(results, lines, strict=True)
            if found is None or found.verdict is Verdict.FAIL
        ),
        unreadable=_once(_named(each, found) for each, found in pairs if found.verdict is Verdict.UNREADABLE),
        disagrees=_once(_disagreement(each, found) for each, found in pairs),
    )


def _line(each: Reported, test: SpecifiedTest | None, rounding: Rounding, given: Sequence[str] = ()) -> Judged | None:
    if test is None:
        return None
    found = judged(each.result, each.unit, test, rounding)
    if found.verdict is Verdict.PASS and each.method is not None and not _is_method(each.method, test.method):
        found = Judged(Verdict.UNREADABLE, f"is by {each.method}, the registered method is {test.method}")
    if found.verdict is Verdict.PASS and len(given) > 1:
        found = Judged(Verdict.UNREADABLE, f"is replicate {each.replicate}, which is given as {' and as '.join(given)}")
    if found.verdict is Verdict.PASS and test.mode.rests_on_data and each.data is None:
        found = Judged(Verdict.PASS, f"is a test of the product, which is no {test.mode.words}")
    return _by_person(each, found, test) if found.verdict is Verdict.UNREADABLE else found


def _by_person(each: Reported, found: Judged, test: SpecifiedTest) -> Judged:
    """What a person has said last of this very doubt about this limit; else it stays unread."""
    asked = question(found, test)
    said = [one for one in each.compared if (one.limit, one.doubt) == asked]
    if not said:
        return found
    last = said[-1]
    verdict, words = (Verdict.PASS, "meets") if last.meets else (Verdict.FAIL, "does not meet")
    return Judged(verdict, f"{words} {last.limit}, as {last.by_name} has read: {last.reason}")


def question(found: Judged, test: SpecifiedTest) -> tuple[str, str]:
    """What a person is asked of a line that cannot be compared: the limit, and the doubt."""
    return limit_of(test)[:_SHORT], found.reason[:_SHORT]


def _is_method(printed: str, registered: str) -> bool:
    """A certificate may print less than the registration, or add the version of the method."""
    first, second = text_key(printed).split(), text_key(registered).split()
    shorter, longer = sorted((first, second), key=len)
    return set(shorter) <= set(longer) or name_key(printed) == name_key(registered)


def _missing(results: Iterable[Reported], known: Mapping[str, SpecifiedTest]) -> tuple[str, ...]:
    """Tests with fewer individual results than they need. A replicate that is given twice is one result."""
    results = tuple(results)
    replicates = Counter((name_key(each.test), each.replicate) for each in results if not each.is_mean)
    untested = set(_untested(results, known))
    found = []
    for key, test in known.items():
        if test.name in untested:
            continue
        if test.mode.rests_on_data:
            found += _without_data(results, key, test)
            continue
        of = {number: times for (name, number), times in replicates.items() if name == key}
        counted = sum(1 if number is not None else times for number, times in of.items())
        if counted < test.replicates_min:
            twice = ", ".join(f"replicate {number}" for number, times in of.items() if number is not None and times > 1)
            short = f"{test.name}: {counted} of {test.replicates_min} individual results"
            found.append((f"{short}; {twice} is given more than once" if twice else short) if counted else test.name)
    return tuple(found)


def _untested(results: Iterable[Reported], known: Mapping[str, SpecifiedTest]) -> tuple[str, ...]:
    done = {name_key(each.test) for each in results}
    return tuple(test.name for key, test in known.items() if test.mode is LineMode.PERIODIC and key not in done)


def _without_data(results: Iterable[Reported], key: str, test: SpecifiedTest) -> list[str]:
    """A test of the product never takes the place of the data (EU GMP Annex 17)."""
    of_it = [each for each in results if name_key(each.test) == key]
    if any(each.data is not None for each in of_it):
        return []
    said = f"{test.name}: no data of {test.mode.words}"
    return [f"{said}; a test of the product does not replace them" if of_it else said]


def _given_twice(results: Iterable[Reported]) -> dict[tuple[str, str, int | None], tuple[str, ...]]:
    """The different results that a replicate is given with, on one certificate or report."""
    given: dict[tuple[str, str, int | None], dict[str, str]] = {}
    for each in results:
        if each.replicate is not None and not each.is_mean:
            given.setdefault(_replicate(each), {}).setdefault(text_key(each.result), each.result)
    return {key: tuple(texts.values()) for key, texts in given.items()}


def _replicate(each: Reported) -> tuple[str, str, int | None]:
    return each.report, name_key(each.test), None if each.is_mean else each.replicate


def _disagreement(each: Reported, found: Judged) -> str:
    claim = claimed(each.verdict)
    if claim is None or found.verdict is Verdict.UNREADABLE or claim is found.verdict:
        return ""
    recomputed_it = "passes" if found.verdict is Verdict.PASS else "fails"
    return f"{each.test}: the certificate says {each.verdict}, recomputed it {recomputed_it}"


def _fails_as_printed(each: Reported) -> str:
    """Of a test that is not specified what the certificate itself says."""
    says = claimed(each.verdict) is Verdict.FAIL
    return f"{each.test}: {each.result} is not specified, and the certificate says {each.verdict}" if says else ""


def _named(each: Reported, found: Judged) -> str:
    shown = f"{each.result} {each.unit}" if each.unit else each.result
    return f"{each.test}: {shown} {found.reason}"


def _once(entries: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(entry for entry in entries if entry))
