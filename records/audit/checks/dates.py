"""Checks of the days of an audit: notice, answer, reschedule."""

from datetime import date, timedelta

from sqlmodel import col, select

from domain.agreement.agreement import refuse_unless_in_force
from domain.asl.asl import interval_months, next_audit_due
from domain.audit.dates import (
    AuditNotice,
    DateAnswer,
    Reschedule,
    Reschedules,
    refuse_unless_announceable,
    refuse_unless_answered,
    refuse_unless_reschedulable,
    suggested_notice,
)
from domain.audit.plan import AuditPlan
from domain.audit.request import AuditRequest, AuditType
from domain.core.entry import OpenTask
from domain.core.people import Org
from records.agreement.in_force import agreements_of_site, is_on_record
from records.audit.tables.audits import AuditRow
from records.core.declared import Effect, checks, suggests
from records.core.lookups import Lookups, lookups_of
from records.core.tables.cases import CaseRow
from records.core.writing import Writing


def _type(case: CaseRow) -> AuditType:
    return AuditRequest.stored(case.order["request"]).type


def _earliest(lookups: Lookups) -> date:
    for_cause = _type(lookups.case) is AuditType.FOR_CAUSE
    return lookups.after(lookups.limits.audit_notice_for_cause if for_cause else lookups.limits.audit_notice_scheduled)


def _latest(lookups: Lookups) -> date | None:
    if _type(lookups.case) is not AuditType.FOR_CAUSE:
        return None
    return lookups.after(lookups.limits.audit_host_window, lookups.calendar.local_day(lookups.case.requested_at))


@suggests(AuditNotice)
async def suggests_notice(writing: Writing, case: CaseRow, line: OpenTask) -> Effect:
    """The notice starts from the planned days, later if notice would be too short."""
    lookups = await lookups_of(writing, case)
    return suggested_notice(await lookups.the(AuditPlan), _earliest(lookups))


@checks(AuditNotice)
async def gives_notice(writing: Writing, case: CaseRow, form: AuditNotice) -> Effect:
    """The notice period, the agenda's lead and the host window (policy keys `audit.notice.*`)."""
    lookups = await lookups_of(writing, case)
    plan = await lookups.the(AuditPlan)
    for_cause = _type(case) is AuditType.FOR_CAUSE
    refuse_unless_announceable(
        form,
        planned_first_day=min(plan.first_day, form.first_day) if await lookups.latest(AuditNotice) else plan.first_day,
        earliest_first_day=_earliest(lookups),
        earliest_for_agenda=lookups.today if for_cause else lookups.after(lookups.limits.audit_agenda),
        latest_first_day=_latest(lookups),
    )
    if form.short_notice_agreed_in is not None:
        await _refuse_other_agreement(writing, case, form.short_notice_agreed_in, lookups.today)
    return {}


async def _refuse_other_agreement(writing: Writing, case: CaseRow, named: str, day: date) -> None:
    """An agreement of a site with which the records hold none yet is on paper; any other is looked up."""
    if await is_on_record(writing.session, case.site_id, named):
        in_force = await agreements_of_site(writing.session, case.site_id, day)
        refuse_unless_in_force("short_notice_agreed_in", named, in_force)


@checks(DateAnswer)
async def answers_the_days(writing: Writing, case: CaseRow, form: DateAnswer) -> Effect:
    """The site's answer is complete and its days are possible (`refuse_unless_answered`)."""
    lookups = await lookups_of(writing, case)
    refuse_unless_answered(form, earliest_first_day=lookups.today, latest_first_day=_latest(lookups))
    return {}


@checks(Reschedule)
async def can_be_moved(writing: Writing, case: CaseRow, form: Reschedule) -> Effect:
    """Each side moves the audit a limited number of times and days, within the interval (policy `audit.reschedule`)."""
    lookups = await lookups_of(writing, case)
    audit = await writing.session.get_one(AuditRow, case.case_id)
    moves = [str(row.effect.get("side")) for row in await lookups.rows(Reschedule)]
    original = await _original_first_day(lookups)
    side = writing.actor.org
    refuse_unless_reschedulable(
        form,
        Reschedules(
            original_first_day=original,
            by_sponsor=moves.count(Org.SPONSOR.value),
            by_cdmo=moves.count(Org.CDMO.value),
        ),
        side,
        max_per_side=lookups.limits.audit_reschedules_max,
        earliest_first_day=lookups.today + timedelta(days=1),
        latest_by_slip=lookups.after(lookups.limits.audit_slip_max, original),
        latest_by_interval=await _end_of_interval(lookups),
    )
    return {"side": side.value, "from": audit.first_day.isoformat() if audit.first_day else None}


async def _original_first_day(lookups: Lookups) -> date:
    for row in reversed(await lookups.rows(Reschedule)):
        if isinstance(day := row.effect.get("from"), str):
            return date.fromisoformat(day)
    audit = await lookups.session.get_one(AuditRow, lookups.case.case_id)
    return audit.first_day or lookups.today


async def _end_of_interval(lookups: Lookups) -> date | None:
    """The day by which the next audit must be: the last full-scope one, plus the tier's interval, plus the grace."""
    query = (
        select(col(AuditRow.last_day))
        .where(
            col(AuditRow.site_id) == lookups.case.site_id,
            col(AuditRow.full_scope),
            col(AuditRow.case_id) != lookups.case.case_id,
        )
        .order_by(col(AuditRow.last_day).desc())
    )
    last = (await lookups.session.exec(query.limit(1))).first()
    if last is None or lookups.case.risk_tier is None:
        return None
    order = lookups.case.order
    months = interval_months(lookups.case.risk_tier, lookups.policy, order["activities"], order["markets"])
    return lookups.after(lookups.limits.audit_interval_grace, next_audit_due(last, months))
