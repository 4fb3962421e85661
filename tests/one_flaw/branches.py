"""The branches of the gates, found in their source; each can be turned into a pass while the program runs.

A branch is a place where something wrong or doubtful is said: what is appended to the faults, assigned to them,
returned as one, or handed to `Found`.
"""

import ast
import importlib
import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

from domain import release

GATES = sorted(Path(str(release.__file__)).parent.glob("*_gates.py"))
_SEEN = "__seen__"
_COLLECTED = frozenset({"faults", "doubts", "doubtful"})
"""Variables that a function returns a part of, or more than."""


@dataclass(frozen=True)
class Branch:
    """One place where a gate says that something is wrong or doubtful."""

    module: str
    function: str
    said: str
    """What is said, as it stands in the source."""
    same: int = 0
    """How many branches of the function say the same before this one."""

    @property
    def name(self) -> str:
        again = f" ({self.same + 1})" if self.same else ""
        return f"{self.module}.{self.function}: {' '.join(self.said.split())}{again}"


@dataclass
class Branches:
    """The branches of all gates. One of them may be passed over; those that said something are remembered."""

    all: list[Branch] = field(default_factory=list)
    said: set[int] = field(default_factory=set)
    """Numbers of the branches that have said something."""
    passed: int | None = None
    """The number of the branch that says nothing for now."""

    def see(self, number: int, value: Any) -> Any:
        """What a branch says, unless it is passed over."""
        if value:
            self.said.add(number)
        if number != self.passed:
            return value
        return None if isinstance(value, str) else []

    @contextmanager
    def aside(self) -> Iterator[None]:
        """What is said while this lasts is not remembered."""
        said = set(self.said)
        try:
            yield
        finally:
            self.said.clear()
            self.said.update(said)

    @contextmanager
    def watched(self) -> Iterator[None]:
        """While this lasts, every gate of the program runs with its branches watched."""
        kept: list[tuple[FunctionType, Any]] = []
        for path in GATES:
            module = importlib.import_module(f"{release.__name__}.{path.stem}")
            kept += self._watch(module)
        try:
            yield
        finally:
            for function, code in kept:
                function.__code__ = code

    def _watch(self, module: ModuleType) -> list[tuple[FunctionType, Any]]:
        """Functions keep their identity, whoever holds them; what they do is replaced."""
        tree = ast.parse(inspect.getsource(module))
        finder = _Finder(module.__name__.rpartition(".")[2], self.all)
        watched = ast.fix_missing_locations(finder.visit(tree))
        space = dict(vars(module))
        exec(compile(watched, str(module.__file__), "exec"), space)
        setattr(module, _SEEN, self.see)
        kept = []
        for name, function in vars(module).items():
            if isinstance(function, FunctionType) and function.__module__ == module.__name__:
                kept.append((function, function.__code__))
                function.__code__ = space[name].__code__
        return kept


class _Finder(ast.NodeTransformer):
    """Has every branch of a module pass through `see`, and notes it."""

    def __init__(self, module: str, found: list[Branch]) -> None:
        self._module = module
        self._found = found
        self._function = ""
        self._names: frozenset[str] = frozenset()
        self._of_faults = False

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        before = self._function, self._names, self._of_faults
        returns = ast.unparse(node.returns) if node.returns else ""
        self._of_faults = returns in ("str | None", "list[str]") and not node.name.endswith(("_line", "_lines"))
        self._function, self._names = node.name, frozenset(_names_of_faults(node, of_faults=self._of_faults))
        node.body = [self.visit(each) for each in node.body]
        self._function, self._names, self._of_faults = before
        return node

    def visit_Expr(self, node: ast.Expr) -> ast.AST:
        match node.value:
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="append"), args=[said]):
                if name in self._names:
                    more = ast.Attribute(ast.Name(name, ast.Load()), "extend", ast.Load())
                    return ast.Expr(ast.Call(more, [self._seen(ast.List([said], ast.Load()), said)], []))
            case ast.Call(func=ast.Attribute(value=ast.IfExp() as either, attr="append"), args=[said]):
                more = ast.Attribute(either, "extend", ast.Load())
                return ast.Expr(ast.Call(more, [self._seen(ast.List([said], ast.Load()), said)], []))
        return self.generic_visit(node)

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.AST:
        if isinstance(node.target, ast.Name) and node.target.id in self._names:
            node.value = self._seen(node.value)
            return node
        return self.generic_visit(node)

    def visit_Assign(self, node: ast.Assign) -> ast.AST:
        match node.targets:
            case [ast.Name(id=name)] if name in self._names and not _is_empty(node.value):
                node.value = self._seen(node.value)
                return node
        return self.generic_visit(node)

    def visit_Return(self, node: ast.Return) -> ast.AST:
        says = self._of_faults and node.value is not None and not isinstance(node.value, ast.Name | ast.Constant)
        if says and node.value is not None and not _is_empty(node.value):
            node.value = self._seen(node.value)
            return node
        return self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        if isinstance(node.func, ast.Name) and node.func.id == "Found":
            node.args = [self._handed(each) if place in (2, 3) else each for place, each in enumerate(node.args)]
            for keyword in node.keywords:
                if keyword.arg in ("wrong", "doubtful"):
                    keyword.value = self._handed(keyword.value)
            return node
        return self.generic_visit(node)

    def _handed(self, said: ast.expr) -> ast.expr:
        """What is handed to `Found`: a name was looked at where it was filled, a list is looked at here."""
        if isinstance(said, ast.Name) or _is_empty(said):
            return said
        if not isinstance(said, ast.List):
            return self._seen(said)
        parts: list[ast.expr] = []
        for each in said.elts:
            if isinstance(each, ast.Starred) and isinstance(each.value, ast.Name) and each.value.id in self._names:
                parts.append(each)
            elif isinstance(each, ast.Starred):
                parts.append(ast.Starred(self._seen(each.value), ast.Load()))
            else:
                parts.append(ast.Starred(self._seen(ast.List([each], ast.Load()), each), ast.Load()))
        return ast.List(parts, ast.Load())

    def _seen(self, value: ast.expr, said: ast.expr | None = None) -> ast.expr:
        text = ast.unparse(said or value)
        same = sum(
            (each.module, each.function, each.said) == (self._module, self._function, text) for each in self._found
        )
        self._found.append(Branch(self._module, self._function, text, same))
        number = ast.Constant(len(self._found) - 1)
        return ast.Call(ast.Name(_SEEN, ast.Load()), [number, value], [])


def _names_of_faults(function: ast.FunctionDef, *, of_faults: bool) -> Iterator[str]:
    """The variables whose content becomes what is wrong or doubtful."""
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Found":
            handed = [*node.args[2:4], *(each.value for each in node.keywords if each.arg in ("wrong", "doubtful"))]
            yield from _names_in(handed)
        elif of_faults and isinstance(node, ast.Return) and node.value is not None:
            yield from _names_in([node.value])
            named = (each.id for each in ast.walk(node.value) if isinstance(each, ast.Name))
            yield from _COLLECTED.intersection(named)


def _names_in(values: list[ast.expr]) -> Iterator[str]:
    for value in values:
        match value:
            case ast.Name(id=name):
                yield name
            case ast.Starred(value=ast.Name(id=name)):
                yield name
            case ast.List(elts=parts) | ast.Tuple(elts=parts):
                yield from _names_in(parts)


def _is_empty(value: ast.expr) -> bool:
    return isinstance(value, ast.List | ast.Tuple) and not value.elts
