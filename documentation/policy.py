"""The policy as it is shipped: every value with its unit, its meaning and its source."""

import re
from collections.abc import Iterator
from enum import Enum
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from documentation.markdown import code, codes, page, prose, table
from documentation.program import (
    FORMS,
    POLICY_FILE,
    ClinicalRow,
    ClockRule,
    DaysOf,
    EscalationLevel,
    Limits,
    MarketAsks,
    MarketRule,
    OfficeDays,
    Policy,
    Recipients,
    Reliance,
    RungRule,
    Span,
    load,
)

_SECTION = re.compile(r"^(\w+):")
_KEY = re.compile(r"^  ([a-z0-9_.]+):[^#]*(?:#\s*(.*))?$")
_UNITS = {
    "minutes": "minutes",
    "hours": "hours",
    "days": "days",
    "reminders": "days",
    "months": "months",
    "years": "years",
    "percent": "%",
    "weight": "%",
    "weights": "%",
    "mib": "MiB",
    "signatures": "persons",
}
"""Units by the words of a key."""
_ABOUT = """
Every number of the business is in the policy. Its versions take effect at an instant; the head of quality signs a new
one with `PUT /v1/policy`. A later version never moves a running clock. These are the values that the program comes with
(`policy/default.yaml`).

Spans: `d` calendar days, `bd` business days, `h` hours, `mo` months. Sources: `[V n]` is source n of the
[specification](../specification/15-sources.md), `[P]` a practice default without a legal basis.

Days are those of the site, of the sponsor (`sponsor_days`: place and time zone of its quality unit) or of the authority
whose clock it is, as `days_of` says. A holiday of the site moves nothing that is due at an authority. Critical clocks
and those of an authority run on while their case is on hold.
"""
_STEPS = """
When a clock is late, these steps are taken, each at its distance from the due date: steps that count days at 09:00
local time, `0h` the second after the due date has passed. A step goes to the recipients of its level unless it names
others. What a step proposes is put before people; it changes nothing by itself. A step that nobody acknowledges within
one business day (critical: four hours) moves up one level.
"""


def policy_page(policy: Policy) -> str:
    """The page of the policy. The text gives sources, which stand beside the values as comments."""
    sources = _sources(POLICY_FILE.read_text(encoding="utf-8"))
    return page(
        "Policy",
        _ABOUT,
        "## Limits",
        table(("Key", "Value", "Unit", "What it is", "Source"), _limits(policy.limits, sources["limits"])),
        "## Clocks",
        _STEPS,
        table(("Key", "Length", "Days of", "Starts at; source", "If nobody acts", "Escalation", "Forms"),
              _clocks(policy, sources)),
        "## Recipients of each level",
        table(("Level", "A person of the sponsor is late", "A person of the site is late", "Also, for batches"),
              ([level, *_level(told)] for level, told in sorted(policy.escalation.items()))),
        "## Markets",
        "What a row of `markets` may say. A market is a row, no code ([section 18](../specification/18-markets.md)).",
        table(("Key", "What it is"), ([code(name), prose(field.description)] for name, field in _of_a_row())),
        "What a row says by `clinical` of clinical supply. A value takes the place of that of the row.",
        table(("Key", "What it is"),
              ([code(name), prose(field.description)] for name, field in ClinicalRow.model_fields.items())),
        "What each of the `first_steps` of a row may say.",
        table(("Key", "What it is"),
              ([code(name), prose(field.description)] for name, field in Reliance.model_fields.items())),
        table(("Market", *map(code, Reliance.model_fields)),
              ([row.market, *_cells(each, tuple(Reliance.model_fields))]
               for row in policy.markets for each in row.first_steps)),
        "What the rows that the program comes with ask of sites and their papers.",
        table(("Market", *map(code, MarketAsks.model_fields)),
              (_cells(each, ("market", *MarketAsks.model_fields)) for each in policy.markets)),
        "## Required documents",
        "What a site has to show before it is approved. An empty cell stands for all.",
        table(("Key", "Document", "Mandatory", "GxP", "Certificate", "Activities", "Markets", "Stages"),
              (_cells(each, ("key", "title", "mandatory", "gxp", "certificate", "activities", "markets", "stages"))
               for each in policy.required_documents)),
        "## Activities of a quality agreement",
        "What every agreement assigns, and how a first draft assigns it: R responsible, A accountable, C consulted,"
        " I informed.",
        table(("Key", "Activity", "Sponsor", "Site"),
              (_cells(each, ("key", "title", "sponsor", "cdmo")) for each in policy.agreement_activities)),
    )  # fmt: skip


def _of_a_row() -> Iterator[tuple[str, FieldInfo]]:
    """The keys of a row: who decides first, then what is asked."""
    yield from ((name, field) for name, field in MarketRule.model_fields.items() if name not in MarketAsks.model_fields)
    yield from MarketAsks.model_fields.items()


def shipped() -> Policy:
    """The policy that the program comes with."""
    return load(POLICY_FILE.read_text(encoding="utf-8"))


def _sources(text: str) -> dict[str, dict[str, str]]:
    """The comment beside each key, by section."""
    found: dict[str, dict[str, str]] = {}
    section: dict[str, str] = {}
    for line in text.splitlines():
        if begins := _SECTION.match(line):
            section = found.setdefault(begins[1], {})
        elif key := _KEY.match(line):
            section[key[1]] = key[2] or ""
    return found


def _limits(limits: Limits, sources: dict[str, str]) -> Iterator[list[str]]:
    for name, field in Limits.model_fields.items():
        value = getattr(limits, name)
        yield [code(name), _shown(value), _unit(name, value), prose(field.description), sources.get(name, "")]


def _unit(name: str, value: Any) -> str:
    """The unit of a span, or the one that a number has in its name; nothing for counts and words."""
    if isinstance(value, dict):
        return _unit(name, next(iter(value.values())))
    if isinstance(value, Span):
        return value.unit.lower().replace("_", " ")
    words = name.split("_")
    return next((unit for word, unit in _UNITS.items() if word in words), "")


def _clocks(policy: Policy, sources: dict[str, dict[str, str]]) -> Iterator[list[str]]:
    used: dict[str, list[str]] = {}
    for form in FORMS:
        if form.action.clock:
            used.setdefault(form.action.clock, []).append(form.__name__)
    for key, rule in policy.clocks.items():
        told = rule.otherwise + (" Critical." if rule.critical else "")
        steps = "; ".join(_step(step) for step in rule.rungs)
        days_of = _days_of(policy.clock(key).days_of)
        yield [code(key), _length(rule), days_of, sources["clocks"].get(key, ""), told, steps, codes(used.get(key, ()))]


def _length(rule: ClockRule) -> str:
    return code(str(rule.span)) + (", not moved to an open day" if rule.roll.value == "NONE" else "")


def _days_of(days_of: DaysOf) -> str:
    if isinstance(days_of, OfficeDays):
        return f"the authority ({days_of.country}, {days_of.tz})"
    return _plain(days_of)


def _step(step: RungRule) -> str:
    told = f"`{step.at}` {step.level}"
    if step.to:
        told += f" to {', '.join(step.to)}"
    if step.every:
        told += f", again every {step.every}"
    return f"{told}, proposes {step.proposes}" if step.proposes else told


def _level(told: EscalationLevel) -> list[str]:
    return [_recipients(told.sponsor), _recipients(told.cdmo), codes(told.batch)]


def _recipients(told: Recipients) -> str:
    people = [name for name, is_told in (("the person", told.actor), ("the manager", told.manager)) if is_told]
    return ", ".join([*people, *(code(role) for role in told.roles)])


def _cells(part: BaseModel, names: tuple[str, ...]) -> list[str]:
    return [_plain(getattr(part, name)) for name in names]


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple | frozenset):
        return ", ".join(sorted(map(_plain, value))) if isinstance(value, frozenset) else ", ".join(map(_plain, value))
    return "" if value is None else str(getattr(value, "value", value))


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{getattr(key, 'value', key)} {_shown(each)}" for key, each in value.items())
    if isinstance(value, tuple):
        return ", ".join(map(_shown, value))
    if isinstance(value, BaseModel) and not isinstance(value, Span):
        return " to ".join(f"{getattr(value, name)}" for name in type(value).model_fields)
    return code(str(value.value if isinstance(value, Enum) else value))
