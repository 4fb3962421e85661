"""What a case asks people."""

import asyncio
from datetime import datetime
from typing import TypeVar, cast

from temporalio import workflow

from domain.core.case import CaseOrder, OpenedTask
from domain.core.entry import OpenTask, WithdrawTask
from domain.core.forms import Form
from workflows.core.journal_writer import JournalWriter
from workflows.core.open_actions import Open
from workflows.core.progress import Progress
from workflows.core.tasks import Answered, Check, Task, TaskOptions

F = TypeVar("F", bound=Form)


class Questions:
    """Opens the tasks of a case and waits for their answers."""

    def __init__(self, order: CaseOrder, progress: Progress, open_: Open, journal: JournalWriter) -> None:
        self._case_id = order.case_id
        self._progress = progress
        self._open = open_
        self._tasks = open_.tasks
        self._journal = journal
        self.opened = order.carried.opened if order.carried else 0
        """How many tasks the case has opened."""

    @property
    def is_asking(self) -> bool:
        """Whether a task is open or about to be."""
        return bool(self._tasks or self._open.opening)

    async def ask(self, form: type[F], check: Check | None, options: TaskOptions) -> Answered[F]:
        """Open a task and wait for its answer. If the waiting ends otherwise the task is withdrawn."""
        self.opened += 1
        now = workflow.now()
        task = self._task(form, check, now, options)
        line = _line(task, now, options)
        opened: OpenedTask | None = None
        try:
            opened = await self._put(line, form)
            task.due_at, task.otherwise, task.alarms = opened.due_at, opened.otherwise, opened.alarms
            task.never_stands = opened.never_stands
            self._tasks[task.task_id] = task
            return cast(Answered[F], await task.answer)
        except asyncio.CancelledError:
            was_open = self._tasks.pop(task.task_id, None) is not None
            is_written = opened is None and not self._journal.forget(line)
            if (was_open or is_written) and not self._progress.is_over:
                self._open.withdraw(task)
                self._journal.note(WithdrawTask(task_id=task.task_id, reason="no longer needed"))
            raise
        finally:
            if task.last_steps is not None:
                task.last_steps.cancel()

    def _task(self, form: type[Form], check: Check | None, now: datetime, options: TaskOptions) -> Task:
        return Task(
            task_id=f"{self._case_id}.{self.opened}",
            form=form,
            assignee=options.get("to"),
            barred=dict(options.get("barred") or {}),
            check=check,
            opened_at=now,
            at_due=options.get("at_due"),
            after_last_escalation=options.get("after_last_escalation"),
        )

    async def _put(self, line: OpenTask, form: type[Form]) -> OpenedTask:
        self._open.opening[line.task_id] = form
        try:
            opened: OpenedTask = await self._journal.put(line)
        finally:
            del self._open.opening[line.task_id]
        return opened


def _line(task: Task, now: datetime, options: TaskOptions) -> OpenTask:
    action = task.form.action
    return OpenTask(
        task_id=task.task_id,
        action=action.name,
        by=action.by,
        clock=options.get("clock") or action.clock,
        since=options.get("since") or now,
        since_day=options.get("since_day"),
        due_on=options.get("due_on"),
        concerns=tuple(sorted(options.get("concerns", ()))),
        assignee=task.assignee,
        barred=task.barred,
        prefill=dict(options.get("prefill") or {}),
        about=options.get("about", ""),
    )
