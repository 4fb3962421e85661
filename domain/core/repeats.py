"""Lists in forms that name each entry once: codes always, ids and numbers where the field says so."""

from collections.abc import Iterator
from enum import Enum
from typing import Final

from pydantic import BaseModel

from domain.core.refusals import broken


class _Once:
    """Marks a list of a form."""


ONCE: Final = _Once()
"""In the annotation of a list: it names each of its entries once. Lists of codes do so without it."""


def refuse_repeated(form: BaseModel) -> None:
    """Raise `Refused` naming every entry of a list that stands before it already."""
    faults = dict.fromkeys(_repeated(form, ""), "is named twice")
    if faults:
        raise broken("section 3", "A list names an entry twice.", **faults)


def _repeated(part: BaseModel, path: str) -> Iterator[str]:
    for name, field in type(part).model_fields.items():
        value = getattr(part, name)
        for index, item in enumerate(value if isinstance(value, tuple) else ()):
            if (isinstance(item, Enum) or ONCE in field.metadata) and item in value[:index]:
                yield f"{path}{name}.{index}"
            if isinstance(item, BaseModel):
                yield from _repeated(item, f"{path}{name}.{index}.")
        if isinstance(value, BaseModel):
            yield from _repeated(value, f"{path}{name}.")
