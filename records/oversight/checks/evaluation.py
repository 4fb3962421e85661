"""A look at a site and scope: what is due by now is done, in the transaction in which the look is recorded."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date

from sqlmodel import col, select

from domain.agreement.review import AgreementReviewRequest
from domain.asl.asl import AslStatus, SuspensionScope
from domain.asl.request import StatusReason
from domain.audit.request import AuditRequest, AuditType
from domain.core.forms import Form, Process
from domain.core.period import PeriodKind
from domain.core.refusals import Refused
from domain.oversight.evaluation import Look, fallen_due, flags, in_effect, new_orders_stopped_by, next_moment
from domain.oversight.renewal import RenewalRequest
from domain.oversight.review import ReviewRequest
from domain.oversight.schedule import Moment, Standing, What, is_planned, schedule
from domain.qualification.request import QualificationRequest
from domain.site.certificate import Watched
from domain.site.site import Activity, ProductStage
from records.asl.statements import left_to_people, locked_statement, reach_of, restate, state, status_ahead, status_of
from records.asl.tables.listing import AslRow
from records.asl.tables.oversight import OversightRow
from records.audit.intervals import cancelled_audit, months_between_audits, open_audit
from records.core.declared import Effect, checks_event
from records.core.lookups import Facts, facts_of
from records.core.opening import open_case
from records.core.outgoing import outbox
from records.core.people.recipients import candidates
from records.core.reactions import establish
from records.core.scopes import open_qualification, scope_of
from records.core.tables.cases import CaseRow
from records.core.tables.master_data import ScopeRow
from records.core.writing import Writing
from records.oversight.checks.scorecard import compute_month
from records.oversight.quarter import review_of
from records.oversight.standing import flags_of_cases, standing_of, was_requested
from records.oversight.tables import ScorecardRow
from records.site.checks.registrations import registered_scope

_TOGETHER = 90
"""Most further scopes of a site that are audited together with one."""


@dataclass
class Line:
    """A line of the approved supplier list while it is looked at."""

    writing: Writing
    facts: Facts
    scope: ScopeRow
    statement: AslRow
    standing: Standing
    done: list[str] = field(default_factory=list)
    """What the look has done: cases opened, statuses stated."""
    refused: list[str] = field(default_factory=list)
    """What it would have opened, and why it could not. The next look tries again."""

    @property
    def case(self) -> CaseRow:
        return self.facts.case

    @property
    def status(self) -> AslStatus:
        return AslStatus(self.statement.status)

    async def opens(self, process: Process, form: Form) -> None:
        """Open a case, in this transaction. One that is refused must not stop what else is due; the look says so."""
        try:
            self.done.append(await open_case(self.writing, process, form, owner=self.case.case_id))
        except Refused as error:
            self.refused.append(f"{process.noun}: {error.refusal.message}")

    async def states(self, status: AslStatus, reason: StatusReason, why: str) -> None:
        """State a status by rule."""
        scope = SuspensionScope.NEW_ORDERS if status is AslStatus.SUSPENDED else None
        await state(
            self.writing, self.case, status, suspension_scope=scope, reason_code=reason.value, reason=why,
            valid_to=self.statement.valid_to,
        )  # fmt: skip
        self.done.append(status.value)
        stated = await locked_statement(self.writing, self.scope.scope_id)
        assert stated is not None
        self.statement = stated

    async def follows_up(self, reason: StatusReason, why: str) -> None:
        """A status that a rule has stated gets its case, in which people assess what was released and review it."""
        reach = reach_of(self.statement) or SuspensionScope.NEW_ORDERS_AND_RELEASE
        fact = left_to_people(self.case, reason, why, reach=reach)
        self.done += (await establish(self.writing, fact)).opened


@checks_event("site.looked")
async def looks(writing: Writing, payload: Effect) -> Effect:
    """Plan the next audit anew, do what is due, and say when to look again (section 5)."""
    case = await writing.case()
    facts, scope = await facts_of(writing, case), await scope_of(writing.session, case)
    await writing.head(case.site_id)  # before the list, as requests do; scopes of one site are looked at in turn
    statement = await locked_statement(writing, scope.scope_id)
    if statement is None or AslStatus(statement.status) in (AslStatus.DISQUALIFIED, AslStatus.RETIRED):
        look = await _unused(facts, scope, statement)
    else:
        look = await _watched(facts, scope, statement)
    return look.model_dump(mode="json")


async def _unused(facts: Facts, scope: ScopeRow, statement: AslRow | None) -> Look:
    """Nothing is due before a status begins that was stated ahead. Without one the watch is over."""
    status, begins = status_of(statement), await status_ahead(facts.session, scope.scope_id, facts.now)
    stopped = tuple(new_orders_stopped_by(status, None, (), facts.now))
    ends = status if begins is None else None
    return Look(ends=ends, orders_stopped_by=stopped, next=begins, then="The status begins." if begins else "")


async def _watched(facts: Facts, scope: ScopeRow, statement: AslRow) -> Look:
    writing, case, now = facts.writing, facts.case, facts.now
    watch = await writing.session.get_one(OversightRow, case.case_id)
    policy = await writing.policy()
    standing = await standing_of(writing.session, watch, scope, statement, policy, facts.calendar, now)
    line = Line(writing, facts, scope, statement, standing)
    await _plans_anew(line)
    since = watch.looked_at or case.requested_at
    moments = schedule(standing, policy, facts.calendar, now=now, since=since)
    for moment in [*in_effect(moments, now), *fallen_due(moments, since, now)]:
        if (step := _STEPS.get(moment.what)) is not None:
            await step(line, moment)
    if line.done:  # flags are those of the status that it has now
        standing = standing.model_copy(update={"status": line.status})
        moments = schedule(standing, policy, facts.calendar, now=now, since=since)
    following = next_moment(moments, now)
    return Look(
        flags=tuple(flags(moments, now, await flags_of_cases(writing.session, scope))),
        orders_stopped_by=tuple(new_orders_stopped_by(line.status, reach_of(line.statement), moments, now)),
        next_audit_due=standing.audit_due if is_planned(line.status) else None,
        interval_months=months_between_audits(scope, line.statement, policy),
        next=following.at if following else None,
        then=following.then if following else "",
        done=tuple(line.done),
        refused=tuple(line.refused),
    )


async def _plans_anew(line: Line) -> None:
    """The list says by when the next audit must be. A status that was stated ahead is not overtaken by it."""
    due = line.standing.audit_due
    if due == line.statement.next_audit_due or due is None or line.standing.status_begins is not None:
        return
    note = f"Next audit due {due} instead of {line.statement.next_audit_due}: tier {line.scope.risk_tier}."
    await restate(line.writing, line.statement, next_audit_due=due, note=note)
    stated = await locked_statement(line.writing, line.scope.scope_id)
    assert stated is not None
    line.statement = stated
    line.done.append("REPLANNED")


# ------------------------------------------------------------------------------ audits


async def _opens_audit(line: Line, moment: Moment) -> None:
    """One audit for the site: scopes whose audit falls due within the grace are audited with it."""
    due, session = line.standing.audit_due, line.writing.session
    if due is None or await open_audit(session, line.scope) is not None:
        return
    since = line.facts.before(line.facts.limits.audit_interval_grace, due)
    if await cancelled_audit(session, line.scope, since, due) is not None:
        return
    scope_ids = [line.scope.scope_id, *await _due_with_it(line)]
    request = AuditRequest(
        type=AuditType.SCHEDULED, site_id=line.scope.site_id, scope_ids=tuple(sorted(scope_ids)), due_on=due
    )
    await line.opens(Process.AUDIT, request)


async def _due_with_it(line: Line) -> list[str]:
    due = line.standing.audit_due
    assert due is not None
    latest = line.facts.after(line.facts.limits.audit_interval_grace, due)
    query = select(OversightRow.scope_id).where(
        col(OversightRow.site_id) == line.scope.site_id,
        col(OversightRow.scope_id) != line.scope.scope_id,
        col(OversightRow.next_audit_due) <= latest,
    )
    query = query.order_by(col(OversightRow.next_audit_due), col(OversightRow.scope_id)).limit(_TOGETHER)
    found = []
    for scope_id in (await line.writing.session.exec(query)).all():
        scope = await line.writing.session.get_one(ScopeRow, scope_id)
        if await open_audit(line.writing.session, scope) is None:
            found.append(scope_id)
    return found


# ------------------------------------------------------------------------------ certificates and agreement


async def _opens_renewal(line: Line, moment: Moment) -> None:
    """Once for each certificate: what people have withdrawn they may request again."""
    if _certificate(line, moment).renewal_open or await _was_renewed(line, moment):
        return
    request = RenewalRequest(site_id=line.scope.site_id, scope_id=line.scope.scope_id, certificate_id=moment.about)
    await line.opens(Process.RENEWAL, request)


async def _was_renewed(line: Line, moment: Moment) -> bool:
    query = select(CaseRow).where(
        col(CaseRow.site_id) == line.scope.site_id, col(CaseRow.process) == Process.RENEWAL.value
    )
    cases = (await line.writing.session.exec(query)).all()
    return any(case.order["request"]["certificate_id"] == moment.about for case in cases)


async def _certificate_expires(line: Line, moment: Moment) -> None:
    """Without a certificate that the activity demands no new orders; release is the qualified person's judgement."""
    certificate = _certificate(line, moment)
    if certificate.demanded and line.status.is_active:
        why = f"{certificate.type} {certificate.certificate_id} ended on {certificate.valid_to}."
        await line.states(AslStatus.SUSPENDED, StatusReason.CERTIFICATE_EXPIRED, why)
        await line.follows_up(StatusReason.CERTIFICATE_EXPIRED, why)


def _certificate(line: Line, moment: Moment) -> Watched:
    return next(each for each in line.standing.certificates if each.certificate_id == moment.about)


async def _opens_agreement_review(line: Line, moment: Moment) -> None:
    agreement = line.standing.agreement
    asked = await was_requested(line.writing.session, Process.AGREEMENT, line.scope, moment.at)
    if agreement is not None and not agreement.review_open and not asked:
        request = AgreementReviewRequest(site_id=line.scope.site_id, scope_id=line.scope.scope_id)
        await line.opens(Process.AGREEMENT, request)


async def _agreement_lapses(line: Line, moment: Moment) -> None:
    if line.status.is_active:
        why = f"The quality agreement {moment.about} has lapsed."
        await line.states(AslStatus.SUSPENDED, StatusReason.AGREEMENT_LAPSED, why)
        await line.follows_up(StatusReason.AGREEMENT_LAPSED, why)


# ------------------------------------------------------------------------------ requalification


async def _opens_requalification(line: Line, moment: Moment) -> None:
    """Once for each day on which it is due: what people have ended they may request again."""
    session = line.writing.session
    if await open_qualification(session, line.scope.scope_id) is not None:
        return
    if await was_requested(session, Process.QUALIFICATION, line.scope, moment.at):
        return
    due, scope = line.standing.requal_due, line.scope
    first = await registered_scope(line.writing, scope.site_id, scope.activity, scope.product, scope.dosage_form)
    if due is None or first is None or first.scope_id != scope.scope_id:  # registered twice before: by hand
        line.refused.append(f"qualification: {scope.scope_id} is registered twice")
        return
    request = QualificationRequest(
        site_id=scope.site_id,
        activity=Activity(scope.activity),
        product=scope.product,
        dosage_form=scope.dosage_form,
        markets=tuple(scope.markets),
        stage=ProductStage(scope.stage),
        sole_source=scope.sole_source,
        need_by=max(due, line.facts.today),
        justification=f"The qualification has to be renewed by {due}.",
    )
    await line.opens(Process.QUALIFICATION, request)


async def _approval_expires(line: Line, moment: Moment) -> None:
    """The end of the grace: no new orders and no release. A graver suspension by people stays."""
    graver = line.status is AslStatus.SUSPENDED and reach_of(line.statement) is not SuspensionScope.NEW_ORDERS
    if line.status is not AslStatus.EXPIRED and not graver:
        why = f"The qualification was due on {line.standing.requal_due} and its grace period is over."
        await line.states(AslStatus.EXPIRED, StatusReason.REQUALIFICATION_OVERDUE, why)
        await line.follows_up(StatusReason.REQUALIFICATION_OVERDUE, why)


# ------------------------------------------------------------------------------ periods and announcements


async def _computes_month(line: Line, moment: Moment) -> None:
    first_day = date.fromisoformat(moment.about)
    key = (line.scope.scope_id, PeriodKind.MONTH.value, first_day)
    if await line.writing.session.get(ScorecardRow, key) is None:
        await compute_month(line.writing, line.case, first_day)


async def _opens_review(line: Line, moment: Moment) -> None:
    first_day = date.fromisoformat(moment.about)
    if await review_of(line.writing.session, line.scope.site_id, line.scope.scope_id, first_day) is not None:
        return
    request = ReviewRequest(site_id=line.scope.site_id, scope_id=line.scope.scope_id, first_day=first_day)
    await line.opens(Process.REVIEW, request)


async def _announces(line: Line, moment: Moment) -> None:
    writing, case = line.writing, line.case
    people = await candidates(writing.session, moment.to, case.site_id, at=writing.at)
    payload: Effect = {
        "about": moment.about,
        "level": moment.level.value,
        "says": moment.then,
        "to": [person.person_id for person in people],
    }
    await writing.append("site.announced", payload)
    subject = f"{case.case_id}: {case.title}"
    text = f"{moment.then}\n{case.title}"
    await outbox.mail(writing.session, writing.recorded_at, people, subject=subject, text=text)


_STEPS: dict[What, Callable[[Line, Moment], Awaitable[None]]] = {
    What.ANNOUNCEMENT: _announces,
    What.AUDIT_OPENS: _opens_audit,
    What.RENEWAL_OPENS: _opens_renewal,
    What.CERTIFICATE_EXPIRES: _certificate_expires,
    What.AGREEMENT_REVIEW_OPENS: _opens_agreement_review,
    What.AGREEMENT_LAPSES: _agreement_lapses,
    What.REQUALIFICATION_OPENS: _opens_requalification,
    What.APPROVAL_EXPIRES: _approval_expires,
    What.MONTH_ENDS: _computes_month,
    What.QUARTER_ENDS: _opens_review,
}
