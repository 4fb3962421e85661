"""A page for each process: its forms with their routes, roles, signatures, clocks and fields."""

from collections.abc import Iterable
from enum import Enum

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from documentation.annotations import bounds, in_words, values_in
from documentation.markdown import code, codes, first_paragraph, page, prose, table
from documentation.program import (
    COMMON_FORMS,
    FORMS,
    WORKFLOWS,
    Audience,
    Form,
    Policy,
    Process,
    Role,
    is_attestation,
    known_because,
)

EVERY_CASE = "every-case"
_DOCSTRINGS = {workflow.__name__: workflow.__doc__ for workflow in WORKFLOWS}


def pages(policy: Policy) -> dict[str, str]:
    """The overview, a page for each process, and one for the forms of every case."""
    made = {f"procedures/{process.value}.md": _process_page(process, policy) for process in Process}
    made[f"procedures/{EVERY_CASE}.md"] = _common_page(policy)
    return {"procedures/index.md": _overview(), **made}


def route_of(form: type[Form], process: Process | None) -> str:
    """The method and path under which a form is submitted."""
    action, name = form.action, process.value if process else "{process}"
    return f"POST /v1/{name}" if action.starts else f"POST /v1/{name}/{{id}}/{action.name}"


def is_of_people(form: type[Form]) -> bool:
    """Whether people submit it. What only the program requests has no route."""
    return form.action.by != {Role.SYSTEM}


def _overview() -> str:
    rows = []
    for process in Process:
        forms = [form for form in _forms(process) if is_of_people(form)]
        starting = [form for form in forms if form.action.starts]
        start = codes(route_of(form, process) for form in starting) or "opened by the program"
        link = f"[{process.label}]({process.value}.md)"
        rows.append([link, code(f"{process.prefix}-"), _purpose(process), start, str(len(forms))])
    explained = (
        "A **form** is what a person submits. It is declared once; its route, its OpenAPI schema, the Temporal update,"
        " the task in the inbox and the event in the journal follow from the declaration.\n\n"
        "Each page lists for every form: **who** may submit it, with which **meaning** it is signed, who **sees** it,"
        " which **clock** of the [policy](../policy.md) runs while it is awaited (a procedure may take a more specific"
        " one, as for the report of each type of audit), and the event that it writes. A no to a decision is signed"
        " as `REJECTED`. Fields that are not required may be left out.\n\n"
        "Under **filled in** stands what only a person states; no task comes with it. Where the program may fill in"
        " what a person would state, the reason stands there. Everything else is filled in where it is known."
    )
    head = ("Process", "Ids", "What it is for", "Begins with", "Forms")
    common = f"Forms of [every case]({EVERY_CASE}.md): {', '.join(form.action.title.lower() for form in COMMON_FORMS)}."
    return page("Procedures", explained, table(head, rows), common)


def _purpose(process: Process) -> str:
    return first_paragraph(_DOCSTRINGS[process.workflow])


def _forms(process: Process) -> list[type[Form]]:
    """The forms of a process without those of every case; its own come first."""
    known = [form for form in FORMS.of(process) if form.action.process is not None]
    return sorted(known, key=lambda form: form.action.process is not process)


def _process_page(process: Process, policy: Policy) -> str:
    forms = _forms(process)
    purpose = _DOCSTRINGS[process.workflow] or ""
    reading = f"`GET /v1/{process.value}` lists the cases, `GET /v1/{process.value}/{{id}}` shows one."
    parts = [part for form in forms for part in _form(form, process, policy)]
    common = f"Beside these, the forms of [every case]({EVERY_CASE}.md)."
    return page(
        process.label,
        *(prose(paragraph) for paragraph in purpose.split("\n\n")),
        f"Ids: `{process.prefix}-1`, `{process.prefix}-2`, … {reading}",
        _steps(forms, process),
        common,
        "## Forms",
        *parts,
        *_values(forms),
    )


def _common_page(policy: Policy) -> str:
    forms = list(COMMON_FORMS)
    parts = [part for form in forms for part in _form(form, None, policy)]
    told = "Forms that every case takes, whatever its process. In a route, `{process}` is one of the process names."
    return page("Every case", told, _steps(forms, None), "## Forms", *parts, *_values(forms))


def _steps(forms: Iterable[type[Form]], process: Process | None) -> str:
    rows = [
        [_linked(form), code(route_of(form, process)) if is_of_people(form) else "—", _who(form), _meaning(form)]
        for form in forms
    ]
    return table(("Step", "Route", "Who", "Signed as"), rows)


def _linked(form: type[Form]) -> str:
    return f"[{form.action.title}](#{form.__name__.lower()})"


def _who(form: type[Form]) -> str:
    return codes(sorted(form.action.by))


def _meaning(form: type[Form]) -> str:
    return code(form.action.meaning) if form.action.meaning else ""


def _form(form: type[Form], process: Process | None, policy: Policy) -> list[str]:
    action = form.action
    event = action.event_type(process) if process else f"{{process}}.{action.name}"
    facts = [["Route", code(route_of(form, process)) if is_of_people(form) else "none; the program requests it"]]
    facts += [["Who", _who(form)], ["Signed as", _meaning(form) or "not signed"]]
    facts += [["Seen by", "sponsor and site" if action.audience is Audience.SHARED else "the sponsor"]]
    if action.clock:
        rule = policy.clocks[action.clock]
        facts += [["Clock", f"[`{action.clock}`](../policy.md#clocks), {rule.span}. {rule.otherwise}"]]
    elif action.otherwise:
        facts += [["If nobody acts", action.otherwise]]
    if action.while_on_hold:
        facts += [["On hold", "taken while the case is on hold, too"]]
    facts += [["Event", code(event)]]
    return [f"### {form.__name__}", f"**{action.title}.** {prose(form.__doc__)}", table(("", ""), facts), _fields(form)]


def _fields(model: type[BaseModel]) -> str:
    rows = [
        [code(name), _type(field), _required(field), _stated(field), prose(field.description)]
        for name, field in model.model_fields.items()
    ]
    return table(("Field", "Type", "Required", "Filled in", ""), rows)


def _stated(field: FieldInfo) -> str:
    """Who says it: only a person, or the program where it declares why it knows it."""
    if is_attestation(field):
        return "by a person"
    because = known_because(field)
    return f"known: {because}" if because else ""


def _type(field: FieldInfo) -> str:
    return ", ".join(filter(None, (in_words(field.annotation), bounds(field))))


def _required(field: FieldInfo) -> str:
    if field.is_required():
        return "yes"
    default = field.get_default()
    given = isinstance(default, bool | int | str | Enum) and default != ""
    return f"no; `{getattr(default, 'value', default)}`" if given else "no"


def _values(forms: Iterable[type[Form]]) -> list[str]:
    """Sections of all values in the fields of the forms, by name."""
    found = {value.__name__: value for form in forms for field in form.model_fields.values()
             for value in values_in(field.annotation)}  # fmt: skip
    sections = [part for name in sorted(found) for part in (f"### {name}", _value(found[name]))]
    return ["## Values", *sections] if sections else []


def _value(value: type[BaseModel] | type[Enum]) -> str:
    told = prose(value.__doc__)
    if issubclass(value, Enum):
        return f"{told}\n\n{codes(str(member.value) for member in value)}"
    return f"{told}\n\n{_fields(value)}"
