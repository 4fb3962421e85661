"""What a site waits for, and everything that falls due at it in the next days (section 5)."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from pydantic import AwareDatetime
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.asl.asl import AslStatus, SuspensionScope
from domain.asl.flags import Flag
from domain.core.forms import Process
from domain.core.people import Actor, Org, Role
from domain.core.view import View
from domain.oversight.evaluation import new_orders_stopped_by, overdue
from domain.oversight.schedule import Moment, What, schedule
from records.asl.statements import statement_in_force
from records.asl.tables.listing import AslRow
from records.asl.tables.oversight import OversightRow
from records.core.policies import Policies
from records.core.queries.visibility import reads_everything, sees_cases, sees_tasks
from records.core.tables.cases import CaseRow, TaskRow
from records.core.tables.master_data import ScopeRow
from records.oversight.standing import standing_of
from records.site.queries.sites import one_site
from records.views.cases import waiting_of
from records.views.showing import case_url, task_view

_SHOWN = 500
"""Most open cases, and most open tasks, that one outlook lists; the soonest due first."""


class DueItem(View):
    """Something that falls due at a site."""

    at: AwareDatetime
    overdue: bool
    what: str
    """AUDIT_DUE and the like, or TASK."""
    title: str
    """What falls due, in words."""
    otherwise: str
    """What happens then, or if nobody acts."""
    roles: tuple[Role, ...] = ()
    """Who has to act; nobody where it happens by itself."""
    assignee: str | None = None
    scope_id: str | None = None
    case_id: str | None = None
    task_id: str | None = None


class ScopeOutlook(View):
    """How a site stands for one scope."""

    scope_id: str
    activity: str
    product: str
    status: AslStatus | None
    """None if the site is not on the list for the scope."""
    suspension_scope: SuspensionScope | None
    flags: tuple[Flag, ...] = ()
    """For the sponsor's people only, like the next three."""
    orders_stopped_by: tuple[str, ...] = ()
    """Why no new orders may be placed; empty if they may."""
    next_audit_due: date | None = None
    next_requal_due: date | None = None
    watched_in: str | None = None
    """The case that watches it."""


class WaitingCase(View):
    """An open case of the site, and what it waits for."""

    case_id: str
    process: Process
    title: str
    stage: str
    waiting: str
    """Why it is waiting, for whom, until when, and what happens then."""
    url: str


class SiteOutlook(View):
    """How a site stands, what it waits for, and what falls due at it."""

    site_id: str
    days: int
    now: AwareDatetime
    until: AwareDatetime
    scopes: tuple[ScopeOutlook, ...]
    due: tuple[DueItem, ...]
    """The soonest first; what is overdue is on top."""
    cases: tuple[WaitingCase, ...]


async def site_outlook(session: AsyncSession, actor: Actor, site_id: str, now: datetime, days: int) -> SiteOutlook:
    """The outlook of a site over so many days, as the reader may see it (S6). Raises `Refused(NOT_FOUND)`."""
    await one_site(session, actor, site_id)
    until = now + timedelta(days=days)
    scopes, due = await _scopes(session, actor, site_id, now, until)
    tasks = await _tasks(session, actor, site_id)
    due += [_due_task(row, now) for row in tasks if row.due_at is not None and row.due_at <= until]
    return SiteOutlook(
        site_id=site_id,
        days=days,
        now=now,
        until=until,
        scopes=tuple(scopes),
        due=tuple(sorted(due, key=lambda item: (item.at, item.what, item.task_id or ""))),
        cases=tuple(await _cases(session, actor, site_id, tasks, now)),
    )


# ------------------------------------------------------------------------------ scopes


async def _scopes(
    session: AsyncSession, actor: Actor, site_id: str, now: datetime, until: datetime
) -> tuple[list[ScopeOutlook], list[DueItem]]:
    rows = (
        await session.exec(select(ScopeRow).where(col(ScopeRow.site_id) == site_id).order_by(col(ScopeRow.scope_id)))
    ).all()
    shown, due = [], []
    for scope in rows:
        statement = await statement_in_force(session, scope.scope_id, now)
        watch = await _watch(session, scope.scope_id) if reads_everything(actor) else None
        moments: list[Moment] = []
        if watch is not None and statement is not None:
            moments = await _moments(session, watch, scope, statement, now, until)
            due += [
                _due_moment(each, scope.scope_id, watch.case_id, now)
                for each in [*overdue(moments, now), *(each for each in moments if now < each.at <= until)]
                if each.what not in (What.ANNOUNCEMENT, What.POLICY_CHANGES)
            ]
        shown.append(_scope(actor, scope, statement, watch, moments, now))
    return shown, due


async def _watch(session: AsyncSession, scope_id: str) -> OversightRow | None:
    query = (
        select(OversightRow)
        .join(CaseRow, col(CaseRow.case_id) == col(OversightRow.case_id))
        .where(col(OversightRow.scope_id) == scope_id, col(CaseRow.closed_at).is_(None))
    )
    return (await session.exec(query)).first()


async def _moments(
    session: AsyncSession, watch: OversightRow, scope: ScopeRow, statement: AslRow, now: datetime, until: datetime
) -> list[Moment]:
    policies = Policies()
    policy = await policies.in_force(session, now)
    calendar = await policies.calendar_of(session, scope.site_id, now)
    standing = await standing_of(session, watch, scope, statement, policy, calendar, now)
    return schedule(standing, policy, calendar, now=now, until=until)


def _scope(
    actor: Actor,
    scope: ScopeRow,
    statement: AslRow | None,
    watch: OversightRow | None,
    moments: Sequence[Moment],
    now: datetime,
) -> ScopeOutlook:
    status = AslStatus(statement.status) if statement else None
    reach = SuspensionScope(statement.suspension_scope) if statement and statement.suspension_scope else None
    inside = reads_everything(actor)
    return ScopeOutlook(
        scope_id=scope.scope_id,
        activity=scope.activity,
        product=scope.product,
        status=status,
        suspension_scope=reach,
        flags=tuple(Flag(flag) for flag in watch.flags) if watch else (),
        orders_stopped_by=tuple(new_orders_stopped_by(status, reach, moments, now)) if inside else (),
        next_audit_due=watch.next_audit_due if watch else None,
        next_requal_due=statement.next_requal_due if statement and inside else None,
        watched_in=watch.case_id if watch else None,
    )


def _due_moment(moment: Moment, scope_id: str, case_id: str, now: datetime) -> DueItem:
    title = moment.what.replace("_", " ").capitalize()
    return DueItem(
        at=moment.at,
        overdue=moment.at <= now,
        what=moment.what.value,
        title=f"{title}: {moment.about}" if moment.about else title,
        otherwise=moment.then,
        scope_id=scope_id,
        case_id=case_id,
    )


# ------------------------------------------------------------------------------ tasks and cases


async def _tasks(session: AsyncSession, actor: Actor, site_id: str) -> Sequence[TaskRow]:
    query = select(TaskRow).where(col(TaskRow.site_id) == site_id, col(TaskRow.state) == "OPEN", sees_tasks(actor))
    return (await session.exec(query.order_by(col(TaskRow.sort_due), col(TaskRow.task_id)).limit(_SHOWN))).all()


def _due_task(row: TaskRow, now: datetime) -> DueItem:
    assert row.due_at is not None
    return DueItem(
        at=row.due_at,
        overdue=row.due_at < now,
        what="TASK",
        title=f"{row.title} ({row.about})" if row.about else row.title,
        otherwise=row.otherwise,
        roles=tuple(Role(role) for role in row.roles),
        assignee=row.assignee,
        case_id=row.case_id,
        task_id=row.task_id,
    )


async def _cases(
    session: AsyncSession, actor: Actor, site_id: str, tasks: Sequence[TaskRow], now: datetime
) -> list[WaitingCase]:
    query = select(CaseRow).where(col(CaseRow.site_id) == site_id, col(CaseRow.closed_at).is_(None), sees_cases(actor))
    rows = (await session.exec(query.order_by(col(CaseRow.process), col(CaseRow.number)).limit(_SHOWN))).all()
    shown = []
    for row in rows:
        own = [task_view(task, now) for task in tasks if task.case_id == row.case_id]
        hidden = sum(state["org"] == Org.SPONSOR.value for state in row.open_tasks.values())
        inside = reads_everything(actor)
        waiting = await waiting_of(session, row, own, inside=inside, others=not inside and hidden > 0)
        shown.append(
            WaitingCase(
                case_id=row.case_id,
                process=Process(row.process),
                title=row.title,
                stage=row.stage,
                waiting=waiting,
                url=case_url(row.process, row.case_id),
            )
        )
    return shown
