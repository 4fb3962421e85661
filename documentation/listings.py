"""Settings, refusals, events, roles, routes and commands."""

import ast
import inspect
import re
import textwrap
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import Any

import typer

from documentation.markdown import code, codes, first_paragraph, page, prose, table
from documentation.procedures import is_of_people
from documentation.program import (
    FORMS,
    FROM_FILE,
    NEVER_SIGN,
    REGISTRIES,
    ROUTERS,
    STATUS,
    Audience,
    Code,
    Process,
    Role,
    Settings,
    SettingsError,
    command_line,
    load_settings,
    variable,
)

ROOT = Path(__file__).parents[1]
_WRITTEN = re.compile(
    r"""\b(?:_?append|record|establish|register|change|note|Fact)\(\s*(?:type=)?"([a-z]+\.[a-z_-]+)\"""", re.VERBOSE
)
"""A call that writes an event to the journal, with the type of the event."""


_IN_WORDS = {
    "attempt.refused": "A person has attempted something and was refused: who, what, and by which rule.",
    "batch.rejection_corrected": "The rejection of this batch is corrected by another case.",
    "case.closed": "The case is over, with its outcome.",
    "case.moved": "The case is in another stage, or offers other actions.",
    "case.told": "The case has told another one of something.",
    "person.password_changed": "An account has another password. The event does not say which.",
    "questionnaire.frozen": "The answers of a questionnaire as they were handed in.",
    "register.entered": "An entry in the register of a market, numbered without gaps.",
    "site.announced": "What falls due at a site was announced by mail.",
    "task.opened": "A step waits for a person, with its clock.",
}
"""What is better said here than by the checks and projectors of a type."""


# ------------------------------------------------------------------------------ settings


def settings_page() -> str:
    """Every environment variable, its default, and what is expected."""
    required = _required_in_production()
    rows, given = [], dict[str, object]()
    for name, field in Settings.model_fields.items():
        given[name] = field.get_default(call_default_factory=True, validated_data=given)
        needed = "yes" if variable(name) in required else ""
        rows.append([code(variable(name)), _default(given[name]), prose(field.description), needed])
    told = (
        "Settings are read from the environment. An empty variable counts as not set; one that does not exist is"
        f" refused with the nearest name. `VETTED_…{FROM_FILE}` names a file that holds the value, for secrets."
        " `vetted doctor` prints the settings in force."
    )
    return page("Settings", told, table(("Variable", "Default", "What is expected", "Needed in production"), rows))


def _default(value: object) -> str:
    if value == "":
        return "none"
    return code(str(value).lower() if isinstance(value, bool) else str(value))


def _required_in_production() -> set[str]:
    try:
        load_settings({variable("mode"): "production"}, makes_secret=False)
    except SettingsError as error:
        return set(re.findall(rf"{variable('')}\w+", str(error))) - {variable("mode")}
    raise AssertionError("production needs settings of its own")


# ------------------------------------------------------------------------------ refusals


def refusals_page() -> str:
    """Every code with its status and its meaning."""
    notes = _notes(Code)
    rows = [[code(each), str(STATUS[each]), notes[each.name]] for each in Code]
    told = (
        "Every refusal is answered as `application/problem+json` with a stable `code`. It names the `rule` it follows"
        " from where there is one, and each wrong field by its path. A refused attempt of a person who has signed in is"
        " an event of the journal, `attempt.refused`; what says nothing about the person is not."
    )
    return page("Refusals", told, table(("Code", "Status", "When"), rows))


def _notes(enum: type[Enum]) -> dict[str, str]:
    """What stands below each member in the source."""
    (body,) = ast.parse(textwrap.dedent(inspect.getsource(enum))).body
    assert isinstance(body, ast.ClassDef)
    notes = {}
    for member, note in zip(body.body, body.body[1:], strict=False):
        if isinstance(member, ast.Assign) and isinstance(note, ast.Expr) and isinstance(note.value, ast.Constant):
            notes[ast.unparse(member.targets[0])] = prose(str(note.value.value))
    return notes


# ------------------------------------------------------------------------------ events


def events_page() -> str:
    """Every type of event: those of forms, and those that the program writes."""
    of_forms = {
        form.action.event_type(process): (form, process)
        for form in FORMS
        for process in Process
        if form.action.belongs_to(process) and form.action.process is not None
    }
    rows = [
        [code(type_), f"[{form.__name__}](procedures/{process.value}.md#{form.__name__.lower()})", form.action.title,
         "sponsor and site" if form.action.audience is Audience.SHARED else "sponsor"]
        for type_, (form, process) in sorted(of_forms.items())
    ]  # fmt: skip
    common = sorted(form.action.name for form in FORMS if form.action.process is None)
    facts = {*REGISTRIES.projectors.known, *REGISTRIES.event_checks.known, *_written()} - set(of_forms)
    others = {each for each in facts if each.partition(".")[2] not in common}
    told = (
        "The journal is append-only; each event is chained by its hash to the one before it in its stream. Types never"
        " change their names. `GET /v1/events` is the feed; webhooks may be restricted to types."
    )
    return page(
        "Events",
        told,
        "## What people submit",
        table(("Type", "Form", "What is done", "Seen by"), rows),
        f"Of every case, behind the noun of its process (`audit.hold`): {codes(f'….{name}' for name in common)}.",
        "## What the program writes",
        table(("Type", "What it does"), ([code(type_), _about(type_)] for type_ in sorted(others))),
    )  # fmt: skip


def _written() -> set[str]:
    """The types of events that are written by name."""
    sources = (
        path for folder in ("activities", "api", "records", "workflows") for path in (ROOT / folder).rglob("*.py")
    )
    return {type_ for path in sources for type_ in _WRITTEN.findall(path.read_text(encoding="utf-8"))}


def _about(type_: str) -> str:
    """What the check and the projectors of a type say of it."""
    if type_ in _IN_WORDS:
        return _IN_WORDS[type_]
    check = REGISTRIES.event_checks.find(type_)
    functions = [check] if check is not None else []
    told = [first_paragraph(each.__doc__) for each in (*functions, *REGISTRIES.projectors.of(type_))]
    if not any(told):
        raise LookupError(f"Nothing says what {type_} is: add it to _IN_WORDS.")
    return " ".join(dict.fromkeys(filter(None, told)))


# ------------------------------------------------------------------------------ roles


def roles_page() -> str:
    """For each role, the forms that its holders may submit."""
    told = "What the holders of each role may submit. Segregation of duties (section 11) bars persons on top of that."
    parts = []
    for role in Role:
        if role is Role.SYSTEM:
            continue
        rows = [
            [f"[{process.label}](procedures/{process.value}.md)", ", ".join(_actions(role, process))]
            for process in Process
            if _actions(role, process)
        ]
        note = "Never signs." if role in NEVER_SIGN else ""
        parts += [f"## {role}", note, table(("Process", "Actions"), rows) or "Submits no form of a case."]
    return page("Roles", told, *parts)


def _actions(role: Role, process: Process) -> list[str]:
    forms = (form for form in FORMS if form.action.process is process and is_of_people(form))
    return [code(form.action.name) for form in forms if role in form.action.by]


# ------------------------------------------------------------------------------ routes


def routes_page() -> str:
    """The routes that are not made from forms."""
    told = (
        "The routes beside those of the [procedures](procedures/index.md). Each process has `GET /v1/{process}` (its"
        " cases), `GET /v1/{process}/{id}` (one case), `GET /v1/{process}/{id}/events` (its journal) and"
        " `GET /v1/{process}/{id}/records/{action}/{version}` (one version of a record). A running API shows its"
        " OpenAPI document under `/openapi.json` and as a page under `/docs`."
    )
    rows = [
        [code(f"{method} {route.path}"), route.summary or first_paragraph(route.endpoint.__doc__)]
        for _, router in ROUTERS
        for route in router.routes
        for method in sorted(route.methods)
    ]
    return page("Routes", told, table(("Route", ""), sorted(rows, key=lambda row: row[0].strip("`").split()[::-1])))


# ------------------------------------------------------------------------------ commands


def commands_page() -> str:
    """Every command of the command line, with its arguments and options."""
    told = (
        "The commands are in `.venv/bin`. Run them in the folder of `make up` and with the same `VETTED_*` variables:"
        " these say where the records are. `verify`, `db rebuild`, `gate-report` and `doctor` never create a database."
    )
    rows = [
        [code(" ".join((name, *_arguments(command)))), prose(command.help), _options(command)]
        for name, command in _commands("vetted", typer.main.get_command(command_line))
    ]
    return page("Commands", told, table(("Command", "What it does", "Arguments and options"), rows))


def _commands(name: str, command: Any) -> Iterator[tuple[str, Any]]:
    """Every command under its whole name. Typer carries a Click of its own, which has no public types."""
    if hasattr(command, "commands"):
        for each, inner in command.commands.items():
            yield from _commands(f"{name} {each}", inner)
    else:
        yield name, command


def _arguments(command: Any) -> list[str]:
    return [str(each.name).upper() for each in command.params if each.param_type_name == "argument"]


def _options(command: Any) -> str:
    told = [(each.opts[0] if each.opts[0].startswith("-") else str(each.name).upper(), getattr(each, "help", "") or "")
            for each in command.params if each.name != "help"]  # fmt: skip
    return " ".join(f"{code(name)}: {prose(text)}" for name, text in told)
