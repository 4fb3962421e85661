"""What a policy lacks that was written for an older release, and how it gets it: key by key, never signed by anybody.

A signed value is never changed. What is added behaves as the release did for which the policy was written.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime

from pydantic import Field, JsonValue

from domain.core.yaml_text import read
from domain.policy.limits import Part
from domain.policy.policy import Change, Policy

Body = Mapping[str, JsonValue]
"""A policy as it is stored. It may lack what `Policy` demands by now."""


class Supplements(Part):
    """Values for older policies, by dotted key (`clocks.audit.plan`)."""

    values: dict[str, JsonValue] = Field(default_factory=dict)
    """Where a value is not named here, an older policy gets the one that the program comes with."""


def load_supplements(text: str) -> Supplements:
    """Read the values for older policies. Raises `Refused` (FORM_INVALID)."""
    return read(text, Supplements, "supplements")


def lacking(stored: Body, shipped: Policy) -> list[Change]:
    """What a stored policy lacks of another one, with the values of that one.

    Clocks, levels, limits and the rows of their tables are looked for one by one; of a list only whether it is there:
    who signed a shorter list wanted it shorter. A clock that does not say whose days it counts goes on in the site's,
    unless they are an authority's.
    """
    complete = shipped.model_dump(mode="json", exclude={"version", "effective_from"})
    return [Change(key=".".join(path), old=None, new=_at(complete, path)) for path in _lacking(stored, complete)]


def supplemented(
    stored: Body, shipped: Policy, *, version: int, at: datetime, supplements: Supplements | None = None
) -> Policy | None:
    """The next version of a policy: with all that it lacks. `None` if it lacks nothing.

    In force from `at`, or from when the policy itself would be. Raises `ValidationError` if the whole is no policy.
    """
    complete = shipped.model_dump(mode="json", exclude={"version", "effective_from"})
    paths = list(_lacking(stored, complete))
    if not paths:
        return None
    values = supplements.values if supplements else {}
    body = dict(stored)
    for path in paths:
        _put(body, path, values.get(".".join(path), _at(complete, path)))
    policy = Policy.model_validate(body)
    return policy.model_copy(update={"version": version, "effective_from": max(at, policy.effective_from)})


def _lacking(stored: Body, complete: Body) -> Iterator[tuple[str, ...]]:
    for section, value in complete.items():
        kept = stored.get(section)
        if not isinstance(value, dict):
            if value and not kept:
                yield (section,)
            continue
        there = kept if isinstance(kept, dict) else {}
        for key, part in value.items():
            if key not in there:
                yield section, key
            elif section == "limits":
                yield from ((section, key, row) for row in _rows_lacking(there[key], part))
            elif section == "clocks" and _counts_an_authority(part) and not _says_whose(there[key]):
                yield section, key, "days_of"


def _counts_an_authority(clock: JsonValue) -> bool:
    """Whether the days are an authority's. That is no number of a sponsor, so older policies get it as well."""
    return isinstance(clock, dict) and isinstance(clock["days_of"], dict)


def _says_whose(clock: JsonValue) -> bool:
    return isinstance(clock, dict) and "days_of" in clock


def _rows_lacking(kept: JsonValue, part: JsonValue) -> list[str]:
    return [row for row in part if row not in kept] if isinstance(part, dict) and isinstance(kept, dict) else []


def _at(body: Body, path: tuple[str, ...]) -> JsonValue:
    value: JsonValue = dict(body)
    for name in path:
        value = value[name] if isinstance(value, dict) else None
    return value


def _put(body: dict[str, JsonValue], path: tuple[str, ...], value: JsonValue) -> None:
    """Set a value; the tables on the way are copied, since the body shares them with what is stored."""
    for name in path[:-1]:
        inner = body.get(name)
        body[name] = inner = dict(inner) if isinstance(inner, dict) else {}
        body = inner
    body[path[-1]] = value
