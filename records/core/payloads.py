"""Reading what an event carries."""

from datetime import date
from typing import Any, TypeVar

from pydantic import TypeAdapter
from sqlmodel import SQLModel

from domain.core.change import Difference
from domain.core.events import Event
from domain.core.forms import Form

_CHANGES = TypeAdapter(list[Difference])


_DATES = frozenset({"absent_until"})


F = TypeVar("F", bound=Form)


def part(event: Event, name: str) -> dict[str, Any]:
    """A part of the payload that is a mapping, such as `effect` or `record`."""
    value = event.payload[name]
    assert isinstance(value, dict), f"{event.stream}#{event.number} holds no {name}"
    return value


def submitted(event: Event, form: type[F]) -> F:
    """The form that was submitted with the event, as an earlier version of the program may have stored it."""
    return form.stored(part(event, "form"))


def set_changes(row: SQLModel, event: Event) -> set[str]:
    """Set the new values. Returns the names of the fields that changed."""
    effect = part(event, "effect")
    changes = _CHANGES.validate_python(effect["changes"])
    for change in changes:
        value: object = change.new
        if change.field in _DATES and isinstance(value, str):
            value = date.fromisoformat(value)
        setattr(row, change.field, value)
    setattr(row, "version", effect["version"])  # noqa: B010 - every row of master data has one
    return {change.field for change in changes}
