"""Rows of the projections as the views that are shown. Pure: no statement is sent here."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from urllib.parse import quote

from pydantic import JsonValue, TypeAdapter

from domain.audit.views import Capa, Finding
from domain.core.attestations import stated_by_nobody
from domain.core.clocks import Deadline, next_alarm
from domain.core.events import Signature
from domain.core.forms import Audience, Form, Process
from domain.core.people import Actor, Org, Role
from domain.core.view import Clock, SentAlarm, TaskView, UpcomingAlarm
from domain.processes import form_of
from domain.views.cases import Available, CaseSummary, Record
from domain.views.tasks import TaskForm
from records.audit.tables.audits import CapaRow, FindingRow
from records.core.tables.cases import CaseRow, RecordRow, TaskRow

Json = dict[str, JsonValue]
_JSON: TypeAdapter[Json] = TypeAdapter(Json)


def case_url(process: str, case_id: str) -> str:
    """Where a case is read."""
    return f"/v1/{process}/{quote(case_id, safe='')}"


def action_url(process: str, case_id: str, action: str, task_id: str | None = None) -> str:
    """Where a form is submitted; it names the task, so that one of several is answered for certain."""
    task = f"?task={quote(task_id, safe='')}" if task_id else ""
    return f"{case_url(process, case_id)}/{action}{task}"


def schema_url(process: str, action: str) -> str:
    """Where the JSON schema of an action's form is read."""
    return f"/v1/forms/{process}/{action}"


@cache
def schema_of(form: type[Form]) -> Json:
    """The JSON schema of a form. Shared: copy before changing."""
    return _JSON.validate_python(form.model_json_schema())


def summary(row: CaseRow, actor: Actor) -> CaseSummary:
    """A case in a list. To a CDMO it is late only where the CDMO is (S6)."""
    states = [state for state in row.open_tasks.values() if actor.org is not Org.CDMO or state["org"] == Org.CDMO.value]
    dues = [datetime.fromisoformat(state["due_at"]) for state in states if state["due_at"] is not None]
    return CaseSummary(
        case_id=row.case_id,
        process=Process(row.process),
        kind=row.kind,
        title=row.title,
        supplier_id=row.supplier_id,
        site_id=row.site_id,
        scope_ids=tuple(row.scope_ids),
        owner=row.owner,
        stage=row.stage,
        outcome=row.outcome,
        held=row.held,
        overdue=any(state["overdue"] for state in states),
        next_due_at=min(dues, default=None),
        requested_at=row.requested_at,
        closed_at=row.closed_at,
        url=case_url(row.process, row.case_id),
    )


def task_view(row: TaskRow, now: datetime, *, sent: tuple[SentAlarm, ...] = ()) -> TaskView:
    """A task as shown, with its clock as it stands at `now`.

    What only a person may state is left out of what an older version of the program has filled in.
    """
    form = form_of(Process(row.process), row.action)
    deadline = Deadline.model_validate(row.deadline) if row.deadline else None
    clock = _clock(deadline, now, stopped=row.remaining is not None) if deadline else None
    return TaskView(
        task_id=row.task_id,
        case_id=row.case_id,
        process=Process(row.process),
        action=row.action,
        title=row.title,
        about=row.about,
        site_id=row.site_id,
        roles=tuple(Role(role) for role in sorted(row.roles)),
        assignee=row.assignee,
        org=Org(row.org),
        opened_at=row.opened_at,
        due_at=row.due_at,
        overdue=row.overdue,
        clock=clock,
        otherwise=row.otherwise,
        signature_meaning=form.action.meaning,
        url=f"/v1/tasks/{quote(row.task_id, safe='')}",
        action_url=action_url(row.process, row.case_id, row.action, row.task_id),
        schema_url=schema_url(row.process, row.action),
        concerns=tuple(row.concerns),
        prefill=stated_by_nobody(form, row.prefill),
        sent=sent,
    )


def task_form(view: TaskView) -> TaskForm:
    """A task together with its form; what is known already becomes defaults of the form's schema."""
    schema = _JSON.validate_python(schema_of(form_of(view.process, view.action)))
    return TaskForm(
        **dict(view),
        form_schema=_with_defaults(schema, view.prefill),
        signature_url="/v1/signatures" if view.signature_meaning else None,
    )


def available(process: str, case_id: str, form: type[Form], task_id: str | None) -> Available:
    """An action that the reader can do now, and where."""
    return Available(
        action=form.action.name,
        title=form.action.title,
        url=action_url(process, case_id, form.action.name, task_id),
        schema_url=schema_url(process, form.action.name),
        signature_meaning=form.action.meaning,
        task_id=task_id,
    )


def record(process: str, row: RecordRow) -> Record:
    """A version of a record as shown."""
    return Record(
        action=row.action,
        version=row.version,
        number=row.number,
        audience=Audience(row.audience),
        form=row.form,
        sha256=row.sha256,
        by_person=row.by_person,
        by_name=row.by_name,
        at=row.at,
        recorded_at=row.recorded_at,
        signature=Signature.model_validate(row.signature) if row.signature else None,
        url=f"{case_url(process, row.case_id)}/records/{row.action}/{row.version}",
    )


def finding(row: FindingRow) -> Finding:
    """A finding as shown."""
    return Finding.model_validate(row, from_attributes=True)


def capa(row: CapaRow) -> Capa:
    """A CAPA as shown."""
    return Capa.model_validate(row, from_attributes=True)


def _clock(deadline: Deadline, now: datetime, *, stopped: bool) -> Clock:
    return Clock(
        **deadline.model_dump(include=set(Clock.model_fields) - {"stopped", "upcoming"}),
        stopped=stopped,
        upcoming=() if stopped else _upcoming(deadline, now),
    )


def _upcoming(deadline: Deadline, now: datetime) -> tuple[UpcomingAlarm, ...]:
    """The next alarm of each escalation step that has one."""
    each = (next_alarm(deadline.model_copy(update={"rungs": (step,)}), now) for step in deadline.rungs)
    coming = sorted((step for step in each if step is not None), key=lambda step: step.at)
    return tuple(UpcomingAlarm.model_validate(step, from_attributes=True) for step in coming)


def _with_defaults(schema: Json, prefill: Mapping[str, JsonValue]) -> Json:
    properties = schema.get("properties")
    if not isinstance(properties, dict):
        return schema
    filled: Json = {
        name: {**field, "default": prefill[name]} if isinstance(field, dict) and name in prefill else field
        for name, field in properties.items()
    }
    return {**schema, "properties": filled}
