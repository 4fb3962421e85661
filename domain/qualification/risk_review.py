"""The risk of a site and scope, scored again outside a qualification (domain specification, sections 5 and 10)."""

from enum import StrEnum

from pydantic import Field

from domain.core.forms import Action, Form, Forms, Process
from domain.core.people import Role
from domain.core.text import Identifier, Text
from domain.qualification.risk_forms import RiskAssessment, RiskDecision, TierLowering


class RiskReviewStage(StrEnum):
    """Where a risk review stands."""

    ASSESSMENT = "ASSESSMENT"
    APPROVED = "APPROVED"
    WITHDRAWN = "WITHDRAWN"
    """The site is not used for the scope any more."""


class RiskReviewCause(StrEnum):
    """Why the risk is scored again."""

    SITE_EVENT = "SITE_EVENT"
    OWNERSHIP_CHANGE = "OWNERSHIP_CHANGE"
    INSPECTION = "INSPECTION"
    CAPA_INEFFECTIVE = "CAPA_INEFFECTIVE"
    REVIEW_DUE = "REVIEW_DUE"
    OVERSIGHT = "OVERSIGHT"
    OTHER = "OTHER"

    @property
    def clock(self) -> str:
        """Policy key of the time for the assessment."""
        return "ownership.rescore" if self is RiskReviewCause.OWNERSHIP_CHANGE else "risk.assess"


class RiskReviewRequest(Form):
    """Have the risk of a site for a scope scored again. While a review of the scope is open, a request joins it."""

    action = Action(
        Process.RISK,
        "request",
        "Request a risk review",
        frozenset({Role.SUPPLIER_QUALITY, Role.QA_APPROVER, Role.HEAD_QA}),
        starts=True,
    )

    cause: RiskReviewCause = Field(examples=[RiskReviewCause.OTHER])
    """Kind of cause."""
    site_id: Identifier = Field(examples=["VM-02"])
    """The site."""
    scope_id: Identifier = Field(examples=["SC-1"])
    """The one scope of the site that is scored."""
    reason: Text = Field(examples=["Two major deviations of the same kind within a month."])
    """What may have changed the risk."""
    source: Identifier | None = Field(default=None, examples=["EVT-1"])
    """The case that it follows from, if there is one."""


RISK_REVIEW_FORMS = Forms(RiskReviewRequest)
"""What only a risk review has; its steps are those of a qualification."""
RISK_REVIEW_STEPS = RISK_REVIEW_FORMS + Forms(RiskAssessment, RiskDecision, TierLowering)
