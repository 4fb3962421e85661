"""Checks of the triage of an event: what it demands is opened in the very transaction of the signature."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlmodel import col, select

from domain.asl import AslStatus, SuspensionScope, reaches_further
from domain.audit_request import AuditRequest, AuditType, ForCauseTrigger
from domain.capa import CapaOrigin, CapaRequest
from domain.entry import OpenTask
from domain.event_triage import EventTriage, TriageOutcome, refuse_unless_triaged, suggested_triage
from domain.forms import Process
from domain.holds import BatchState, HoldType
from domain.qualification_request import QualificationRequest, is_transferable
from domain.refusals import broken
from domain.risk_review import RiskReviewCause, RiskReviewRequest
from domain.site_event import EventType, SiteEventReport
from domain.status_request import StatusKind, StatusRequest
from records.checks.declared import Effect, checks, suggests
from records.checks.facts import facts_of
from records.holds import hold_open_batches
from records.statements import locked_statement, status_of
from records.tables import AslRow, BatchRow, CaseRow, ScopeRow

if TYPE_CHECKING:
    from records.writing import Writing

TAKEN_OVER = "OWNERSHIP_CHANGE"
"""Under this name the effect lists the qualifications of a site that changes hands."""


@dataclass(frozen=True)
class _Triaged:
    """An event and what was said of it."""

    writing: "Writing"
    case: CaseRow
    report: SiteEventReport
    form: EventTriage


@suggests(EventTriage)
async def suggests_triage(writing: "Writing", case: CaseRow, line: OpenTask) -> Effect:
    """What must follow from the event."""
    return suggested_triage(_report(case), today=(await facts_of(writing, case)).today)


@checks(EventTriage)
async def triages(writing: "Writing", case: CaseRow, form: EventTriage) -> Effect:
    """Carry out each outcome. Says by outcome what was opened and held."""
    report = _report(case)
    refuse_unless_triaged(form, report)
    triaged = _Triaged(writing, case, report, form)
    effect: Effect = {}
    if form.succession is not None:
        effect[TAKEN_OVER] = [*await _takes_over(triaged)]
    for outcome, carried_out in _CARRIED_OUT.items():
        if outcome in form.outcomes:
            effect[outcome.value] = [*await carried_out(triaged)]
    return effect


async def _audits(triaged: _Triaged) -> list[str]:
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
    return [await triaged.writing.open_case(Process.AUDIT, request, owner=triaged.case.case_id)]


async def _asks_for_capa(triaged: _Triaged) -> list[str]:
    """The site learns of the CAPA; of an event that it has not reported itself it does not (S6)."""
    order = triaged.form.scar
    assert order is not None
    request = CapaRequest(
        origin=CapaOrigin.SCAR,
        site_id=triaged.report.site_id,
        severity=order.severity,
        finding=order.finding,
        owner=order.owner,
    )
    owner = triaged.case.case_id if triaged.case.shared else None
    return [await triaged.writing.open_case(Process.CAPA, request, owner=owner)]


async def _proposes_suspension(triaged: _Triaged) -> list[str]:
    """One proposal for each scope that is in use, or is suspended less far than is proposed."""
    proposal = triaged.form.suspension
    assert proposal is not None
    opened: list[str] = []
    for scope_id in triaged.case.scope_ids:
        if not _would_stop(await locked_statement(triaged.writing, scope_id), proposal.scope):
            continue
        request = StatusRequest(
            kind=StatusKind.SUSPENSION,
            site_id=triaged.report.site_id,
            scope_id=scope_id,
            reason_code=proposal.reason_code,
            narrative=triaged.form.rationale,
            proposed_scope=proposal.scope,
            evidence=triaged.report.evidence,
            source=triaged.case.case_id,
        )
        opened.append(await triaged.writing.open_case(Process.STATUS, request, owner=triaged.case.case_id))
    return opened


def _would_stop(stated: AslRow | None, proposed: SuspensionScope) -> bool:
    status = status_of(stated)
    if stated is None or status is not AslStatus.SUSPENDED:
        return status is not None and status.is_active
    return reaches_further(proposed, SuspensionScope(stated.suspension_scope) if stated.suspension_scope else None)


async def _reassesses(triaged: _Triaged) -> list[str]:
    """One risk review for each scope, or the one that is open."""
    changes_hands = triaged.report.type is EventType.OWNERSHIP_CHANGE
    return [
        await triaged.writing.open_case(
            Process.RISK,
            RiskReviewRequest(
                cause=RiskReviewCause.OWNERSHIP_CHANGE if changes_hands else RiskReviewCause.SITE_EVENT,
                site_id=triaged.report.site_id,
                scope_id=scope_id,
                reason=triaged.report.description,
                source=triaged.case.case_id,
            ),
            owner=triaged.case.case_id,
        )
        for scope_id in triaged.case.scope_ids
    ]


async def _holds(triaged: _Triaged) -> list[str]:
    """The batches that are held now; those that were certified are looked at again."""
    await _refuse_unknown_batches(triaged)
    reason = f"{triaged.report.type.words} {triaged.report.number}: {triaged.form.rationale}"
    held: list[str] = []
    for scope_id in triaged.case.scope_ids:
        held += await hold_open_batches(
            triaged.writing,
            scope_id,
            HoldType.EVENT,
            reason,
            placed_in=triaged.case.case_id,
            only=triaged.form.batches or None,
        )
    return held


async def _refuse_unknown_batches(triaged: _Triaged) -> None:
    """A number that is misspelt would hold nothing."""
    query = select(BatchRow.number).where(
        col(BatchRow.scope_id).in_(triaged.case.scope_ids),
        col(BatchRow.number).in_(triaged.form.batches),
        col(BatchRow.state) != BatchState.CLOSED.value,
    )
    known = set((await triaged.writing.session.exec(query)).all())
    faults = {
        f"batches.{index}": "is no open or certified batch of these scopes"
        for index, number in enumerate(triaged.form.batches)
        if number not in known
    }
    if faults:
        raise broken("section 5, triage", "A batch is not known.", **faults)


async def _takes_over(triaged: _Triaged) -> list[str]:
    """A change-of-ownership qualification for each scope of the site whose status the new owner could take over."""
    writing, site_id = triaged.writing, triaged.report.site_id
    await writing.head(site_id)
    query = select(ScopeRow).where(col(ScopeRow.site_id) == site_id).order_by(col(ScopeRow.scope_id))
    opened: list[str] = []
    for scope in (await writing.session.exec(query)).all():
        if is_transferable(status_of(await locked_statement(writing, scope.scope_id))):
            request = await _change_of_ownership(triaged, scope)
            opened.append(await writing.open_case(Process.QUALIFICATION, request, owner=triaged.case.case_id))
    return opened


async def _change_of_ownership(triaged: _Triaged, scope: ScopeRow) -> QualificationRequest:
    succession = triaged.form.succession
    assert succession is not None
    today = (await facts_of(triaged.writing, triaged.case)).today
    return QualificationRequest.model_validate(
        {
            **scope.model_dump(include={"activity", "product", "dosage_form", "stage", "markets", "sole_source"}),
            "site_id": triaged.report.site_id,
            "need_by": max(succession.takes_over_on, today),
            "justification": triaged.form.rationale,
            "succession": succession,
        }
    )


def _report(case: CaseRow) -> SiteEventReport:
    return SiteEventReport.stored(case.order["request"])


_CARRIED_OUT: dict[TriageOutcome, Callable[[_Triaged], Awaitable[list[str]]]] = {
    TriageOutcome.FOR_CAUSE: _audits,
    TriageOutcome.SCAR: _asks_for_capa,
    TriageOutcome.SUSPEND_PROPOSAL: _proposes_suspension,
    TriageOutcome.REASSESS_RISK: _reassesses,
    TriageOutcome.HOLD_BATCHES: _holds,
}
"""What NO_ACTION and RECORD do not need."""
