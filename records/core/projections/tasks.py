"""Tasks, the inbox, and the escalations."""

from datetime import UTC, datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from domain.core.clocks import Deadline
from domain.core.events import Event
from domain.core.forms import Audience, Process
from records.core.projectors import follows
from records.core.tables.cases import CaseRow, EscalationRow, TaskRoleRow, TaskRow

NO_DUE_DATE = datetime(9999, 1, 1, tzinfo=UTC)
_NOUNS = [process.noun for process in Process]


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _mapping(event: Event, *path: str) -> dict[str, object]:
    value: object = event.payload
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


@follows("task.opened")
async def open_task(session: AsyncSession, event: Event) -> None:
    """A new task with its clock."""
    case = await session.get_one(CaseRow, event.stream)
    payload = event.payload
    deadline = Deadline.model_validate(payload["deadline"]) if payload["deadline"] else None
    sort_due = deadline.due_at if deadline else NO_DUE_DATE
    task_id = str(payload["task"])
    session.add(
        TaskRow(
            task_id=task_id,
            case_id=case.case_id,
            process=case.process,
            action=str(payload["action"]),
            title=str(payload["title"]),
            about=str(payload["about"]),
            site_id=case.site_id,
            org=str(payload["org"]),
            assignee=_text(payload["assignee"]),
            barred=payload["barred"],
            prefill=payload["prefill"],
            concerns=payload["concerns"],
            roles=payload["roles"],
            deadline=payload["deadline"],
            remaining=payload.get("remaining"),
            otherwise=str(payload["otherwise"]),
            opened_at=event.occurred_at,
            due_at=deadline.due_at if deadline else None,
            sort_due=sort_due,
        )
    )
    roles = payload["roles"]
    for role in roles if isinstance(roles, list) else []:
        session.add(TaskRoleRow(role=str(role), task_id=task_id, site_id=case.site_id, sort_due=sort_due))
    case.shared = case.shared or event.audience is Audience.SHARED
    _keep_open(case, task_id, str(payload["org"]), deadline.due_at if deadline else None)


@follows("task.handed_over")
async def hand_over_task(session: AsyncSession, event: Event) -> None:
    """A task that another person does."""
    task = await session.get_one(TaskRow, str(event.payload["task"]))
    task.assignee = str(event.payload["to"])


@follows("task.withdrawn")
async def withdraw_task(session: AsyncSession, event: Event) -> None:
    """A task that is no longer needed."""
    await close_task(session, str(event.payload["task"]), event, "WITHDRAWN")


async def close_task(session: AsyncSession, task_id: str, event: Event, state: str) -> None:
    """Take a task off every inbox and remember who closed it, when and with which event."""
    task = await session.get_one(TaskRow, task_id)
    task.state = state
    task.closed_at = event.occurred_at
    task.closed_by, task.closed_by_name = event.actor.person, event.actor.name
    task.closed_reason = _text(event.payload.get("reason"))
    task.event_number = event.number
    for row in await _roles_of(session, task):
        await session.delete(row)
    case = await session.get_one(CaseRow, task.case_id)
    case.open_tasks = {open_id: state for open_id, state in case.open_tasks.items() if open_id != task_id}
    _look_ahead(case)


async def close_tasks_of(session: AsyncSession, case: CaseRow, event: Event) -> None:
    """A closed case waits for nobody."""
    for task_id in sorted(case.open_tasks):
        await close_task(session, task_id, event, "WITHDRAWN")


@follows("task.reminded", "task.overdue", "task.escalated")
async def keep_escalation(session: AsyncSession, event: Event) -> None:
    """A reminder or escalation that was sent."""
    payload = event.payload
    until = payload["acknowledge_by"]
    session.add(
        EscalationRow(
            rung_id=str(payload["rung"]),
            case_id=event.stream,
            task_id=str(payload["task"]),
            level=str(payload["level"]),
            alarm=str(payload["alarm"]),
            says=str(payload["says"]),
            proposes=_text(payload["proposes"]),
            sent_at=event.occurred_at,
            sent_to=payload["to"],
            acknowledge_by=datetime.fromisoformat(until) if isinstance(until, str) else None,
        )
    )
    if event.type == "task.overdue":
        task = await session.get_one(TaskRow, str(payload["task"]))
        task.overdue = True
        case = await session.get_one(CaseRow, event.stream)
        _keep_open(case, task.task_id, task.org, task.due_at, overdue=True)


@follows(*(f"{noun}.{action}" for noun in _NOUNS for action in ("extend", "resume")), order=-1)
async def move_clocks(session: AsyncSession, event: Event) -> None:
    """Clocks with a new due instant run again."""
    case = await session.get_one(CaseRow, event.stream)
    for task_id, stored in _mapping(event, "effect", "deadlines").items():
        task = await session.get_one(TaskRow, task_id)
        deadline = Deadline.model_validate(stored)
        task.deadline, task.due_at, task.sort_due = stored, deadline.due_at, deadline.due_at
        task.remaining = None
        task.overdue = task.overdue and deadline.due_at < event.occurred_at
        if event.type.endswith(".extend"):
            task.extensions += 1
        for row in await _roles_of(session, task):
            row.sort_due = deadline.due_at
        _keep_open(case, task_id, task.org, deadline.due_at, overdue=task.overdue)


@follows(*(f"{noun}.hold" for noun in _NOUNS), order=-1)
async def stop_clocks(session: AsyncSession, event: Event) -> None:
    """Clocks of a case on hold keep what was left."""
    for task_id, left in _mapping(event, "effect", "remaining").items():
        task = await session.get_one(TaskRow, task_id)
        task.remaining = left


@follows(*(f"{noun}.reassign" for noun in _NOUNS))
async def reassign_task(session: AsyncSession, event: Event) -> None:
    """A task given to another person by decision."""
    form = _mapping(event, "form")
    task = await session.get_one(TaskRow, str(form["task_id"]))
    task.assignee = str(form["to"])


@follows(*(f"{noun}.acknowledge" for noun in _NOUNS))
async def acknowledge_escalations(session: AsyncSession, event: Event) -> None:
    """Escalations that somebody has taken up."""
    escalations = _mapping(event, "effect").get("rungs")
    for rung_id in escalations if isinstance(escalations, list) else []:
        sent = await session.get_one(EscalationRow, str(rung_id))
        sent.acknowledged_by, sent.acknowledged_at = event.actor.person, event.occurred_at


async def _roles_of(session: AsyncSession, task: TaskRow) -> list[TaskRoleRow]:
    return [await session.get_one(TaskRoleRow, (role, task.task_id)) for role in task.roles]


def _keep_open(case: CaseRow, task_id: str, org: str, due_at: datetime | None, *, overdue: bool = False) -> None:
    state = {"org": org, "due_at": due_at.isoformat() if due_at else None, "overdue": overdue}
    case.open_tasks = {**case.open_tasks, task_id: state}
    _look_ahead(case)


def _look_ahead(case: CaseRow) -> None:
    """The case shows its soonest due date and whether any of its tasks is overdue."""
    states = case.open_tasks.values()
    dues = [datetime.fromisoformat(state["due_at"]) for state in states if state["due_at"] is not None]
    case.next_due_at = min(dues, default=None)
    case.overdue = any(state["overdue"] for state in states)
    case.version += 1
