"""Every key of the policy that the program names is in the policy it comes with, and the other way round."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from domain.policy.change import IN_DAYS, LIMITS_IN_DAYS
from domain.policy.limits import Limits
from domain.policy.policy import load
from domain.processes import FORMS
from records.installation.supplementing import POLICY_FILE

ROOT = POLICY_FILE.parents[1]
TREES = [
    ast.parse(path.read_text(encoding="utf-8"))
    for folder in ("domain", "records", "activities", "workflows", "api")
    for path in sorted((ROOT / folder).rglob("*.py"))
    if "migrations" not in path.parts
]
NODES = [node for tree in TREES for node in ast.walk(tree)]
POLICY = load(Path(POLICY_FILE).read_text(encoding="utf-8"))
KEY = re.compile(r"[a-z0-9_]+(\.[a-z0-9_]+)+")

UNUSED_CLOCKS = {"audit.reschedule.decide", "capa.effectiveness", "scar.issue"}
"""Clocks of section 9 by which nobody is asked."""
UNUSED_LIMITS = {"tier_lowering_signatures"}
"""A limit of section 9 that nothing reads."""


def _strings(*nodes: ast.AST | None) -> Iterator[str]:
    for node in nodes:
        for each in ast.walk(node) if node is not None else ():
            if isinstance(each, ast.Constant) and isinstance(each.value, str):
                yield each.value


def _is_clock(name: str) -> bool:
    return re.search(r"(^|_)clocks?$", name.lower()) is not None


def _named_as_clocks(node: ast.AST) -> Iterator[str]:
    """What stands where a clock is named: `clock=`, `policy.clock(...)`, a variable or a function called a clock."""
    match node:
        case ast.keyword(arg=str(name), value=value) if _is_clock(name):
            yield from _strings(value)
        case ast.Call(func=ast.Attribute(attr="clock"), args=[value, *_]):
            yield from _strings(value)
        case ast.Assign(targets=[ast.Name(id=name)], value=value) if _is_clock(name):
            yield from _strings(value)
        case ast.FunctionDef(name=name, body=body) if _is_clock(name):
            yield from _strings(*(line for line in body if not isinstance(line, ast.Expr)))


def test_every_clock_that_is_named_is_in_the_policy() -> None:
    named = {text for node in NODES for text in _named_as_clocks(node) if KEY.fullmatch(text)}
    named |= {form.action.clock for form in FORMS if form.action.clock} | set(IN_DAYS)
    assert len(named) > 80
    assert named - set(POLICY.clocks) == set()


def test_every_clock_of_the_policy_is_written_out_where_it_is_used() -> None:
    written = {node.value for node in NODES if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    of_authorities = {report.clock for report in POLICY.authority_reports}
    assert of_authorities <= set(POLICY.clocks)
    assert set(POLICY.clocks) - written - of_authorities == UNUSED_CLOCKS


def test_every_limit_is_in_the_policy_and_is_read() -> None:
    text = POLICY_FILE.read_text(encoding="utf-8").partition("\nlimits:\n")[2].partition("\n\nescalation:")[0]
    assert set(re.findall(r"^  ([a-z_]+):", text, re.MULTILINE)) == set(Limits.model_fields)
    assert set(LIMITS_IN_DAYS) <= set(Limits.model_fields)
    read = {node.attr for node in NODES if isinstance(node, ast.Attribute)}
    assert set(Limits.model_fields) - read == UNUSED_LIMITS
