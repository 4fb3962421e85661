"""What people submit to a case."""

import asyncio
import contextlib
from collections.abc import Awaitable
from datetime import timedelta
from typing import Any

from temporalio import workflow
from temporalio.exceptions import ApplicationError

from activities.journal import refused
from domain.core.case import CaseOrder, Receipt, Submission
from domain.core.entry import Answer, Written
from domain.core.forms import Form, Forms
from domain.core.people import refuse_under_delegation
from domain.core.refusals import Code, Refused
from workflows.core.journal_writer import JournalWriter
from workflows.core.open_actions import Open
from workflows.core.procedure import Procedure
from workflows.core.progress import Progress
from workflows.core.tasks import Answered, Closing, Offer, Task

_ASKED_ANEW = timedelta(seconds=5)
"""How long an answer waits for the question that is left by the one before it."""
_ROUNDS = 3
"""How often all that is ready goes on: whoever waits for the answer, what that one takes back, what that waits for."""


class Submissions:
    """Takes the actions of people, one after the other: each is written first, and then followed."""

    def __init__(
        self, order: CaseOrder, progress: Progress, open_: Open, journal: JournalWriter, procedure: Procedure
    ) -> None:
        self._case_id = order.case_id
        self._progress = progress
        self._open = open_
        self._journal = journal
        self._procedure = procedure
        self._one_at_a_time = asyncio.Lock()
        self._waiting = 0
        """How many actions wait for the one that is being taken."""
        self._earlier = frozenset(order.carried.answered if order.carried else ())
        self._followed: dict[str, None] = dict.fromkeys(order.carried.answered if order.carried else ())

    @property
    def followed(self) -> tuple[str, ...]:
        """Ids of the commands that were followed, also by the runs before."""
        return tuple(self._followed)

    @property
    def is_taking(self) -> bool:
        """Whether an action is being taken."""
        return self._one_at_a_time.locked()

    def register(self, forms: Forms) -> None:
        """Have an update for every action that does not start a case."""
        for form in forms:
            if not form.action.starts:
                self._register(form)

    async def close(self, closing: Closing) -> None:
        """Take no action any more, once the one that is being taken is through."""
        async with self._one_at_a_time:
            self._progress.closed = closing

    def _register(self, form: type[Form]) -> None:
        async def act(submission: Submission) -> Receipt:
            return await self._act(form, submission)

        def refuse(submission: Submission) -> None:
            try:
                _, given = self._target(form, submission, anew=form.action.in_parts)
            except ApplicationError as error:
                if form.action.in_parts and error.type in (Code.ALREADY_ANSWERED, Code.NOT_STARTED_YET):
                    return  # the part that is left is about to be asked for
                raise
            self._refuse_for_another(given, submission)

        workflow.set_update_handler(form.action.name, act, validator=refuse)

    def _target(
        self, form_class: type[Form], submission: Submission, *, anew: bool = False, in_turn: bool = False
    ) -> tuple[Task | Offer, Form]:
        try:
            return self._open.target(form_class, submission, anew=anew, in_turn=in_turn)
        except Refused as error:
            raise refused(error.refusal) from error

    async def _target_in_turn(self, form_class: type[Form], submission: Submission) -> tuple[Task | Offer, Form]:
        """What the action is for once those before it are through. A part that is left is waited for until it is asked.

        Histories hold actions that were refused here.
        """
        try:
            return self._target(form_class, submission, in_turn=True)
        except ApplicationError:
            if not form_class.action.in_parts or not workflow.patched("answered-in-parts"):
                raise
        with contextlib.suppress(TimeoutError):
            await workflow.wait_condition(
                lambda: self._progress.is_over or self._open.asks(form_class),
                timeout=_ASKED_ANEW,
                timeout_summary="What is left to answer",
            )
        return self._target(form_class, submission, anew=True, in_turn=True)

    @staticmethod
    def _refuse_for_another(form: Form, submission: Submission) -> None:
        """Asked before the action is taken and not while it is: histories hold some that were taken for another."""
        try:
            if form.is_personal():
                refuse_under_delegation(submission.actor)
        except Refused as error:
            raise refused(error.refusal) from error

    async def _act(self, form_class: type[Form], submission: Submission) -> Receipt:
        self._waiting += 1
        async with self._one_at_a_time:
            self._waiting -= 1
            target, form = await self._target_in_turn(form_class, submission)
            at = workflow.now()
            written = await self._write(form_class, submission, target)
            self._followed[submission.command_id] = None
            answered = Answered(
                form=form,
                by=submission.actor,
                at=at,
                number=written.numbers[0],
                version=written.record_version or 1,
                sha256=written.record_hash or "",
                effect=written.effect,
            )
            self._open.answer(form_class, answered)
            if submission.command_id not in self._earlier:  # else it comes again, and the run before has followed it
                self._follow(target, answered)
                await self._followed_through()
        return Receipt(case_id=self._case_id, number=answered.number, record_hash=answered.sha256)

    async def _followed_through(self) -> None:
        """The next action finds the case as this one leaves it: steps are taken back and their questions withdrawn."""
        if self._waiting and workflow.patched("followed-through-before-the-next"):
            for _ in range(_ROUNDS):
                await workflow.wait_condition(lambda: True)

    async def _write(self, form_class: type[Form], submission: Submission, target: Task | Offer) -> Written:
        line = Answer(
            action=form_class.action.name,
            form=submission.form,
            task_id=target.task_id if isinstance(target, Task) else None,
            signature_token=submission.signature_token,
        )
        return await self._journal.write(submission.command_id, (line,), submission.actor)

    def _follow(self, target: Task | Offer, answered: Answered[Any]) -> None:
        if isinstance(target, Task):
            self._open.tasks.pop(target.task_id, None)
            if not target.answer.done():
                target.answer.set_result(answered)
            return
        if target.ends is not None:
            self._progress.ending = target.ends
        if target.then is not None and (following := target.then(answered)) is not None:
            self._procedure.meanwhile(_awaited(following))


async def _awaited(following: Awaitable[None]) -> None:
    await following
