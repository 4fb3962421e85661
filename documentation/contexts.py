"""The contexts in their order, as the import contracts state it: a page, and a picture of floors and contexts."""

import ast
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path

from documentation.markdown import code, page, prose, table

ROOT = Path(__file__).parents[1]
FLOORS = ("domain", "records", "workflows", "api")
"""The floors that are divided by context."""
_BESIDE = {"domain": {"processes", "record_kinds"}, "records": {"contexts", "installation"}}
"""What stands among the contexts of a floor and is none."""

_WIDTH, _LEFT, _IN_A_ROW = 760, 20, 7
_BOX = 92
_ABOUT = {
    "api": "HTTP: routes, signing in, problems",
    "embedded": "everything on one machine",
    "workflows": "the procedures: each reads as its SOP",
    "activities": "what leaves a workflow: journal, relay, mail, webhooks",
    "records": "journal and transaction, checks under lock, reactions, projections, queries",
    "domain": "pure data and pure rules: no clock, no input or output",
}
_COLOURS = {
    "api": ("#eff6ff", "#60a5fa"),
    "workflows": ("#f5f3ff", "#a78bfa"),
    "activities": ("#ecfdf5", "#34d399"),
    "records": ("#fffbeb", "#f59e0b"),
    "domain": ("#fef2f2", "#f87171"),
}


def contexts(floor: str = "domain") -> list[str]:
    """The contexts of a floor from the ground up."""
    return [each for each in reversed(_layers(floor)) if each not in _BESIDE.get(floor, ())]


def floors() -> list[str]:
    """The floors from the top down."""
    return [name for layer in _layers(None) for name in layer.split(" | ")]


def _layers(container: str | None) -> list[str]:
    """The layers of an import contract, from the top down: of the contexts in a package, or of the packages."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = [container] if container else None
    for contract in project["tool"]["importlinter"]["contracts"]:
        if contract["type"] == "layers" and contract.get("containers") == wanted:
            return list(contract["layers"])
    raise LookupError(f"No contract states the layers of {container or 'the program'}.")


def contexts_page() -> str:
    """Every context: what it is about, and on which floors it has a folder."""
    told = (
        "The contexts from the ground up: each imports only those above it in this table. The order is that of the"
        " import contracts in `pyproject.toml`, which `make check` enforces."
        " [Architecture](../explanation/architecture.md#why-this-order) says why it is this one."
    )
    rows = ([code(name), _about(name), *(_folder(floor, name) for floor in FLOORS)] for name in contexts())
    return page("Contexts", told, table(("Context", "About", *(f"In `{each}/`" for each in FLOORS)), rows))


def _about(context: str) -> str:
    source = (ROOT / "domain" / context / "__init__.py").read_text(encoding="utf-8")
    return prose(ast.get_docstring(ast.parse(source)))


def _folder(floor: str, context: str) -> str:
    return "yes" if (ROOT / floor / context / "__init__.py").exists() else ""


# ------------------------------------------------------------------------------ the picture


def floors_picture() -> str:
    """An SVG of the floors, with the contexts on those where they stand in one order."""
    parts, y = list[str](), 20
    rows = [["api", "embedded"] if name == "api" else [name] for name in floors() if name != "embedded"]
    for names in rows:
        drawn, height = _floor(names, y)
        parts += drawn
        y += height + 12
    arrow = (
        f'<polyline points="{_WIDTH - 38},40 {_WIDTH - 38},{y - 20}" fill="none" stroke="#475569" stroke-width="1.5"'
        ' marker-end="url(#a)"/>'
        f'<text transform="translate({_WIDTH - 24} {y // 2}) rotate(90)" text-anchor="middle" font-size="13"'
        ' fill="#334155">imports point down</text>'
    )
    told = "contexts in the order of reading: each imports only those before it"
    return "\n".join([*_head(y + 26), *parts, arrow, _text(_LEFT + 16, y + 10, told, 13), "</svg>"]) + "\n"


def _head(height: int) -> Iterator[str]:
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" height="{height}"'
        ' role="img" aria-labelledby="t d"'
        " font-family=\"-apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif\">"
    )
    yield '<title id="t">Floors and contexts</title>'
    yield (
        '<desc id="d">The floors from the top down; each imports those below it. On records and domain the contexts'
        " stand in one order, and each imports only those before it.</desc>"
    )
    yield (
        '<defs><marker id="a" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7"'
        ' orient="auto-start-reverse"><path d="M0 0 10 5 0 10z" fill="#475569"/></marker></defs>'
    )
    yield f'<rect width="{_WIDTH}" height="{height}" rx="12" fill="#ffffff"/>'


def _floor(names: list[str], y: int) -> tuple[list[str], int]:
    """A floor and its height."""
    shown = contexts(names[0]) if names[0] in _BESIDE else []
    height = 58 + (36 * -(-len(shown) // _IN_A_ROW) + 4 if shown else 0)
    fill, stroke = _COLOURS[names[0]]
    told = "; ".join(_ABOUT[name] for name in names)
    parts = [
        f'<rect x="{_LEFT}" y="{y}" width="{_WIDTH - 80}" height="{height}" rx="8" fill="{fill}" stroke="{stroke}"/>',
        _text(_LEFT + 16, y + 24, " · ".join(names), 16, bold=True),
        _text(_LEFT + 16, y + 44, told, 13),
        *_boxes(shown, y + 56, stroke),
    ]
    return parts, height


def _boxes(names: Iterable[str], y: int, stroke: str) -> Iterator[str]:
    for number, name in enumerate(names):
        x, top = _LEFT + 10 + number % _IN_A_ROW * (_BOX + 2), y + number // _IN_A_ROW * 36
        yield f'<rect x="{x}" y="{top}" width="{_BOX}" height="30" rx="4" fill="#ffffff" stroke="{stroke}"/>'
        yield _text(x + _BOX // 2, top + 20, name, 13, anchor="middle")


def _text(x: int, y: int, text: str, size: int, *, bold: bool = False, anchor: str = "start") -> str:
    weight, colour = ("600", "#0f172a") if bold else ("400", "#334155")
    return (
        f'<text x="{x}" y="{y}" text-anchor="{anchor}" font-size="{size}" font-weight="{weight}" fill="{colour}">'
        f"{text}</text>"
    )
