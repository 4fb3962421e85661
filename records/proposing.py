"""What a rung of the escalation ladder proposes is put before the people who decide (sections 5 and 9)."""

from typing import TYPE_CHECKING

from domain.asl import SuspensionScope
from domain.forms import Process
from domain.status_request import StatusKind, StatusReason, StatusRequest, fits
from records.statements import locked_statement, reach_of, status_of
from records.tables import CaseRow

if TYPE_CHECKING:
    from records.writing import Writing

_KINDS = {"SUSPEND": StatusKind.SUSPENSION, "PROBATION": StatusKind.PROBATION}


async def propose(writing: "Writing", case: CaseRow, proposes: str, says: str) -> None:
    """Open a status case for each scope of the case whose status it would change. The program decides nothing.

    A second proposal of the same kind joins the open one.
    """
    kind = _KINDS.get(proposes)
    if kind is None:
        return
    wanted = SuspensionScope.NEW_ORDERS if kind is StatusKind.SUSPENSION else None
    late = StatusReason.CAPA_LATE if case.process == Process.CAPA.value else StatusReason.NO_ANSWER
    for scope_id in await _scopes(writing, case):
        before = await locked_statement(writing, scope_id)
        if fits(kind, status_of(before), reach_of(before), wanted):
            request = StatusRequest(
                kind=kind,
                site_id=case.site_id,
                scope_id=scope_id,
                reason_code=late,
                narrative=f"{case.case_id}: {says}",
                proposed_scope=wanted,
                source=case.case_id,
            )
            await writing.open_case(Process.STATUS, request)


async def _scopes(writing: "Writing", case: CaseRow) -> list[str]:
    """The scopes of a case; those of the audit that a CAPA comes from."""
    owner = await writing.session.get(CaseRow, case.owner) if case.owner else None
    from_audit = owner is not None and owner.process == Process.AUDIT.value
    return sorted(owner.scope_ids if from_audit and owner is not None else case.scope_ids)
