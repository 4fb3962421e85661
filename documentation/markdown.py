"""Pieces of Markdown."""

import re
from collections.abc import Iterable, Mapping, Sequence

GENERATED = "<!-- Written by `make docs` from the code. Change the code, not this page. -->"


def page(title: str, *parts: str) -> str:
    """A page of the reference: title, and parts with a blank line between them."""
    return "\n\n".join((f"# {title}", GENERATED, *(part.strip("\n") for part in parts if part))) + "\n"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; without rows, nothing."""
    lines = [_row(row) for row in rows]
    return "\n".join([_row(head), _row(["---"] * len(head)), *lines]) if lines else ""


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(_cell(cell) for cell in cells)} |"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def code(text: str) -> str:
    return f"`{text}`"


def codes(texts: Iterable[str]) -> str:
    return ", ".join(map(code, texts))


def anchor(heading: str) -> str:
    """The name under which a heading is linked to."""
    return re.sub(r"[-\s]+", "-", re.sub(r"[^\w\s-]", "", heading).strip().lower())


def prose(docstring: str | None) -> str:
    """A docstring as one paragraph."""
    return " ".join((docstring or "").split())


def first_paragraph(docstring: str | None) -> str:
    return prose((docstring or "").split("\n\n", maxsplit=1)[0])


def cited(text: str, sections: Mapping[int, str]) -> str:
    """A text with links to the sections of the specification that it cites; the sections by their number."""
    known = "|".join(map(str, sorted(sections, reverse=True)))
    return re.sub(rf"(?<!\[)\b(section ({known}))\b", lambda found: f"[{found[1]}]({sections[int(found[2])]})", text)
