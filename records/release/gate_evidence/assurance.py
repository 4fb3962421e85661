"""G3 and G5: certificates, inspections, and what is critical at a scope."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime

from sqlmodel import col, select

from domain.audit.capa import SETTLED as SETTLED_CAPAS
from domain.audit.capa import CapaStatus, CapaVerification
from domain.audit.finding import SETTLED as SETTLED_FINDINGS
from domain.audit.finding import FindingStatus, Severity
from domain.batch.gate.site_facts import CertificateFacts, CriticalFacts, InspectionFacts
from domain.event.site_event import AuthorityOutcome
from domain.release.compliance_gates import certificate_types
from domain.site.certificate import CertificateStatus, CertificateType
from domain.site.site import Activity
from records.audit.tables.audits import CapaRow
from records.core.tables.cases import CaseRow, RecordRow
from records.core.tables.master_data import ScopeRow, SiteRow
from records.inspection.tables import InspectionRow
from records.release.gate_evidence.audits import Audits
from records.release.gate_evidence.context import GateContext, Relative
from records.release.gate_evidence.submitted import Submitted
from records.site.tables import CertificateRow

_STOPPED = (CertificateStatus.SUSPENDED, CertificateStatus.WITHDRAWN)
_ONCE_VERIFIED = (
    CertificateStatus.VERIFIED.value,
    CertificateStatus.SUPERSEDED.value,
    *(each.value for each in _STOPPED),
)


async def certificates_of(context: GateContext) -> dict[str, tuple[CertificateFacts, ...]]:
    """What shows GMP, and the papers that the market asks for, ever verified for the scopes used, by batch."""
    scopes = {scope.scope_id: scope for scope in context.scopes}
    wanted = {each.type for each in context.policy.asks_of(context.market).papers}
    query = select(CertificateRow).where(
        col(CertificateRow.scope_id).in_(context.scope_ids), col(CertificateRow.status).in_(_ONCE_VERIFIED)
    )
    found: dict[str, list[CertificateFacts]] = defaultdict(list)
    for row in (await context.session.exec(query.order_by(col(CertificateRow.serial)))).all():
        scope = scopes[row.scope_id]
        if row.type in wanted | certificate_types(Activity(scope.activity)):
            type_, country = CertificateType(row.type), context.sites[scope.site_id].country
            other = context.row is not None and not context.row.takes_licence(type_, country)
            facts = _certificate(row, scope).model_copy(update={"is_of_other_supply": other})
            found[row.scope_id].append(facts)
    return {
        each.batch_id: tuple(certificate for scope in each.scopes for certificate in found[scope.scope_id])
        for each in context.family
    }


def _certificate(row: CertificateRow, scope: ScopeRow) -> CertificateFacts:
    confirmed = row.register_checked_on is not None and row.scope_confirmed_by is not None
    return CertificateFacts(
        scope_id=row.scope_id,
        certificate_id=row.certificate_id,
        type=CertificateType(row.type),
        number=row.number,
        issued_by=row.issued_by,
        inspected_on=row.inspected_on,
        valid_to=row.valid_to,
        checked_on=row.register_checked_on,
        is_verified=row.status == CertificateStatus.VERIFIED.value,
        covers_activity=confirmed and row.confirmed_activity == scope.activity,
        stopped_as=CertificateStatus(row.status) if row.status in _STOPPED else None,
        stopped_on=row.stopped_on,
        stopped_until=row.stopped_until,
    )


async def inspections_of(context: GateContext) -> dict[str, tuple[InspectionFacts, ...]]:
    """The inspections by authorities whose outcome is known, by batch, the oldest first."""
    query = select(InspectionRow).where(
        col(InspectionRow.site_id).in_(context.site_ids), col(InspectionRow.outcome).is_not(None)
    )
    found = (await context.session.exec(query)).all()
    rows = sorted(found, key=lambda row: (row.end or row.start or row.told_at.date(), row.case_id))
    return {
        each.batch_id: tuple(
            InspectionFacts(
                scope_id=scope.scope_id,
                case_id=row.case_id,
                authority=row.authority,
                outcome=AuthorityOutcome(str(row.outcome)),
                last_day=row.end or row.start or row.told_at.date(),
            )
            for scope in each.scopes
            for row in rows
            if row.site_id == scope.site_id and (not row.scope_ids or scope.scope_id in row.scope_ids)
        )
        for each in context.family
    }


async def capas_at(context: GateContext) -> Sequence[tuple[CapaRow, CaseRow]]:
    """The critical CAPAs at the sites of the family, the oldest first."""
    query = (
        select(CapaRow, CaseRow)
        .join(CaseRow, col(CaseRow.case_id) == col(CapaRow.capa_id))
        .where(col(CapaRow.site_id).in_(context.site_ids), col(CapaRow.severity) == Severity.CRITICAL.value)
        .order_by(col(CaseRow.number))
    )
    return (await context.session.exec(query)).all()


def critical_at(
    context: GateContext, audits: Audits, capas: Sequence[tuple[CapaRow, CaseRow]], submitted: Submitted
) -> dict[str, tuple[CriticalFacts, ...]]:
    """Critical findings and CAPAs at the scopes of each batch: open now, or open while it was made.

    One that names no scope counts for its site.
    """
    known = [_told(context, audit.site_id, audits.case(audit.case_id), row) for audit, row in audits.told()]
    settled = {capa.capa_id: _settled_at(case, submitted) for capa, case in capas}
    known += [
        _Critical(
            finding.finding_id,
            context.sites[finding.site_id],
            FindingStatus(finding.status),
            finding.status not in SETTLED_FINDINGS,
            audits.case(finding.case_id),
            since=audits.known_since(finding.case_id),
            until=settled.get(finding.capa_id or ""),
        )
        for finding in audits.findings
        if finding.severity == Severity.CRITICAL.value and finding.status != FindingStatus.WITHDRAWN.value
    ]
    known += [
        _Critical(
            capa.capa_id,
            context.sites[capa.site_id],
            CapaStatus(capa.status),
            capa.status not in SETTLED_CAPAS,
            case,
            since=case.requested_at,
            until=settled[capa.capa_id],
        )
        for capa, case in capas
    ]
    return {
        each.batch_id: tuple(fact for one in known if (fact := one.seen_from(each)) is not None)
        for each in context.family
    }


def _told(context: GateContext, site_id: str, case: CaseRow | None, told: RecordRow) -> "_Critical":
    """One that was told on site, and is in no report yet."""
    site, status = context.sites[site_id], FindingStatus.DRAFT
    reference = f"what audit {told.case_id} has found in {told.form['area']}"
    return _Critical(reference, site, status, True, case, since=told.at, until=None, told_on=told.at.date())


def _settled_at(case: CaseRow, submitted: Submitted) -> datetime | None:
    """When it was verified last; its effectiveness is checked long after. `None` while nothing was."""
    verified = (row.at for row in submitted.of(case.case_id, CapaVerification) if row.form["verified"])
    return max(verified, default=case.closed_at)


class _Critical:
    """Something critical at a site, from when until when."""

    def __init__(
        self,
        reference: str,
        site: SiteRow,
        status: FindingStatus | CapaStatus,
        is_open: bool,  # noqa: FBT001
        case: CaseRow | None,
        *,
        since: datetime | None,
        until: datetime | None,
        told_on: date | None = None,
    ) -> None:
        self._facts = CriticalFacts(
            reference=reference,
            site_id=site.site_id,
            site=site.name,
            status=status,
            is_open=is_open,
            told_on=told_on,
        )
        self._case, self._since, self._until = case, since, until

    def seen_from(self, member: Relative) -> CriticalFacts | None:
        """What it is to a batch; `None` if it neither is open nor was while the batch was made."""
        concerns = self._facts.site_id in member.sites and (
            self._case is None or member.touched_by(self._case.scope_ids)
        )
        return self._facts if concerns and (self._facts.is_open or self._was_open(member)) else None

    def _was_open(self, member: Relative) -> bool:
        """Whether it was open while the batch was made. What is not known does not count in its favour."""
        start, end = member.batch.started_at, member.ended_at
        if start is None or end is None:
            return False
        return (self._since is None or self._since < end) and (self._until is None or start < self._until)
