"""Reading what an event carries."""

from typing import Any, TypeVar

from domain.events import Event
from domain.forms import Form

F = TypeVar("F", bound=Form)


def part(event: Event, name: str) -> dict[str, Any]:
    """A part of the payload that is a mapping, such as `effect` or `record`."""
    value = event.payload[name]
    assert isinstance(value, dict), f"{event.stream}#{event.number} holds no {name}"
    return value


def submitted(event: Event, form: type[F]) -> F:
    """The form that was submitted with the event, as an earlier version of the program may have stored it."""
    return form.stored(part(event, "form"))
