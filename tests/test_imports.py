"""No circle of imports in the whole tree: packages, entry points, the benchmark and the reference's writer included.

Every import counts, wherever it stands: for types only, or within a function. `make check` says the same of packages by
import-linter, which does not read modules that are in no package.
"""

import ast
from collections.abc import Iterable, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path.read_text()
    for path in (
        *ROOT.glob("*.py"),
        *(file for init in ROOT.glob("*/__init__.py") for file in init.parent.rglob("*.py")),
    )
}


def imports(source: str, known: Iterable[str]) -> set[str]:
    """The modules among the known ones that a source imports, at any depth of its statements."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {each.name for each in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            members = {f"{node.module}.{each.name}" for each in node.names}
            found |= members & set(known) or {node.module}
    return found & set(known)


def graph(sources: Mapping[str, str]) -> dict[str, set[str]]:
    return {name: imports(source, sources) - {name} for name, source in sources.items()}


def circle(modules: Mapping[str, Iterable[str]]) -> list[str]:
    """A circle, its first module again at its end; empty if there is none."""
    try:
        TopologicalSorter(modules).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def children(package: str, modules: Mapping[str, Iterable[str]]) -> dict[str, set[str]]:
    """What is in a package (all, for the empty name), each with what it imports of the rest, folders as one."""
    within = f"{package}." if package else ""
    squashed: dict[str, set[str]] = {}
    for name, imported in modules.items():
        if name.startswith(within):
            others = {other[len(within) :].partition(".")[0] for other in imported if other.startswith(within)}
            child = name[len(within) :].partition(".")[0]
            squashed.setdefault(child, set()).update(others - {child})
    return squashed


def test_no_module_is_in_a_circle() -> None:
    assert {"cli", "worker", "settings", "bench.__main__", "documentation.program", "domain.core.forms"} <= set(SOURCES)
    assert circle(graph(SOURCES)) == []


def test_no_folder_is_in_a_circle_with_those_beside_it() -> None:
    modules = graph(SOURCES)
    packages = {"", *(name.rpartition(".")[0] for name in SOURCES)}
    assert {package: found for package in packages if (found := circle(children(package, modules)))} == {}


@pytest.mark.parametrize(
    "back",
    [
        "import a.one",
        "from a import one",
        "from a.one import x",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from a import one",
        "def later():\n    from a import one",
    ],
)
def test_a_circle_of_each_kind_is_found(back: str) -> None:
    sources = {"a": "", "a.one": "import root", "root": back}
    assert set(circle(graph(sources))) == {"a.one", "root"}
    folders = graph({"a.one": "import b.one", "a.two": "", "b.one": "", "b.two": "import a.two"})
    assert (circle(folders), set(circle(children("", folders)))) == ([], {"a", "b"})
