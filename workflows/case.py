"""Waiting for people, once for all procedures."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Coroutine, Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, TypeVar, cast

from pydantic import JsonValue
from temporalio import workflow

from activities.journal import refused
from domain.case import Carried, CaseOrder, Message, OpenedTask, Receipt, Subject, Submission
from domain.case_actions import Acknowledgement, Extension, Hold, Reassignment, Resume
from domain.entry import Answer, HandOver, OpenTask, PlainEvent, StartCase, Tell, WithdrawTask
from domain.forms import Audience, Form, Forms, Process
from domain.people import Actor, refuse_unless_permitted
from domain.refusals import Code, Refused
from workflows.alarms import Alarms
from workflows.card import Waiting, card, search_attributes
from workflows.open_actions import Open
from workflows.scribe import Scribe
from workflows.tasks import Answered, Closing, Offer, Steps, Task

F = TypeVar("F", bound=Form)

_NOW = timedelta(0)
_REMEMBERED = 100
"""How many messages and opened cases a run tells the next one of."""
_NEVER = object()


class Case:
    """One running procedure: its tasks, offers and clocks, and its only way to the journal.

    A workflow owns one, asks people through it, and never waits for them in any other way.
    """

    def __init__(self, order: CaseOrder, forms: Forms, *, stage: StrEnum) -> None:
        self.order = order
        self.case_id = order.case_id
        self._stage: StrEnum = stage
        carried = order.carried
        self._open = Open(order)
        self._tasks, self._offers = self._open.tasks, self._open.offers
        self._started: list[str] = list(carried.started) if carried else []
        self._messages: list[Message] = []
        self._heard: dict[str, None] = dict.fromkeys(carried.heard if carried else ())
        self._changes = 0
        self._sleeps: tuple[datetime, str] | None = None
        self._scribe = Scribe(order.case_id, stage, lambda: tuple(sorted(self._offers)), carried)
        self._alarms = Alarms(
            self._tasks,
            self._scribe,
            stopped=lambda: self._held or self._ending is not None,
            follow=self.meanwhile,
            shown=self._show,
        )
        self._shown: dict[str, object] = {}
        self._commands = asyncio.Lock()
        self._opened = carried.opened if carried else 0
        self._opening = 0
        self._held = carried is not None and carried.held
        self._earlier = frozenset(carried.answered if carried else ())
        self._answered: dict[str, None] = dict.fromkeys(carried.answered if carried else ())
        self._closed: Closing | None = None
        self._ending: Closing | None = None
        self._failure: BaseException | None = None
        self._procedure: asyncio.Task[Closing] | None = None
        self._background: dict[asyncio.Task[None], bool] = {}
        for form in forms:
            if not form.action.starts:
                self._register(form)
        for subject in Subject:
            workflow.set_signal_handler(subject.value, self._hear)
        self.offer(Hold, self._hold)
        self.offer(Resume, self._resume)
        self.offer(Extension, self.move_clocks)
        self.offer(Reassignment, self._reassign)
        self.offer(Acknowledgement, self._acknowledge)

    # -------------------------------------------------------------------------- for procedures

    async def follow(self, procedure: Coroutine[Any, Any, Closing]) -> str:
        """Follow a procedure to its end, or to an action that ends the case before; returns the outcome."""
        scribe = asyncio.create_task(self._guard(self._scribe.write_for_ever(self._show)))
        watch = asyncio.create_task(self._guard(self._alarms.ring_for_ever()))
        self._procedure = asyncio.create_task(procedure)
        await workflow.wait_condition(self._over)
        if self._failure is not None:
            raise self._failure
        closing = self._ending or self._procedure.result()
        for task in (watch, self._procedure, *self._background):
            task.cancel()
        async with self._commands:
            self._closed = closing
        self._stage = closing.stage
        self._tasks.clear()
        self._offers.clear()
        await self._scribe.close(closing.stage, closing.outcome)
        if self.order.owner is not None:
            await self.tell(self.order.owner, Subject.OUTCOME, {"stage": closing.stage, "outcome": closing.outcome})
        await workflow.wait_condition(workflow.all_handlers_finished)
        scribe.cancel()
        return closing.outcome

    async def ask(
        self,
        form: type[F],
        *,
        clock: str | None = None,
        since: datetime | None = None,
        since_day: date | None = None,
        due_on: date | None = None,
        concerns: Collection[int] = (),
        to: str | None = None,
        barred: Mapping[str, str] | None = None,
        check: Callable[[F, Actor], None] | None = None,
        prefill: Mapping[str, JsonValue] | None = None,
        about: str = "",
        at_due: Steps | None = None,
        in_vain: Steps | None = None,
    ) -> Answered[F]:
        """Open a task and wait for its answer; remind and escalate by its clock's ladder meanwhile.

        `clock` is a policy key, by default the form's; it starts at `since` (default: now) or on `since_day`, and
        `due_on` sets an agreed day instead of the counted one. `to` names one person, `barred` maps persons to the
        rule that bars them, `check` is a pure rule that may refuse an answer, `concerns` numbers the findings it is
        about. If the waiting ends otherwise the task is withdrawn.

        The question stays open when its due date passes; `at_due` follows then. `in_vain` follows the last rung of the
        ladder, and ends when the question is answered after all.
        """
        self._opened += 1
        now = workflow.now()
        task = Task(
            task_id=f"{self.case_id}.{self._opened}",
            form=form,
            assignee=to,
            barred=dict(barred or {}),
            check=check,
            opened_at=now,
            at_due=at_due,
            in_vain=in_vain,
        )
        line = OpenTask(
            task_id=task.task_id,
            action=form.action.name,
            by=form.action.by,
            clock=clock or form.action.clock,
            since=since or now,
            since_day=since_day,
            due_on=due_on,
            concerns=tuple(sorted(concerns)),
            assignee=to,
            barred=task.barred,
            prefill=dict(prefill or {}),
            about=about,
        )
        opened: OpenedTask | None = None
        try:
            opened = await self._put(line)
            task.due_at, task.otherwise, task.alarms = opened.due_at, opened.otherwise, opened.alarms
            self._tasks[task.task_id] = task
            return cast(Answered[F], await task.answer)
        except asyncio.CancelledError:
            was_open = self._tasks.pop(task.task_id, None) is not None
            is_written = opened is None and not self._scribe.forget(line)
            if (was_open or is_written) and self._closed is None and self._ending is None:
                self._scribe.note(WithdrawTask(task_id=task.task_id, reason="no longer needed"))
            raise
        finally:
            if task.pressing is not None:
                task.pressing.cancel()

    async def ask_unless(
        self, moot: Callable[[], bool], asking: Coroutine[Any, Any, Answered[F]]
    ) -> Answered[F] | None:
        """Ask, but only as long as the question is not moot; `None` if it became so. The task is then withdrawn."""
        if moot():
            asking.close()
            return None
        answer = asyncio.create_task(asking)
        await workflow.wait_condition(lambda: answer.done() or moot())
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
        self._offers[form.action.name] = Offer(form, then, check, dict(barred or {}), ends)

    def retract(self, *forms: type[Form]) -> None:
        """Take actions off offer."""
        for form in forms:
            self._offers.pop(form.action.name, None)

    def stage(self, stage: StrEnum) -> None:
        """Move the case on; written together with the next task that opens."""
        if stage is not self._stage:
            self._stage = stage
            self._scribe.moved(stage)

    @property
    def at_stage(self) -> StrEnum:
        """Where the case stands."""
        return self._stage

    def end(self, closing: Closing) -> None:
        """End the case here, whatever the procedure waits for."""
        self._ending = closing

    def hand_over(self, outgoing: str, incoming: str, reason: str) -> None:
        """All open tasks that are assigned to one person go to another."""
        for task in self._tasks.values():
            if task.assignee == outgoing:
                task.assignee = incoming
                self._scribe.note(HandOver(task_id=task.task_id, to=incoming, reason=reason))

    def meanwhile(self, steps: Coroutine[Any, Any, None], *, must_end: bool = True) -> asyncio.Task[None]:
        """Follow further steps beside the procedure; `settled` waits for those that must end before the case does.

        Whoever cancels them takes their open questions back.
        """
        task = asyncio.create_task(self._guard(steps))
        self._background[task] = must_end
        task.add_done_callback(lambda done: self._background.pop(done, None))
        return task

    async def settled(self) -> None:
        """Wait until all steps beside the procedure that must end have ended, also those of an action being taken."""
        await workflow.wait_condition(lambda: not self._commands.locked() and not any(self._background.values()))

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

    def record(self, type_: str, payload: Mapping[str, JsonValue], audience: Audience = Audience.SPONSOR) -> None:
        """Write a fact to the journal, together with the next task that opens."""
        self._scribe.note(PlainEvent(type=type_, payload=dict(payload), audience=audience))

    async def establish(self, type_: str, payload: Mapping[str, JsonValue] | None = None) -> Mapping[str, JsonValue]:
        """Write a fact now, and have the records say what follows from it."""
        written = await self._scribe.write_own(PlainEvent(type=type_, payload=dict(payload or {})))
        return written.effect

    async def start(self, process: Process, *requests: Form) -> tuple[str, ...]:
        """Request further cases that are owned by this one; returns their business ids."""
        lines = [StartCase(process=process, form=request.model_dump(mode="json")) for request in requests]
        started = await asyncio.gather(*(self._scribe.put(line) for line in lines))
        self._started += started
        return tuple(started)

    async def tell(self, to: str, subject: Subject, payload: Mapping[str, JsonValue]) -> None:
        """Tell another case something; the relay delivers it."""
        await self._scribe.put(Tell(to=to, subject=subject, payload=dict(payload)))

    def changes(self) -> int:
        """How many times this run has been told that something it watches has changed."""
        return self._changes

    def mark_changed(self) -> None:
        """Something changed by an action on the case itself."""
        self._changes += 1

    async def sleep(self, changes: int, until: datetime | None, why: str) -> None:
        """Wait until an instant, or until more changes than so many were told. Operations see until when and why."""
        self._sleeps = (until, why) if until is not None else None
        self._show()
        await self.until(lambda: self._changes > changes, by=until, why=why)
        self._sleeps = None

    async def turn_over(self, *, beyond: int) -> None:
        """Go on in a new run once the history is longer than so many events, unless somebody is asked meanwhile."""
        info = workflow.info()
        if info.get_current_history_length() <= beyond and not info.is_continue_as_new_suggested():
            return
        await workflow.wait_condition(lambda: self._scribe.is_idle and workflow.all_handlers_finished())
        if self._tasks or self._opening:
            return
        carried = Carried(
            stage=self._stage.value,
            entries=self._scribe.entries,
            opened=self._opened,
            started=tuple(self._started[-_REMEMBERED:]),
            heard=tuple(self._heard)[-_REMEMBERED:],
            offers=tuple(sorted(self._offers)),
            held=self._held,
            answered=tuple(self._answered)[-_REMEMBERED:],
        )
        workflow.continue_as_new(self.order.model_copy(update={"carried": carried}))

    def told(self, sender: str, subject: Subject) -> Mapping[str, JsonValue] | None:
        """What another case has told this one, if it has."""
        for message in self._messages:
            if (message.sender, message.subject) == (sender, subject):
                return message.payload
        return None

    # -------------------------------------------------------------------------- actions of people

    def _register(self, form: type[Form]) -> None:
        async def act(submission: Submission) -> Receipt:
            return await self._act(form, submission)

        def refuse(submission: Submission) -> None:
            try:
                self._target(form, submission)
            except Refused as error:
                raise refused(error.refusal) from error

        workflow.set_update_handler(form.action.name, act, validator=refuse)

    async def _act(self, form_class: type[Form], submission: Submission) -> Receipt:
        async with self._commands:
            try:
                target, form = self._target(form_class, submission)
            except Refused as error:
                raise refused(error.refusal) from error
            at = workflow.now()
            line = Answer(
                action=form_class.action.name,
                form=submission.form,
                task_id=target.task_id if isinstance(target, Task) else None,
                signature_token=submission.signature_token,
            )
            written = await self._scribe.write(submission.command_id, (line,), submission.actor)
            self._answered[submission.command_id] = None
            answered = Answered(
                form=form,
                by=submission.actor,
                at=at,
                number=written.numbers[0],
                version=written.record_version or 1,
                sha256=written.record_hash or "",
                effect=written.effect,
            )
            self._open.answered[form_class.action.name] = answered
            if submission.command_id not in self._earlier:  # else it is told again, and the run before has followed it
                self._take(target, answered)
        return Receipt(case_id=self.case_id, number=answered.number, record_hash=answered.sha256)

    def _take(self, target: Task | Offer, answered: Answered[Any]) -> None:
        if isinstance(target, Task):
            self._tasks.pop(target.task_id, None)
            if not target.answer.done():
                target.answer.set_result(answered)
            return
        if target.ends is not None:
            self._ending = target.ends
        if target.then is not None and (following := target.then(answered)) is not None:
            self.meanwhile(_awaited(following))

    def _target(self, form_class: type[Form], submission: Submission) -> tuple[Task | Offer, Form]:
        """The open task or offer that a submission is for. Raises `Refused` with the reason if there is none."""
        # whoever may not take the action learns nothing of the case
        refuse_unless_permitted(submission.actor, by=form_class.action.by, site_id=self.order.site_id)
        if self._closed is not None or self._ending is not None:
            raise Refused(Code.CASE_CLOSED, f"{self.case_id} is closed.")
        return self._open.target(form_class, submission, held=self._held, stage=self._stage)

    # -------------------------------------------------------------------------- actions of every case

    def _hold(self, answered: Answered[Hold]) -> None:
        self._held = True

    def _resume(self, answered: Answered[Resume]) -> None:
        self._held = False
        self.move_clocks(answered)

    def move_clocks(self, answered: Answered[Any]) -> None:
        """Go on with the deadlines that an action has set anew."""
        self._alarms.move(answered.effect.get("deadlines"), answered.at)

    def _reassign(self, answered: Answered[Reassignment]) -> None:
        if (task := self._tasks.get(answered.form.task_id)) is not None:
            task.assignee = answered.form.to

    def _acknowledge(self, answered: Answered[Acknowledgement]) -> None:
        if (task := self._tasks.get(answered.form.task_id)) is not None:
            task.climb = None

    async def _hear(self, message: Message) -> None:
        if message.message_id in self._heard:
            return
        self._heard[message.message_id] = None
        if message.subject is Subject.CHANGED:
            self._changes += 1
        else:
            self._messages.append(message)

    # -------------------------------------------------------------------------- what operations see

    def _show(self) -> None:
        """Tell the Temporal UI where the case stands."""
        waiting = [
            Waiting(
                title=task.form.action.title,
                for_whom=", ".join(sorted(task.form.action.by)) + (f" ({task.assignee})" if task.assignee else ""),
                roles=tuple(sorted(task.form.action.by)),
                due_at=task.due_at,
                otherwise=task.otherwise or task.form.action.otherwise,
                overdue=task.overdue,
            )
            for task in self._tasks.values()
        ]
        linked = [self.order.owner] if self.order.owner else []
        workflow.set_current_details(
            card(
                self.order,
                self._stage,
                waiting,
                held=self._held,
                linked=[*linked, *self._started],
                sleeps=self._sleeps,
                namespace=workflow.info().namespace,
            )
        )
        shown = search_attributes(self._stage, waiting, held=self._held)
        changed = [update for update in shown if self._shown.get(update.key.name, _NEVER) != update.value]
        if changed:
            self._shown.update({update.key.name: update.value for update in changed})
            workflow.upsert_search_attributes(changed)

    # -------------------------------------------------------------------------- inner workings

    async def _put(self, line: OpenTask) -> OpenedTask:
        self._opening += 1
        try:
            opened: OpenedTask = await self._scribe.put(line)
        finally:
            self._opening -= 1
        return opened

    def _over(self) -> bool:
        procedure = self._procedure
        return self._failure is not None or self._ending is not None or (procedure is not None and procedure.done())

    async def _guard(self, steps: Coroutine[Any, Any, None]) -> None:
        """Steps beside the procedure must not fail in silence: their failure is the workflow's."""
        try:
            await steps
        except asyncio.CancelledError:
            raise
        except Exception as error:  # noqa: BLE001 - handed to `follow`, which raises it
            self._failure = error


async def _awaited(following: Awaitable[None]) -> None:
    await following
