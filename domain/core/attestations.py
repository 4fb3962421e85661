"""What only a person may state, and what the program may fill into a form for them (section 16, law 6).

A form's field is an attestation by its type: whatever says yes or no, picks from a list, names a day or an instant, or
is prose. A number is one if its form says so by `Attested`. Ids, names, links and quantities are none. Where the
program knows what such a field holds (a day that it counts, terms that are in force, what it has computed), the form
declares it as `Known` with the reason.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from enum import Enum
from typing import Annotated, Any, get_args, get_origin

from pydantic import AwareDatetime, BaseModel, JsonValue
from pydantic.fields import FieldInfo

from domain.core.names import text_key

Json = Mapping[str, JsonValue]
_STATED = (bool, Enum, date, time, AwareDatetime)


@dataclass(frozen=True)
class Attested:
    """Marks what is for a person to state, although its type does not say so: a score."""


@dataclass(frozen=True)
class Worded:
    """Marks a statement that is signed in the words of its template, which the program fills in.

    Whether anything is stated is for a person to say elsewhere in the form. A decision that is a no says why in words
    of its own.
    """

    template: str
    because = "the words of the template"

    def fault(self, said: str) -> str | None:
        """What is wrong with what is stated; case and spacing do not matter."""
        return None if text_key(said) == text_key(self.template) else f"is this text, to the letter: {self.template}"


@dataclass(frozen=True)
class Known:
    """Marks what the program may fill in, although its type says that a person states it; with all that is in it."""

    because: str


def template_of(field: FieldInfo) -> Worded | None:
    """The template of a statement, if it has one."""
    return next((mark for mark in field.metadata if isinstance(mark, Worded)), None)


def wordings(form: type[BaseModel]) -> dict[str, JsonValue]:
    """What a form states in the words of a template, by field."""
    found = {name: template_of(field) for name, field in form.model_fields.items()}
    return {name: each.template for name, each in found.items() if each is not None}


def known_because(field: FieldInfo) -> str | None:
    """Why the program may fill a field in that would be an attestation by its type; `None` where it may not."""
    return next((mark.because for mark in field.metadata if isinstance(mark, Known | Worded)), None)


def is_attestation(field: FieldInfo) -> bool:
    """Whether only a person may fill a field in. What is in a nested value is asked for each of its fields."""
    if known_because(field) is not None:
        return False
    return any(isinstance(mark, Attested) for mark in field.metadata) or _is_stated(field.annotation)


def models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    """The values that an annotation is made of."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for each in get_args(annotation):
        yield from models_in(each)


def attestations(model: type[BaseModel], within: tuple[type[BaseModel], ...] = ()) -> Iterator[str]:
    """The attestations of a form, by dotted path, those of nested values included."""
    for name, field in model.model_fields.items():
        if is_attestation(field):
            yield name
        elif known_because(field) is None:
            for each in models_in(field.annotation):
                if each not in within:
                    yield from (f"{name}.{path}" for path in attestations(each, (*within, each)))


def stated_by_nobody(model: type[BaseModel], prefill: Json) -> dict[str, JsonValue]:
    """A prefill without the attestations of its form, in nested rows too. What is emptied by that goes as well."""
    left: dict[str, JsonValue] = {}
    for name, value in prefill.items():
        field = model.model_fields.get(name)
        if field is None or known_because(field) is not None:
            left[name] = value
        elif not is_attestation(field):
            kept = _without(tuple(models_in(field.annotation)), value)
            if kept == value or kept:
                left[name] = kept
    return left


def _without(models: Sequence[type[BaseModel]], value: JsonValue) -> JsonValue:
    if isinstance(value, list):
        rows = [(row, _without(models, row)) for row in value]
        return [kept for row, kept in rows if kept == row or kept]
    if not isinstance(value, Mapping):
        return value
    for model in models:
        value = stated_by_nobody(model, value)
    return value


def _is_stated(annotation: Any) -> bool:
    if get_origin(annotation) is Annotated:
        marks = annotation.__metadata__
        return any(isinstance(mark, Attested) for mark in marks) or _is_stated(annotation.__origin__)
    if isinstance(annotation, type) and issubclass(annotation, _STATED):
        return True
    return any(_is_stated(each) for each in get_args(annotation))
