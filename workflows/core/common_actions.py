"""What may be done in every case."""

from typing import Any

from domain.core.case_actions import Acknowledgement, Extension, Hold, Reassignment, Resume
from workflows.core.alarms import Alarms
from workflows.core.open_actions import Open
from workflows.core.progress import Progress
from workflows.core.tasks import Answered, Offer


class CommonActions:
    """Hold and resume, extension, reassignment and acknowledgement: on offer in every case unless it retracts them."""

    def __init__(self, progress: Progress, open_: Open, alarms: Alarms) -> None:
        self._progress = progress
        self._open = open_
        self._alarms = alarms

    def offer(self) -> None:
        """Make all of them available."""
        self._open.offer(Offer(Hold, self._hold))
        self._open.offer(Offer(Resume, self._resume))
        self._open.offer(Offer(Extension, self.move_clocks))
        self._open.offer(Offer(Reassignment, self._reassign))
        self._open.offer(Offer(Acknowledgement, self._acknowledge))

    def move_clocks(self, answered: Answered[Any]) -> None:
        """Go on with the deadlines that an action has set anew."""
        self._alarms.move(answered.effect.get("deadlines"), answered.at)

    def _hold(self, answered: Answered[Hold]) -> None:
        self._progress.held = True

    def _resume(self, answered: Answered[Resume]) -> None:
        self._progress.held = False
        self.move_clocks(answered)

    def _reassign(self, answered: Answered[Reassignment]) -> None:
        if (task := self._open.tasks.get(answered.form.task_id)) is not None:
            task.assignee = answered.form.to

    def _acknowledge(self, answered: Answered[Acknowledgement]) -> None:
        if (task := self._open.tasks.get(answered.form.task_id)) is not None:
            task.escalation = None
