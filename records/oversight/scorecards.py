"""What is counted of a scope in a period, for its scorecard."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import Decimal

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.audit.capa import CapaImplementation, CapaStatus
from domain.change.site_change import ChangeImplementation
from domain.core.forms import Process
from domain.core.people import Org
from domain.core.period import PeriodKind
from domain.event.site_event import EventSeverity, EventType
from domain.oversight.event_counts import SeenEvent, counts_of
from domain.oversight.punctuality import Due, on_time
from domain.oversight.scorecard import Figures, Rating, Tally
from records.audit.tables.audits import CapaRow
from records.batch.tables.batches import BatchRow
from records.change.tables import ChangeRow
from records.core.tables.cases import CaseRow, TaskRow
from records.core.tables.master_data import ScopeRow
from records.event.tables import SiteEventRow
from records.oversight.figures import (
    deliveries_on_time,
    deviations_on_time,
    packages_on_time,
    recorded_of_batches,
    right_first_time,
)
from records.oversight.tables import ScorecardRow

_WORK = frozenset({CapaImplementation.action.name, ChangeImplementation.action.name})
"""What the site does rather than answers."""


async def figures(session: AsyncSession, scope: ScopeRow, first_day: date, last_day: date, tz: tzinfo) -> Figures:
    """What the records know of the period from the first to the last day, in the site's time zone `tz`."""
    batches = await _batches(session, scope, first_day, last_day)
    events = await events_of(session, scope, first_day, last_day, tz)
    recorded = await recorded_of_batches(session, scope.scope_id, *_instants(first_day, last_day, tz))
    return Figures(
        batches=batches,
        **dict(counts_of(events, batches, recorded)),
        right_first_time=await right_first_time(session, scope.scope_id, first_day, last_day),
        deviations_on_time=await deviations_on_time(session, scope.scope_id, first_day, last_day, tz),
        packages_on_time=await packages_on_time(session, scope.scope_id, first_day, last_day, tz),
        deliveries_on_time=await deliveries_on_time(session, scope.scope_id, first_day, last_day),
        changes_on_time=await _changes_on_time(session, scope, first_day, last_day, tz),
        capas_on_time=on_time(await capas_due(session, scope, tz), first_day, last_day),
        response_days=await _response_days(session, scope, first_day, last_day, tz),
    )


async def capas_due(session: AsyncSession, scope: ScopeRow, tz: tzinfo) -> list[Due]:
    """When each CAPA of the scope was to be implemented, and when it was.

    The clock of the last task counts, with its extensions; what was not found implemented is asked for again. CAPAs
    that were cancelled, or whose plan is not accepted yet, are not due.
    """
    capas = [case.case_id for capa, case in await capas_of(session, scope) if capa.status != CapaStatus.CANCELLED.value]
    query = select(TaskRow).where(
        col(TaskRow.case_id).in_(capas),
        col(TaskRow.action) == CapaImplementation.action.name,
        col(TaskRow.due_at).is_not(None),
    )
    tasks = (await session.exec(query.order_by(col(TaskRow.opened_at), col(TaskRow.task_id)))).all()
    last = {task.case_id: task for task in tasks}
    return [
        Due(
            id=case_id,
            due_on=task.due_at.astimezone(tz).date(),
            done_on=task.closed_at.astimezone(tz).date() if task.closed_at and task.state == "ANSWERED" else None,
        )
        for case_id, task in sorted(last.items())
        if task.due_at is not None
    ]


async def capas_of(session: AsyncSession, scope: ScopeRow) -> list[tuple[CapaRow, CaseRow]]:
    """The CAPAs of a scope: those that its audits led to, and those of the site that belong to no audit."""
    audits = await _cases(session, scope, Process.AUDIT)
    scopes: dict[str, list[str]] = {audit.case_id: audit.scope_ids for audit in audits}
    query = (
        select(CapaRow, CaseRow)
        .join(CaseRow, col(CaseRow.case_id) == col(CapaRow.capa_id))
        .where(col(CapaRow.site_id) == scope.site_id)
        .order_by(col(CaseRow.number))
    )
    rows = (await session.exec(query)).all()
    return [(capa, case) for capa, case in rows if scope.scope_id in (scopes.get(capa.origin) or case.scope_ids)]


async def audits_of(session: AsyncSession, scope: ScopeRow) -> list[str]:
    """The audits that were about a scope."""
    return [audit.case_id for audit in await _cases(session, scope, Process.AUDIT) if scope.scope_id in audit.scope_ids]


async def _cases(session: AsyncSession, scope: ScopeRow, process: Process) -> Sequence[CaseRow]:
    query = select(CaseRow).where(col(CaseRow.site_id) == scope.site_id, col(CaseRow.process) == process.value)
    return (await session.exec(query.order_by(col(CaseRow.number)))).all()


async def events_of(
    session: AsyncSession, scope: ScopeRow, first_day: date, last_day: date, tz: tzinfo
) -> list[SeenEvent]:
    """Events that concern the scope and were received in the period, whenever they happened."""
    begins, ends = _instants(first_day, last_day, tz)
    query = select(SiteEventRow).where(
        col(SiteEventRow.site_id) == scope.site_id,
        col(SiteEventRow.received_at) >= begins,
        col(SiteEventRow.received_at) < ends,
    )
    rows = (await session.exec(query.order_by(col(SiteEventRow.received_at), col(SiteEventRow.case_id)))).all()
    return [
        SeenEvent(
            case_id=row.case_id,
            type=EventType(row.type),
            severity=EventSeverity(row.severity),
            outcomes=frozenset(row.outcomes) if row.outcomes is not None else None,
            number=row.reference,
        )
        for row in rows
        if scope.scope_id in row.scope_ids
    ]


async def judged_before(session: AsyncSession, scope_id: str, first_day: date) -> Sequence[ScorecardRow]:
    """The quarters of a scope that were judged before the one that begins on a day, the newest first; at most 12."""
    query = select(ScorecardRow).where(
        col(ScorecardRow.scope_id) == scope_id,
        col(ScorecardRow.kind) == PeriodKind.QUARTER.value,
        col(ScorecardRow.first_day) < first_day,
    )
    return (await session.exec(query.order_by(col(ScorecardRow.first_day).desc()).limit(12))).all()


def ratings_of(rows: Sequence[ScorecardRow]) -> tuple[Rating, ...]:
    """How they were rated."""
    return tuple(Rating(row.rating) for row in rows)


def score_of(row: ScorecardRow | None) -> Decimal | None:
    """The score of a period; `None` if it has none, or was not computed."""
    return Decimal(row.score) if row is not None and row.score is not None else None


async def _batches(session: AsyncSession, scope: ScopeRow, first_day: date, last_day: date) -> int:
    query = (
        select(func.count())
        .select_from(BatchRow)
        .where(
            col(BatchRow.scope_id) == scope.scope_id,
            col(BatchRow.made_on) >= first_day,
            col(BatchRow.made_on) <= last_day,
        )
    )
    return int((await session.exec(query)).one())


async def _changes_on_time(
    session: AsyncSession, scope: ScopeRow, first_day: date, last_day: date, tz: tzinfo
) -> Tally:
    """Changes announced in the period that kept their notice, of all that were announced."""
    begins, ends = _instants(first_day, last_day, tz)
    query = select(ChangeRow).where(
        col(ChangeRow.site_id) == scope.site_id,
        col(ChangeRow.submitted_at) >= begins,
        col(ChangeRow.submitted_at) < ends,
    )
    late = [row.notified_late for row in (await session.exec(query)).all() if scope.scope_id in row.scope_ids]
    return Tally(numerator=late.count(False), denominator=len(late))


async def _response_days(session: AsyncSession, scope: ScopeRow, first_day: date, last_day: date, tz: tzinfo) -> Tally:
    """Calendar days from being asked to answering, of what the site has answered in the period.

    Implementing a CAPA or a change is work with an agreed day, not an answer. What the site says of an inspection goes
    by the days of the authority.
    """
    begins, ends = _instants(first_day, last_day, tz)
    query = (
        select(TaskRow.opened_at, TaskRow.closed_at, CaseRow.scope_ids)
        .join(CaseRow, col(CaseRow.case_id) == col(TaskRow.case_id))
        .where(
            col(TaskRow.site_id) == scope.site_id,
            col(TaskRow.org) == Org.CDMO.value,
            col(TaskRow.state) == "ANSWERED",
            col(TaskRow.action).not_in(_WORK),
            col(CaseRow.process) != Process.INSPECTION.value,
            col(TaskRow.closed_at) >= begins,
            col(TaskRow.closed_at) < ends,
        )
    )
    took = [
        (closed_at.astimezone(tz).date() - opened_at.astimezone(tz).date()).days
        for opened_at, closed_at, scope_ids in (await session.exec(query)).all()
        if closed_at is not None and scope.scope_id in scope_ids
    ]
    return Tally(numerator=sum(took), denominator=len(took))


def _instants(first_day: date, last_day: date, tz: tzinfo) -> tuple[datetime, datetime]:
    """The instants at which a period begins and the next one does."""
    first, following = (datetime.combine(day, time(), tz) for day in (first_day, last_day + timedelta(days=1)))
    return first.astimezone(UTC), following.astimezone(UTC)
