"""Deciding on a status: its stages, its duties, and all its forms (domain specification, sections 5 and 11)."""

from collections.abc import Iterable
from enum import StrEnum

from domain.asl.asl import AslStatus
from domain.asl.request import StatusRequest
from domain.core.forms import Forms
from domain.core.protection import ProtectionAcknowledgement
from domain.core.request_withdrawal import RequestWithdrawal
from domain.qualification.conditions import ConditionVerification
from domain.release.field_alert import FieldAlertAssessment
from domain.status.ending import DisqualificationConsent, DisqualificationDecision, RetirementDecision, SupplyContinuity
from domain.status.probation import ProbationConfirmation, ProbationDecision
from domain.status.reinstatement import ReinstatementCoSignature, ReinstatementProposal, ReinstatementSignature
from domain.status.suspension import SuspensionImpact, SuspensionOrder, SuspensionReview


class StatusStage(StrEnum):
    """Where a status case stands."""

    PROPOSED = "PROPOSED"
    SUSPENDED = "SUSPENDED"
    PROBATION = "PROBATION"
    REINSTATEMENT = "REINSTATEMENT"
    """A proposal to lift the status waits for its signatures; until then the status stays."""
    CONDITIONALLY_APPROVED = "CONDITIONALLY_APPROVED"
    SUPPLY = "SUPPLY"
    """Disqualified; how patients stay supplied is being planned."""
    REINSTATED = "REINSTATED"
    DISQUALIFIED = "DISQUALIFIED"
    RETIRED = "RETIRED"
    DECLINED = "DECLINED"
    WITHDRAWN = "WITHDRAWN"
    """Nothing was decided, and nobody asks for it any more."""
    REPLACED = "REPLACED"
    """Another decision has given the scope its status."""


STAGES = {
    AslStatus.SUSPENDED: StatusStage.SUSPENDED,
    AslStatus.PROBATION: StatusStage.PROBATION,
    AslStatus.CONDITIONALLY_APPROVED: StatusStage.CONDITIONALLY_APPROVED,
}
"""The stage of a case while a status is in force that it has to end."""

STATUS_FORMS = Forms(
    StatusRequest,
    RequestWithdrawal,
    SuspensionOrder,
    SuspensionImpact,
    FieldAlertAssessment,
    SuspensionReview,
    ReinstatementProposal,
    ReinstatementSignature,
    ReinstatementCoSignature,
    ProbationDecision,
    ProbationConfirmation,
    DisqualificationDecision,
    DisqualificationConsent,
    SupplyContinuity,
    RetirementDecision,
)
"""Beside these, `ConditionVerification` is used as in a qualification, `ProtectionAcknowledgement` as in an audit."""

FORMS_OF_A_CASE = STATUS_FORMS + Forms(ConditionVerification, ProtectionAcknowledgement)


def barred_from_deciding(*others: Iterable[str]) -> dict[str, str]:
    """S1: nobody declines or lifts what they proposed, nor gives the second signature after the first."""
    return dict.fromkeys([person for persons in others for person in persons], "S1")
