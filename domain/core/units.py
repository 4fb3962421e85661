"""Units of measure in UCUM notation, checked and converted by libraries: ucumvert reads them, pint converts.

Arbitrary units, such as `[iU]`, `[CFU]` or `[pH]`, are not convertible into anything else (UCUM, section 3.24).
"""

import re
from decimal import Context, Decimal
from functools import cache
from importlib.metadata import version
from typing import Annotated, Any

from lark.exceptions import LarkError
from pydantic import AfterValidator, Field

from domain.core.names import name_key

_ARBITRARY = re.compile(r"\[(?!deg|in_|ft_|lb_|oz_|ppm|ppb|ppth|pptr)[^\]]+\]")
_SIGNIFICANT = Context(prec=20)
"""Digits of a converted value. The last ones of the calculation are not exact, and limits are compared exactly."""
_ANNOTATION = re.compile(r"\{[^}]*\}")


def _unit(text: str) -> str:
    if not is_unit(text):
        raise ValueError("Use a UCUM unit, such as Cel, mg/mL or %.")
    return text


Unit = Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[!-~]+$", examples=["Cel"]), AfterValidator(_unit)]
"""A UCUM unit, case sensitive: `Cel`, `K`, `mg/mL`, `%`, `[ppm]`, `1`."""


class BrokenUnits(RuntimeError):
    """The libraries of units cannot be used. The message names them, their versions and the cause."""


def load_units() -> None:
    """Read the definitions of all units, which takes about a second. Whoever must not wait does so beforehand.

    A workflow must not at all: its forms hold units, and it may neither read files nor take that long.
    Raises `BrokenUnits`.
    """
    try:
        told, arbitrary = converted(Decimal(1), "mg", "g"), is_unit("[pH]")
    except Exception as error:
        raise BrokenUnits(f"{_libraries()} cannot be loaded: {type(error).__name__}: {error}") from error
    if told != Decimal("0.001") or not arbitrary:
        raise BrokenUnits(f"{_libraries()} read units wrongly: 1 mg is {told} g, [pH] a unit: {arbitrary}.")


def _libraries() -> str:
    return " with ".join(f"{name} {version(name)}" for name in ("ucumvert", "pint", "lark"))


def is_unit(text: str) -> bool:
    """Whether a text is a UCUM unit."""
    return _parsed(text) is not None


def are_comparable(unit: str, other: str) -> bool:
    """Whether a value in one unit can be told in the other. Arbitrary and logarithmic ones only in themselves."""
    if _plain(unit) == _plain(other):
        return True
    if _ARBITRARY.search(unit) or _ARBITRARY.search(other):
        return False
    return _converts(_plain(unit), _plain(other)) and _converts(_plain(other), _plain(unit))


def same_annotation(unit: str, other: str) -> bool:
    """Whether two units count the same things: `{tablet}` is not `{pack}`, which UCUM does not tell apart."""
    first, second = ([name_key(each) for each in _ANNOTATION.findall(text)] for text in (unit, other))
    return first == second


def converted(value: Decimal, unit: str, into: str) -> Decimal:
    """A value in another unit, to 20 digits: 40 `Cel` is 313.15 `K`. Raises `ValueError` if they are not comparable."""
    unit, into = _plain(unit), _plain(into)
    if unit == into:
        return value
    if not are_comparable(unit, into):
        raise ValueError(f"{unit} cannot be told in {into}.")
    return _SIGNIFICANT.plus(_told(value, unit, into))


def _told(value: Decimal, unit: str, into: str) -> Decimal:
    """A value in another unit, both without annotations."""
    registry = _registry()
    quantity = registry.Quantity(value * _factor(unit), registry.from_ucum(unit).units)
    told = quantity.to(registry.from_ucum(into).units).magnitude
    return Decimal(told) / _factor(into)


def _factor(unit: str) -> Decimal:
    """What a unit is worth beside its dimensions, for example in counts."""
    return Decimal(_registry().from_ucum(unit).magnitude)


@cache
def _converts(unit: str, into: str) -> bool:
    """Whether the libraries can tell one unit in another. Of logarithms they cannot, whatever they say before."""
    first, second = _parsed(unit), _parsed(into)
    if first is None or second is None or not first.is_compatible_with(second):
        return False
    try:
        return _told(Decimal(1), unit, into).is_finite()
    except (ArithmeticError, TypeError, ValueError):
        return False


def _plain(unit: str) -> str:
    return _ANNOTATION.sub("", unit) or "1"


@cache
def _parsed(unit: str) -> Any:
    """The unit as a quantity; `None` if it is none. What can be read but not converted stands for itself."""
    plain = _plain(unit)
    registry, parser = _registry(), _parser()  # beforehand: that they cannot be made says nothing about the text
    try:
        if _ARBITRARY.search(plain):
            parser.parse(plain)
            return registry.Quantity(1)
        return registry.from_ucum(plain)
    except LarkError:  # what pint raises arrives as one too
        return None


@cache
def _registry() -> Any:
    from ucumvert import PintUcumRegistry

    return PintUcumRegistry(non_int_type=Decimal)


@cache
def _parser() -> Any:
    from ucumvert import get_ucum_parser

    return get_ucum_parser()
