"""A certificate of analysis, compared line by line with a specification (section 8, gate G9; 21 CFR 211.165)."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, Protocol

from domain.batch.results.coa import Judged, Verdict, claimed, judged
from domain.batch.results.specification import SpecifiedTest
from domain.core.names import name_key, text_key
from domain.core.rounding import Rounding


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


class Recomputation(NamedTuple):
    """What the comparison comes to. Every entry is a test, with the reason behind a colon."""

    lines: tuple[Judged | None, ...]
    """The verdict of each line; `None` if the specification does not have its test."""
    missing: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    unreadable: tuple[str, ...] = ()
    disagrees: tuple[str, ...] = ()

    def is_clear(self) -> bool:
        """Whether nothing stands against the results."""
        return not (self.missing or self.unknown or self.failed or self.unreadable or self.disagrees)


def recomputed(results: Sequence[Reported], tests: Iterable[SpecifiedTest], rounding: Rounding) -> Recomputation:
    """Compare every individual result. One that fails, fails its test; a mean replaces none and is judged as well."""
    known = {name_key(test.name): test for test in tests}
    lines = tuple(_line(each, known.get(name_key(each.test)), rounding) for each in results)
    pairs = [(each, found) for each, found in zip(results, lines, strict=True) if found is not None]
    unreadable = [_named(each, found) for each, found in pairs if found.verdict is Verdict.UNREADABLE]
    return Recomputation(
        lines=lines,
        missing=_missing(results, known),
        unknown=_once(each.test for each, found in zip(results, lines, strict=True) if found is None),
        failed=_once(_named(each, found) for each, found in pairs if found.verdict is Verdict.FAIL),
        unreadable=_once([*unreadable, *_contradictions(results, known)]),
        disagrees=_once(_disagreement(each, found) for each, found in pairs),
    )


def _line(each: Reported, test: SpecifiedTest | None, rounding: Rounding) -> Judged | None:
    if test is None:
        return None
    found = judged(each.result, each.unit, test, rounding)
    if found.verdict is Verdict.PASS and each.method is not None and not _is_method(each.method, test.method):
        return Judged(Verdict.UNREADABLE, f"is by {each.method}, the registered method is {test.method}")
    return found


def _is_method(printed: str, registered: str) -> bool:
    """A certificate may print less than the registration, or add the version of the method."""
    first, second = text_key(printed).split(), text_key(registered).split()
    shorter, longer = sorted((first, second), key=len)
    return set(shorter) <= set(longer) or name_key(printed) == name_key(registered)


def _missing(results: Iterable[Reported], known: Mapping[str, SpecifiedTest]) -> tuple[str, ...]:
    """Tests with fewer individual results than they need. A replicate that is given twice is one result."""
    replicates = Counter((name_key(each.test), each.replicate) for each in results if not each.is_mean)
    found = []
    for key, test in known.items():
        of = {number: times for (name, number), times in replicates.items() if name == key}
        counted = sum(1 if number is not None else times for number, times in of.items())
        if counted < test.replicates_min:
            twice = ", ".join(f"replicate {number}" for number, times in of.items() if number is not None and times > 1)
            short = f"{test.name}: {counted} of {test.replicates_min} individual results"
            found.append((f"{short}; {twice} is given more than once" if twice else short) if counted else test.name)
    return tuple(found)


def _contradictions(results: Iterable[Reported], known: Mapping[str, SpecifiedTest]) -> list[str]:
    """Replicates that are given twice, with different results."""
    seen: dict[tuple[str, int], str] = {}
    found = []
    for each in results:
        if each.replicate is None or each.is_mean or name_key(each.test) not in known:
            continue
        earlier = seen.setdefault((name_key(each.test), each.replicate), each.result)
        if text_key(earlier) != text_key(each.result):
            found.append(f"{each.test}: replicate {each.replicate} is given as {earlier} and as {each.result}")
    return found


def _disagreement(each: Reported, found: Judged) -> str:
    claim = claimed(each.verdict)
    if claim is None or found.verdict is Verdict.UNREADABLE or claim is found.verdict:
        return ""
    return f"{each.test}: the certificate says {each.verdict}, the recomputation {found.verdict}"


def _named(each: Reported, found: Judged) -> str:
    shown = f"{each.result} {each.unit}" if each.unit else each.result
    return f"{each.test}: {shown} {found.reason}"


def _once(entries: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(entry for entry in entries if entry))
