"""What is done for an entry of the approved supplier list when something falls due (section 5)."""

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
from domain.oversight.renewal import RenewalRequest
from domain.oversight.review import ReviewRequest
from domain.oversight.schedule import Moment, Standing, What
from domain.qualification.request import QualificationRequest
from domain.site.certificate import Watched
from domain.site.site import Activity, ProductStage
from records.asl.statements import left_to_people, locked_statement, reach_of, state
from records.asl.tables.listing import AslRow
from records.asl.tables.oversight import OversightRow
from records.audit.intervals import cancelled_audit, open_audit
from records.core.declared import Effect
from records.core.lookups import Lookups
from records.core.opening import open_case
from records.core.outgoing import outbox
from records.core.people.recipients import candidates
from records.core.reactions import establish
from records.core.scopes import open_qualification
from records.core.tables.cases import CaseRow
from records.core.tables.master_data import ScopeRow
from records.core.writing import Writing
from records.oversight.checks.scorecard import compute_month
from records.oversight.quarter import review_of
from records.oversight.standing import was_requested
from records.oversight.tables import ScorecardRow
from records.site.checks.registrations import registered_scope

_TOGETHER = 90
"""Most further scopes of a site that are audited together with one."""


@dataclass
class ListEntry:
    """An entry of the approved supplier list while it is evaluated."""

    writing: Writing
    lookups: Lookups
    scope: ScopeRow
    statement: AslRow
    standing: Standing
    done: list[str] = field(default_factory=list)
    """What the evaluation has done: cases opened, statuses stated."""
    refused: list[str] = field(default_factory=list)
    """What it would have opened, and why it could not. The next evaluation tries again."""

    @property
    def case(self) -> CaseRow:
        return self.lookups.case

    @property
    def status(self) -> AslStatus:
        return AslStatus(self.statement.status)

    async def opens(self, process: Process, form: Form) -> None:
        """Open a case, in this transaction. One that is refused must not stop what else is due; the effect says so."""
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


# ------------------------------------------------------------------------------ audits


async def _opens_audit(entry: ListEntry, moment: Moment) -> None:
    """One audit for the site: scopes whose audit falls due within the grace are audited with it."""
    due, session = entry.standing.audit_due, entry.writing.session
    if due is None or await open_audit(session, entry.scope) is not None:
        return
    since = entry.lookups.before(entry.lookups.limits.audit_interval_grace, due)
    if await cancelled_audit(session, entry.scope, since, due) is not None:
        return
    scope_ids = [entry.scope.scope_id, *await _due_with_it(entry)]
    request = AuditRequest(
        type=AuditType.SCHEDULED, site_id=entry.scope.site_id, scope_ids=tuple(sorted(scope_ids)), due_on=due
    )
    await entry.opens(Process.AUDIT, request)


async def _due_with_it(entry: ListEntry) -> list[str]:
    due = entry.standing.audit_due
    assert due is not None
    latest = entry.lookups.after(entry.lookups.limits.audit_interval_grace, due)
    query = select(OversightRow.scope_id).where(
        col(OversightRow.site_id) == entry.scope.site_id,
        col(OversightRow.scope_id) != entry.scope.scope_id,
        col(OversightRow.next_audit_due) <= latest,
    )
    query = query.order_by(col(OversightRow.next_audit_due), col(OversightRow.scope_id)).limit(_TOGETHER)
    found = []
    for scope_id in (await entry.writing.session.exec(query)).all():
        scope = await entry.writing.session.get_one(ScopeRow, scope_id)
        if await open_audit(entry.writing.session, scope) is None:
            found.append(scope_id)
    return found


# ------------------------------------------------------------------------------ certificates and agreement


async def _opens_renewal(entry: ListEntry, moment: Moment) -> None:
    """Once for each certificate: what people have withdrawn they may request again."""
    if _certificate(entry, moment).renewal_open or await _was_renewed(entry, moment):
        return
    request = RenewalRequest(site_id=entry.scope.site_id, scope_id=entry.scope.scope_id, certificate_id=moment.about)
    await entry.opens(Process.RENEWAL, request)


async def _was_renewed(entry: ListEntry, moment: Moment) -> bool:
    query = select(CaseRow).where(
        col(CaseRow.site_id) == entry.scope.site_id, col(CaseRow.process) == Process.RENEWAL.value
    )
    cases = (await entry.writing.session.exec(query)).all()
    return any(case.order["request"]["certificate_id"] == moment.about for case in cases)


async def _certificate_expires(entry: ListEntry, moment: Moment) -> None:
    """Without a certificate that the activity demands no new orders; release is the qualified person's judgement."""
    certificate = _certificate(entry, moment)
    if certificate.demanded and entry.status.is_active:
        why = f"{certificate.type} {certificate.certificate_id} ended on {certificate.valid_to}."
        await entry.states(AslStatus.SUSPENDED, StatusReason.CERTIFICATE_EXPIRED, why)
        await entry.follows_up(StatusReason.CERTIFICATE_EXPIRED, why)


def _certificate(entry: ListEntry, moment: Moment) -> Watched:
    return next(each for each in entry.standing.certificates if each.certificate_id == moment.about)


async def _opens_agreement_review(entry: ListEntry, moment: Moment) -> None:
    agreement = entry.standing.agreement
    asked = await was_requested(entry.writing.session, Process.AGREEMENT, entry.scope, moment.at)
    if agreement is not None and not agreement.review_open and not asked:
        request = AgreementReviewRequest(site_id=entry.scope.site_id, scope_id=entry.scope.scope_id)
        await entry.opens(Process.AGREEMENT, request)


async def _agreement_lapses(entry: ListEntry, moment: Moment) -> None:
    if entry.status.is_active:
        why = f"The quality agreement {moment.about} has lapsed."
        await entry.states(AslStatus.SUSPENDED, StatusReason.AGREEMENT_LAPSED, why)
        await entry.follows_up(StatusReason.AGREEMENT_LAPSED, why)


# ------------------------------------------------------------------------------ requalification


async def _opens_requalification(entry: ListEntry, moment: Moment) -> None:
    """Once for each day on which it is due: what people have ended they may request again."""
    session = entry.writing.session
    if await open_qualification(session, entry.scope.scope_id) is not None:
        return
    if await was_requested(session, Process.QUALIFICATION, entry.scope, moment.at):
        return
    due, scope = entry.standing.requal_due, entry.scope
    first = await registered_scope(entry.writing, scope.site_id, scope.activity, scope.product, scope.dosage_form)
    if due is None or first is None or first.scope_id != scope.scope_id:  # registered twice before: by hand
        entry.refused.append(f"qualification: {scope.scope_id} is registered twice")
        return
    request = QualificationRequest(
        site_id=scope.site_id,
        activity=Activity(scope.activity),
        product=scope.product,
        dosage_form=scope.dosage_form,
        markets=tuple(scope.markets),
        stage=ProductStage(scope.stage),
        sole_source=scope.sole_source,
        need_by=max(due, entry.lookups.today),
        justification=f"The qualification has to be renewed by {due}.",
    )
    await entry.opens(Process.QUALIFICATION, request)


async def _approval_expires(entry: ListEntry, moment: Moment) -> None:
    """The end of the grace: no new orders and no release. A graver suspension by people stays."""
    graver = entry.status is AslStatus.SUSPENDED and reach_of(entry.statement) is not SuspensionScope.NEW_ORDERS
    if entry.status is not AslStatus.EXPIRED and not graver:
        why = f"The qualification was due on {entry.standing.requal_due} and its grace period is over."
        await entry.states(AslStatus.EXPIRED, StatusReason.REQUALIFICATION_OVERDUE, why)
        await entry.follows_up(StatusReason.REQUALIFICATION_OVERDUE, why)


# ------------------------------------------------------------------------------ periods and announcements


async def _computes_month(entry: ListEntry, moment: Moment) -> None:
    first_day = date.fromisoformat(moment.about)
    key = (entry.scope.scope_id, PeriodKind.MONTH.value, first_day)
    if await entry.writing.session.get(ScorecardRow, key) is None:
        await compute_month(entry.writing, entry.case, first_day)


async def _opens_review(entry: ListEntry, moment: Moment) -> None:
    first_day = date.fromisoformat(moment.about)
    if await review_of(entry.writing.session, entry.scope.site_id, entry.scope.scope_id, first_day) is not None:
        return
    request = ReviewRequest(site_id=entry.scope.site_id, scope_id=entry.scope.scope_id, first_day=first_day)
    await entry.opens(Process.REVIEW, request)


async def _announces(entry: ListEntry, moment: Moment) -> None:
    writing, case = entry.writing, entry.case
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


STEPS: dict[What, Callable[[ListEntry, Moment], Awaitable[None]]] = {
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
"""By what comes. What is only flagged has no step."""
