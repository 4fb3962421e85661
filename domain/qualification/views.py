"""How a qualification and what belongs to it are shown. Built from the records, never stored."""

from datetime import date

from pydantic import AwareDatetime

from domain.agreement.views import AgreementView
from domain.core.document import DocumentReference
from domain.core.view import View
from domain.qualification.case_documents import DocumentStatus
from domain.qualification.conditions import ConditionStatus
from domain.qualification.decision import QualificationOutcome
from domain.qualification.questionnaire_answers import Gap
from domain.qualification.questionnaire_drafts import QuestionnaireState
from domain.qualification.request import QualificationKind
from domain.qualification.risk import FactorScore, Formality
from domain.site.certificate import CertificateType
from domain.site.site import RiskTier


class QuestionnaireSummary(View):
    """Where a questionnaire stands."""

    template_id: str
    version: int
    """Of the template; a later one does not change a questionnaire that was sent."""
    state: QuestionnaireState
    round: int
    """1, and one more for each clarification."""
    sent_at: AwareDatetime
    handed_in_at: AwareDatetime | None
    answers_sha256: str | None
    """Hash of the answers that were handed in."""
    declared: bool
    """Whether the head of the site's quality unit has declared these very answers."""
    completeness: int
    """Answered mandatory questions in %; 100 only when none is missing."""
    score: float | None
    """0 to 100; for the sponsor alone, as the gaps are."""
    gaps: tuple[Gap, ...] | None
    url: str


class RequiredDocumentView(View):
    """A required document of a case and how it stands."""

    key: str
    title: str
    mandatory: bool
    """Whether the site is not approved without it."""
    gxp: bool
    certificate_type: CertificateType | None
    status: DocumentStatus
    document: DocumentReference | None = None
    not_available: str | None = None
    """Why the site has no such document."""
    comment: str | None = None
    certificate_id: str | None = None
    valid_to: date | None = None
    """Last day of validity."""
    submitted_at: AwareDatetime | None = None
    reviewed_at: AwareDatetime | None = None
    reason: str | None = None
    """What the reviewer said of it."""


class RiskView(View):
    """A version of the risk assessment of a scope."""

    case_id: str
    version: int
    site_id: str
    scope_id: str
    status: str
    """PROPOSED, APPROVED or REJECTED."""
    score: str
    """0 to 100 with two decimals."""
    computed_tier: RiskTier
    """The tier that the score and its floors give."""
    tier: RiskTier
    raised_because: str | None
    """Why the tier is graver than the computed one."""
    lowers: bool
    """Whether it is lower than the tier that was in force; then two people sign it."""
    method: str
    formality: Formality
    factors: tuple[FactorScore, ...]
    biologic: bool
    uncertainty: str
    author: str
    """Person id, like the approvers."""
    assessed_at: AwareDatetime
    approver: str | None
    second_approver: str | None
    approved_at: AwareDatetime | None
    """When the tier took effect."""
    next_review: date


class ConditionView(View):
    """A condition of a conditional approval as it stands."""

    number: int
    text: str
    owner: str
    """Who sees to it: a person id or a name."""
    due_on: date
    """Last day, in the site's time zone."""
    verification: str | None
    """How the sponsor verifies it; for the sponsor's people and inspectors."""
    release_relevant: bool
    status: ConditionStatus
    met_at: AwareDatetime | None


class QualificationSummary(View):
    """What is known about a qualification at a glance. The audits that it has opened are among the case's `cases`."""

    kind: QualificationKind
    scope_id: str
    need_by: date
    decision: QualificationOutcome | None
    """The decision in force."""
    decided_at: AwareDatetime | None
    valid_to: date | None
    """Last day of a conditional approval."""
    renewals: int
    """How often the conditional approval was renewed."""
    questionnaire: QuestionnaireSummary | None
    """`None` until it is sent."""
    documents: tuple[RequiredDocumentView, ...]
    risk: RiskView | None
    """The newest assessment; for the sponsor's people and inspectors."""
    agreement: AgreementView | None
    """The newest version that was drafted in this case."""
    conditions: tuple[ConditionView, ...]
    hindrances: dict[str, str]
    """What still stands in the way of an approval, by the part that is missing, while the case is open.

    For the sponsor's people and inspectors.
    """
