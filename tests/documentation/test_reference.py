"""The pages of the reference say what the code says."""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, Field

from documentation.__main__ import differences, pages, write
from documentation.annotations import bounds, in_words, values_in
from documentation.contexts import contexts, floors
from documentation.markdown import cited, table
from documentation.procedures import is_of_people, route_of
from documentation.program import FORMS, REGISTRIES, Code, Limits, Process, Settings, Span, variable


class Colour(StrEnum):
    """Few values."""

    RED = "RED"
    AMBER = "AMBER"


class Letter(StrEnum):
    """Many values."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"
    E = "E"
    F = "F"
    G = "G"


class Part(BaseModel):
    """A part of a form."""

    letter: Letter | None = None
    share: Annotated[Decimal, Field(gt=0, le=100, multiple_of=Decimal("0.5"))] = Decimal(1)
    names: tuple[str, ...] = Field(min_length=1)


@pytest.fixture(scope="module")
def made() -> dict[str, str]:
    return pages()


@pytest.mark.parametrize(
    ("annotation", "words"),
    [
        (bool, "true or false"),
        (date | None, "date"),
        (Annotated[str, Field(max_length=3)], "text"),
        (tuple[int, ...], "list of whole number"),
        (frozenset[Colour], "list of `RED`, `AMBER`"),
        (dict[str, Decimal], "map from text to decimal number"),
        (Letter, "[Letter](#letter)"),
        (tuple[Part, ...] | None, "list of [Part](#part)"),
        (Literal["a", "b"], "`a`, `b`"),
        (int | Literal["ALL"], "whole number or `ALL`"),
        (Span, "span, such as `30d`"),
        (Any, "any JSON"),
    ],
)
def test_a_type_is_told_in_words(annotation: Any, words: str) -> None:
    assert in_words(annotation) == words


def test_bounds_are_told_with_the_type() -> None:
    assert bounds(Part.model_fields["share"]) == "> 0, ≤ 100, steps of 0.5"
    assert bounds(Part.model_fields["names"]) == "at least 1"


def test_parts_and_long_enumerations_have_sections_also_within_parts() -> None:
    assert list(values_in(tuple[Part, ...] | None)) == [Part, Letter]
    assert list(values_in(Colour)) == []


def test_a_bar_in_a_cell_does_not_divide_it() -> None:
    assert table(("A",), [("a | b",)]).splitlines()[-1] == "| a \\| b |"


def test_a_cited_section_is_linked_and_no_other_number() -> None:
    text = "Section 6; section 6, section 16 and [section 6](there)."
    assert cited(text, {6: "06.md"}) == "Section 6; [section 6](06.md), section 16 and [section 6](there)."


def test_every_form_of_people_stands_with_its_route_on_the_page_of_its_process(made: dict[str, str]) -> None:
    missing = [
        form.__name__
        for form in FORMS
        for process in Process
        if form.action.process is not None and form.action.belongs_to(process) and is_of_people(form)
        if not {f"### {form.__name__}", f"| Route | `{route_of(form, process)}` |"}
        <= set(made[f"procedures/{process.value}.md"].splitlines())
    ]
    assert missing == []


def test_every_code_limit_and_setting_is_listed(made: dict[str, str]) -> None:
    for page, names in (
        ("refusals.md", [code.value for code in Code]),
        ("policy.md", list(Limits.model_fields)),
        ("settings.md", [variable(name) for name in Settings.model_fields]),
    ):
        assert [name for name in names if f"| `{name}` |" not in made[page]] == []


def test_contexts_stand_in_the_order_of_the_import_contracts(made: dict[str, str]) -> None:
    assert contexts() == contexts("records")
    assert (contexts()[0], contexts()[-1]) == ("core", "views")
    assert floors() == ["api", "embedded", "workflows", "activities", "records", "domain"]
    rows = [line.split("`")[1] for line in made["contexts.md"].splitlines() if line.startswith("| `")]
    assert rows == contexts()
    assert [made["floors.svg"].count(f">{name}</text>") for name in contexts()] == [2] * len(contexts())


def test_every_fact_says_what_follows(made: dict[str, str]) -> None:
    known = REGISTRIES.reactions.known
    assert known
    assert [fact.__name__ for fact in known if f"| `{fact.__name__}` |" not in made["facts.md"]] == []
    assert "| `BatchRejected` | `domain.batch.facts.decisions` |" in made["facts.md"]


def test_a_page_that_is_missing_stale_or_left_over_is_found_and_mended(tmp_path: Path) -> None:
    made = {"policy.md": "# Policy\n", "procedures/audits.md": "# Audit\n", "roles.md": "# Roles\n"}
    (tmp_path / "roles.md").write_text("# Roles\n")
    (tmp_path / "policy.md").write_text("# Another\n")
    (tmp_path / "gone.md").write_text("# Gone\n")
    assert differences(made, tmp_path) == ["gone.md", "policy.md", "procedures/audits.md"]
    write(made, tmp_path)
    assert differences(made, tmp_path) == []
