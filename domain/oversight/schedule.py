"""What falls due for a site and scope, and when: one list from which an evaluation, its wake-up and the outlook follow.

Domain specification, sections 5, 9 and 10. Whatever ends with a day ends at 23:59:59 of the site; what is announced or
computed is at 09:00.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from enum import StrEnum

from pydantic import AwareDatetime, BaseModel, ConfigDict

from domain.agreement.agreement import WatchedAgreement
from domain.appointment.appointment import AppointmentProposal
from domain.appointment.vacancy import Vacancy
from domain.asl.asl import AslStatus
from domain.core.clocks import Level, deadline
from domain.core.days import Calendar, add_months, counted
from domain.core.people import Role
from domain.policy.limits import Limits
from domain.policy.policy import Policy
from domain.site.certificate import Watched, reminder_days


class What(StrEnum):
    """What a moment brings."""

    ANNOUNCEMENT = "ANNOUNCEMENT"
    AUDIT_OPENS = "AUDIT_OPENS"
    AUDIT_DUE = "AUDIT_DUE"
    AUDIT_STOPS_ORDERS = "AUDIT_STOPS_ORDERS"
    RENEWAL_OPENS = "RENEWAL_OPENS"
    CERTIFICATE_EXPIRES = "CERTIFICATE_EXPIRES"
    AGREEMENT_REVIEW_OPENS = "AGREEMENT_REVIEW_OPENS"
    AGREEMENT_REVIEW_DUE = "AGREEMENT_REVIEW_DUE"
    AGREEMENT_LAPSES = "AGREEMENT_LAPSES"
    REQUALIFICATION_OPENS = "REQUALIFICATION_OPENS"
    REQUALIFICATION_DUE = "REQUALIFICATION_DUE"
    APPROVAL_EXPIRES = "APPROVAL_EXPIRES"
    MONTH_ENDS = "MONTH_ENDS"
    QUARTER_ENDS = "QUARTER_ENDS"
    POLICY_CHANGES = "POLICY_CHANGES"
    STATUS_BEGINS = "STATUS_BEGINS"


class Moment(BaseModel):
    """An instant at which something falls due for a scope, and what follows then."""

    model_config = ConfigDict(frozen=True)

    at: AwareDatetime
    what: What
    about: str = ""
    """The certificate that ends, or the first day of the month or quarter that is over."""
    then: str
    """What happens then, in one plain sentence."""
    to: frozenset[Role] = frozenset()
    """Who is told, for an announcement."""
    level: Level = Level.L0
    """How far up it is told, for an announcement."""


class Standing(BaseModel):
    """What is known of an entry of the list when it is evaluated, or shown."""

    model_config = ConfigDict(frozen=True)

    status: AslStatus
    watched_since: AwareDatetime
    """When the oversight began; months and quarters that ended before are not judged."""
    audit_due: date | None = None
    """Day by which the next full-scope audit must have taken place."""
    requal_due: date | None = None
    """Day by which the site must be qualified anew."""
    certificates: tuple[Watched, ...] = ()
    agreement: WatchedAgreement | None = None
    policy_changes: tuple[AwareDatetime, ...] = ()
    """When later versions of the policy take effect."""
    status_begins: AwareDatetime | None = None
    """When a status that was stated ahead takes effect."""
    vacancies: tuple[Vacancy, ...] = ()
    """Markets of its open batches that nobody can decide for, or soon nobody any more."""


APPOINTING = AppointmentProposal.action.by
"""Who proposes an appointment."""
QUALITY = frozenset({Role.SUPPLIER_QUALITY, Role.QA_APPROVER})
HEADS = QUALITY | {Role.HEAD_QA}


def schedule(
    standing: Standing,
    policy: Policy,
    calendar: Calendar,
    *,
    now: datetime,
    since: datetime | None = None,
    until: datetime | None = None,
) -> list[Moment]:
    """Everything that has fallen or will fall due, the soonest first.

    Months and quarters whose moment is after `since` (by default now) up to the first after `until` (by default now).
    The last one before `now` is among them whatever `since` is: it holds until its scorecard or review is there.
    """
    periods = [*_periods(standing, calendar, now=now, since=since or now, until=until or now)]
    moments = [
        *_audits(standing, policy.limits, calendar),
        *_certificates(standing, policy.limits, calendar),
        *_agreement(standing, policy, calendar),
        *_requalification(standing, policy, calendar),
        *_vacancies(standing, policy.limits, calendar, periods),
        *periods,
    ]
    moments += [
        Moment(at=at, what=What.POLICY_CHANGES, then="Another version of the policy takes effect.")
        for at in standing.policy_changes
    ]
    if standing.status_begins is not None:
        begins = "A status that was decided ahead takes effect."
        moments.append(Moment(at=standing.status_begins, what=What.STATUS_BEGINS, then=begins))
    return sorted(moments, key=lambda moment: (moment.at, moment.what, moment.about))


def is_planned(status: AslStatus) -> bool:
    """Whether audits and qualifications are planned for a site of that status: it is used, or may be used again."""
    return status.is_active or status is AslStatus.SUSPENDED


def _audits(standing: Standing, limits: Limits, calendar: Calendar) -> Iterable[Moment]:
    due = standing.audit_due
    if due is None or not is_planned(standing.status):
        return
    opens = counted(due, limits.audit_opens_before.backward(), calendar)
    yield Moment(at=calendar.morning_of(opens), what=What.AUDIT_OPENS, then="The audit is opened for planning.")
    for days in limits.audit_due_reminders:
        says = f"The next audit must have taken place by {due}."
        told = HEADS if days == 0 else QUALITY
        at = calendar.morning_of(due - timedelta(days=days))
        yield Moment(at=at, what=What.ANNOUNCEMENT, about="audit", then=says, to=told)
    yield Moment(at=calendar.end_of(due), what=What.AUDIT_DUE, then="The audit is overdue.")
    stops = calendar.end_of(counted(due, limits.audit_interval_grace, calendar))
    yield Moment(at=stops, what=What.AUDIT_STOPS_ORDERS, then="New orders stop until the audit has taken place.")


def _certificates(standing: Standing, limits: Limits, calendar: Calendar) -> Iterable[Moment]:
    for each in standing.certificates:
        if each.valid_to is None:
            continue
        first = max(limits.certificate_reminders, default=0)
        for days in limits.certificate_reminders:
            at = calendar.morning_of(each.valid_to - timedelta(days=days))
            if days == first:
                then = f"The site is asked for the successor of its {each.type}."
                yield Moment(at=at, what=What.RENEWAL_OPENS, about=each.certificate_id, then=then)
            says = f"{each.type} ends on {each.valid_to}; no successor is verified."
            told = HEADS if days <= limits.certificate_reminders[-1] else QUALITY
            yield Moment(at=at, what=What.ANNOUNCEMENT, about=each.certificate_id, then=says, to=told)
        then = "New orders are suspended." if each.demanded else "It is flagged as expired."
        yield Moment(
            at=calendar.end_of(each.valid_to), what=What.CERTIFICATE_EXPIRES, about=each.certificate_id, then=then
        )


def _vacancies(standing: Standing, limits: Limits, calendar: Calendar, periods: Iterable[Moment]) -> Iterable[Moment]:
    """The end of the last appointment is announced like that of a certificate; what is vacant now, month by month."""
    months = [each.at for each in periods if each.what is What.MONTH_ENDS]
    for each in standing.vacancies:
        days = [] if each.after is None else reminder_days(each.after, limits.certificate_reminders)
        for at in months if each.after is None else map(calendar.morning_of, days):
            yield Moment(at=at, what=What.ANNOUNCEMENT, about="appointments", then=str(each), to=APPOINTING)


def _agreement(standing: Standing, policy: Policy, calendar: Calendar) -> Iterable[Moment]:
    agreement = standing.agreement
    if agreement is None:
        return
    opens = min(
        (each.at for each in _announced("qta.review", agreement.review_due, policy, calendar)),
        default=calendar.morning_of(agreement.review_due - timedelta(days=90)),
    )
    about = agreement.qta_id
    then = "The review of the quality agreement is opened."
    yield Moment(at=opens, what=What.AGREEMENT_REVIEW_OPENS, about=about, then=then)
    yield from _announced("qta.review", agreement.review_due, policy, calendar)
    then = "The review of the quality agreement is overdue."
    yield Moment(at=calendar.end_of(agreement.review_due), what=What.AGREEMENT_REVIEW_DUE, about=about, then=then)
    yield from _announced("qta.hard_stop", agreement.lapses_on, policy, calendar)
    then = "The quality agreement lapses and new orders are suspended."
    yield Moment(at=calendar.end_of(agreement.lapses_on), what=What.AGREEMENT_LAPSES, about=about, then=then)


def _requalification(standing: Standing, policy: Policy, calendar: Calendar) -> Iterable[Moment]:
    due = standing.requal_due
    if due is None or not is_planned(standing.status):
        return
    opens = counted(due, policy.limits.requalification_opens_before.backward(), calendar)
    yield Moment(at=calendar.morning_of(opens), what=What.REQUALIFICATION_OPENS, then="The requalification is opened.")
    yield from _announced("requal.decide", due, policy, calendar)
    then = "The requalification is overdue and its grace period begins."
    yield Moment(at=calendar.end_of(due), what=What.REQUALIFICATION_DUE, then=then)
    ends = counted(due, policy.clock("requal.grace").span, calendar)
    yield from _announced("requal.grace", ends, policy, calendar)
    then = "The approval expires, which stops new orders and release."
    yield Moment(at=calendar.end_of(ends), what=What.APPROVAL_EXPIRES, then=then)


def _announced(key: str, due: date, policy: Policy, calendar: Calendar) -> Iterable[Moment]:
    """The escalation steps of a clock of the policy, as announcements of a day that nobody has a task for."""
    clock = deadline(
        key,
        policy.clock(key),
        policy_version=policy.version,
        start_event_id="",
        started_at=calendar.morning_of(due),
        calendar=calendar,
        due_on=due,
    )
    for step in clock.rungs:
        told = frozenset(step.to or ()) or policy.recipients(step.level, org="SPONSOR") or QUALITY
        says = f"{step.says}: {due}."
        yield Moment(at=step.at, what=What.ANNOUNCEMENT, about=key, then=says, to=told, level=step.level)


def _periods(
    standing: Standing, calendar: Calendar, *, now: datetime, since: datetime, until: datetime
) -> Iterable[Moment]:
    """The months and quarters that are looked at after `since`, up to the first after `until`; the last before `now`.

    They are looked at on the first morning after. From midnight to that morning a period has ended that is still to be
    looked at: it is not the one that contains the instant, but the one before.
    """
    if not is_planned(standing.status):
        return
    begun = calendar.local_day(standing.watched_since)
    for what, months, then in (
        (What.MONTH_ENDS, 1, "The month is computed for the scorecard."),
        (What.QUARTER_ENDS, 3, "The review of the quarter is opened."),
    ):
        day = calendar.local_day(since)
        current = day.replace(day=1, month=(day.month - 1) // months * months + 1)
        first, at = add_months(current, -2 * months), since
        while at <= until:
            following = add_months(first, months)
            if following > begun:
                at = calendar.morning_of(following)
                is_last = at <= now < calendar.morning_of(add_months(following, months))
                if at > since or is_last:
                    yield Moment(at=at, what=what, about=first.isoformat(), then=then)
            first = following
