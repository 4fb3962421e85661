"""Carrying out what the triage of an event says, in the transaction of its signature."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date

from sqlmodel import col, select

from domain.asl.facts import StatusInDoubt
from domain.asl.request import StatusKind
from domain.audit.capa import CapaOrigin, CapaRequest
from domain.audit.request import AuditRequest, AuditType, ForCauseTrigger
from domain.batch.facts.events import BatchesConcerned
from domain.core.forms import Form, Process
from domain.core.refusals import broken
from domain.event.site_event import EventType, SiteEventReport, TriageOutcome
from domain.qualification.request import QualificationRequest
from domain.qualification.risk_review import RiskReviewCause, RiskReviewRequest
from domain.qualification.succession import is_transferable
from domain.triage.triage import EventTriage
from records.asl.statements import locked_statement, status_of
from records.batch.holds.named import refuse_unknown_batches
from records.core.opening import open_case
from records.core.reactions import establish
from records.core.tables.cases import CaseRow
from records.core.tables.master_data import ScopeRow
from records.core.writing import Writing

TAKEN_OVER = "OWNERSHIP_CHANGE"
"""Under this name the effect lists the qualifications of a site that changes hands."""


@dataclass(frozen=True)
class Triaged:
    """An event and what was said of it."""

    writing: Writing
    case: CaseRow
    report: SiteEventReport
    form: EventTriage
    today: date
    """At the site."""

    async def opens(self, process: Process, request: Form, *, is_owner: bool = True) -> str:
        """Open a case that follows. Who triages requests it, and so does not decide on it as well (S1)."""
        owner = self.case.case_id if is_owner else None
        return await open_case(self.writing, process, request, owner=owner, requester=self.writing.actor)


async def _audits(triaged: Triaged) -> list[str]:
    """A for-cause audit, or the open one on the same number."""
    report, proposal = triaged.report, triaged.form.for_cause
    assert proposal is not None
    if not triaged.case.scope_ids:
        raise broken("audit.request", "The site has no scope to audit.", for_cause="the site has no scope")
    trigger = ForCauseTrigger(
        reason=proposal.reason,
        reference=report.number,
        description=proposal.summary,
        evidence=report.evidence,
        affected_batches=report.lots,
    )
    request = AuditRequest(
        type=AuditType.FOR_CAUSE,
        site_id=report.site_id,
        scope_ids=tuple(triaged.case.scope_ids),
        trigger=trigger,
    )
    return [await triaged.opens(Process.AUDIT, request)]


async def _asks_for_capa(triaged: Triaged) -> list[str]:
    """The site learns of the CAPA; of an event that it has not reported itself it does not (S6)."""
    order = triaged.form.scar
    assert order is not None
    request = CapaRequest(
        origin=CapaOrigin.SCAR,
        site_id=triaged.report.site_id,
        scope_ids=triaged.report.scope_ids,
        severity=order.severity,
        finding=order.finding,
        owner=order.owner,
    )
    return [await triaged.opens(Process.CAPA, request, is_owner=triaged.case.shared)]


async def _proposes_suspension(triaged: Triaged) -> list[str]:
    """One proposal for each scope that is in use, or is suspended less far than is proposed."""
    proposal = triaged.form.suspension
    assert proposal is not None
    doubt = StatusInDoubt(
        case_id=triaged.case.case_id,
        kind=StatusKind.SUSPENSION,
        reason_code=proposal.reason_code,
        why=triaged.form.rationale,
        reach=proposal.scope,
        evidence=triaged.report.evidence,
        scope_ids=tuple(triaged.case.scope_ids),
        requester=triaged.writing.actor,
    )
    return [*(await establish(triaged.writing, doubt)).opened]


async def _reassesses(triaged: Triaged) -> list[str]:
    """One risk review for each scope, or the one that is open."""
    changes_hands = triaged.report.type is EventType.OWNERSHIP_CHANGE
    return [
        await triaged.opens(
            Process.RISK,
            RiskReviewRequest(
                cause=RiskReviewCause.OWNERSHIP_CHANGE if changes_hands else RiskReviewCause.SITE_EVENT,
                site_id=triaged.report.site_id,
                scope_id=scope_id,
                reason=triaged.report.description,
                source=triaged.case.case_id,
            ),
        )
        for scope_id in triaged.case.scope_ids
    ]


async def _holds(triaged: Triaged) -> list[str]:
    """The batches that are held now; those that were certified are looked at again."""
    session, scope_ids = triaged.writing.session, triaged.case.scope_ids
    await refuse_unknown_batches(session, triaged.form.batches, scope_ids, rule="section 5, triage")
    reason = f"{triaged.report.type.words} {triaged.report.number}: {triaged.form.rationale}"
    held: list[str] = []
    for scope_id in triaged.case.scope_ids:
        concerned = BatchesConcerned(
            case_id=triaged.case.case_id,
            scope_id=scope_id,
            why=reason,
            numbers=tuple(triaged.form.batches) or None,
            received_at=triaged.report.detected_at,
        )
        held += (await establish(triaged.writing, concerned)).held
    return held


async def takes_over(triaged: Triaged) -> list[str]:
    """A change-of-ownership qualification for each scope of the site whose status the new owner could take over."""
    writing, site_id = triaged.writing, triaged.report.site_id
    await writing.head(site_id)
    query = select(ScopeRow).where(col(ScopeRow.site_id) == site_id).order_by(col(ScopeRow.scope_id))
    opened: list[str] = []
    for scope in (await writing.session.exec(query)).all():
        if is_transferable(status_of(await locked_statement(writing, scope.scope_id))):
            request = _change_of_ownership(triaged, scope)
            opened.append(await triaged.opens(Process.QUALIFICATION, request))
    return opened


def _change_of_ownership(triaged: Triaged, scope: ScopeRow) -> QualificationRequest:
    succession = triaged.form.succession
    assert succession is not None
    return QualificationRequest.model_validate(
        {
            **scope.model_dump(include={"activity", "product", "dosage_form", "stage", "markets", "sole_source"}),
            "site_id": triaged.report.site_id,
            "need_by": max(succession.takes_over_on, triaged.today),
            "justification": triaged.form.rationale,
            "succession": succession,
        }
    )


CARRIED_OUT: dict[TriageOutcome, Callable[[Triaged], Awaitable[list[str]]]] = {
    TriageOutcome.FOR_CAUSE: _audits,
    TriageOutcome.SCAR: _asks_for_capa,
    TriageOutcome.SUSPEND_PROPOSAL: _proposes_suspension,
    TriageOutcome.REASSESS_RISK: _reassesses,
    TriageOutcome.HOLD_BATCHES: _holds,
}
"""What NO_ACTION and RECORD do not need."""
