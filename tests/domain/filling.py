"""A stranger who knows only a form's JSON schema and the prefill fills it in; and what a rule says to it."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from functools import cache
from typing import Any, TypeVar

from pydantic import BaseModel

from domain.core.refusals import Refused

F = TypeVar("F", bound=BaseModel)
_NOTHING: Any = object()
_WRITTEN = date(2026, 11, 29)
"""When the days in the examples of the forms were chosen: those that lie ahead were ahead of this one."""
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}(?=$|T)")


def _fill(schema: dict[str, Any], defs: dict[str, Any], given: Any, today: date) -> Any:
    if given is None:
        return None
    if given is _NOTHING and "examples" in schema:
        return moved(schema["examples"][0], today)
    if "$ref" in schema:
        return _fill(defs[schema["$ref"].rsplit("/", 1)[1]], defs, given, today)
    if "anyOf" in schema:
        return _fill(schema["anyOf"][0], defs, given, today)
    if schema.get("type") == "object":
        known = {} if given is _NOTHING else given
        names = [name for name in schema.get("properties", {}) if name in known or name in schema.get("required", [])]
        rest = {name: value for name, value in known.items() if name not in names}
        return {
            name: _fill(schema["properties"][name], defs, known.get(name, _NOTHING), today) for name in names
        } | rest
    if schema.get("type") == "array":
        items = [_NOTHING] * schema.get("minItems", 0) if given is _NOTHING else given
        return [_fill(schema["items"], defs, item, today) for item in items]
    if given is not _NOTHING:
        return given
    return schema["enum"][0] if "enum" in schema else schema["default"]


@cache
def _schema(form: type[BaseModel]) -> dict[str, Any]:
    return form.model_json_schema()


def filled(form: type[F], prefill: dict[str, Any] | None = None, **changes: Any) -> F:
    """The form as filled in from its schema: prefill and changes first, then examples, then the first of an enum."""
    return _filled(form, {**(prefill or {}), **changes}, _WRITTEN)


def filled_on(today: date, form: type[F], prefill: dict[str, Any] | None = None, **changes: Any) -> F:
    """The form as filled in on a day. The days of its examples are as far ahead as when they were written."""
    return _filled(form, {**(prefill or {}), **changes}, today)


def _filled(form: type[F], given: dict[str, Any], today: date) -> F:
    schema = _schema(form)
    return form.model_validate(_fill(schema, schema.get("$defs", {}), given, today))


def moved(example: Any, today: date) -> Any:
    """An example with its days moved on by whole weeks, so that weekdays stay."""
    if isinstance(example, dict):
        return {name: moved(value, today) for name, value in example.items()}
    if isinstance(example, list):
        return [moved(value, today) for value in example]
    if isinstance(example, str) and (found := _DAY.match(example)):
        weeks = timedelta(weeks=(today - _WRITTEN).days // 7)
        return (date.fromisoformat(found[0]) + weeks).isoformat() + example[found.end() :]
    return example


def faults(rule: Callable[[], object]) -> set[str]:
    """The dotted paths a rule objects to; the rule's name in angle brackets when it objects to no single field."""
    try:
        rule()
    except Refused as refused:
        return set(refused.refusal.fields) or {f"<{refused.refusal.rule}>"}
    return set()
