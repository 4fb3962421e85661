"""What a parameter set must fulfil before anybody signs it, and which version it becomes (section 7).

ICH Q8(R2): normal operating range within proven acceptable range. Every fault names the row and what is wrong there.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from domain.core.names import name_key
from domain.core.refusals import broken
from domain.core.units import are_comparable, converted
from domain.exchange.parameters import Parameter, ParameterClass, ParameterContent, QualityAttribute

Fault = tuple[str, str]


class Version(NamedTuple):
    """Version of a parameter set within its scope."""

    major: int
    minor: int

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}"


def refuse_unless_sound(content: ParameterContent, base: ParameterContent | None = None) -> None:
    """Raise `Refused` naming every row that breaks an invariant, by its dotted field.

    `base` is the set that this one takes the place of: a proven acceptable range is widened, or a critical parameter
    added, only with data that the base does not have; narrowing a range needs none.
    """
    faults = dict(_faults(content, base))
    if faults:
        raise broken("section 7, parameter set", "The parameter set is not sound.", **faults)


def next_version(newest: Version | None, base: ParameterContent | None, content: ParameterContent) -> Version:
    """The version of a set that comes after `newest` and takes the place of `base`; the first one is 1.0.

    The first number grows when what is proven or registered changes: a row comes or goes, a unit, a proven acceptable
    range, a class, a limit or a method is another one, or anything in a row that is registered. Otherwise the second.
    """
    if newest is None:
        return Version(1, 0)
    if base is None or _proven(base) != _proven(content):
        return Version(newest.major + 1, 0)
    return Version(newest.major, newest.minor + 1)


def touches_registration(content: ParameterContent, standing: Iterable[ParameterContent]) -> bool:
    """Whether a row is registered in this set or in one that stands: regulatory affairs is then heard.

    `standing` is the set in effect and every one that was agreed on since: a row that is no longer registered in a set
    which waits itself is still registered.
    """
    return any(row.registered for each in (content, *standing) for row in each.parameters)


def _faults(content: ParameterContent, base: ParameterContent | None) -> Iterator[Fault]:
    known = {name_key(attribute.name) for attribute in content.attributes}
    before = {name_key(row.name): row for row in base.parameters} if base else {}
    yield from _repeated("parameters", [row.name for row in content.parameters])
    yield from _repeated("attributes", [row.name for row in content.attributes])
    for index, row in enumerate(content.parameters):
        faults = (*_of_ranges(row), *_of_links(row, known), *_of_widening(row, before))
        yield from _named(f"parameters.{index}", row.name, faults)
    controlled = {
        name_key(name)
        for row in content.parameters
        if row.parameter_class is ParameterClass.CPP
        for name in row.linked_cqas
    }
    for index, attribute in enumerate(content.attributes):
        yield from _named(f"attributes.{index}", attribute.name, _of_attribute(attribute, controlled))


def _named(row: str, name: str, faults: Iterable[Fault]) -> Iterator[Fault]:
    for field, text in faults:
        yield f"{row}.{field}", f"{name}: {text}"


def _repeated(field: str, names: Sequence[str]) -> Iterator[Fault]:
    keys = [name_key(name) for name in names]
    for index, name in enumerate(names):
        if keys[index] in keys[:index]:
            yield f"{field}.{index}.name", f"{name}: is named twice"


_BEYOND_NOR = "lies outside its normal operating range"
_BEYOND_PAR = "lies outside its proven acceptable range"
_ORDER = (
    ("par_low", "nor_low", "nor_low", _BEYOND_PAR),
    ("nor_low", "target", "target", _BEYOND_NOR),
    ("target", "nor_high", "target", _BEYOND_NOR),
    ("nor_high", "par_high", "nor_high", _BEYOND_PAR),
)
"""What must not be greater than what, and which of the two is then named with which fault."""


def _of_ranges(row: Parameter) -> Iterator[Fault]:
    """PAR, NOR and target lie within one another; bounds may coincide."""
    if row.par_unit is not None and row.par_unit != row.unit:
        yield "par_unit", f"must be {row.unit}, the unit of the normal operating range"
    for low, high, field, text in _ORDER:
        if getattr(row, low) > getattr(row, high):
            yield field, text


def _of_links(row: Parameter, known: set[str]) -> Iterator[Fault]:
    if row.parameter_class is ParameterClass.CPP and not row.linked_cqas:
        yield "linked_cqas", "a critical parameter names the quality attributes that it has an impact on"
    for index, name in enumerate(row.linked_cqas):
        if name_key(name) not in known:
            yield f"linked_cqas.{index}", f"{name} is no quality attribute of this set"
        elif name_key(name) in map(name_key, row.linked_cqas[:index]):
            yield f"linked_cqas.{index}", f"{name} is named twice"


def _of_widening(row: Parameter, before: Mapping[str, Parameter]) -> Iterator[Fault]:
    """A range that is wider than before needs new data, and so does one that a critical parameter did not have before.

    Another name makes it another parameter: nothing shows that its range was proven under the one it had.
    """
    old = before.get(name_key(row.name))
    if old is None:
        known = {document.sha256 for each in before.values() for document in each.evidence}
        fault = "is no critical parameter of the set before; its proven acceptable range needs data that show it"
        needed = bool(before) and row.parameter_class is ParameterClass.CPP
    else:
        known = {document.sha256 for document in old.evidence}
        fault = "the proven acceptable range is widened, which needs data that show it"
        needed = is_widened(old, row)
    if needed and all(document.sha256 in known for document in row.evidence):
        yield "evidence", fault


def is_widened(old: Parameter, new: Parameter) -> bool:
    """Whether a proven acceptable range allows a value that it did not allow before, whatever units they are in."""
    if not are_comparable(old.unit, new.unit):
        return True
    low, high = converted(old.par_low, old.unit, new.unit), converted(old.par_high, old.unit, new.unit)
    return new.par_low < low or new.par_high > high


def _of_attribute(attribute: QualityAttribute, controlled: set[str]) -> Iterator[Fault]:
    low, high = attribute.limit_low, attribute.limit_high
    if low is None and high is None:
        yield "limit_high", "needs at least one limit"
    elif low is not None and high is not None and low > high:
        yield "limit_low", "lies above the upper limit"
    if name_key(attribute.name) not in controlled and attribute.rationale is None:
        yield "rationale", "is controlled by no critical parameter; say why none is needed"


def _proven(content: ParameterContent) -> tuple[dict[str, object], dict[str, object]]:
    """What makes another first number when it changes."""
    return (
        {name_key(row.name): _of_parameter(row) for row in content.parameters},
        {
            name_key(row.name): (row.unit, row.method, row.limit_low, row.limit_high, row.stage)
            for row in content.attributes
        },
    )


def _of_parameter(row: Parameter) -> object:
    if row.registered:
        return row.model_dump()
    return row.unit, row.par_low, row.par_high, row.parameter_class
