"""Types of fields in words."""

import types
from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt, MinLen, MultipleOf
from pydantic import AwareDatetime, BaseModel
from pydantic.fields import FieldInfo

from documentation.markdown import anchor, codes
from documentation.program import Span

_WORDS: dict[object, str] = {
    AwareDatetime: "instant",
    bool: "true or false",
    date: "date",
    datetime: "instant",
    Decimal: "decimal number",
    float: "number",
    int: "whole number",
    str: "text",
    Span: "span, such as `30d`",
    Any: "any JSON",
}
SHORT = 6
"""An enumeration of at most so many values is told where it is used; a longer one has a section of its own."""


def in_words(annotation: Any) -> str:
    """What values a field takes, with links to the sections of values on the same page."""
    if annotation in _WORDS:
        return _WORDS[annotation]
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return in_words(arguments[0])
    if origin is Literal:
        return codes(map(str, arguments))
    if origin in (Union, types.UnionType):
        return " or ".join(dict.fromkeys(in_words(each) for each in arguments if each is not type(None)))
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return f"map from {in_words(arguments[0])} to {in_words(arguments[1])}"
    if isinstance(origin, type) and issubclass(origin, Collection):
        return f"list of {in_words(arguments[0])}"
    if isinstance(annotation, type) and issubclass(annotation, Enum) and len(annotation) <= SHORT:
        return codes(str(member.value) for member in annotation)
    if isinstance(annotation, type) and issubclass(annotation, Enum | BaseModel):
        return f"[{annotation.__name__}](#{anchor(annotation.__name__)})"
    return "any JSON"


def bounds(field: FieldInfo) -> str:
    """The numeric bounds of a field, and whether a list may be empty."""
    signs = {
        Ge: ("≥", "ge"),
        Gt: (">", "gt"),
        Le: ("≤", "le"),
        Lt: ("<", "lt"),
        MultipleOf: ("steps of", "multiple_of"),
    }
    told = [
        f"{sign} {getattr(each, name)}"
        for each in field.metadata
        for kind, (sign, name) in signs.items()
        if isinstance(each, kind)
    ]
    if get_origin(field.annotation) in (tuple, frozenset):
        told += [
            f"at least {each.min_length}" for each in field.metadata if isinstance(each, MinLen) and each.min_length
        ]
    return ", ".join(told)


def values_in(annotation: Any) -> Iterator[type[BaseModel] | type[Enum]]:
    """The values that an annotation names and that have a section: parts of forms, and long enumerations."""
    if annotation in _WORDS:
        return
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
        for field in annotation.model_fields.values():
            yield from values_in(field.annotation)
    elif isinstance(annotation, type) and issubclass(annotation, Enum):
        if len(annotation) > SHORT:
            yield annotation
    elif get_origin(annotation) is not Literal:
        for each in get_args(annotation):
            yield from values_in(each)
