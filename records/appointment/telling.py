"""Who is told of an appointment: those who may approve it, and those who assign where nobody is left for a task."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from sqlmodel import col, or_, select

from domain.appointment.appointment import APPOINTED, AppointmentApproval, AppointmentProposal
from domain.appointment.reliance import Appointment, Signing, faults_of
from domain.core.forms import Process
from domain.core.people import Role
from records.appointment.appointments import appointments_in_role
from records.core.outgoing import outbox
from records.core.people.recipients import candidates
from records.core.tables.cases import CaseRow, TaskRoleRow, TaskRow
from records.core.tables.master_data import PersonRoleRow, PersonRow, ScopeRow
from records.core.vacancies import tell_nobody, wanted
from records.core.writing import Writing


async def tell_of_proposal(writing: Writing, number: str, form: AppointmentProposal) -> None:
    """Mail to everybody who may approve it."""
    people = await candidates(writing.session, AppointmentApproval.action.by, "", at=writing.at)
    others = [each for each in people if each.person_id not in {*writing.actor.persons, form.person}]
    subject = f"{number} waits for an approval"
    text = f"{writing.actor.name} proposes to record that {form.person} is {form.role} on {form.licence.number}."
    text += f"\n\n{form.reason}\n\n{writing.web}/v1/appointments/{number}"
    await outbox.mail(writing.session, writing.recorded_at, others, subject=subject, text=text)


async def tell_of_loss(writing: Writing, roles: Collection[Role], *, without: Collection[str] = ()) -> None:
    """Tell those who assign of every open personal duty that nobody is left for, of those in some roles.

    `without` are appointments that count no more, and are not projected as such yet.
    """
    query = (
        select(TaskRow)
        .join(TaskRoleRow, col(TaskRoleRow.task_id) == col(TaskRow.task_id))
        .where(col(TaskRow.state) == "OPEN", col(TaskRoleRow.role).in_(sorted(roles)))
        .order_by(col(TaskRow.task_id))
    )
    tasks = {task.task_id: task for task in (await writing.session.exec(query)).all()}
    await tell_of_vacant(writing, [*tasks.values()], without=without)


async def tell_of_vacant(writing: Writing, tasks: Sequence[TaskRow], *, without: Collection[str] = ()) -> None:
    """The same of some tasks, such as those that have just been opened."""
    duties = [duty for task in tasks if (duty := await _duty(writing, task)) is not None]
    if not duties:
        return
    held = [each for each in await appointments_in_role(writing.session, APPOINTED) if each.number not in without]
    lines = []
    for duty in duties:
        holders = await _holders(writing, duty.task)
        if holders and not any(_can(duty, person, roles, held, writing) for person, roles in holders.items()):
            task = wanted(duty.task.case_id, duty.task.title, duty.task.site_id, duty.task.roles)
            lines.append(f"{task}: nobody who holds the role has an appointment in force for it")
    if lines:
        await tell_nobody(writing, lines)


class _Duty(NamedTuple):
    """A personal duty that is open."""

    task: TaskRow
    products: frozenset[str]


async def _duty(writing: Writing, task: TaskRow) -> _Duty | None:
    """A task as a duty that is taken under an appointment; `None` if it is none, or the quality unit may do it."""
    case = await writing.session.get_one(CaseRow, task.case_id)
    form = writing.registries.forms.answering(Process(case.process), task.action)
    if not form.action.in_person or not set(task.roles) <= APPOINTED:
        return None
    query = select(ScopeRow.product).where(col(ScopeRow.scope_id).in_(case.scope_ids))
    return _Duty(task, frozenset((await writing.session.exec(query)).all()))


async def _holders(writing: Writing, task: TaskRow) -> dict[str, frozenset[Role]]:
    """The people who hold the roles of a task, are enabled, and are not barred."""
    query = (
        select(PersonRoleRow.person_id, PersonRoleRow.role)
        .join(PersonRow, col(PersonRow.person_id) == col(PersonRoleRow.person_id))
        .where(
            col(PersonRoleRow.role).in_(sorted(task.roles)),
            or_(col(PersonRoleRow.site_id) == "", col(PersonRoleRow.site_id) == task.site_id),
            col(PersonRow.disabled).is_(False),
        )
    )
    found: dict[str, frozenset[Role]] = {}
    for person, role in (await writing.session.exec(query)).all():
        if person not in task.barred:
            found[person] = found.get(person, frozenset()) | {Role(role)}
    return found


def _can(duty: _Duty, person: str, roles: frozenset[Role], held: Sequence[Appointment], writing: Writing) -> bool:
    """Whether a person may sign it now, for one of its products at least."""
    signings = [
        Signing(roles=roles, site_id=duty.task.site_id or None, product=product) for product in duty.products or {None}
    ]
    own = [each for each in held if each.person == person and each.role in roles]
    today = writing.at.date()
    return any(not faults_of(each, signing, today) for each in own for signing in signings)
