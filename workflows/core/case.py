"""Waiting for people, once for all procedures."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, TypeVar, Unpack

from pydantic import JsonValue
from temporalio import workflow

from domain.core.case import Carried, CaseOrder, Subject
from domain.core.entry import HandOver, PlainEvent
from domain.core.forms import Audience, Form, Forms, Process
from domain.core.people import Actor
from domain.core.protection import ProtectionAcknowledgement
from workflows.core.alarms import Alarms
from workflows.core.card import Card
from workflows.core.carrying_over import REMEMBERED, go_on_in_new_run, history_is_long
from workflows.core.common_actions import CommonActions
from workflows.core.journal_writer import JournalWriter
from workflows.core.messages import Messages
from workflows.core.open_actions import Open
from workflows.core.opened_cases import OpenedCases
from workflows.core.procedure import Procedure
from workflows.core.progress import Progress
from workflows.core.questions import Questions
from workflows.core.submissions import Submissions
from workflows.core.tasks import Answered, Closing, Offer, TaskOptions

F = TypeVar("F", bound=Form)

_NOW = timedelta(0)


class Case:
    """One running procedure: its tasks, offers and clocks, and its only way to the journal.

    A workflow owns one, asks people through it, and never waits for them in any other way. What it does is done by
    its parts, each one concept; a workflow talks to none of them.
    """

    def __init__(self, order: CaseOrder, forms: Forms, *, stage: StrEnum) -> None:
        self.order = order
        self.case_id = order.case_id
        self._progress = Progress(stage, held=order.carried is not None and order.carried.held)
        self._open = Open(order, self._progress)
        self._procedure = Procedure(self._progress)
        self._journal = JournalWriter(order, stage, self._open.on_offer)
        self._questions = Questions(order, self._progress, self._open, self._journal)
        self._submissions = Submissions(order, self._progress, self._open, self._journal, self._procedure)
        self._opened_cases = OpenedCases(order, self._journal)
        self._messages = Messages(order, self._journal)
        self._card = Card(order, self._progress, self._open.tasks, self._opened_cases.ids)
        self._alarms = Alarms(self._progress, self._open.tasks, self._journal, self._procedure, shown=self._card.show)
        self._common_actions = CommonActions(self._progress, self._open, self._alarms)
        self._submissions.register(forms)
        self._messages.listen()
        self._common_actions.offer()

    # -------------------------------------------------------------------------- from its beginning to its end

    async def follow(self, procedure: Coroutine[Any, Any, Closing]) -> str:
        """Follow a procedure to its end, or to an action that ends the case before; returns the outcome."""
        writing = self._procedure.guard(self._journal.write_for_ever(self._card.show))
        watching = self._procedure.guard(self._alarms.fire_for_ever())
        closing = await self._procedure.follow(procedure)
        watching.cancel()
        self._procedure.cancel()
        await self._submissions.close(closing)
        self._progress.stage = closing.stage
        self._open.clear()
        await self._journal.close(closing.stage, closing.outcome)
        await self.send_to_owner(Subject.OUTCOME, stage=closing.stage, outcome=closing.outcome)
        await workflow.wait_condition(workflow.all_handlers_finished)
        writing.cancel()
        return closing.outcome

    def stage(self, stage: StrEnum) -> None:
        """Move the case on; written together with the next task that opens."""
        if stage is not self._progress.stage:
            self._progress.stage = stage
            self._journal.moved(stage)

    @property
    def at_stage(self) -> StrEnum:
        """Where the case stands."""
        return self._progress.stage

    def end(self, closing: Closing) -> None:
        """End the case here, whatever the procedure waits for."""
        self._progress.ending = closing

    async def turn_over(self, *, beyond: int) -> None:
        """Go on in a new run once the history is longer than so many events, unless somebody is asked meanwhile."""
        if not history_is_long(beyond):
            return
        await workflow.wait_condition(lambda: self._journal.is_idle and workflow.all_handlers_finished())
        if self._questions.is_asking:
            return
        carried = Carried(
            stage=self._progress.stage.value,
            entries=self._journal.entries,
            opened=self._questions.opened,
            started=tuple(self._opened_cases.ids[-REMEMBERED:]),
            received=self._messages.ids[-REMEMBERED:],
            offers=self._open.on_offer(),
            held=self._progress.held,
            answered=self._submissions.followed[-REMEMBERED:],
        )
        go_on_in_new_run(self.order, carried)

    # -------------------------------------------------------------------------- people

    async def ask(
        self, form: type[F], *, check: Callable[[F, Actor], None] | None = None, **options: Unpack[TaskOptions]
    ) -> Answered[F]:
        """Open a task and wait for its answer; remind and escalate by its clock meanwhile.

        `check` is a pure rule that may refuse an answer. If the waiting ends otherwise the task is withdrawn.
        """
        answered = await self._questions.ask(form, check, options)
        if answered.form.is_noted_if_barred() and not answered.by.persons.isdisjoint(options.get("barred") or ()):
            self.meanwhile(self._noted(answered), must_end=False)
        return answered

    async def _noted(self, decision: Answered[Any]) -> None:
        """Protection waits for nobody; that another person takes note of it follows (section 20)."""
        about = f"{decision.form.action.title}, by {decision.by.name}"
        await self.ask(ProtectionAcknowledgement, prefill={"decision": decision.as_read}, about=about)

    async def ask_unless(
        self, no_longer_needed: Callable[[], bool], asking: Coroutine[Any, Any, Answered[F]]
    ) -> Answered[F] | None:
        """Ask, but only as long as the answer is needed; `None` if it no longer is. The task is then withdrawn."""
        if no_longer_needed():
            asking.close()
            return None
        answer = asyncio.create_task(asking)
        await workflow.wait_condition(lambda: answer.done() or no_longer_needed())
        if answer.done():
            return answer.result()
        answer.cancel()
        return None

    def offer(
        self,
        form: type[F],
        then: Callable[[Answered[F]], Awaitable[None] | None] | None = None,
        *,
        check: Callable[[F, Actor], None] | None = None,
        barred: Mapping[str, str] | None = None,
        ends: Closing | None = None,
    ) -> None:
        """Make an unsolicited action available until `retract`; `then` follows it, or it `ends` the case."""
        self._open.offer(Offer(form, then, check, dict(barred or {}), ends))

    def retract(self, *forms: type[Form]) -> None:
        """Take actions off offer."""
        for form in forms:
            self._open.offers.pop(form.action.name, None)

    def hand_over(self, outgoing: str, incoming: str, reason: str) -> None:
        """All open tasks that are assigned to one person go to another."""
        for task in self._open.tasks.values():
            if task.assignee == outgoing:
                task.assignee = incoming
                self._journal.note(HandOver(task_id=task.task_id, to=incoming, reason=reason))

    def move_clocks(self, answered: Answered[Any]) -> None:
        """Go on with the deadlines that an action has set anew."""
        self._common_actions.move_clocks(answered)

    # -------------------------------------------------------------------------- steps beside each other, and waiting

    def meanwhile(self, steps: Coroutine[Any, Any, None], *, must_end: bool = True) -> asyncio.Task[None]:
        """Follow further steps beside the procedure; `settled` waits for those that must end before the case does.

        Whoever cancels them takes their open questions back.
        """
        return self._procedure.meanwhile(steps, must_end=must_end)

    async def settled(self) -> None:
        """Wait until all steps beside the procedure that must end have ended, also those of an action being taken."""
        await workflow.wait_condition(lambda: not self._submissions.is_taking and self._procedure.has_settled)

    async def until(self, condition: Callable[[], bool], *, by: datetime | None = None, why: str = "") -> bool:
        """Wait for a condition, at the longest until an instant. Says whether the condition came."""
        if by is None:
            await workflow.wait_condition(condition)
            return True
        try:
            await workflow.wait_condition(condition, timeout=max(by - workflow.now(), _NOW), timeout_summary=why)
        except TimeoutError:
            return False
        return True

    def changes(self) -> int:
        """How many times this run has received that something it watches has changed."""
        return self._messages.changes

    def mark_changed(self) -> None:
        """Something changed by an action on the case itself."""
        self._messages.changes += 1

    async def sleep(self, changes: int, until: datetime | None, why: str) -> None:
        """Wait until an instant, or until more changes than so many came. Operations see until when and why."""
        self._progress.sleeps = (until, why) if until is not None else None
        self._card.show()
        await self.until(lambda: self.changes() > changes, by=until, why=why)
        self._progress.sleeps = None

    # -------------------------------------------------------------------------- the journal and other cases

    def record(self, type_: str, payload: Mapping[str, JsonValue], audience: Audience = Audience.SPONSOR) -> None:
        """Write a fact to the journal, together with the next task that opens."""
        self._journal.note(PlainEvent(type=type_, payload=dict(payload), audience=audience))

    async def establish(self, type_: str, payload: Mapping[str, JsonValue] | None = None) -> Mapping[str, JsonValue]:
        """Write a fact now, and have the records say what follows from it."""
        written = await self._journal.write_own(PlainEvent(type=type_, payload=dict(payload or {})))
        return written.effect

    async def start(self, process: Process, *requests: Form) -> tuple[str, ...]:
        """Request further cases that are owned by this one; returns their business ids."""
        return await self._opened_cases.start(process, *requests)

    async def send(self, to: str, subject: Subject, payload: Mapping[str, JsonValue]) -> None:
        """Send another case a message; the relay delivers it."""
        await self._messages.send(to, subject, payload)

    async def send_to_owner(self, subject: Subject, **payload: str) -> None:
        """Send a message to the case that owns this one, if there is one."""
        if self.order.owner is not None:
            await self.send(self.order.owner, subject, payload)

    def received(self, sender: str, subject: Subject) -> Mapping[str, JsonValue] | None:
        """What another case has sent this one on a subject, if it has."""
        return self._messages.received(sender, subject)
