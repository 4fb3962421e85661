"""What an act of an authority demands, opened in the transaction that tells of it (section 10)."""

from domain.asl import SuspensionScope
from domain.document import Documents
from domain.forms import Process
from domain.risk_review import RiskReviewCause, RiskReviewRequest
from domain.status_request import StatusKind, StatusReason
from records.opening import open_case
from records.proposing import propose
from records.tables import CaseRow
from records.writing import Writing

_REACH = SuspensionScope.NEW_ORDERS_AND_RELEASE
"""How far a suspension is proposed. Who decides on it may say otherwise."""


async def follow(
    writing: Writing, case: CaseRow, reason: str, evidence: Documents, *, suspends_for: StatusReason | None
) -> None:
    """Open a risk review for each scope of the case and, with a reason for it, propose its suspension.

    It is written as an event of its own, which the site does not see; the form that demands it is the site's (S6).
    """
    opened = {"REASSESS_RISK": await _reassess(writing, case, reason)}
    if suspends_for is not None:
        opened["SUSPEND_PROPOSAL"] = await propose(
            writing,
            case,
            StatusKind.SUSPENSION,
            suspends_for,
            reason,
            reach=_REACH,
            evidence=evidence,
            owner=case.case_id,
        )
    await writing.append("inspection.followed", {"opened": {kind: [*ids] for kind, ids in opened.items()}})


async def _reassess(writing: Writing, case: CaseRow, reason: str) -> list[str]:
    """One risk review for each scope, or the one that is open."""
    return [
        await open_case(
            writing,
            Process.RISK,
            RiskReviewRequest(
                cause=RiskReviewCause.INSPECTION,
                site_id=case.site_id,
                scope_id=scope_id,
                reason=reason,
                source=case.case_id,
            ),
            owner=case.case_id,
        )
        for scope_id in case.scope_ids
    ]
