"""What an act of an authority demands, opened in the transaction that tells of it (section 10)."""

from domain.asl.asl import SuspensionScope
from domain.asl.facts import StatusInDoubt
from domain.asl.request import StatusKind
from domain.core.forms import Process
from domain.inspection.facts import AuthorityActed
from domain.qualification.risk_review import RiskReviewCause, RiskReviewRequest
from records.core.opening import open_case
from records.core.reactions import Consequences, establish, reacts
from records.core.tables.cases import CaseRow
from records.core.writing import Writing

_REACH = SuspensionScope.NEW_ORDERS_AND_RELEASE
"""How far a suspension is proposed. Who decides on it may say otherwise."""


@reacts(AuthorityActed)
async def has_risk_and_status_looked_at(writing: Writing, fact: AuthorityActed) -> Consequences:
    """Open a risk review for each scope of the case and, with a reason for it, put its suspension before people.

    It is written as an event of its own, which the site does not see; the form that demands it is the site's (S6).
    """
    case = await writing.session.get_one(CaseRow, fact.case_id)
    opened = {"REASSESS_RISK": await _reassess(writing, case, fact.why)}
    if fact.suspends_for is not None:
        doubt = StatusInDoubt(
            case_id=case.case_id,
            kind=StatusKind.SUSPENSION,
            reason_code=fact.suspends_for,
            why=fact.why,
            reach=_REACH,
            evidence=fact.evidence,
            scope_ids=tuple(case.scope_ids),
        )
        opened["SUSPEND_PROPOSAL"] = [*(await establish(writing, doubt)).opened]
    await writing.append("inspection.followed", {"opened": {kind: [*ids] for kind, ids in opened.items()}})
    return Consequences(opened=tuple(each for ids in opened.values() for each in ids))


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
