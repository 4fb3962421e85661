"""Tasks that nobody can do, and why. Those who assign are told; of a person who is missing, also who replaces them."""

from collections.abc import Collection, Iterable, Mapping, Sequence

from pydantic import JsonValue
from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.core.people import Role
from records.core.assignments import Standing, freed
from records.core.kept_out import kept_out
from records.core.outgoing import outbox
from records.core.people.recipients import candidates
from records.core.tables.cases import TaskRoleRow, TaskRow
from records.core.tables.master_data import PersonRoleRow, PersonRow
from records.core.writing import Writing

ASSIGNING = (Role.SYSTEM_ADMIN, Role.HEAD_QA)
"""Who gives a role to a person, and who answers for what is not done."""
REPLACING = (Role.SUPPLIER_QUALITY,)
"""Who replaces an auditor and reassigns a task."""


async def tell_of_leaving(writing: Writing, person: PersonRow, given: Mapping[str, JsonValue]) -> None:
    """A person is disabled, or leaves roles or sites: what nobody can do any more is told to those who assign.

    So is what stays with this very person.
    """
    before, after = Standing.of(person), Standing.of(person, given)
    if not (after.disabled > before.disabled or before.roles - after.roles or before.sites - after.sites):
        return
    query = (
        select(TaskRow)
        .join(TaskRoleRow, col(TaskRoleRow.task_id) == col(TaskRow.task_id))
        .where(col(TaskRow.state) == "OPEN", col(TaskRoleRow.role).in_(sorted(before.roles)))
    )
    tasks = {task.task_id: task for task in (await writing.session.exec(query)).all()}
    lost = [task for task in tasks.values() if before.can_do(task) and not after.can_do(task)]
    free = {task.task_id for task in await freed(writing.session, person, after)}
    kept = [task for task in lost if task.assignee == person.person_id and task.task_id not in free]
    opened = [task for task in lost if task.assignee is None or task.task_id in free]
    gone = f"it stays assigned to {person.name}, who can do it no more"
    lines = [f"{_in_words(task)}: {gone}" for task in kept]
    holding: dict[tuple[str, ...], list[PersonRow]] = {}
    for task in opened:
        key = (task.site_id, *sorted(task.roles))
        if key not in holding:
            holding[key] = await _holders(writing.session, task.roles, task.site_id, but=person.person_id)
        barred = kept_out(writing, task)
        if all(holder.person_id in barred for holder in holding[key]):
            lines.append(f"{_in_words(task)}: {_why(holding[key], barred)}")
    if lines:
        await tell_nobody(writing, lines, replaced_at={task.site_id for task in kept})


async def tell_of_opening(
    writing: Writing,
    task: str,
    site_id: str,
    roles: Iterable[Role],
    *,
    assignee: str | None,
    barred: Mapping[str, str],
) -> None:
    """A task is opened that nobody can do now: `task` is it in words (`wanted`)."""
    if assignee is None:
        holders = await _holders(writing.session, (role.value for role in roles), site_id)
        await tell_nobody(writing, [f"{task}: {_why(holders, barred)}"])
        return
    person = await writing.session.get_one(PersonRow, assignee)
    why = f"it is assigned to {person.name}, who {_state(person, barred)}"
    await tell_nobody(writing, [f"{task}: {why}"], replaced_at={site_id})


def wanted(case_id: str, title: str, site_id: str, roles: Iterable[str]) -> str:
    """A task that waits for a role at a site, in words."""
    return f"{case_id}: {title}, for {' or '.join(sorted(roles))} ({site_id})"


def _in_words(task: TaskRow) -> str:
    return wanted(task.case_id, task.title, task.site_id, task.roles)


async def tell_nobody(writing: Writing, tasks: Sequence[str], *, replaced_at: Collection[str] = ()) -> None:
    """Mail to those who assign: each task, and why nobody can do it. `replaced_at`: sites where a person is missing."""
    people = await candidates(writing.session, ASSIGNING, "", at=writing.at)
    for site_id in sorted(replaced_at):
        others = await candidates(writing.session, REPLACING, site_id, at=writing.at)
        people += [other for other in others if other not in people]
    text = "Nobody can do these tasks now:\n\n" + "\n".join(f"- {each}" for each in tasks)
    text += "\n\nWhat is for a role waits until somebody who may do it is given the role, or is back."
    if replaced_at:
        text += "\nWhat is assigned to one person goes to nobody else by itself: replace the person, or reassign it."
    subject = f"Nobody can do {len(tasks)} task{'s' * (len(tasks) > 1)}"
    await outbox.mail(writing.session, writing.recorded_at, people, subject=subject, text=text)


def _why(holders: Sequence[PersonRow], barred: Mapping[str, str]) -> str:
    """Why none of those who hold the role, and are enabled, can do a task now."""
    if not holders:
        return "nobody who is enabled holds the role"
    if all(holder.person_id in barred for holder in holders):
        return "the segregation of duties bars everybody who holds the role"
    return "everybody who holds the role and is not barred is absent, without a deputy who may do it"


def _state(person: PersonRow, barred: Mapping[str, str]) -> str:
    if person.disabled:
        return "is disabled"
    if person.person_id in barred:
        return f"is barred ({barred[person.person_id]})"
    return f"is absent until {person.absent_until}, without a deputy who may do it"


async def _holders(
    session: AsyncSession, roles: Iterable[str], site_id: str, *, but: str | None = None
) -> list[PersonRow]:
    query = (
        select(PersonRow)
        .join(PersonRoleRow, col(PersonRoleRow.person_id) == col(PersonRow.person_id))
        .where(
            col(PersonRoleRow.role).in_(sorted(roles)),
            or_(col(PersonRoleRow.site_id) == "", col(PersonRoleRow.site_id) == site_id),
            col(PersonRow.disabled).is_(False),
        )
    )
    people = {person.person_id: person for person in (await session.exec(query)).all()}
    return [person for person_id, person in people.items() if person_id != but]
