"""Comparing one reported result with its specification: recomputed, never trusted as text (section 8, gate G9).

- A number is compared in the unit of the specification. If the policy says so it is rounded to the decimals of the
  limit first: 0.154 passes `≤ 0.15`, 0.155 does not.
- A number that is stated less finely than the limit stands for all that rounds to it. It passes only if all of these
  do: `0.1` passes `≤ 0.15`, `98` cannot be compared with `≥ 98.0`, nor `1 mg/g` with `≤ 0.10 %`.
- `< 0.05` passes an upper limit of 0.05 or more. `not detected` passes an upper limit, if nothing above it would be
  reported so. Bounds are not rounded. What they leave open is not decided.
"""

from decimal import Context, Decimal
from enum import StrEnum
from typing import NamedTuple

from domain.batch.results.specification import ResultKind, SpecifiedTest
from domain.batch.results.text import Bound, Reading, Said, Unreadable, reading, said_in, words_of
from domain.batch.results.units import names_a_unit, unit_of
from domain.core.rounding import Rounding, decimals_of, rounded
from domain.core.units import are_comparable, converted


class Verdict(StrEnum):
    """What the recomputation says of a result."""

    PASS = "PASS"
    FAIL = "FAIL"
    UNREADABLE = "UNREADABLE"
    """It cannot be compared, or leaves the question open; the reason says why."""


class Judged(NamedTuple):
    """A verdict, and its reason. A result that passes may carry a note."""

    verdict: Verdict
    reason: str = ""


_OPPOSITES = ({"absent", "present"}, {"negative", "positive"}, {"not detected", "detected"}, {"no", "yes"})
_PLAIN_UNITS = ("1", "[pH]")
"""Units that nobody prints."""
_WITHOUT_NOISE = Context(prec=10)
"""Digits of the difference of two converted values. Their own last ones are not exact."""


def judged(result: str, unit: str | None, test: SpecifiedTest, rounding: Rounding) -> Judged:
    """Compare one result, as it is written, with the limits of its test. `unit` is the printed one, if there is any."""
    if test.kind is ResultKind.TEXT:
        return _judged_text(words_of(result), words_of(test.expected or ""))
    try:
        read = reading(result)
        if read.said is not None:
            return _judged_words(read.said, test)
        if read.value is None:
            return _unreadable("gives no number")
        return _judged_number(read, _unit_of(read, unit, test), test, rounding)
    except Unreadable as error:
        return _unreadable(str(error))


def claimed(verdict: str | None) -> Verdict | None:
    """What the verdict on a certificate claims; `None` if there is none, or none that is understood."""
    said = said_in(words_of(verdict)) if verdict is not None else None
    return {Said.CONFORMS: Verdict.PASS, Said.FAILS: Verdict.FAIL}.get(said) if said else None


def measured(result: str, unit: str | None, test: SpecifiedTest) -> Decimal | None:
    """The number that was found, in the unit of the test; `None` for a bound, for words and for what is unclear."""
    if test.kind is ResultKind.TEXT or test.unit is None:
        return None
    try:
        read = reading(result)
        if read.value is None or read.bound is not Bound.EXACT:
            return None
        return converted(read.value, _unit_of(read, unit, test), test.unit)
    except Unreadable:
        return None


def _judged_text(words: str, expected: str) -> Judged:
    said = said_in(words)
    if words == expected or said is Said.CONFORMS:
        return Judged(Verdict.PASS)
    if said is Said.FAILS or any(pair == {words, expected} for pair in _OPPOSITES):
        return Judged(Verdict.FAIL, f"is not {expected!r}")
    return _unreadable(f"reads otherwise than {expected!r}; a person compares")


def _judged_words(said: Said, test: SpecifiedTest) -> Judged:
    if said is Said.FAILS:
        return Judged(Verdict.FAIL, "does not conform")
    if said is Said.CONFORMS and test.takes_words:
        return Judged(Verdict.PASS)
    if said is Said.CONFORMS:
        return _unreadable("gives no number; give the result itself")
    threshold, lower = test.reporting_threshold, test.lower
    if lower is not None and lower >= 0 and not _is_floor(test):
        if threshold is not None and threshold <= lower:
            return Judged(Verdict.FAIL, f"is below {_shown(lower, test)}")
        return _unreadable("was not detected; that does not say how much less than the lower limit it is")
    if threshold is not None and test.upper is not None and threshold > test.upper:
        return _unreadable(f"is not reported below {_shown(threshold, test)}, which is above the limit")
    return Judged(Verdict.PASS)


def _unit_of(read: Reading, printed: str | None, test: SpecifiedTest) -> str:
    """The unit that a number is in; it can be told in that of the specification. Raises `Unreadable`."""
    assert test.unit is not None, "A numeric test has a unit."
    beside = unit_of(printed) if printed and names_a_unit(printed) else None
    if printed and names_a_unit(printed) and beside is None:
        raise Unreadable(f"is in {printed[:30]!r}, which is no unit that is known")
    if read.unit is not None and beside is not None and read.unit != beside:
        raise Unreadable(f"names two units, {read.unit} and {beside}")
    unit = read.unit or beside
    if unit is None:
        if test.unit not in _PLAIN_UNITS:
            raise Unreadable(f"names no unit; the limit is in {test.unit}")
        return test.unit
    if unit != test.unit and not are_comparable(unit, test.unit):
        raise Unreadable(f"is in {unit}, which cannot be told in {test.unit}")
    return unit


def _judged_number(read: Reading, unit: str, test: SpecifiedTest, rounding: Rounding) -> Judged:
    assert read.value is not None
    assert test.unit is not None, "A numeric test has a unit."
    value = converted(read.value, unit, test.unit)
    if read.bound is not Bound.EXACT:
        return _judged_bound(read.bound, value, test)
    places = test.places()
    rounds = rounding is Rounding.ROUND_TO_LIMIT and decimals_of(value) > places
    compared = rounded(value, places) if rounds else value
    if fault := _outside(compared, test):
        return Judged(Verdict.FAIL, fault)
    stated = decimals_of(read.value)
    half = Decimal(5).scaleb(-stated - 1)
    least, most = (converted(each, unit, test.unit) for each in (read.value - half, read.value + half))
    step = _WITHOUT_NOISE.plus(most - least)
    if step <= Decimal(1).scaleb(-places):
        return Judged(Verdict.PASS)
    coarse = f"is reported with {stated} of the {places} decimals of the limit"
    if unit != test.unit:
        coarse = f"is reported in steps of {_shown(step.normalize(), test)}; the limit has {places} decimals"
    if _is_below(least, test) or (test.upper is not None and most > test.upper):
        return _unreadable(f"{coarse}, too few to compare with it")
    return Judged(Verdict.PASS, coarse)


def _outside(value: Decimal, test: SpecifiedTest) -> str:
    """On which side of the limits a value lies; empty if it lies inside."""
    if _is_below(value, test):
        assert test.lower is not None
        return f"is {_side('below', test.lower_inclusive)} {_shown(test.lower, test)}"
    if test.upper is not None and (value > test.upper or (value == test.upper and not test.upper_inclusive)):
        return f"is {_side('above', test.upper_inclusive)} {_shown(test.upper, test)}"
    return ""


def _is_below(value: Decimal, test: SpecifiedTest) -> bool:
    return test.lower is not None and (value < test.lower or (value == test.lower and not test.lower_inclusive))


def _judged_bound(bound: Bound, value: Decimal, test: SpecifiedTest) -> Judged:
    """All values that the bound allows lie inside, or all outside; or the question stays open."""
    upward = bound in (Bound.ABOVE, Bound.AT_LEAST)
    near, near_ok = (test.lower, test.lower_inclusive) if upward else (test.upper, test.upper_inclusive)
    far, far_ok = (test.upper, test.upper_inclusive) if upward else (test.lower, test.lower_inclusive)
    if not upward and value > 0 and _is_floor(test):
        far = None
    itself = bound in (Bound.AT_MOST, Bound.AT_LEAST)
    sign = -1 if upward else 1
    if far is not None and (sign * value < sign * far or (value == far and not (itself and far_ok))):
        return Judged(Verdict.FAIL, f"is {'above' if upward else 'below'} {_shown(far, test)}")
    if far is not None:
        return _unreadable(f"leaves open whether it is {'above' if upward else 'below'} {_shown(far, test)}")
    if near is None or sign * value < sign * near or (value == near and (near_ok or not itself)):
        return Judged(Verdict.PASS)
    return _unreadable(f"leaves open whether it is {'below' if upward else 'above'} {_shown(near, test)}")


def _is_floor(test: SpecifiedTest) -> bool:
    """Whether the lower limit is the zero that nothing lies below: what is less than something lies above it."""
    return test.lower is not None and test.lower.is_zero() and test.lower_inclusive


def _side(word: str, inclusive: bool) -> str:  # noqa: FBT001
    return word if inclusive else f"not {'above' if word == 'below' else 'below'}"


def _shown(limit: Decimal, test: SpecifiedTest) -> str:
    return f"{limit:f}" if test.unit in (None, "1") else f"{limit:f} {test.unit}"


def _unreadable(reason: str) -> Judged:
    return Judged(Verdict.UNREADABLE, reason)
