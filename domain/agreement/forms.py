"""Negotiating and signing the quality agreement: both quality units sign it (domain specification, section 4, QTA)."""

from collections.abc import Collection
from datetime import date
from typing import Annotated

from pydantic import Field

from domain.agreement.agreement import AgreementStatus, AgreementTerms
from domain.core.attestations import Known
from domain.core.document import RecordVersion
from domain.core.forms import Action, Audience, Decision, Form, Forms, Meaning, Process, Value
from domain.core.people import DECIDERS, Role
from domain.core.refusals import Code, Refused, broken
from domain.core.text import ShortText, Text

_ALSO = frozenset({Process.AGREEMENT})
"""A review may find that the agreement in force has to be amended; then it is negotiated again."""


class AgreementDraft(Form):
    """Draft the quality agreement. Every draft is a new version; the site gets it as soon as it is submitted."""

    action = Action(
        Process.QUALIFICATION,
        "draft-agreement",
        "Draft the quality agreement",
        frozenset({Role.SUPPLIER_QUALITY}),
        clock="qta.draft",
        meaning=Meaning.AUTHORED,
        audience=Audience.SHARED,
        announces=True,
        also=_ALSO,
    )

    terms: Annotated[AgreementTerms, Known("the terms in force or drafted last, else those of the policy")]
    """What is to be agreed."""
    changes: Text = Field(examples=["First version, as the policy suggests."])
    """What has changed since the last version."""


class AgreementComment(Value):
    """What the site wants otherwise."""

    about: ShortText = Field(examples=["change_control"])
    """Key of the activity, or the section of the agreement."""
    proposal: Text = Field(examples=["Changes of equipment of the same kind are notified, not approved."])
    """What it should say instead, and why."""


class AgreementAnswer(Decision):
    """Accept the draft, or say what should be otherwise; then the sponsor drafts again."""

    action = Action(
        Process.QUALIFICATION,
        "answer-agreement",
        "Answer the draft of the quality agreement",
        frozenset({Role.CDMO_QA}),
        clock="qta.answer",
        audience=Audience.SHARED,
        also=_ALSO,
    )

    accept: bool = Field(examples=[True])
    """Whether the site accepts the text as it is."""
    draft: RecordVersion
    """The version of the draft that was read."""
    comments: tuple[AgreementComment, ...] = Field(default=(), max_length=200)
    """What should be otherwise; required if the draft is not accepted."""

    def approves(self) -> bool:
        return self.accept


class Consultation(Decision):
    """What somebody who is consulted thinks of the draft."""

    agree: bool = Field(examples=[True])
    """Whether the draft may be signed as it is."""
    draft: RecordVersion
    """The version of the draft that was read."""
    comments: Text = Field(examples=["Registered details and market requirements are covered."])
    """What was looked at, and what should be otherwise."""

    def approves(self) -> bool:
        return self.agree


class RegulatoryConsultation(Consultation):
    """Say for regulatory affairs whether the draft fits the registered details."""

    action = Action(
        Process.QUALIFICATION,
        "consult-regulatory",
        "Comment on the quality agreement for regulatory affairs",
        frozenset({Role.REG_AFFAIRS}),
        clock="qta.consult",
        meaning=Meaning.REVIEWED,
        also=_ALSO,
    )


class QpConsultation(Consultation):
    """Say as qualified person whether batches can be certified under the draft (EU GMP Annex 16).

    The quality unit says it where no market of the scope needs one.
    """

    action = Action(
        Process.QUALIFICATION,
        "consult-qp",
        "Comment on the quality agreement as qualified person",
        DECIDERS,
        clock="qta.consult",
        meaning=Meaning.REVIEWED,
        also=_ALSO,
        by_market=True,
    )


class AgreementSignature(Form):
    """One quality unit's signature under one version of the agreement."""

    draft: RecordVersion
    """The version that is signed."""
    remark: Text | None = None
    """Anything that shall stand beside the signature."""


class SponsorSignature(AgreementSignature):
    """Sign the quality agreement for the sponsor. Its author cannot (S1)."""

    action = Action(
        Process.QUALIFICATION,
        "sign-agreement",
        "Sign the quality agreement",
        frozenset({Role.QA_APPROVER, Role.HEAD_QA}),
        clock="qta.sign",
        meaning=Meaning.APPROVED,
        audience=Audience.SHARED,
        also=_ALSO,
    )


class SiteSignature(AgreementSignature):
    """Sign the quality agreement for the site's quality unit."""

    action = Action(
        Process.QUALIFICATION,
        "sign-agreement-for-site",
        "Sign the quality agreement for the site",
        frozenset({Role.CDMO_QU_HEAD}),
        clock="qta.sign",
        meaning=Meaning.APPROVED,
        audience=Audience.SHARED,
        also=_ALSO,
    )


NEGOTIATION_FORMS = Forms(
    AgreementDraft,
    AgreementAnswer,
    RegulatoryConsultation,
    QpConsultation,
    SponsorSignature,
    SiteSignature,
)


def refuse_unless_answered(answer: AgreementAnswer) -> None:
    """Raise `Refused` when a site turns the draft down without saying what should be otherwise."""
    if not answer.accept and not answer.comments:
        raise broken("section 4, QTA", "Say what should be otherwise.", comments="is required to turn the draft down")


def refuse_unless_alone(negotiated_in: str | None) -> None:
    """Raise `Refused` when another open case is drafting the same agreement: its text would fall away unseen."""
    if negotiated_in is not None:
        message = f"The agreement is being negotiated in {negotiated_in}; finish or withdraw that first."
        raise Refused(Code.CONFLICT, message, rule="section 4, QTA")


def refuse_unless_signable(status: AgreementStatus, *, author: str, signers: Collection[str]) -> None:
    """Raise `Refused` unless the site has accepted the text and no signer wrote it (S1).

    `signers` are all persons whose hands the signature counts as; of the site nobody is an author.
    """
    if status is not AgreementStatus.AGREED:
        raise Refused(Code.NOT_OPEN, "The site has not accepted this version.", rule="section 4, QTA")
    if author in signers:
        raise Refused(
            Code.SEGREGATION_OF_DUTIES, "Who wrote the agreement does not sign it for the sponsor.", rule="S1"
        )


def refuse_unless_may_take_effect(*, sponsor_signed: bool, site_signed: bool, planned: date, today: date) -> None:
    """Raise `Refused` unless both quality units have signed and the planned day has come (section 1)."""
    missing = [side for side, signed in (("sponsor", sponsor_signed), ("site", site_signed)) if not signed]
    if missing:
        raise broken("section 4, QTA", f"Both quality units sign; not signed by: {', '.join(missing)}.")
    if today < planned:
        raise broken("section 4, QTA", f"The agreement takes effect on {planned}.")
