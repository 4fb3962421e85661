"""What is on record of the evidence for a reinstatement: named records, the impact, the batches."""

from collections.abc import Iterable
from datetime import datetime

from sqlmodel import col, select

from domain.asl.asl import AslStatus
from domain.asl.lifting import Hindrances
from domain.asl.request import StatusKind
from domain.audit.capa import CapaStatus
from domain.batch.holds.holds import BatchState
from domain.core.forms import Process
from domain.site.certificate import CertificateStatus
from domain.status.showing import ShowingCase, fault_of_case, fault_of_certificate
from domain.status.suspension import SuspensionImpact
from records.audit.outcomes import outcome_by_records
from records.audit.tables.audits import AuditRow, CapaRow
from records.batch.tables.batches import BatchRow
from records.batch.tables.decisions import ReviewDemandRow
from records.core.lookups import Lookups
from records.core.tables.cases import CaseRow
from records.qualification.lifting import hindrances
from records.site.tables import CertificateRow
from records.status.cases import own_statement
from records.status.tables import SuspensionRow


async def all_hindrances(lookups: Lookups) -> Hindrances:
    """What keeps a status in force, with what the case itself has to show of a suspension."""
    found = await hindrances(lookups)
    if lookups.case.kind != StatusKind.SUSPENSION.value:
        return found
    unreviewed = await _unreviewed(lookups)
    return found.model_copy(
        update={"impact_not_assessed": not await lookups.rows(SuspensionImpact), "unreviewed_batches": unreviewed}
    )


async def _unreviewed(lookups: Lookups) -> tuple[str, ...]:
    """Released batches that are to be reviewed for what was stated in this case, or in the one that it follows from."""
    statement = await own_statement(lookups.session, lookups.case)
    if statement is None or statement.status != AslStatus.SUSPENDED.value:
        return ()
    query = (
        select(ReviewDemandRow.batch_id)
        .join(BatchRow, col(BatchRow.batch_id) == col(ReviewDemandRow.batch_id))
        .where(
            col(ReviewDemandRow.cause).in_({lookups.case.case_id, statement.decided_in}),
            col(ReviewDemandRow.reviewed_at).is_(None),
            col(BatchRow.scope_id) == statement.scope_id,
            col(BatchRow.state) != BatchState.CLOSED.value,
        )
    )
    return tuple(sorted(set((await lookups.session.exec(query)).all())))


async def faults_of(lookups: Lookups, records: Iterable[str]) -> dict[str, str]:
    """Why records do not show that a criterion is met, by their ids."""
    suspension = await lookups.session.get(SuspensionRow, lookups.case.case_id)
    since = suspension.decided_at if suspension is not None else None
    faults = {record: await _fault_of(lookups, record, since) for record in records}
    return {record: fault for record, fault in faults.items() if fault is not None}


async def _fault_of(lookups: Lookups, record: str, since: datetime | None) -> str | None:
    certificate = await lookups.session.get(CertificateRow, record)
    if certificate is not None:
        return fault_of_certificate(
            is_of_the_scope=certificate.scope_id in lookups.case.scope_ids,
            is_verified=certificate.status == CertificateStatus.VERIFIED.value,
            checked_on=certificate.register_checked_on,
            since=since,
        )
    case = await lookups.session.get(CaseRow, record)
    return fault_of_case(await _shown(lookups, case) if case is not None else None, since)


async def _shown(lookups: Lookups, case: CaseRow) -> ShowingCase:
    capa = await lookups.session.get(CapaRow, case.case_id)
    audit = await lookups.session.get(AuditRow, case.case_id)
    conditional_from = lookups.limits.majors_for_conditional
    (scope_id,) = lookups.case.scope_ids
    return ShowingCase(
        process=Process(case.process),
        is_of_the_scope=case.site_id == lookups.case.site_id and (not case.scope_ids or scope_id in case.scope_ids),
        closed_at=case.closed_at,
        outcome=case.outcome,
        audit_outcome=await outcome_by_records(lookups.session, audit, conditional_from) if audit is not None else None,
        capa=CapaStatus(capa.status) if capa is not None else None,
    )
