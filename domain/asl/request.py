"""Asking for a change of a status on the approved supplier list (domain specification, section 5)."""

from collections.abc import Collection, Iterable
from enum import StrEnum

from pydantic import Field

from domain.asl.asl import AslStatus, SuspensionScope, may_be_suspended
from domain.core.document import Documents
from domain.core.forms import Action, Form, Process
from domain.core.people import SPONSOR_QA_ROLES, Role
from domain.core.refusals import Code, Refused, broken
from domain.core.text import Identifier, Text


class StatusKind(StrEnum):
    """What is asked for. A suspension or probation is lifted in the case that has put it into force."""

    SUSPENSION = "SUSPENSION"
    PROBATION = "PROBATION"
    DISQUALIFICATION = "DISQUALIFICATION"
    RETIREMENT = "RETIREMENT"


class StatusReason(StrEnum):
    """Why a status changes (section 5)."""

    CRITICAL_FINDING = "CRITICAL_FINDING"
    DI_BREACH = "DI_BREACH"
    NON_COMPLIANCE = "NON_COMPLIANCE"
    REGULATORY_ACTION = "REGULATORY_ACTION"
    LICENCE_LAPSED = "LICENCE_LAPSED"
    CERTIFICATE_EXPIRED = "CERTIFICATE_EXPIRED"
    AGREEMENT_LAPSED = "AGREEMENT_LAPSED"
    REQUALIFICATION_OVERDUE = "REQUALIFICATION_OVERDUE"
    NO_ANSWER = "NO_ANSWER"
    CONDITION_UNMET = "CONDITION_UNMET"
    CONDITIONAL_APPROVAL_ENDED = "CONDITIONAL_APPROVAL_ENDED"
    QUALIFICATION_REJECTED = "QUALIFICATION_REJECTED"
    SCORE_RED = "SCORE_RED"
    SCORE_AMBER = "SCORE_AMBER"
    REPEAT_MAJOR = "REPEAT_MAJOR"
    CAPA_LATE = "CAPA_LATE"
    SITE_EVENT = "SITE_EVENT"
    SITE_CLOSED = "SITE_CLOSED"
    BUSINESS_END = "BUSINESS_END"
    OTHER = "OTHER"


class StatusRequest(Form):
    """Propose a suspension, probation, disqualification or retirement of a site for a scope. Others decide."""

    action = Action(Process.STATUS, "request", "Propose a change of status", SPONSOR_QA_ROLES, starts=True)

    kind: StatusKind = Field(examples=[StatusKind.SUSPENSION])
    """What is proposed."""
    site_id: Identifier = Field(examples=["VM-02"])
    """The site."""
    scope_id: Identifier = Field(examples=["SC-1"])
    """The one scope of the site that it is about."""
    reason_code: StatusReason = Field(examples=[StatusReason.DI_BREACH])
    """Kind of reason."""
    narrative: Text = Field(examples=["The audit trail of the HPLC systems was switched off for months."])
    """What happened."""
    proposed_scope: SuspensionScope | None = Field(default=None, examples=[SuspensionScope.NEW_ORDERS_AND_RELEASE])
    """How far a suspension should reach; required for SUSPENSION, absent otherwise."""
    evidence: Documents = ()
    """Documents that show it."""
    source: Identifier | None = Field(default=None, examples=["AUD-3"])
    """The case that it follows from: an audit, an event, a review."""
    in_force: bool = False
    """Whether the suspension is in force already, by a rule or by a decision in the source. Set by the program only."""

    @property
    def closes_the_site(self) -> bool:
        """Whether the site makes nothing any more, whatever is decided: patients' supply cannot wait for that."""
        return self.reason_code is StatusReason.SITE_CLOSED


def trigger_of(kind: StatusKind, scope_id: str) -> str:
    """What makes two proposals one: the same kind for the same scope."""
    return f"{kind}:{scope_id}"


def fits(
    kind: StatusKind,
    status: AslStatus | None,
    in_force: SuspensionScope | None = None,
    wanted: SuspensionScope | None = None,
) -> bool:
    """Whether a change makes sense of a status (section 5). `in_force` is how far a suspension reaches already."""
    if status is None:
        return False
    match kind:
        case StatusKind.SUSPENSION:
            return may_be_suspended(status, in_force, wanted)
        case StatusKind.PROBATION:
            return status in (AslStatus.APPROVED, AslStatus.CONDITIONALLY_APPROVED)
        case StatusKind.DISQUALIFICATION:
            return status is not AslStatus.DISQUALIFIED
        case StatusKind.RETIREMENT:
            return status not in (AslStatus.RETIRED, AslStatus.DISQUALIFIED)  # it would hide the disqualification


def refuse_unless_fitting(
    kind: StatusKind,
    status: AslStatus | None,
    in_force: SuspensionScope | None = None,
    wanted: SuspensionScope | None = None,
) -> None:
    """Raise `Refused(NOT_OPEN)` when the status on the list leaves nothing to change."""
    if not fits(kind, status, in_force, wanted):
        stands = f"{status}" + (f" ({in_force})" if in_force else "") if status else "not on the list"
        raise Refused(Code.NOT_OPEN, f"The status is {stands}; a {kind.lower()} does not fit.", rule="section 5")


def refuse_unless_proposable(request: StatusRequest, roles: Collection[Role]) -> None:
    """Raise `Refused` when a proposal contradicts itself, or claims what only the program may say.

    A retirement is asked for by supplier quality, which is the first of its two voices (section 5).
    """
    faults: dict[str, str] = {}
    if (request.proposed_scope is not None) != (request.kind is StatusKind.SUSPENSION):
        faults["proposed_scope"] = "is given exactly with SUSPENSION"
    if request.in_force and (Role.SYSTEM not in roles or request.kind is not StatusKind.SUSPENSION):
        faults["in_force"] = "is said by the program only, of a suspension"
    if request.kind is StatusKind.RETIREMENT and not {Role.SUPPLIER_QUALITY, Role.SYSTEM} & set(roles):
        faults["kind"] = "RETIREMENT is asked for by supplier quality"
    if faults:
        raise broken("section 5", "The proposal breaks a rule.", **faults)


def is_overtaken(
    kind: StatusKind,
    *,
    decided: bool,
    before: AslStatus | None,
    after: AslStatus,
    scope: SuspensionScope | None,
    by_status_case: bool = False,
) -> bool:
    """Whether a statement of another case leaves nothing to do for a status case.

    `before` and `after` are the statuses, `scope` how far a suspension reaches now. A proposal that does not fit any
    more is overtaken; a suspension or probation in force is, as soon as the status is another one, or as soon as a
    status case of its own has stated it (`by_status_case`): that one leads out of it now.
    """
    if not decided:
        return not fits(kind, after, scope)
    return kind in (StatusKind.SUSPENSION, StatusKind.PROBATION) and (after is not before or by_status_case)


def widens(request: StatusRequest, in_force: SuspensionScope | None) -> bool:
    """Whether a suspension is proposed that reaches further than what is in force; `None` if nothing is suspended."""
    return request.proposed_scope is not None and request.proposed_scope.reaches_further_than(in_force)


def widest(requests: Iterable[StatusRequest]) -> SuspensionScope | None:
    """The suspension that reaches furthest of those proposed; `None` if none is proposed."""
    found: SuspensionScope | None = None
    for request in requests:
        if widens(request, found):
            found = request.proposed_scope
    return found
