"""Tasks that nobody can do: no enabled person holds one of their roles at the site. Those who assign are told."""

from collections.abc import Collection, Iterable, Sequence

from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.core.people import Role
from records.core.outgoing import outbox
from records.core.people.recipients import candidates
from records.core.tables.cases import TaskRoleRow, TaskRow
from records.core.tables.master_data import PersonRoleRow, PersonRow
from records.core.writing import Writing

ASSIGNING = (Role.SYSTEM_ADMIN, Role.HEAD_QA)
"""Who gives a role to a person, and who answers for what is not done."""


async def tell_of_leaving(writing: Writing, person: PersonRow, *, left: Collection[str], disabled: bool) -> None:
    """A person is disabled, or has left these roles: what they alone could do is told to those who assign."""
    lost = set(person.roles) if disabled else set(person.roles).difference(left)
    if not lost:
        return
    query = (
        select(TaskRow)
        .join(TaskRoleRow, col(TaskRoleRow.task_id) == col(TaskRow.task_id))
        .where(col(TaskRow.state) == "OPEN", col(TaskRoleRow.role).in_(sorted(lost)))
    )
    tasks = {task.task_id: task for task in (await writing.session.exec(query)).all()}
    filled: dict[tuple[str, ...], bool] = {}
    for task in tasks.values():
        key = (task.site_id, *sorted(task.roles))
        if key not in filled:
            filled[key] = await _is_filled(writing.session, task, but=person.person_id)
    vacant = [each for each in tasks.values() if not filled[each.site_id, *sorted(each.roles)]]
    if vacant:
        await tell_of_vacancies(writing, [_in_words(each) for each in vacant])


async def tell_of_vacancies(writing: Writing, tasks: Sequence[str]) -> None:
    """Mail to those who assign: each task, and whom it needs."""
    people = await candidates(writing.session, ASSIGNING, "", at=writing.at)
    text = "Nobody who is enabled holds a role that these tasks need:\n\n" + "\n".join(f"- {each}" for each in tasks)
    text += "\n\nThey wait until a person is given the role."
    subject = f"Nobody can do {len(tasks)} task{'s' * (len(tasks) > 1)}"
    await outbox.mail(writing.session, writing.recorded_at, people, subject=subject, text=text)


def wanted(case_id: str, title: str, site_id: str, roles: Iterable[str]) -> str:
    """A task that waits for a role at a site, in words."""
    return f"{case_id}: {title}, for {' or '.join(sorted(roles))} ({site_id})"


def _in_words(task: TaskRow) -> str:
    return wanted(task.case_id, task.title, task.site_id, task.roles)


async def _is_filled(session: AsyncSession, task: TaskRow, *, but: str) -> bool:
    query = (
        select(PersonRow.person_id)
        .join(PersonRoleRow, col(PersonRoleRow.person_id) == col(PersonRow.person_id))
        .where(
            col(PersonRoleRow.role).in_(sorted(task.roles)),
            or_(col(PersonRoleRow.site_id) == "", col(PersonRoleRow.site_id) == task.site_id),
            col(PersonRow.disabled).is_(False),
            col(PersonRow.person_id) != but,
        )
    )
    return (await session.exec(query.limit(1))).first() is not None
