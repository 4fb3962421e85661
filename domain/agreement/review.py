"""Reviewing a quality agreement that is in force (domain specification, sections 5 and 9, `qta.review`)."""

from datetime import date
from enum import StrEnum

from pydantic import Field

from domain.agreement.agreement import WatchedAgreement
from domain.core.days import Calendar, Span, counted
from domain.core.document import RecordVersion
from domain.core.forms import Action, Audience, Decision, Form, Forms, Meaning, Process
from domain.core.people import Role
from domain.core.refusals import Code, Refused, broken
from domain.core.text import Identifier, Text


class AgreementReviewStage(StrEnum):
    """Where the review of an agreement stands."""

    REQUESTED = "REQUESTED"
    APPROVAL = "APPROVAL"
    NEGOTIATION = "NEGOTIATION"
    UNCHANGED = "UNCHANGED"
    RENEWED = "RENEWED"
    WITHDRAWN = "WITHDRAWN"


class AgreementReviewVerdict(StrEnum):
    """Whether the agreement is still suitable, or has to be amended."""

    UNCHANGED = "UNCHANGED"
    AMEND = "AMEND"


class AgreementReviewRequest(Form):
    """Ask for the review of a quality agreement: because it is due, or because something has changed."""

    action = Action(
        Process.AGREEMENT,
        "request",
        "Request the review of a quality agreement",
        frozenset({Role.SUPPLIER_QUALITY, Role.QA_APPROVER}),
        starts=True,
    )

    site_id: Identifier = Field(examples=["VM-02"])
    """The site."""
    scope_id: Identifier = Field(examples=["SC-1"])
    """The scope whose agreement is reviewed."""
    reason: Text | None = Field(default=None, examples=["A market was added to the scope."])
    """Why, if it is not because the review is due."""


class AgreementReview(Form):
    """Say whether the agreement in force is still suitable, or has to be amended."""

    action = Action(
        Process.AGREEMENT,
        "review-agreement",
        "Review the quality agreement",
        frozenset({Role.SUPPLIER_QUALITY, Role.QA_APPROVER}),
        clock="qta.review",
        meaning=Meaning.REVIEWED,
    )

    qta_id: Identifier = Field(examples=["QTA-1"])
    """The agreement that was read."""
    version: int = Field(ge=1, examples=[1])
    """The version that was read: the one that is in force, or was last."""
    verdict: AgreementReviewVerdict = Field(examples=[AgreementReviewVerdict.UNCHANGED])
    """UNCHANGED leaves it in force up to its hard stop at the latest; AMEND leads to a new version, which is signed."""
    rationale: Text = Field(examples=["Activities, contacts and notification times fit what is done at the site."])
    """What was looked at, and why it is still suitable or what has to change."""


class AgreementReviewApproval(Decision):
    """Approve that the agreement stays unchanged, or send the review back. Its reviewer cannot (S1)."""

    action = Action(
        Process.AGREEMENT,
        "approve-review",
        "Approve the review of the quality agreement",
        frozenset({Role.HEAD_QA}),
        clock="qta.review",
        meaning=Meaning.APPROVED,
    )

    approve: bool = Field(examples=[True])
    """Whether the agreement stays as it is."""
    review: RecordVersion
    """The version of the review that was read."""
    reason: Text = Field(examples=["No deviation or change of the last two years asks for other terms."])
    """Why."""

    def approves(self) -> bool:
        return self.approve


class AgreementReviewWithdrawal(Form):
    """Withdraw the review. The agreement in force stays as it is and still has to be reviewed."""

    action = Action(
        Process.AGREEMENT,
        "withdraw",
        "Withdraw the review of the quality agreement",
        frozenset({Role.SUPPLIER_QUALITY, Role.QA_APPROVER, Role.HEAD_QA}),
        meaning=Meaning.APPROVED,
        while_on_hold=True,
        audience=Audience.SHARED,
        unchecked="a review may be withdrawn at any stage that offers it; the agreement stays as it is",
    )

    reason: Text = Field(examples=["The agreement is negotiated in the requalification."])
    """Why; the site reads it if it knows of the review."""


AGREEMENT_REVIEW_FORMS = Forms(
    AgreementReviewRequest,
    AgreementReview,
    AgreementReviewApproval,
    AgreementReviewWithdrawal,
)


def refuse_unless_reviewed(form: AgreementReview, agreement: WatchedAgreement, *, today: date) -> None:
    """Raise `Refused` unless the version was read that is, or last was, in force, and its verdict is open to it.

    An agreement that has lapsed cannot stay unchanged: a review does not lift the hard stop (section 9, `qta.review`).
    """
    if (form.qta_id, form.version) != (agreement.qta_id, agreement.version):
        raise Refused(
            Code.VERSION_STALE,
            f"The agreement to be reviewed is {agreement.qta_id}, version {agreement.version}.",
            fields={"version": "is not the version in force"},
        )
    if form.verdict is AgreementReviewVerdict.UNCHANGED and agreement.lapses_on < today:
        raise broken(
            "qta.hard_stop",
            "An agreement that has lapsed needs a new version that both sides sign.",
            verdict=f"it lapsed after {agreement.lapses_on}",
        )


def refuse_reviewers(persons: frozenset[str], reviewers: frozenset[str]) -> None:
    """Raise `Refused` when somebody would approve a review of their own (S1)."""
    if persons & reviewers:
        raise Refused(Code.SEGREGATION_OF_DUTIES, "Who reviewed the agreement does not approve the review.", rule="S1")


def barred_from_approving(reviewers: frozenset[str]) -> dict[str, str]:
    """S1: nobody approves a review of their own."""
    return dict.fromkeys(reviewers, "S1")


def next_review(reviewed_on: date, lapses_on: date, *, review: Span, calendar: Calendar) -> date:
    """The day of the next review: the span of `qta.review` after this one, at the latest the last day in force.

    With the usual 24 months a review on 2027-05-10 of an agreement that lapses on 2028-05-20 gives 2028-05-20.
    """
    return min(counted(reviewed_on, review, calendar), lapses_on)
