"""What there is to speak about in the review of a quarter."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.audit.finding import FindingStatus, Severity
from domain.audit.report import ReportDecision
from domain.core.forms import Process
from domain.oversight.punctuality import late_beyond
from domain.oversight.review import QuarterFigures
from domain.oversight.scorecard import Scorecard, scorecard
from records.audit.tables.audits import FindingRow
from records.core.lookups import Lookups
from records.core.tables.cases import CaseRow, RecordRow
from records.core.tables.master_data import ScopeRow
from records.oversight.scorecards import audits_of, capas_due, capas_of, events_of, figures

_MOST = 200
"""A review names no more of a kind."""
_GRAVE = (Severity.CRITICAL.value, Severity.MAJOR.value)


@dataclass(frozen=True)
class Quarter:
    """A quarter of a scope, its days those of the site."""

    scope: ScopeRow
    first_day: date
    last_day: date


def review_trigger(scope_id: str, first_day: date) -> str:
    """What identifies the review of the quarter of a scope that begins on a day."""
    return f"{scope_id}/{first_day}"


async def review_of(session: AsyncSession, site_id: str, scope_id: str, first_day: date) -> CaseRow | None:
    """The review of a quarter, also when it is closed; `None` if nobody has asked for it."""
    query = select(CaseRow).where(
        col(CaseRow.site_id) == site_id,
        col(CaseRow.process) == Process.REVIEW.value,
        col(CaseRow.trigger) == review_trigger(scope_id, first_day),
    )
    return (await session.exec(query)).first()


async def quarter_figures(lookups: Lookups, quarter: Quarter) -> QuarterFigures:
    """Scorecard, CAPAs and findings of a quarter, as the records know them now."""
    session, scope = lookups.session, quarter.scope
    counted = await figures(session, scope, quarter.first_day, quarter.last_day, lookups.tz)
    card: Scorecard = scorecard(counted, lookups.limits)
    late = late_beyond(
        await capas_due(session, scope, lookups.tz),
        quarter.first_day,
        quarter.last_day,
        lambda due: lookups.after(lookups.limits.capa_late_to_probation, due),
    )
    findings = await _findings(lookups, quarter)
    events = await events_of(session, scope, quarter.first_day, quarter.last_day, lookups.tz)
    return QuarterFigures(
        **dict(card),
        open_capas=tuple(case.case_id for _, case in await capas_of(session, scope) if case.closed_at is None)[:_MOST],
        late_capas=late[:_MOST],
        findings=tuple(finding.finding_id for finding in findings)[:_MOST],
        repeat_majors=tuple(each.finding_id for each in findings if each.is_repeat and each.severity in _GRAVE)[:_MOST],
        events=tuple(event.words for event in events)[:_MOST],
    )


async def _findings(lookups: Lookups, quarter: Quarter) -> Sequence[FindingRow]:
    """Findings issued in the quarter, and those that a CAPA of the quarter answers again because the first failed."""
    audits = await audits_of(lookups.session, quarter.scope)
    query = (
        select(FindingRow)
        .where(col(FindingRow.case_id).in_(audits), col(FindingRow.status) != FindingStatus.WITHDRAWN.value)
        .order_by(col(FindingRow.case_id), col(FindingRow.number))
    )
    issued = await _issued(lookups.session, audits)
    return [
        finding
        for finding in (await lookups.session.exec(query)).all()
        if _within(lookups, quarter, issued.get(finding.case_id))
        or (finding.is_repeat and _within(lookups, quarter, await _answered_again(lookups.session, finding)))
    ]


async def _issued(session: AsyncSession, audits: Sequence[str]) -> dict[str, datetime]:
    """When the report of each audit was approved, which issues it."""
    query = select(RecordRow.case_id, RecordRow.at).where(
        col(RecordRow.case_id).in_(audits), col(RecordRow.action) == ReportDecision.action.name
    )
    return dict((await session.exec(query.order_by(col(RecordRow.version)))).all())


async def _answered_again(session: AsyncSession, finding: FindingRow) -> datetime | None:
    capa = await session.get(CaseRow, finding.capa_id) if finding.capa_id else None
    return capa.requested_at if capa is not None else None


def _within(lookups: Lookups, quarter: Quarter, at: datetime | None) -> bool:
    return at is not None and quarter.first_day <= lookups.calendar.local_day(at) <= quarter.last_day
