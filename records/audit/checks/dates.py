"""Checks of the days of an audit: notice, answer, reschedule."""

from datetime import date, timedelta

from sqlmodel import col, select

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
from records.audit.tables.audits import AuditRow
from records.core.declared import Effect, checks, suggests
from records.core.lookups import Facts, facts_of
from records.core.tables.cases import CaseRow
from records.core.writing import Writing


def _type(case: CaseRow) -> AuditType:
    return AuditRequest.stored(case.order["request"]).type


def _earliest(facts: Facts) -> date:
    for_cause = _type(facts.case) is AuditType.FOR_CAUSE
    return facts.after(facts.limits.audit_notice_for_cause if for_cause else facts.limits.audit_notice_scheduled)


def _latest(facts: Facts) -> date | None:
    if _type(facts.case) is not AuditType.FOR_CAUSE:
        return None
    return facts.after(facts.limits.audit_host_window, facts.calendar.local_day(facts.case.requested_at))


@suggests(AuditNotice)
async def suggests_notice(writing: Writing, case: CaseRow, line: OpenTask) -> Effect:
    """The notice starts from the planned days, later if notice would be too short."""
    facts = await facts_of(writing, case)
    return suggested_notice(await facts.the(AuditPlan), _earliest(facts))


@checks(AuditNotice)
async def gives_notice(writing: Writing, case: CaseRow, form: AuditNotice) -> Effect:
    """The notice period, the agenda's lead and the host window (policy keys `audit.notice.*`)."""
    facts = await facts_of(writing, case)
    plan = await facts.the(AuditPlan)
    for_cause = _type(case) is AuditType.FOR_CAUSE
    refuse_unless_announceable(
        form,
        planned_first_day=min(plan.first_day, form.first_day) if await facts.latest(AuditNotice) else plan.first_day,
        earliest_first_day=_earliest(facts),
        earliest_for_agenda=facts.today if for_cause else facts.after(facts.limits.audit_agenda),
        latest_first_day=_latest(facts),
    )
    return {}


@checks(DateAnswer)
async def answers_the_days(writing: Writing, case: CaseRow, form: DateAnswer) -> Effect:
    """The site's answer is complete and its days are possible (`refuse_unless_answered`)."""
    facts = await facts_of(writing, case)
    refuse_unless_answered(form, earliest_first_day=facts.today, latest_first_day=_latest(facts))
    return {}


@checks(Reschedule)
async def can_be_moved(writing: Writing, case: CaseRow, form: Reschedule) -> Effect:
    """Each side moves the audit a limited number of times and days, within the interval (policy `audit.reschedule`)."""
    facts = await facts_of(writing, case)
    audit = await writing.session.get_one(AuditRow, case.case_id)
    moves = [str(row.effect.get("side")) for row in await facts.rows(Reschedule)]
    original = await _original_first_day(facts)
    side = writing.actor.org
    refuse_unless_reschedulable(
        form,
        Reschedules(
            original_first_day=original,
            by_sponsor=moves.count(Org.SPONSOR.value),
            by_cdmo=moves.count(Org.CDMO.value),
        ),
        side,
        max_per_side=facts.limits.audit_reschedules_max,
        earliest_first_day=facts.today + timedelta(days=1),
        latest_by_slip=facts.after(facts.limits.audit_slip_max, original),
        latest_by_interval=await _end_of_interval(facts),
    )
    return {"side": side.value, "from": audit.first_day.isoformat() if audit.first_day else None}


async def _original_first_day(facts: Facts) -> date:
    for row in reversed(await facts.rows(Reschedule)):
        if isinstance(day := row.effect.get("from"), str):
            return date.fromisoformat(day)
    audit = await facts.session.get_one(AuditRow, facts.case.case_id)
    return audit.first_day or facts.today


async def _end_of_interval(facts: Facts) -> date | None:
    """The day by which the next audit must be: the last full-scope one, plus the tier's interval, plus the grace."""
    query = (
        select(col(AuditRow.last_day))
        .where(
            col(AuditRow.site_id) == facts.case.site_id,
            col(AuditRow.full_scope),
            col(AuditRow.case_id) != facts.case.case_id,
        )
        .order_by(col(AuditRow.last_day).desc())
    )
    last = (await facts.session.exec(query.limit(1))).first()
    if last is None or facts.case.risk_tier is None:
        return None
    order = facts.case.order
    months = interval_months(facts.case.risk_tier, facts.limits, order["activities"], order["markets"])
    return facts.after(facts.limits.audit_interval_grace, next_audit_due(last, months))
