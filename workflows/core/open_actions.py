"""What people may do in a case now, and which of it a submission is for."""

from typing import Any

from pydantic import ValidationError

from domain.core.case import CaseOrder, Submission
from domain.core.forms import Form
from domain.core.people import refuse_unless_permitted
from domain.core.refusals import Code, Refused
from workflows.core.progress import Progress
from workflows.core.tasks import Answered, Offer, Task


class Open:
    """The tasks that wait for an answer, the actions on offer, and what was answered last of each action."""

    def __init__(self, order: CaseOrder, progress: Progress) -> None:
        self._order = order
        self._progress = progress
        self.tasks: dict[str, Task] = {}
        self.offers: dict[str, Offer] = {}
        self.answered: dict[str, Answered[Any]] = {}
        self.opening: dict[str, type[Form]] = {}
        """Forms of the tasks that are being written, by their ids: in a moment they are asked for."""
        self.withdrawn: dict[str, str] = {}
        """The task of each action that was withdrawn, if it has not been answered since."""

    def offer(self, offer: Offer) -> None:
        """Make an action available that nobody is asked for."""
        self.offers[offer.form.action.name] = offer

    def clear(self) -> None:
        """Nothing can be done in the case any more."""
        self.tasks.clear()
        self.offers.clear()

    def on_offer(self) -> tuple[str, ...]:
        """The names of the actions on offer, in their order."""
        return tuple(sorted(self.offers))

    def withdraw(self, task: Task) -> None:
        """Nobody is asked any more what a task has asked."""
        self.withdrawn[task.form.action.name] = task.task_id

    def answer(self, form_class: type[Form], answered: Answered[Any]) -> None:
        """Remember what was answered last."""
        self.answered[form_class.action.name] = answered
        self.withdrawn.pop(form_class.action.name, None)

    def asks(self, form_class: type[Form]) -> bool:
        """Whether a task of the form is open."""
        return any(task.form is form_class for task in self.tasks.values())

    def target(
        self, form_class: type[Form], submission: Submission, *, anew: bool = False, in_turn: bool = False
    ) -> tuple[Task | Offer, Form]:
        """The open task or offer that a submission is for, and its form.

        `anew`: where the task that it names has been answered, one that asks for the same. `in_turn`: it is being
        taken; what is said now is said for good.

        Raises `Refused`: CASE_CLOSED, NOT_STARTED_YET, NOT_OPEN or ALREADY_ANSWERED if there is none, FORM_INVALID, or
        why the actor may not. Where several tasks are open, the first one that the actor may answer like this.
        """
        # whoever may not take the action learns nothing of the case
        refuse_unless_permitted(submission.actor, by=form_class.action.anyone, site_id=self._order.site_id)
        if self._progress.is_over:
            raise Refused(Code.CASE_CLOSED, f"{self._order.case_id} is closed.")
        targets = self._of(form_class, submission.task_id) or (self._of(form_class, None) if anew else [])
        if not targets:
            if not in_turn and self._is_about_to_ask(form_class, submission.task_id):
                message = f"{form_class.action.title} is about to be asked for. Repeat this in a moment."
                raise Refused(Code.NOT_STARTED_YET, message)
            raise self._not_open(form_class, submission.task_id)
        form = _read(form_class, submission)
        refusal: Refused | None = None
        for target in targets:
            try:
                self._refuse_unless_fit(target, form, submission)
            except Refused as error:
                refusal = refusal or error
            else:
                return target, form
        raise refusal or self._not_open(form_class, submission.task_id)

    def _is_about_to_ask(self, form_class: type[Form], task_id: str | None) -> bool:
        """Whether the task is being written, or the procedure has not taken its first step yet."""
        if not (self.tasks or self.offers or self.answered or self.opening):
            return True
        return form_class in self.opening.values() if task_id is None else task_id in self.opening

    def _of(self, form_class: type[Form], task_id: str | None) -> list[Task | Offer]:
        """The task that was named; or all tasks of the form, and then what is on offer."""
        tasks: list[Task | Offer] = [task for task in self.tasks.values() if task.form is form_class]
        if task_id is not None:
            return [task for task in tasks if isinstance(task, Task) and task.task_id == task_id]
        offer = self.offers.get(form_class.action.name)
        return [*tasks, offer] if offer is not None else tasks

    def _refuse_unless_fit(self, target: Task | Offer, form: Form, submission: Submission) -> None:
        assignee = target.assignee if isinstance(target, Task) and not submission.unassigned else None
        refuse_unless_permitted(
            submission.actor,
            by=form.by(),
            assignee=form.assigned_to(assignee),
            barred=form.bars(target.barred),
            site_id=self._order.site_id,
        )
        runs_on = isinstance(target, Task) and target.never_stands
        if self._progress.held and form.waits_on_hold() and not runs_on:
            raise Refused(Code.CASE_ON_HOLD, f"{self._order.case_id} is on hold; this waits until it is resumed.")
        if target.check is not None:
            target.check(form, submission.actor)

    def _not_open(self, form_class: type[Form], task_id: str | None) -> Refused:
        name, title = form_class.action.name, form_class.action.title
        if name in self.withdrawn and task_id in (None, self.withdrawn[name]):
            return Refused(Code.NOT_OPEN, f"{title} is not asked any more.", fields={"task": "is withdrawn"})
        earlier = self.answered.get(name)
        if earlier is not None:
            return Refused(
                Code.ALREADY_ANSWERED,
                f"{title} has been submitted already.",
                who=earlier.by.name,
                when=earlier.at.isoformat(),
            )
        return Refused(Code.NOT_OPEN, f"{title} is not open at stage {self._progress.stage}.")


def _read(form_class: type[Form], submission: Submission) -> Form:
    try:
        return form_class.stored(submission.form)
    except ValidationError as error:
        fields = {".".join(map(str, e["loc"])): e["msg"] for e in error.errors()}
        raise Refused(Code.FORM_INVALID, "The form is not valid.", fields=fields) from error
