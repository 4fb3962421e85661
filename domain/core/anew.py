"""What is asked of new submissions alone. What was stored before a rule was made stays readable as it is.

A type says it by `Anew`; whoever takes a form from outside calls `refuse_unless_good_anew`.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Annotated, Any, get_args, get_origin

from pydantic import BaseModel

from domain.core.refusals import Code, Refused


@dataclass(frozen=True)
class Anew:
    """A rule of a text in a form: what is wrong with it, or `None`."""

    fault: Callable[[str], str | None]


def refuse_unless_good_anew(form: BaseModel, within: str = "") -> None:
    """Raise `Refused` (FORM_INVALID) with every fault of a new form. `within` is the field that holds the form."""
    faults = dict(_faults(form, f"{within}." if within else ""))
    if faults:
        raise Refused(Code.FORM_INVALID, "The form is not valid.", fields=faults)


def _faults(model: BaseModel, prefix: str) -> Iterator[tuple[str, str]]:
    for name, field in type(model).model_fields.items():
        rules = [each for each in (*field.metadata, *_marks(field.annotation)) if isinstance(each, Anew)]
        yield from _faults_in(getattr(model, name), rules, f"{prefix}{name}")


def _faults_in(value: Any, rules: list[Anew], path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, BaseModel):
        yield from _faults(value, f"{path}.")
    elif isinstance(value, str):
        yield from ((path, fault) for rule in rules if (fault := rule.fault(value)) is not None)
    elif isinstance(value, dict):
        for key, each in value.items():
            yield from _faults_in(key, rules, path)
            yield from _faults_in(each, rules, f"{path}.{key}")
    elif isinstance(value, tuple | list | frozenset | set):
        for index, each in enumerate(value):
            yield from _faults_in(each, rules, f"{path}.{index}")


def _marks(annotation: Any) -> Iterator[Any]:
    """What is said of an annotation within another, such as that of each name of a list."""
    if get_origin(annotation) is Annotated:
        yield from annotation.__metadata__
    for each in get_args(annotation):
        yield from _marks(each)
