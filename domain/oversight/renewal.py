"""Renewing a certificate of a site before it ends (domain specification, section 5, Certificates)."""

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import Field, JsonValue

from domain.core.document import DocumentReference, RecordVersion
from domain.core.forms import Action, Audience, Decision, Form, Forms, Meaning, Process
from domain.core.people import Role
from domain.core.refusals import Code, Refused, broken
from domain.core.text import Identifier, Text
from domain.site.certificate import (
    CertificateData,
    CertificateStatus,
    CertificateType,
    certificate_faults,
    is_valid_on,
    register_faults,
)
from domain.site.site import Activity


class RenewalStage(StrEnum):
    """Where the renewal of a certificate stands."""

    REQUESTED = "REQUESTED"
    VERIFICATION = "VERIFICATION"
    VERIFIED = "VERIFIED"
    WITHDRAWN = "WITHDRAWN"


class RenewalOutcome(StrEnum):
    """How a renewal ends."""

    VERIFIED = "VERIFIED"
    SCOPE_PARTIAL = "SCOPE_PARTIAL"
    """Accepted, but the scope text lacks the activity: it does not count for the scope (section 10)."""
    WITHDRAWN = "WITHDRAWN"


class RenewalRequest(Form):
    """Ask a site for the successor of a certificate; or, as the site, announce one. One case for each type."""

    action = Action(
        Process.RENEWAL,
        "request",
        "Request the renewal of a certificate",
        frozenset({Role.SUPPLIER_QUALITY, Role.CDMO_QA}),
        audience=Audience.SHARED,
        starts=True,
    )

    site_id: Identifier = Field(examples=["VM-02"])
    """The site."""
    scope_id: Identifier = Field(examples=["SC-1"])
    """The scope of the site that the certificate is shown for."""
    certificate_id: Identifier = Field(examples=["CERT-1"])
    """The certificate that ends, as the list of certificates names it. It must have been verified."""


class CertificateSubmission(Form):
    """Send the new certificate, or say why there is none. One sent again takes the place of the one before."""

    action = Action(
        Process.RENEWAL,
        "submit-certificate",
        "Send the renewed certificate",
        frozenset({Role.CDMO_QA}),
        clock="doc.response",
        audience=Audience.SHARED,
    )

    document: DocumentReference | None = None
    """The certificate itself, uploaded beforehand."""
    certificate: CertificateData | None = None
    """What is printed on it."""
    not_available: Text | None = None
    """Why there is no new certificate. Takes the place of the document."""
    comment: Text | None = None
    """A remark for the reviewer, such as an extension of validity by the authority."""


class CertificateVerification(Decision):
    """Accept the certificate, checked in the register of its issuer, or ask for another one.

    A certificate whose scope text lacks the activity may be accepted; it does not count for the scope.
    """

    action = Action(
        Process.RENEWAL,
        "verify-certificate",
        "Verify the certificate",
        frozenset({Role.SUPPLIER_QUALITY}),
        clock="certificate.verify",
        meaning=Meaning.REVIEWED,
    )

    submission: RecordVersion
    """The version of the submission that was read."""
    accept: bool = Field(examples=[True])
    """Accept the certificate, or ask for another one."""
    reason: Text | None = None
    """Required to turn it down: what is wrong with it. The site reads it."""
    register_checked_on: date | None = None
    """Day on which the certificate was checked in the register of its issuer. Required to accept it."""
    scope_confirmed: bool = False
    """Whether you confirm, in your own name, that you have read the scope text. Required to accept it."""
    activities_covered: Annotated[tuple[Activity, ...], Field(max_length=len(Activity))] = ()
    """The activities that the scope text names. It counts for the scope only if the scope's activity is among them."""

    def approves(self) -> bool:
        return self.accept


class RenewalWithdrawal(Form):
    """Withdraw the request for a certificate. What was verified before stays as it is."""

    action = Action(
        Process.RENEWAL,
        "withdraw",
        "Withdraw the request for a certificate",
        frozenset({Role.SUPPLIER_QUALITY}),
        meaning=Meaning.APPROVED,
        while_on_hold=True,
        audience=Audience.SHARED,
        unchecked="a request may be withdrawn at any stage that offers it",
    )

    reason: Text = Field(examples=["The site no longer makes the product; the certificate is not needed."])
    """Why; the site reads it too."""


RENEWAL_FORMS = Forms(
    RenewalRequest,
    CertificateSubmission,
    CertificateVerification,
    RenewalWithdrawal,
)

_ONCE_VERIFIED = frozenset({
    CertificateStatus.VERIFIED, CertificateStatus.SUPERSEDED, CertificateStatus.SUSPENDED, CertificateStatus.WITHDRAWN,
})  # fmt: skip


def refuse_unless_renewable(status: CertificateStatus | None) -> None:
    """Raise `Refused` unless the certificate was verified for the scope once; `None` is one that the scope lacks."""
    if status is None:
        raise broken("section 5", "There is no such certificate for the scope.", certificate_id="unknown")
    if status not in _ONCE_VERIFIED:
        raise broken("section 5", "Only what was verified is renewed.", certificate_id="was never verified")


def answer_due(counted: date, valid_to: date | None, *, today: date) -> date | None:
    """The last day on which the certificate still counts, if it comes before the counted day of the site's answer.

    `None` leaves the clock of the policy: a certificate without end, or one that has ended, sets no day of its own.
    """
    return valid_to if valid_to is not None and today <= valid_to < counted else None


def refuse_unless_sendable(
    form: CertificateSubmission, expected: CertificateType, *, verified: bool, latest_day: date
) -> None:
    """Raise `Refused` with every fault of a submission. `verified` says whether another one was accepted already."""
    if verified:
        raise Refused(Code.NOT_OPEN, "A certificate has been verified; ask for a new renewal.", rule="section 5")
    faults: dict[str, str] = {}
    if (form.document is None) == (form.not_available is None):
        faults["document"] = "send the certificate, or say in not_available why there is none"
    elif (form.certificate is None) != (form.document is None):
        said = "is required: what is printed on it" if form.document else "must be left out: there is no certificate"
        faults["certificate"] = said
    elif form.certificate is not None:
        found = certificate_faults(form.certificate, expected, latest_day=latest_day)
        faults |= {f"certificate.{field}": fault for field, fault in found.items()}
    if faults:
        raise broken("section 5", "The certificate is not complete.", **faults)


def refuse_unless_verifiable(
    form: CertificateVerification,
    *,
    available: bool,
    valid_to: date | None,
    today: date,
    latest_day: date,
    earliest: date,
) -> None:
    """Raise `Refused` with every fault of a verification (section 5).

    `available` says whether the site sent a certificate, `valid_to` its last day; `today` is the site's day. A register
    was looked into between `earliest` (policy limit `screening_check_age_max`) and `latest_day`.
    """
    faults: dict[str, str] = {}
    if not form.accept:
        if form.reason is None:
            faults["reason"] = "say what is wrong with it"
    elif not available:
        faults["accept"] = "the site sent no certificate"
    else:
        faults = register_faults(form.register_checked_on, latest_day=latest_day, earliest=earliest)
        if not form.scope_confirmed:
            faults["scope_confirmed"] = "read the scope text and name the activities that it covers"
        if not is_valid_on(valid_to, today):
            faults["accept"] = f"its validity ended on {valid_to}"
    if faults:
        raise broken("certificate.verify", "The verification is not complete.", **faults)


def counts(form: CertificateVerification, activity: Activity) -> bool:
    """Whether the certificate, once verified, may be relied on for the activity of its scope (section 5)."""
    return form.accept and form.scope_confirmed and activity in form.activities_covered


def suggested_certificate(type_: CertificateType) -> dict[str, JsonValue]:
    """Prefill of a submission: a certificate of the type that is renewed."""
    return {"document": {}, "certificate": {"type": type_.value}}
