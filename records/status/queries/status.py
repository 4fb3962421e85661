"""A status case as it is shown in its case."""

from domain.asl.request import StatusKind
from domain.core.forms import Process
from domain.core.request_withdrawal import Request
from domain.status.reinstatement import ReinstatementCoSignature, ReinstatementProposal
from domain.status.views import ReinstatementView, RequestView, StatusSummary, SuspensionView
from records.asl.statements import statement_in_force, status_of
from records.core.case_records import CaseRecords
from records.core.requests import requests_of
from records.core.shown import Reading, shows
from records.core.tables.cases import CaseRow
from records.status.lifting import lifting_of
from records.status.tables import SuspensionRow


@shows(Process.STATUS, "status")
async def status_of_case(reading: Reading, case: CaseRow) -> StatusSummary:
    """What a status case has come to. No site sees such a case (S6)."""
    session = reading.session
    (scope_id,) = case.scope_ids
    row = await session.get(SuspensionRow, case.case_id)
    records = CaseRecords(session, case)
    return StatusSummary(
        kind=StatusKind(case.kind),
        scope_id=scope_id,
        status=status_of(await statement_in_force(session, scope_id, reading.now)),
        exit_criteria=(await lifting_of(records)).criteria,
        requests=tuple(_request(each) for each in await requests_of(session, case)),
        suspension=SuspensionView.model_validate(row, from_attributes=True) if row else None,
        reinstatement=await _reinstatement(records),
    )


def _request(request: Request) -> RequestView:
    by = tuple(sorted(request.persons))
    return RequestView(number=request.number, by=by, at=request.at, is_withdrawn=request.is_withdrawn)


async def _reinstatement(records: CaseRecords) -> ReinstatementView | None:
    proposals = await records.rows(ReinstatementProposal)
    if not proposals:
        return None
    newest = proposals[0]
    signatures = await records.all(ReinstatementCoSignature)
    return ReinstatementView(
        status=ReinstatementProposal.stored(newest.form).status,
        version=newest.version,
        proposed_by=newest.by_name,
        proposed_at=newest.at,
        in_force=any(each.approve and each.proposal.version == newest.version for each in signatures),
    )
