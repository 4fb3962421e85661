"""A stranger who knows only a form's JSON schema and the prefill fills it in; and what a rule says to it."""

from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar

from pydantic import BaseModel

from domain.refusals import Refused

F = TypeVar("F", bound=BaseModel)
_NOTHING: Any = object()


def _fill(schema: dict[str, Any], defs: dict[str, Any], given: Any) -> Any:
    if given is None:
        return None
    if given is _NOTHING and "examples" in schema:
        return schema["examples"][0]
    if "$ref" in schema:
        return _fill(defs[schema["$ref"].rsplit("/", 1)[1]], defs, given)
    if "anyOf" in schema:
        return _fill(schema["anyOf"][0], defs, given)
    if schema.get("type") == "object":
        known = {} if given is _NOTHING else given
        names = [name for name in schema.get("properties", {}) if name in known or name in schema.get("required", [])]
        rest = {name: value for name, value in known.items() if name not in names}
        return {name: _fill(schema["properties"][name], defs, known.get(name, _NOTHING)) for name in names} | rest
    if schema.get("type") == "array":
        items = [_NOTHING] * schema.get("minItems", 0) if given is _NOTHING else given
        return [_fill(schema["items"], defs, item) for item in items]
    if given is not _NOTHING:
        return given
    return schema["enum"][0] if "enum" in schema else schema["default"]


@cache
def _schema(form: type[BaseModel]) -> dict[str, Any]:
    return form.model_json_schema()


def filled(form: type[F], prefill: dict[str, Any] | None = None, **changes: Any) -> F:
    """The form as filled in from its schema: prefill and changes first, then examples, then the first of an enum."""
    schema = _schema(form)
    return form.model_validate(_fill(schema, schema.get("$defs", {}), {**(prefill or {}), **changes}))


def faults(rule: Callable[[], object]) -> set[str]:
    """The dotted paths a rule objects to; the rule's name in angle brackets when it objects to no single field."""
    try:
        rule()
    except Refused as refused:
        return set(refused.refusal.fields) or {f"<{refused.refusal.rule}>"}
    return set()
