"""Why a case waits, for whom, until when and what happens then, in one or a few plain sentences."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from domain.core.people import Org
from domain.core.view import TaskView


def waiting_for(tasks: Sequence[TaskView], *, others: bool, cases: Sequence[str] = ()) -> str:
    """What the open tasks wait for, the soonest due first. `others`: there are tasks the reader may not see.

    Without a task it may be other cases that it waits for: `cases`, by their ids.
    """
    sentences = [_sentence(task) for task in sorted(tasks, key=_soonest_first)]
    if others:
        sentences.append("The sponsor is working on it." if not tasks else "The sponsor is working on its part too.")
    if not sentences and cases:
        return f"Waits for {', '.join(cases)}."
    return " ".join(sentences) or "Waits for nobody; its next step follows by itself."


def watching(again: datetime | None, then: str) -> str:
    """The sentence for an oversight: it waits for nobody, until a day comes."""
    if again is None:
        return "Waits for nobody; it looks again when something changes."
    return f"Waits for nobody until {_day(again, 'UTC')}: {then}"


def waiting_of_closed(stage: str, outcome: str | None, closed_at: datetime) -> str:
    """The sentence for a case that is over."""
    result = f" with the outcome {outcome}" if outcome else ""
    return f"Waits for nobody: {stage}{result} on {_day(closed_at, 'UTC')}."


def waiting_on_hold(reason: str | None, held_at: datetime | None, running: Sequence[TaskView] = ()) -> str:
    """The sentences for a case on hold. `running`: the tasks whose clocks no hold stops, and which are answered on."""
    since = f" since {_day(held_at, 'UTC')}" if held_at else ""
    because = f": {reason}" if reason else ""
    still = "Its other clocks stand" if running else "Its clocks stand"
    on_hold = f"On hold{since}{because.rstrip('.')}. {still} still until it is resumed."
    return " ".join([on_hold, *(_sentence(task) for task in sorted(running, key=_soonest_first))])


def _soonest_first(task: TaskView) -> tuple[bool, datetime]:
    return task.due_at is None, task.due_at or task.opened_at


def _sentence(task: TaskView) -> str:
    subject = f"{task.title} ({task.about})" if task.about else task.title
    until = f" until {_day(task.due_at, task.clock.tz)}" if task.due_at and task.clock else ""
    late = " It is overdue." if task.overdue else ""
    otherwise = f" Otherwise: {task.otherwise.rstrip('.')}." if task.otherwise else ""
    return f"Waits for {_whom(task)}{until}: {subject.rstrip('.')}.{late}{otherwise}"


def _whom(task: TaskView) -> str:
    side = "the site" if task.org is Org.CDMO else "the sponsor"
    if task.assignee:
        return f"{task.assignee} of {side}"
    return f"{_alternatives(role.value for role in task.roles)} of {side}"


def _alternatives(names: Iterable[str]) -> str:
    *rest, last = sorted(names)
    return f"{', '.join(rest)} or {last}" if rest else last


def _day(at: datetime, tz: str) -> str:
    return f"{at.astimezone(ZoneInfo(tz)):%Y-%m-%d %H:%M} ({tz})"
