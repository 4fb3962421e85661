"""Who is told of an appointment: those who may approve it, and those who assign where nobody is left for a task."""

from collections.abc import Collection, Sequence

from sqlmodel import col, select

from domain.appointment.appointment import APPOINTED, AppointmentApproval, AppointmentProposal
from domain.appointment.reliance import Signing
from domain.core.forms import Process
from domain.core.people import Role
from records.appointment.able import Able
from records.appointment.questions import VacantMarkets
from records.core.outgoing import outbox
from records.core.people.recipients import candidates
from records.core.questions import ask
from records.core.tables.cases import CaseRow, TaskRoleRow, TaskRow
from records.core.tables.master_data import ScopeRow
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
    """Tell those who assign of every open personal duty, and every market of an open batch, that nobody is left for.

    Of those in some roles. `without` are appointments that count no more, and are not projected as such yet.
    """
    query = (
        select(TaskRow, CaseRow)
        .join(CaseRow, col(CaseRow.case_id) == col(TaskRow.case_id))
        .join(TaskRoleRow, col(TaskRoleRow.task_id) == col(TaskRow.task_id))
        .where(col(TaskRow.state) == "OPEN", col(TaskRoleRow.role).in_(sorted(roles)))
        .order_by(col(TaskRow.task_id))
    )
    tasks = {task.task_id: (task, case) for task, case in (await writing.session.exec(query)).all()}
    able = await Able.to_sign(writing, without=without)
    lines = await _vacant(writing, [*tasks.values()], able)
    for said in await ask(writing, VacantMarkets(able=able, roles=frozenset(roles))):
        lines += map(str, said)
    if lines:
        await tell_nobody(writing, lines)


async def _vacant(writing: Writing, tasks: Sequence[tuple[TaskRow, CaseRow]], able: Able) -> list[str]:
    """The personal duties among some open tasks that people hold the role for, and nobody is appointed to."""
    duties = [(task, case) for task, case in tasks if _is_duty(writing, task, case)]
    scope_ids = {scope_id for _, case in duties for scope_id in case.scope_ids}
    query = select(ScopeRow.scope_id, ScopeRow.product).where(col(ScopeRow.scope_id).in_(sorted(scope_ids)))
    products: dict[str, str] = dict((await writing.session.exec(query)).all())
    lines = []
    for task, case in duties:
        market = task.prefill.get("market")
        named: set[str | None] = {products[each] for each in case.scope_ids if each in products}
        signings = [
            Signing(
                roles=frozenset(map(Role, task.roles)),
                site_id=task.site_id or None,
                product=product,
                market=market if isinstance(market, str) else None,
                comes_from=None,
            )
            for product in named or {None}
        ]
        if able.holds_any(signings[0], task.barred) and not any(able.signs(each, task.barred) for each in signings):
            what = wanted(task.case_id, task.title, task.site_id, task.roles)
            lines.append(f"{what}: nobody who holds the role has an appointment in force for it")
    return lines


def _is_duty(writing: Writing, task: TaskRow, case: CaseRow) -> bool:
    """Whether a task is a duty that is taken under an appointment: the quality unit may not do it beside."""
    form = writing.registries.forms.answering(Process(case.process), task.action)
    return form.action.in_person and set(task.roles) <= APPOINTED
