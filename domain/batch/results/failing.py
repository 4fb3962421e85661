"""Results that fail a registered specification, and what explains them (gate G8; 21 CFR 211.165(f) and 211.192)."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple, Protocol

from domain.batch.batch import OosState
from domain.batch.results.analysis_forms import Source
from domain.batch.results.coa import Verdict
from domain.batch.results.oos import OosKind, counts_against
from domain.batch.results.recomputation import Recomputation, Reported
from domain.batch.results.specification import SpecifiedTest, limit_of
from domain.batch.results.text import Unreadable, reading
from domain.core.names import name_key, text_key


class Failing(NamedTuple):
    """What a report gives for one test outside the specification."""

    test: str
    results: tuple[str, ...]
    """The individual results that fail, as they are written."""
    unit: str
    limit: str
    markets: frozenset[str]
    """The markets whose specification they fail."""


class Against(NamedTuple):
    """A report, compared with the specification of some markets."""

    markets: tuple[str, ...]
    tests: tuple[SpecifiedTest, ...]
    found: Recomputation


class Explained(Protocol):
    """A result outside specification that is on record."""

    kind: str
    test: str
    result: str
    state: str
    opened_from: str | None
    report: str | None
    decided_at: datetime | None


class FailedLine(NamedTuple):
    """A result that fails, where it stands and since when."""

    test: str
    result: str
    source: str
    """Who has tested (`domain.batch.results.analysis_forms.Source`)."""
    report: str
    """Number of the certificate or report."""
    at: datetime
    """When it came."""


def failing(results: Sequence[Reported], compared: Iterable[Against]) -> list[Failing]:
    """What fails, test by test. A line fails for each market whose specification it does not meet."""
    by_test: dict[tuple[str, frozenset[str]], list[tuple[Reported, SpecifiedTest]]] = {}
    markets: dict[int, set[str]] = {}
    specified: dict[int, SpecifiedTest] = {}
    for each in compared:
        known = {name_key(test.name): test for test in each.tests}
        for number, line in enumerate(each.found.lines):
            if line is not None and line.verdict is Verdict.FAIL:
                markets.setdefault(number, set()).update(each.markets)
                specified.setdefault(number, known[name_key(results[number].test)])
    for number, of in sorted(markets.items()):
        key = (name_key(results[number].test), frozenset(of))
        by_test.setdefault(key, []).append((results[number], specified[number]))
    return [
        Failing(
            test=lines[0][0].test,
            results=tuple(dict.fromkeys(each.result for each, _ in lines)),
            unit=lines[0][0].unit or lines[0][1].unit or "",
            limit=limit_of(lines[0][1]),
            markets=of,
        )
        for (_, of), lines in by_test.items()
    ]


def is_explained(line: FailedLine, known: Iterable[Explained]) -> bool:
    """Whether a failing result is on record as one outside specification, for the same test and of the same origin.

    One of the same test that still counts stands for it until it is concluded; afterwards only the very same result is
    the one that was investigated: on the same report, or on a certificate that had come by then. The same number that
    is found later, or in other own testing, is another result.
    """
    return any(is_about(each, line) for each in known)


def is_about(each: Explained, line: FailedLine) -> bool:
    """Whether a result on record is that of a failing line, or stands for it."""
    return _is_of(each, line) and (_counts(each) or _is_the_same(each, line))


def is_invalidated(line: FailedLine, known: Iterable[Explained]) -> bool:
    """Whether a failing result of own testing was investigated, on this very report, and does not count any more.

    A certificate is what the site stands by: there a result counts until the site has corrected the certificate.
    """
    if line.source != Source.OWN_TESTING.value:
        return False
    of_it = [each for each in known if _is_of(each, line) and _is_on(each, line)]
    same = [each for each in of_it if _is_among(line.result, each.result.split(SEPARATOR))]
    return bool(same) and not any(map(_counts, same))


def _is_of(each: Explained, line: FailedLine) -> bool:
    of_same = name_key(each.test) == name_key(line.test) and each.kind == OosKind.OOS.value
    return of_same and (each.opened_from or line.source) == line.source


def _counts(each: Explained) -> bool:
    return counts_against(OosKind(each.kind), OosState(each.state))


def _is_on(each: Explained, line: FailedLine) -> bool:
    return each.report is not None and name_key(each.report) == name_key(line.report)


def _is_the_same(each: Explained, line: FailedLine) -> bool:
    had_come = each.decided_at is not None and line.at <= each.decided_at
    may_be_elsewhere = line.source != Source.OWN_TESTING.value or each.report is None
    is_it = _is_on(each, line) or (had_come and may_be_elsewhere)
    return is_it and _is_among(line.result, each.result.split(SEPARATOR))


SEPARATOR = "; "
"""Between several individual results of one test."""


def _is_among(result: str, others: Collection[str]) -> bool:
    return any(text_key(result) == text_key(each) or _number(result) == _number(each) is not None for each in others)


def _number(result: str) -> Decimal | None:
    try:
        return reading(result).value
    except Unreadable:
        return None
