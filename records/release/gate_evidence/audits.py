"""G4: the audits of every scope that was used: when, what they came to, and what is not reported yet."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, date, datetime, time

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.audit.audit import AuditStage
from domain.audit.critical import CriticalFinding
from domain.audit.finding import FindingStatus, Severity
from domain.audit.outcome import Recommendation
from domain.audit.plan import AuditPlan
from domain.audit.request import AuditType
from domain.batch.gate.site_facts import AuditFacts, CriticalUnderWay, ReportFacts
from domain.core.days import counted
from records.asl.tables.listing import AslRow
from records.audit.intervals import next_of
from records.audit.outcomes import outcome_of
from records.audit.tables.audits import AuditRow, FindingRow
from records.core.tables.cases import CaseRow, RecordRow
from records.core.tables.master_data import ScopeRow
from records.release.gate_evidence.context import GateContext
from records.release.gate_evidence.standing import in_force
from records.release.gate_evidence.submitted import Submitted

_GRAVE = frozenset({Severity.CRITICAL.value, Severity.MAJOR.value})


async def audits_at(session: AsyncSession, site_ids: Collection[str]) -> Sequence[tuple[AuditRow, CaseRow]]:
    """The audits at sites, the oldest first."""
    query = (
        select(AuditRow, CaseRow)
        .join(CaseRow, col(CaseRow.case_id) == col(AuditRow.case_id))
        .where(col(AuditRow.site_id).in_(site_ids))
        .order_by(col(CaseRow.number))
    )
    return (await session.exec(query)).all()


async def findings_at(session: AsyncSession, site_ids: Collection[str]) -> Sequence[FindingRow]:
    """The findings of all issued reports at sites."""
    query = select(FindingRow).where(col(FindingRow.site_id).in_(site_ids), col(FindingRow.issued))
    return (await session.exec(query.order_by(col(FindingRow.finding_id)))).all()


class Audits:
    """The audits at the sites of a family, with their findings."""

    def __init__(
        self,
        audits: Sequence[tuple[AuditRow, CaseRow]],
        findings: Sequence[FindingRow],
        submitted: Submitted,
    ) -> None:
        self._audits = audits
        self._cases = {case.case_id: case for _, case in audits}
        self._rows = {audit.case_id: audit for audit, _ in audits}
        self.findings = findings
        """Findings of all issued reports, by their ids."""
        self._findings: dict[str, list[FindingRow]] = defaultdict(list)
        for each in findings:
            self._findings[each.case_id].append(each)
        self._submitted = submitted

    def case(self, case_id: str) -> CaseRow | None:
        """The case of an audit."""
        return self._cases.get(case_id)

    def found_at(self, case_id: str) -> datetime | None:
        """When the critical findings of an audit were first told; `None` if they came with the report alone."""
        return min((row.at for row in self._submitted.of(case_id, CriticalFinding)), default=None)

    def known_since(self, case_id: str) -> datetime | None:
        """When the critical findings of an audit were there: as told on site, or else from its first day on."""
        audit = self._rows.get(case_id)
        first_day = audit.first_day if audit is not None else None
        on_site = datetime.combine(first_day, time(), UTC) if first_day is not None else None
        return self.found_at(case_id) or on_site

    def of_scope(self, scope: ScopeRow) -> list[tuple[AuditRow, CaseRow]]:
        """The audits of a scope, the oldest first; one that names no scope is of its whole site."""
        return [
            (audit, case)
            for audit, case in self._audits
            if audit.site_id == scope.site_id and (not case.scope_ids or scope.scope_id in case.scope_ids)
        ]

    def reports(self, scope: ScopeRow, since: date | None, conditional_from: int) -> tuple[ReportFacts, ...]:
        """What was reported of a scope since a day, that day included."""
        reported = [
            audit
            for audit, _ in self.of_scope(scope)
            if audit.report_version is not None and audit.recommendation is not None
        ]
        return tuple(
            ReportFacts(
                audit_id=audit.case_id,
                last_day=audit.last_day,
                recommendation=self._outcome(audit, conditional_from),
                verified_by=self._verified_by(audit, reported),
            )
            for audit in sorted(reported, key=lambda each: (each.last_day or date.min, each.case_id))
            if since is None or audit.last_day is None or audit.last_day >= since
        )

    def _outcome(self, audit: AuditRow, conditional_from: int) -> Recommendation:
        """As reported, or as it is by what disputes have made of the findings."""
        return outcome_of(audit, self._findings[audit.case_id], conditional_from)

    def _verified_by(self, audit: AuditRow, reported: Sequence[AuditRow]) -> str | None:
        """A later follow-up that was planned to check every grave finding, and left none of them open."""
        grave = [each for each in self._findings[audit.case_id] if each.severity in _GRAVE]
        for later in reported:
            is_later = (later.last_day or date.min) > (audit.last_day or date.min)
            if later.type == AuditType.FOLLOW_UP.value and is_later and grave:
                checked = self._checked_in(later.case_id)
                settled = all(each.status in _VERIFIED for each in grave)
                if settled and {each.finding_id for each in grave} <= checked:
                    return later.case_id
        return None

    def _checked_in(self, case_id: str) -> set[str]:
        """The earlier findings that an audit was planned to check, by its last plan."""
        plans = self._submitted.of(case_id, AuditPlan)
        return set(AuditPlan.stored(plans[-1].form).prior_findings) if plans else set()

    def unreported(self, scope: ScopeRow, today: date) -> tuple[str, ...]:
        """The audits of a scope that are over on site, and whose report is not issued."""
        return tuple(
            case.case_id
            for audit, case in self._pending(scope)
            if audit.last_day is not None and audit.last_day < today
        )

    def critical_under_way(self, scope: ScopeRow) -> tuple[CriticalUnderWay, ...]:
        """The audits of a scope that have told of a critical finding, and whose report is not issued."""
        return tuple(
            CriticalUnderWay(
                audit_id=case.case_id,
                told_on=told_at.date(),
                times=max(1, len(self._submitted.of(case.case_id, CriticalFinding))),
            )
            for _, case in self._pending(scope)
            if (told_at := self.found_at(case.case_id)) is not None
        )

    def told(self) -> list[tuple[AuditRow, RecordRow]]:
        """What was told on site as critical, in audits whose report is not issued, in its order."""
        return [
            (audit, row)
            for audit, case in self._audits
            if _is_pending(audit, case)
            for row in self._submitted.of(case.case_id, CriticalFinding)
        ]

    def _pending(self, scope: ScopeRow) -> list[tuple[AuditRow, CaseRow]]:
        return [(audit, case) for audit, case in self.of_scope(scope) if _is_pending(audit, case)]


def _is_pending(audit: AuditRow, case: CaseRow) -> bool:
    """Whether it was on site, and its report is not issued."""
    return audit.report_version is None and case.closed_at is None and case.stage in _BEGUN


_VERIFIED = frozenset({FindingStatus.VERIFIED.value, FindingStatus.CLOSED.value})
_BEGUN = frozenset({
    AuditStage.IN_PROGRESS.value, AuditStage.CLOSING_MEETING.value, AuditStage.REPORT_DRAFT.value,
    AuditStage.REPORT_REVIEW.value, AuditStage.ABORTED.value,
})  # fmt: skip
"""Stages from the first day on site until the report is issued."""


def audits_of(
    context: GateContext, audits: Audits, statements: Mapping[str, Sequence[AslRow]]
) -> dict[str, tuple[AuditFacts, ...]]:
    """The audits of every scope used, by batch."""
    facts = {
        scope.scope_id: _of(context, audits, scope, in_force(statements.get(scope.scope_id, ()), context.at))
        for scope in context.scopes
    }
    return {each.batch_id: tuple(facts[scope.scope_id] for scope in each.scopes) for each in context.family}


def _of(context: GateContext, audits: Audits, scope: ScopeRow, statement: AslRow | None) -> AuditFacts:
    if statement is None:
        return AuditFacts(scope_id=scope.scope_id)
    rows = [audit for audit, _ in audits.of_scope(scope)]
    full = [each.last_day for each in rows if each.full_scope and each.report_version is not None]
    last_day = max(filter(None, [statement.last_audit_day, *full]), default=None)
    due = next_of(rows, scope, statement, context.policy)
    limits = context.policy.limits
    return AuditFacts(
        scope_id=scope.scope_id,
        last_day=last_day,
        reports=audits.reports(scope, last_day, limits.majors_for_conditional),
        unreported=audits.unreported(scope, context.today),
        critical_under_way=audits.critical_under_way(scope),
        due=due,
        justifiable_until=counted(due, limits.gate_audit_overdue_max, context.calendar) if due is not None else None,
        is_api_for_union=context.policy.declares_substances([scope.activity], {context.market}),
    )
