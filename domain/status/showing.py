"""Which records show that an exit criterion is met (domain specification, sections 16 and 20)."""

from datetime import date, datetime

from pydantic import AwareDatetime, BaseModel, ConfigDict

from domain.audit.capa import CapaStatus
from domain.audit.outcome import Recommendation
from domain.core.forms import Process

PROCESSES = frozenset({
    Process.AUDIT, Process.CAPA, Process.QUALIFICATION, Process.RISK, Process.AGREEMENT, Process.CHANGE,
    Process.INSPECTION,
})  # fmt: skip
"""Cases that look at the site, or in which it puts something right."""
_NOTHING_DONE = frozenset({"CANCELLED", "DECLINED", "REJECTED", "REPLACED", "WAIVED", "WITHDRAWN"})
_VERIFIED = frozenset({CapaStatus.VERIFIED, CapaStatus.EFFECTIVENESS_PENDING, CapaStatus.EFFECTIVE})


class ShowingCase(BaseModel):
    """A case that is named for a criterion."""

    model_config = ConfigDict(frozen=True)

    process: Process
    is_of_the_scope: bool
    closed_at: AwareDatetime | None = None
    outcome: str | None = None
    audit_outcome: Recommendation | None = None
    """What the report of an audit has come to, by what its findings are now."""
    capa: CapaStatus | None = None


def fault_of_case(case: ShowingCase | None, since: datetime | None) -> str | None:
    """Why a case does not show that a criterion is met; `since` when the status was decided that is to be lifted."""
    if case is None or not case.is_of_the_scope or case.process not in PROCESSES:
        return "is no record of this site and scope"
    if since is not None and case.closed_at is not None and case.closed_at < since:
        return "was concluded before the status was decided"
    if case.process is Process.AUDIT:
        accepted = case.audit_outcome not in (None, Recommendation.UNACCEPTABLE)
        return None if accepted else "has no outcome that can be accepted"
    if case.process is Process.CAPA:
        return None if case.capa in _VERIFIED else "is not verified"
    return None if case.closed_at is not None and case.outcome not in _NOTHING_DONE else "is not concluded"


def fault_of_certificate(
    *, is_of_the_scope: bool, is_verified: bool, checked_on: date | None, since: datetime | None
) -> str | None:
    """Why a certificate does not show that a criterion is met."""
    if not is_of_the_scope:
        return "is no record of this site and scope"
    if not is_verified or checked_on is None:
        return "is not verified"
    if since is not None and checked_on < since.date():
        return "was checked before the status was decided"
    return None
