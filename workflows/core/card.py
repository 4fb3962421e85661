"""What operations see of a case in the Temporal UI: codes to search by, and a card in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Self

from temporalio import workflow
from temporalio.common import SearchAttributeUpdate

from activities.visibility import HOLD_REASON, NEXT_DUE, OVERDUE, STAGE, WAITING_ON
from domain.core.case import CaseOrder
from domain.core.people import Role
from workflows.core.progress import Progress
from workflows.core.tasks import Task

_NEVER = object()


@dataclass(frozen=True)
class Waiting:
    """One open task as operations see it."""

    title: str
    for_whom: str
    roles: tuple[Role, ...]
    due_at: datetime | None
    otherwise: str
    overdue: bool

    @classmethod
    def of(cls, task: Task) -> Self:
        action = task.form.action
        roles = tuple(sorted(action.by))
        return cls(
            title=action.title,
            for_whom=", ".join(roles) + (f" ({task.assignee})" if task.assignee else ""),
            roles=roles,
            due_at=task.due_at,
            otherwise=task.otherwise or action.otherwise,
            overdue=task.overdue,
        )


class Card:
    """Tells the Temporal UI where a case stands."""

    def __init__(
        self, order: CaseOrder, progress: Progress, tasks: Mapping[str, Task], opened_cases: Sequence[str]
    ) -> None:
        self._order = order
        self._progress = progress
        self._tasks = tasks
        self._opened_cases = opened_cases
        self._shown: dict[str, object] = {}

    def show(self) -> None:
        """Write the card anew, and the search attributes that have changed."""
        order, progress = self._order, self._progress
        waiting = [Waiting.of(task) for task in self._tasks.values()]
        workflow.set_current_details(
            card(
                order,
                progress.stage,
                waiting,
                held=progress.held,
                linked=[*([order.owner] if order.owner else []), *self._opened_cases],
                sleeps=progress.sleeps,
                namespace=workflow.info().namespace,
            )
        )
        shown = search_attributes(progress.stage, waiting, held=progress.held)
        changed = [update for update in shown if self._shown.get(update.key.name, _NEVER) != update.value]
        if changed:
            self._shown.update({update.key.name: update.value for update in changed})
            workflow.upsert_search_attributes(changed)


def search_attributes(stage: StrEnum, waiting: Sequence[Waiting], *, held: bool) -> list[SearchAttributeUpdate[Any]]:
    """The attributes that change while a case runs."""
    roles = sorted({role.value for task in waiting for role in task.roles})
    dues = [task.due_at for task in waiting if task.due_at is not None]
    return [
        STAGE.value_set(stage.value),
        OVERDUE.value_set(any(task.overdue for task in waiting)),
        WAITING_ON.value_set(roles) if roles else WAITING_ON.value_unset(),
        NEXT_DUE.value_set(min(dues)) if dues else NEXT_DUE.value_unset(),
        HOLD_REASON.value_set("MANUAL") if held else HOLD_REASON.value_unset(),
    ]


def card(
    order: CaseOrder,
    stage: StrEnum,
    waiting: Sequence[Waiting],
    *,
    held: bool,
    linked: Sequence[str],
    namespace: str,
    sleeps: tuple[datetime, str] | None = None,
) -> str:
    """A short markdown card: waiting for whom, for what, until when, and what happens otherwise."""
    lines = [f"## {order.case_id}: {_words(stage)}", order.title, ""]
    if held:
        lines += ["**On hold.** No clock runs until it is resumed.", ""]
    if waiting:
        lines += ["| Waiting for | to do | until | otherwise |", "|---|---|---|---|"]
        for task in waiting:
            until = f"{task.due_at.astimezone(UTC):%a %Y-%m-%d %H:%M} UTC" if task.due_at else "no due date"
            late = " **overdue**" if task.overdue else ""
            lines.append(f"| {task.for_whom} | {task.title} | {until}{late} | {task.otherwise or '-'} |")
    elif sleeps is not None:
        wakes, why = sleeps
        lines.append(f"Waiting for nobody until {wakes.astimezone(UTC):%a %Y-%m-%d %H:%M} UTC: {why}")
    else:
        lines.append("Waiting for the linked cases." if linked else "Waiting for nobody.")
    if linked:
        runs = ", ".join(f"[{case_id}](/namespaces/{namespace}/workflows/{case_id})" for case_id in linked)
        lines += ["", f"Linked cases: {runs}"]
    lines += ["", f"[Open the case]({order.web}/v1/{order.process.value}/{order.case_id})"]
    return "\n".join(lines)


def _words(stage: StrEnum) -> str:
    return stage.value.replace("_", " ").capitalize()
