"""Every floor knows every process; a test names the floor that was forgotten, and the file that needs a line."""

import ast
import inspect
import sys
from collections.abc import Iterator
from pathlib import Path
from pkgutil import walk_packages
from types import ModuleType
from typing import Any, get_type_hints

import pytest
from pydantic import BaseModel

from api.app import create_app
from domain.core.forms import Form, Process
from domain.core.people import Role
from domain.processes import FORMS
from domain.views.cases import CaseView
from records import contexts
from records.contexts import CONTEXTS, load
from records.core.checks.decisions import suggests_current
from settings import Settings
from worker import WORKFLOWS

ROOT = Path(__file__).parents[1]
REGISTRIES = load()
OPENAPI: dict[str, Any] = create_app(Settings()).openapi()
ELSEWHERE = {"StatusRequest": "its form lies below all that propose a status, its check above what a status is about"}
"""Forms whose check lies in another context, and why."""


def own_forms(process: Process) -> list[type[Form]]:
    return [form for form in FORMS if form.action.process is process]


@pytest.mark.parametrize("process", Process, ids=str)
class TestEveryProcess:
    def test_has_forms(self, process: Process) -> None:
        assert own_forms(process), f"domain: add the forms of {process} to FORMS in domain/processes.py"

    def test_is_opened_from_one_form(self, process: Process) -> None:
        starting = [form for form in own_forms(process) if form.action.starts]
        assert len(starting) == 1, f"domain: one form of {process} has starts=True in its action"
        opened = starting[0] in REGISTRIES.openers.known
        assert opened, f"records: add @opens({starting[0].__name__}) to the checks of its context"

    def test_has_a_workflow(self, process: Process) -> None:
        names = [workflow.__name__ for workflow in WORKFLOWS]
        assert names.count(process.workflow) == 1, f"worker: add {process.workflow} to WORKFLOWS in worker.py"

    def test_has_routes(self, process: Process) -> None:
        paths = {f"/v1/{process.value}", f"/v1/{process.value}/{{case_id}}"}
        paths |= {
            f"/v1/{process.value}/{{case_id}}/{form.action.name}"
            for form in own_forms(process)
            if not form.action.starts and form.action.by != {Role.SYSTEM}
        }
        missing = paths - set(OPENAPI["paths"])
        assert missing == set(), f"api: routes are made of the forms in domain/processes.py; {missing} are not"

    def test_has_a_page_in_the_navigation(self, process: Process) -> None:
        page = f"reference/procedures/{process.value}.md"
        assert (ROOT / "docs" / page).is_file(), f"docs: run `make docs`, which writes docs/{page}"
        assert f'"{page}"' in (ROOT / "zensical.toml").read_text(), f"docs: add {page} to nav in zensical.toml"

    def test_is_named_like_no_other(self, process: Process) -> None:
        others = [each for each in Process if each is not process]
        for name in ("value", "prefix", "noun", "workflow", "label", "about"):
            same = [each for each in others if getattr(each, name) == getattr(process, name)]
            assert same == [], f"domain: {name} of {process} in domain/core/forms.py is that of {same}"


def test_what_a_case_shows_fits_the_field_of_its_view() -> None:
    for process in Process:
        declared = REGISTRIES.shown.find(process)
        if declared is None:
            continue
        field, shown = declared
        assert field in CaseView.model_fields, f"domain: add the field {field} to domain/views/cases.py"
        given, taken = get_type_hints(shown)["return"], CaseView.model_fields[field].annotation
        assert {given, given | None} & {taken}, f"{field} is {taken}, and {process} shows {given}"


def test_every_model_of_one_context_in_the_view_of_a_case_is_shown_by_a_process() -> None:
    shown = {declared[0] for process in Process if (declared := REGISTRIES.shown.find(process))}
    models = {
        name
        for name, field in CaseView.model_fields.items()
        for each in getattr(field.annotation, "__args__", ())
        if inspect.isclass(each) and issubclass(each, BaseModel) and not field.is_required() and field.default is None
    }
    assert models == shown, "records: add @shows(Process…, field) to the queries of the context, or take the field out"


# ------------------------------------------------------------------------------ contexts


def test_every_folder_of_the_records_is_a_context_or_is_none() -> None:
    folders = {path.parent.name for path in (ROOT / "records").glob("*/__init__.py")}
    composed = {context.__name__.rpartition(".")[2] for context in CONTEXTS}
    assert folders - composed == {"installation"}, "records: add the context to CONTEXTS in records/contexts.py"


def test_every_module_of_a_context_is_imported_by_the_composition() -> None:
    found = {module.name for context in CONTEXTS for module in walk_packages(context.__path__, f"{context.__name__}.")}
    files = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for context in CONTEXTS
        for path in Path(context.__path__[0]).rglob("*.py")
    }
    assert files - found == {context.__name__ for context in CONTEXTS}, "records: a folder lacks its __init__.py"
    assert [name for name in found if name not in sys.modules] == []


def test_modules_are_imported_by_name_in_one_place_alone() -> None:
    program = [
        path
        for folder in ("activities", "api", "documentation", "domain", "embedded", "records", "workflows")
        for path in (ROOT / folder).rglob("*.py")
    ]
    named = [
        path.relative_to(ROOT).as_posix()
        for path in (*program, *ROOT.glob("*.py"))
        if any(name in path.read_text() for name in ("import_module", "__import__"))
    ]
    assert named == [Path(inspect.getfile(contexts)).relative_to(ROOT).as_posix()]


# ------------------------------------------------------------------------------ names


def of_decisions(module: ModuleType) -> Iterator[type[Form]]:
    """The decisions that a module declares to suggest the current version of a record; the function is that of all."""
    for node in ast.walk(ast.parse(inspect.getsource(module))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == suggests_current.__name__:
            yield from (vars(module)[each.id] for each in node.args[2:] if isinstance(each, ast.Name))


def declarations() -> Iterator[tuple[str, type[Form]]]:
    """Each module of the records with each form that it checks, opens a case from, or suggests something for."""
    for table in (REGISTRIES.checks, REGISTRIES.openers, REGISTRIES.suggestions, REGISTRIES.due_days):
        for form in table.known:
            if table[form].__module__ != suggests_current.__module__:
                yield table[form].__module__, form
    for context in CONTEXTS:
        for found in walk_packages(context.__path__, f"{context.__name__}."):
            yield from ((found.name, form) for form in of_decisions(sys.modules[found.name]))


def home_of(form: type[Form]) -> str:
    """Where the checks of a form belong: the same context, the same name; `risk_forms` are checked in `risk`."""
    _, context, *_, name = form.__module__.split(".")
    return f"records.{context}.checks.{context if name == 'forms' else name.removesuffix('_forms')}"


def test_checks_lie_where_their_forms_do() -> None:
    astray = {
        f"{form.__name__} is checked in {module}, not in {home_of(form)}"
        for module, form in declarations()
        if module not in {home_of(form), home_of(form).rpartition(".")[0]} and form.__name__ not in ELSEWHERE
    }
    assert sorted(astray) == []


def test_no_declaration_is_overlooked_and_no_exception_is_stale() -> None:
    found = {form for _, form in declarations()}
    tables = (REGISTRIES.checks, REGISTRIES.openers, REGISTRIES.suggestions, REGISTRIES.due_days)
    assert found == {form for table in tables for form in table.known}
    away = {form.__name__ for module, form in declarations() if module.split(".")[1] != form.__module__.split(".")[1]}
    assert away == set(ELSEWHERE)
