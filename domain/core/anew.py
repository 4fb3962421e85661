"""What is asked of new submissions alone. What was stored before a rule was made stays readable as it is.

A type says it by `Anew`; whoever takes a form from outside calls `refuse_unless_good_anew`.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Annotated, Any, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from domain.core.attestations import template_of
from domain.core.refusals import Code, Refused


@dataclass(frozen=True)
class Anew:
    """A rule of a text in a form: what is wrong with it, or `None`."""

    fault: Callable[[str], str | None]


@dataclass(frozen=True)
class Excepted:
    """Marks a field that a rule of its type is not asked of."""

    rule: Anew
    because: str


def rules_of(field: FieldInfo) -> list[Anew]:
    """What is asked anew of the texts of a field, by its own marks and those of its type."""
    marks = [*field.metadata, *_marks(field.annotation)]
    excepted = {mark.rule for mark in marks if isinstance(mark, Excepted)}
    return [mark for mark in marks if isinstance(mark, Anew) and mark not in excepted]


def excepted_because(field: FieldInfo, rule: Anew) -> str | None:
    """Why a rule is not asked of a field; `None` if nothing says so."""
    marks = (*field.metadata, *_marks(field.annotation))
    return next((mark.because for mark in marks if isinstance(mark, Excepted) and mark.rule == rule), None)


def refuse_unless_good_anew(form: BaseModel, within: str = "") -> None:
    """Raise `Refused` (FORM_INVALID) with every fault of a new form. `within` is the field that holds the form."""
    faults = dict(_faults(form, f"{within}." if within else ""))
    if faults:
        raise Refused(Code.FORM_INVALID, "The form is not valid.", fields=faults)


def _faults(model: BaseModel, prefix: str) -> Iterator[tuple[str, str]]:
    for name, field in type(model).model_fields.items():
        worded = template_of(field)
        if worded is not None and not _is_a_no(model) and (fault := worded.fault(getattr(model, name))) is not None:
            yield f"{prefix}{name}", fault
        yield from _faults_in(getattr(model, name), rules_of(field), f"{prefix}{name}")


def _is_a_no(model: BaseModel) -> bool:
    approves = getattr(model, "approves", None)
    return approves is not None and not approves()


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
