"""What the checks of all master data have in common: may the actor, is the change current, what does it change."""

from pydantic_core import to_jsonable_python
from sqlmodel import SQLModel

from domain.core.change import differences
from domain.core.forms import Form
from domain.core.people import SYSTEM
from domain.core.refusals import Code, Refused
from records.core.declared import Effect
from records.core.writing import Writing


async def refuse_unless_allowed(writing: Writing, form: type[Form]) -> None:
    """Raise `Refused` unless the actor still holds a role that the form names. The program may set up a new system."""
    if writing.actor != SYSTEM:
        await writing.refuse_unless_permitted(form.action)


def part(payload: Effect, name: str) -> Effect:
    """A part of a fact's payload."""
    value = payload[name]
    assert isinstance(value, dict)
    return value


def text_of(payload: Effect, name: str) -> str:
    """A text of the payload."""
    value = payload[name]
    assert isinstance(value, str)
    return value


def refuse_if_stale(writing: Writing, version: int) -> None:
    """Raise `Refused(VERSION_STALE)` if the record has changed since the caller read it."""
    expected = writing.entry.expected_version
    if expected is not None and expected != version:
        raise Refused(Code.VERSION_STALE, f"The record has changed; it is now version {version}.")


def changed(writing: Writing, row: SQLModel, version: int, given: Effect) -> Effect:
    """The effect of a change: old and new value of every field that differs, and the new version."""
    refuse_if_stale(writing, version)
    old: Effect = to_jsonable_python({name: getattr(row, name) for name in given})
    changes = [difference.model_dump(mode="json") for difference in differences(old, given)]
    return {"changes": [*changes], "version": version + 1}
