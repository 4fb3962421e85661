"""Sending what people submit: requests of new cases to the journal, actions on a case through Temporal."""

import asyncio
import contextlib
import time
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlmodel.ext.asyncio.session import AsyncSession
from temporalio.client import WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError

from activities.starting import start_case
from api.core.anew import refuse_unless_taken_or_good
from api.core.tools import Tools
from domain.core.anew import refuse_unless_good_anew
from domain.core.case import CaseOrder, Receipt, Submission, submitted
from domain.core.entry import Entry, StartCase, Written
from domain.core.events import Event
from domain.core.forms import Form, Process, canonical, record_hash, sha256
from domain.core.people import Actor, refuse_under_delegation, refuse_unless_permitted
from domain.core.refusals import Code, Refused
from records.core.database import OUTAGES
from records.core.journal import answered
from records.core.outgoing.outbox import mark_started, waits_to_start
from records.core.queries.events import event_of
from records.core.queries.visibility import visible_case
from records.core.tables.cases import CaseRow, TaskRow
from records.views.cases import number_of
from records.views.tasks import task_to_answer

TIMEOUT = timedelta(seconds=10)
"""How long a case is given to take an action. After that the outcome is unknown, not negative."""
ASKED_WITHIN = 3.0
"""Seconds for which a case that is about to ask for an action is waited for."""
START_TIMEOUT = 3.0
"""Seconds after which the start of a case is left to the relay."""
CLOCK_SKEW = timedelta(minutes=5)
"""How far a client's clock may be ahead (section 14, clock skew)."""

log = structlog.get_logger()


@dataclass(frozen=True)
class Conveyed:
    """What comes with a form: the key that makes it safe to repeat, the signature token, and the task it is for."""

    key: str
    token: str | None = None
    task: str | None = None


@dataclass(frozen=True)
class Opened:
    """A case that was requested. `merged`: it existed already for the same cause."""

    case_id: str
    started: bool
    merged: bool


def refuse_clock_ahead(claimed: datetime | None, now: datetime) -> None:
    """Raise `Refused` when a client's clock is ahead by more than five minutes."""
    if claimed is not None and claimed - now > CLOCK_SKEW:
        raise Refused(Code.CLOCK_AHEAD, "The given time is in the future.", fields={"Occurred-At": "is in the future"})


def command_id(actor: Actor, route: str, key: str) -> str:
    """The identity of a command: who, what and their own key. Nobody meets another person's keys."""
    return sha256(canonical([actor.person, route, key]))


async def open_case(tools: Tools, actor: Actor, process: Process, form: Form, key: str) -> Opened:
    """Write the request of a case, then start its workflow. If Temporal does not answer the relay starts it later."""
    body = form.model_dump(mode="json")
    command, fingerprint = command_id(actor, f"/v1/{process.value}", key), sha256(canonical(body))
    await refuse_unless_taken_or_good(tools, form, command, fingerprint)
    entry = Entry(
        stream="",
        command_id=command,
        at=tools.clock(),
        actor=actor,
        lines=(StartCase(process=process, form=body),),
        fingerprint=fingerprint,
    )
    written = await tools.journal.write(entry)
    case_id = written.started[0]
    started = await _start(tools, case_id)
    return Opened(case_id=case_id, started=started, merged=bool(written.effect.get("merged")))


async def submit(tools: Tools, actor: Actor, process: Process, case_id: str, form: Form, conveyed: Conveyed) -> Receipt:
    """Submit a form to a case. What the case and the journal refuse is raised by Temporal's client.

    A repeated command gets its first answer before anything else is looked at: its signature token is used up by then.
    The case is told again what the journal holds: a workflow server that was killed has forgotten an action which it
    had not yet written down when the journal already had.
    """
    action = form.action
    command = command_id(actor, f"/v1/{process.value}/{case_id}/{action.name}", conveyed.key)
    digest = record_hash(case_id, form)
    async with tools.database.reading() as session:
        case = await visible_case(session, actor, process.value, case_id)
        written = await answered(session, command, "")
        if written is not None:
            _refuse_other_form(written.record_hash, digest)
            kept = await _kept(session, case_id, action.name, written)
        else:
            task = await task_to_answer(session, actor, case_id, action.name, conveyed.task)
    if written is not None:
        if case.closed_at is None:
            await _resend(tools, action.name, kept)
        return Receipt(case_id=case_id, number=kept.number, record_hash=digest)
    refuse_unless_good_anew(form)
    if form.meaning() is not None and conveyed.token is None:
        _refuse_unsigned(actor, form, case, task)
    submission = Submission(
        command_id=command,
        actor=actor,
        form=form.model_dump(mode="json"),
        task_id=task.task_id if task else None,
        signature_token=sha256(conveyed.token) if conveyed.token else None,
        unassigned=task is not None and task.assignee is None,
    )
    receipt = await _taken(tools, case_id, action.name, submission)
    _refuse_other_form(receipt.record_hash, digest)
    return receipt


async def _taken(tools: Tools, case_id: str, action: str, submission: Submission) -> Receipt:
    """Have a case take an action. A case that is about to ask for it is waited for."""
    handle, ends = tools.temporal.get_workflow_handle(case_id), time.monotonic() + ASKED_WITHIN
    while True:
        try:
            receipt: Receipt = await handle.execute_update(
                action, submission, id=submission.command_id, result_type=Receipt, rpc_timeout=TIMEOUT
            )
        except WorkflowUpdateFailedError as error:
            not_yet = isinstance(error.cause, ApplicationError) and error.cause.type == Code.NOT_STARTED_YET
            if not not_yet or time.monotonic() > ends:
                raise
            await asyncio.sleep(0.1)
        else:
            return receipt


def _refuse_unsigned(actor: Actor, form: Form, case: CaseRow, task: TaskRow | None) -> None:
    """Raise `Refused`: first whatever a signature would not help against, else that it is missing."""
    refuse_unless_permitted(
        actor,
        by=form.by(),
        assignee=form.assigned_to(task.assignee) if task else None,
        barred=form.bars(task.barred if task else None),
        site_id=case.site_id,
    )
    if form.is_personal():
        refuse_under_delegation(actor)
    message = f"This must be signed ({form.meaning()}); get a token from POST /v1/signatures."
    raise Refused(Code.SIGNATURE_MISSING, message, rule="21 CFR 11.200", fields={"Signature-Token": "is missing"})


def _refuse_other_form(stored: str | None, given: str) -> None:
    if stored is not None and stored != given:
        raise Refused(Code.KEY_REUSED, "This Idempotency-Key was used for another request.")


async def _kept(session: AsyncSession, case_id: str, action: str, written: Written) -> Event:
    """The event that an action left in the journal of its case."""
    assert written.record_version is not None
    number = await number_of(session, case_id, action, written.record_version)
    return await event_of(session, case_id, number)


async def _resend(tools: Tools, action: str, kept: Event) -> None:
    """See to it that a case knows an action that its journal holds. Who knows it already answers as before."""
    with contextlib.suppress(WorkflowUpdateFailedError):  # the case is past it
        await tools.temporal.get_workflow_handle(kept.stream).execute_update(
            action, submitted(kept), id=kept.command_id, result_type=Receipt, rpc_timeout=TIMEOUT
        )


async def _start(tools: Tools, case_id: str) -> bool:
    """Start the workflow of a case unless it was started before. Says whether it has been."""
    async with tools.database.reading() as session:
        if not await waits_to_start(session, case_id):
            return True
        case = await session.get_one(CaseRow, case_id)
    try:
        async with asyncio.timeout(START_TIMEOUT):
            await start_case(tools.temporal, CaseOrder.model_validate(case.order), tools.settings.task_queue)
    except (RPCError, RuntimeError, TimeoutError) as error:
        log.warning("the relay will start the case", case_id=case_id, error=str(error))
        return False
    with contextlib.suppress(*OUTAGES):  # the relay starts it once more, which does nothing
        async with tools.database.writing() as session:
            await mark_started(session, case_id, await tools.database.now(session))
    return True
