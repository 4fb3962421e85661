"""A person's form, answering a task or taking an offer."""

from pydantic import JsonValue

from domain.core.case_actions import audience_of
from domain.core.entry import Answer, Signed
from domain.core.events import Signature
from domain.core.forms import Form, Process, record_hash
from domain.core.people import Org, refuse_under_delegation
from domain.core.refusals import Code, Refused
from domain.core.repeats import refuse_repeated
from records.core.deciders import permitted
from records.core.declared import Effect
from records.core.documents.references import refuse_unless_kept
from records.core.licences import UnderWhichLicence
from records.core.outgoing import outbox
from records.core.questions import ask
from records.core.signing import consume
from records.core.tables.cases import CaseRow, TaskRow
from records.core.writing import Writing


async def answer(writing: Writing, line: Answer) -> None:
    """The form is checked, signed if it has a meaning, and becomes the next version of its record."""
    case = await writing.case()
    process = Process(case.process)
    form_class = writing.registries.forms.answering(process, line.action)
    form = form_class.stored(line.form)
    await _refuse_unless_open(writing, case, line)
    by = await permitted(writing, case, form)
    await writing.refuse_unless_permitted(form.action, by=by, task=writing.task, form=form, site_id=case.site_id)
    relied: Effect = {}
    if form.is_personal():
        refuse_under_delegation(writing.actor)
        (relied,) = await ask(writing, UnderWhichLicence(case, form, by))
    refuse_repeated(form)
    version = await writing.next_version(case.case_id, line.action)
    digest = record_hash(case.case_id, form)
    signature = await _signed(writing, line, form, case.case_id, version, digest)
    await refuse_unless_kept(writing.session, form, writing.actor, writing.at)
    effect = {} if form.action.unchecked else await writing.registries.checks[form_class](writing, case, form)
    effect = {**effect, **relied}
    payload: dict[str, JsonValue] = {
        "task": line.task_id,
        "form": form.model_dump(mode="json"),
        "sha256": digest,
        "version": version,
        "effect": effect,
    }
    audience = audience_of(form, known_to_site=case.shared, about=await _organisation_of(writing, form))
    number = await writing.record(form.action.event_type(process), payload, audience=audience, signature=signature)
    outbox.answer(writing.session, writing.recorded_at, case.case_id, number, line.action)
    writing.answer(record_hash=digest, record_version=version, effect=effect)


async def _refuse_unless_open(writing: Writing, case: CaseRow, line: Answer) -> None:
    """Raise `Refused` if the case is closed or the task has been answered; the task becomes that of the entry."""
    if case.closed_at is not None:
        raise Refused(Code.CASE_CLOSED, f"{case.case_id} is closed: {case.stage}.", when=str(case.closed_at))
    task = writing.task = await writing.session.get(TaskRow, line.task_id) if line.task_id else None
    if task is not None and task.state != "OPEN":
        raise Refused(
            Code.ALREADY_ANSWERED,
            "This task has been answered already.",
            who=task.closed_by_name,
            when=task.closed_at.isoformat() if task.closed_at else None,
        )


async def _signed(
    writing: Writing, line: Answer, form: Form, case_id: str, version: int, digest: str
) -> Signature | None:
    meaning = form.meaning()
    if meaning is None:
        return None
    signed = Signed(record_id=case_id, action=line.action, version=version, record_hash=digest, meaning=meaning)
    return await consume(writing, line.signature_token, signed)


async def _organisation_of(writing: Writing, form: Form) -> Org | None:
    """The organisation of the task that a form speaks of: an extension, an acknowledgement."""
    task = await writing.session.get(TaskRow, getattr(form, "task_id", ""))
    return Org(task.org) if task else None
