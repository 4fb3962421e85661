"""Proposing a status for the scopes of a case; people decide on each (sections 5, 9 and 10)."""

from collections.abc import Iterable

from domain.asl import SuspensionScope
from domain.document import Documents
from domain.facts import DecisionProposedByEscalation
from domain.forms import Process
from domain.people import SYSTEM, Actor
from domain.status_request import StatusKind, StatusReason, StatusRequest, fits
from records.opening import open_case
from records.reactions import Consequences, reacts
from records.statements import locked_statement, reach_of, status_of
from records.tables import CaseRow
from records.writing import Writing

_KINDS = {"SUSPEND": StatusKind.SUSPENSION, "PROBATION": StatusKind.PROBATION}
"""What the rungs of the policy propose."""


async def propose(
    writing: Writing,
    case: CaseRow,
    kind: StatusKind,
    reason_code: StatusReason,
    narrative: str,
    *,
    reach: SuspensionScope | None = None,
    evidence: Documents = (),
    scope_ids: Iterable[str] | None = None,
    owner: str | None = None,
    requester: Actor = SYSTEM,
) -> list[str]:
    """Open a status case for each scope, by default those of the case, whose status it would change.

    `reach` is how far a suspension is proposed. A second proposal of the same kind joins the open case. Scopes are
    taken in one order, so that two entries never wait for each other. Returns the ids of the cases.
    """
    opened: list[str] = []
    for scope_id in sorted(case.scope_ids if scope_ids is None else scope_ids):
        stated = await locked_statement(writing, scope_id)
        if not fits(kind, status_of(stated), reach_of(stated), reach):
            continue
        request = StatusRequest(
            kind=kind,
            site_id=case.site_id,
            scope_id=scope_id,
            reason_code=reason_code,
            narrative=narrative,
            proposed_scope=reach,
            evidence=evidence,
            source=case.case_id,
        )
        opened.append(await open_case(writing, Process.STATUS, request, owner=owner, requester=requester))
    return opened


@reacts(DecisionProposedByEscalation)
async def propose_by_rung(writing: Writing, fact: DecisionProposedByEscalation) -> Consequences:
    """What a rung of the escalation ladder proposes is put before the people who decide."""
    kind = _KINDS.get(fact.proposes)
    if kind is None:
        return Consequences()
    case = await writing.case()
    reach = SuspensionScope.NEW_ORDERS if kind is StatusKind.SUSPENSION else None
    late = StatusReason.CAPA_LATE if case.process == Process.CAPA.value else StatusReason.NO_ANSWER
    narrative, scopes = f"{case.case_id}: {fact.says}", await _scopes(writing, case)
    opened = await propose(writing, case, kind, late, narrative, reach=reach, scope_ids=scopes)
    return Consequences(opened=tuple(opened))


async def _scopes(writing: Writing, case: CaseRow) -> list[str]:
    """The scopes of a case; those of the audit that a CAPA comes from."""
    owner = await writing.session.get(CaseRow, case.owner) if case.owner else None
    from_audit = owner is not None and owner.process == Process.AUDIT.value
    return list(owner.scope_ids if from_audit and owner is not None else case.scope_ids)
