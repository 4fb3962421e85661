"""What one parameter set says otherwise than another, row by row, and what that means for its ranges."""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from enum import StrEnum

from domain.core.change import Difference
from domain.core.names import name_key
from domain.core.units import are_comparable, converted
from domain.core.view import View
from domain.exchange.parameters import Parameter, ParameterContent, QualityAttribute

Row = Parameter | QualityAttribute
Range = tuple[Decimal | None, Decimal | None]


class RowKind(StrEnum):
    """What a row is about."""

    PARAMETER = "PARAMETER"
    ATTRIBUTE = "ATTRIBUTE"


class RowFate(StrEnum):
    """What has become of a row."""

    ADDED = "ADDED"
    REMOVED = "REMOVED"
    CHANGED = "CHANGED"


class RowDifference(View):
    """One row that is not the same in both sets."""

    kind: RowKind
    name: str
    fate: RowFate
    changes: tuple[Difference, ...] = ()
    """Each field that differs, old and new; every field of a row that came or went."""
    notes: tuple[str, ...] = ()
    """What the changes of its ranges mean, in words."""


class ContentDifference(View):
    """All rows that are not the same in two sets; rows that only stand elsewhere in the order are."""

    rows: tuple[RowDifference, ...]


def difference(old: ParameterContent, new: ParameterContent) -> ContentDifference:
    """What `new` says otherwise than `old`: removed rows first, then the others in the order of `new`."""
    return ContentDifference(
        rows=(
            *_rows(RowKind.PARAMETER, old.parameters, new.parameters),
            *_rows(RowKind.ATTRIBUTE, old.attributes, new.attributes),
        )
    )


def _rows(kind: RowKind, old: Sequence[Row], new: Sequence[Row]) -> Iterator[RowDifference]:
    before, after = {name_key(row.name): row for row in old}, {name_key(row.name): row for row in new}
    for key, row in before.items():
        if key not in after:
            yield RowDifference(kind=kind, name=row.name, fate=RowFate.REMOVED, changes=_changes(row, None))
    for key, row in after.items():
        earlier = before.get(key)
        if earlier is None:
            yield RowDifference(kind=kind, name=row.name, fate=RowFate.ADDED, changes=_changes(None, row))
        elif changes := _changes(earlier, row):
            notes = tuple(_notes(earlier, row))
            yield RowDifference(kind=kind, name=row.name, fate=RowFate.CHANGED, changes=changes, notes=notes)


def _changes(old: Row | None, new: Row | None) -> tuple[Difference, ...]:
    before = old.model_dump(mode="json") if old else {}
    after = new.model_dump(mode="json") if new else {}
    return tuple(
        Difference(field=name, old=before.get(name), new=after.get(name))
        for name in before or after
        if before.get(name) != after.get(name) and not _is_equal(old, new, name)
    )


def _is_equal(old: Row | None, new: Row | None, name: str) -> bool:
    """Numbers that are written otherwise are the same: 40 and 40.0."""
    return old is not None and new is not None and getattr(old, name) == getattr(new, name)


def _notes(old: Row, new: Row) -> Iterator[str]:
    for title, low, high in _ranges(new):
        before: Range = (getattr(old, low), getattr(old, high))
        after: Range = (getattr(new, low), getattr(new, high))
        if word := moved(before, after, old.unit, new.unit):
            yield f"{title} {word}: {_told(before, old.unit)} became {_told(after, new.unit)}."


def _ranges(row: Row) -> Iterable[tuple[str, str, str]]:
    if isinstance(row, Parameter):
        return (
            ("The proven acceptable range is", "par_low", "par_high"),
            ("The normal operating range is", "nor_low", "nor_high"),
        )
    return (("The limits are", "limit_low", "limit_high"),)


def moved(old: Range, new: Range, unit: str, new_unit: str) -> str:
    """Whether a range is widened, narrowed or moved; empty if it allows the same. `None` is no limit at that end."""
    if not are_comparable(unit, new_unit):
        return "in another unit"
    low, high = (converted(end, unit, new_unit) if end is not None else None for end in old)
    wider = _below(new[0], low) or _below(_minus(new[1]), _minus(high))
    narrower = _below(low, new[0]) or _below(_minus(high), _minus(new[1]))
    return {(True, True): "moved", (True, False): "widened", (False, True): "narrowed"}.get((wider, narrower), "")


def _below(end: Decimal | None, other: Decimal | None) -> bool:
    """Whether a lower end lies below another one."""
    return other is not None and (end is None or end < other)


def _minus(end: Decimal | None) -> Decimal | None:
    return None if end is None else -end


def _told(ends: Range, unit: str) -> str:
    low, high = ends
    if low is None or high is None:
        return f"at most {high} {unit}" if low is None else f"at least {low} {unit}"
    return f"{low} to {high} {unit}"
