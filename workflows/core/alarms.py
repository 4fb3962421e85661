"""The clocks of a case: reminders, due dates and escalation steps of all its open tasks."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from pydantic import JsonValue
from temporalio import workflow

from domain.core.case import Alarm, alarms_of
from domain.core.clocks import Deadline, Level
from domain.core.entry import AlarmLine
from workflows.core.journal_writer import JournalWriter
from workflows.core.procedure import Procedure
from workflows.core.progress import Progress
from workflows.core.tasks import Task

_NOW = timedelta(0)


class Alarms:
    """Waits for the soonest alarm of all open tasks, and fires it."""

    def __init__(
        self,
        progress: Progress,
        tasks: Mapping[str, Task],
        journal: JournalWriter,
        procedure: Procedure,
        *,
        shown: Callable[[], None],
    ) -> None:
        self._progress = progress
        self._tasks = tasks
        self._journal = journal
        self._procedure = procedure
        self._shown = shown

    async def fire_for_ever(self) -> None:
        """Wait for the soonest alarm of all open tasks; fire it; wait again.

        One timer serves all clocks. It is set anew only for an earlier alarm: a cancelled and a new timer for every
        step would be a fifth of the history.
        """
        while True:
            await workflow.wait_condition(lambda: self._soonest() is not None)
            due = self._soonest()
            wake = due[1].at if due else workflow.now()
            try:
                await workflow.wait_condition(
                    lambda wake=wake: (sooner := self._soonest()) is not None and sooner[1].at < wake,  # type: ignore[misc]
                    timeout=max(wake - workflow.now(), _NOW),
                    timeout_summary="Next reminder or due date",
                )
            except TimeoutError:
                while (due := self._soonest()) is not None and due[1].at <= workflow.now():
                    await self._fire(*due)

    def move(self, deadlines: JsonValue, at: datetime) -> None:
        """Go on with the deadlines that an action has set anew, by task."""
        for task_id, stored in deadlines.items() if isinstance(deadlines, dict) else ():
            deadline = Deadline.model_validate(stored)
            if (task := self._tasks.get(task_id)) is not None:
                task.due_at, task.alarms, task.escalation = deadline.due_at, alarms_of(deadline), None
                task.fired_until = at
                task.overdue = task.overdue and deadline.due_at < at

    def _soonest(self) -> tuple[Task, Alarm] | None:
        still = self._progress.clocks_stand_still
        running = [task for task in self._tasks.values() if not still or (task.never_stands and not self._is_ending())]
        alarms = [(task, alarm) for task in running if (alarm := task.alarm()) is not None]
        return min(alarms, key=lambda due: (due[1].at, due[0].task_id), default=None)

    def _is_ending(self) -> bool:
        return self._progress.ending is not None

    async def _fire(self, task: Task, alarm: Alarm) -> None:
        if alarm.kind == "climb":
            task.escalation = None
        else:
            task.fired_until = alarm.at
        task.overdue = task.overdue or alarm.kind == "due"
        written = await self._journal.write_own(
            AlarmLine(task_id=task.task_id, alarm=alarm.kind, level=alarm.level, rung=alarm.rung)
        )
        if written.acknowledge_by is not None and alarm.level is not Level.L4 and task.task_id in self._tasks:
            task.escalation = Alarm(kind="climb", at=written.acknowledge_by, level=alarm.level.next(), rung=alarm.rung)
        if alarm.kind == "due" and task.at_due is not None and task.task_id in self._tasks:
            self._procedure.meanwhile(task.at_due())
        steps = task.after_last_escalation
        if steps is not None and task.task_id in self._tasks and task.is_last_escalation(alarm):
            task.last_steps = self._procedure.meanwhile(steps(), must_end=False)
        self._shown()
