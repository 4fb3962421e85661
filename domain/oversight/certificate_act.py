"""What the authority does with a certificate before its day: it suspends or withdraws it, or lifts the suspension.

Directive 2001/83/EC, Articles 111(7) and 117(3); domain specification, sections 5 and 19 (G3).
"""

from datetime import date
from enum import StrEnum

from pydantic import Field

from domain.core.document import Documents, Evidence
from domain.core.forms import Action, Form, Forms, Meaning
from domain.core.people import Role
from domain.core.record_kinds import RecordKind
from domain.core.refusals import Code, Refused, broken
from domain.core.text import ShortText, Text
from domain.site.certificate import OF_AUTHORITIES, CertificateStatus, CertificateType, register_faults

RULE = "section 19, G3"
_OF_AUTHORITIES = OF_AUTHORITIES | {CertificateType.CEP, CertificateType.FDA_REGISTRATION}
_ENTERS = frozenset({Role.SUPPLIER_QUALITY, Role.QA_APPROVER, Role.HEAD_QA, Role.REG_AFFAIRS, Role.QP})


class CertificateAct(StrEnum):
    """What an authority has done with a certificate."""

    SUSPENDED = "SUSPENDED"
    """For a time; it may lift that."""
    WITHDRAWN = "WITHDRAWN"
    """For good; only another certificate takes its place."""


class CertificateStop(Form):
    """Enter that the authority has suspended or withdrawn a certificate or authorisation: it counts no more."""

    action = Action(
        None,
        "stop",
        "Enter a suspended or withdrawn certificate",
        _ENTERS,
        meaning=Meaning.AUTHORED,
        sent_to="stop",
        stops=True,
    )

    act: CertificateAct = Field(examples=[CertificateAct.WITHDRAWN])
    """What the authority has done."""
    since: date = Field(examples=["2025-01-13"])
    """Day from which the certificate counts no more."""
    reference: ShortText = Field(examples=["RP Darmstadt, IV-24-17"])
    """Number of the authority's decision, or of its entry in the register."""
    reason: Text = Field(examples=["The inspection of December found the data of the laboratory unreliable."])
    """What the authority says."""
    documents: Documents = ()
    """Copies of the decision or of the entry, as far as they are there. What follows does not wait for them."""


class CertificateRestoration(Form):
    """Enter that the authority has lifted the suspension of a certificate: it counts again, from that day on.

    Holds and reviews stay until people have answered them.
    """

    action = Action(
        None,
        "restore",
        "Enter that a certificate counts again",
        frozenset({Role.QA_APPROVER, Role.HEAD_QA}),
        meaning=Meaning.APPROVED,
        sent_to="restoration",
    )

    since: date = Field(examples=["2025-02-13"])
    """Day from which it counts again."""
    register_checked_on: date = Field(examples=["2025-02-14"])
    """Day on which it was looked up in the register of its issuer, and found valid."""
    reference: ShortText = Field(examples=["RP Darmstadt, IV-24-31"])
    """Number of the authority's decision, or of its entry in the register."""
    reason: Text = Field(examples=["The authority has seen the corrective actions on site."])
    """Why the authority has lifted it."""
    evidence: Evidence
    """Copies of the decision or of the entry."""


class ImportConfirmation(Form):
    """Confirm that an authorisation of a site covers the import of medicines, as looked up in the register.

    Directive 2001/83/EC, Article 40(3). What arrives there without it is not certified.
    """

    action = Action(
        None,
        "confirm-import",
        "Confirm that an authorisation covers import",
        frozenset({Role.SUPPLIER_QUALITY, Role.QA_APPROVER, Role.HEAD_QA, Role.QP}),
        meaning=Meaning.REVIEWED,
        sent_to="import",
    )

    register_checked_on: date = Field(examples=["2025-01-13"])
    """Day on which it was looked up in the register of its issuer."""
    wording: Text = Field(examples=["Part 2, importation of medicinal products: 2.2 batch certification, 2.3.1"])
    """In which words it covers import, as they are printed."""


class ImportConfirmationWithdrawal(Form):
    """Take back that an authorisation covers import: it was confirmed wrongly, or the register says otherwise now.

    What has arrived under it is certified no more, until it is confirmed again.
    """

    action = Action(
        None,
        "withdraw-import",
        "Take back that an authorisation covers import",
        ImportConfirmation.action.by,
        meaning=Meaning.AUTHORED,
        sent_to="import/withdrawal",
        stops=True,
    )

    reason: Text = Field(examples=["The entry in the register names packaging alone; import was struck out."])
    """Why it does not cover import."""


CERTIFICATE = RecordKind(
    noun="certificate",
    called="A certificate",
    prefix="CERT-",
    pattern=r"\d{1,18}",
    example="CERT-1",
    forms=Forms(CertificateStop, CertificateRestoration, ImportConfirmation, ImportConfirmationWithdrawal),
)


def refuse_unless_covers_import(
    form: ImportConfirmation, type_: CertificateType, status: CertificateStatus, *, today: date, earliest: date
) -> None:
    """Raise `Refused` field by field unless an authorisation that was accepted is looked up."""
    if not type_.is_of_manufacture:
        raise broken("section 18, import", "It covers no import.", wording=f"a {type_} covers no import")
    if status is not CertificateStatus.VERIFIED:
        raise Refused(Code.NOT_OPEN, f"The certificate is {status}.", rule="section 18, import")
    if faults := register_faults(form.register_checked_on, latest_day=today, earliest=earliest):
        raise broken("section 18, import", "The register was not looked up like this.", **faults)


def refuse_unless_confirmed(confirmed_by: str | None) -> None:
    """Raise `Refused` if nobody has confirmed that an authorisation covers import, or it was taken back."""
    if confirmed_by is None:
        raise Refused(Code.NOT_OPEN, "Nobody has confirmed that it covers import.", rule="section 18, import")


def refuse_unless_stoppable(
    form: CertificateStop, type_: CertificateType, status: CertificateStatus, *, latest_day: date
) -> None:
    """Raise `Refused` unless an authority's paper that counts is stopped, on a day that has come.

    One that is suspended may be withdrawn.
    """
    if type_ not in _OF_AUTHORITIES:
        raise broken(RULE, "No authority has issued it.", act=f"{type_} is no paper of an authority")
    is_graver = (status, form.act) == (CertificateStatus.SUSPENDED, CertificateAct.WITHDRAWN)
    if status is not CertificateStatus.VERIFIED and not is_graver:
        raise Refused(Code.NOT_OPEN, f"The certificate is {status}.", rule=RULE)
    if form.since > latest_day:
        raise broken(RULE, "The certificate counts until then.", since="is in the future")


def refuse_unless_restorable(
    form: CertificateRestoration, status: CertificateStatus, stopped_on: date | None, *, today: date, earliest: date
) -> None:
    """Raise `Refused` field by field unless a suspension is lifted, on a day that the register bears out."""
    if status is not CertificateStatus.SUSPENDED:
        raise Refused(Code.NOT_OPEN, f"The certificate is {status}; only a suspension is lifted.", rule=RULE)
    faults = register_faults(form.register_checked_on, latest_day=today, earliest=earliest)
    if form.since > today:
        faults["since"] = "is in the future"
    elif stopped_on is not None and form.since < stopped_on:
        faults["since"] = f"is before {stopped_on}, from when it was suspended"
    elif form.register_checked_on < form.since:
        faults.setdefault("register_checked_on", "is before the day from which it counts again")
    if faults:
        raise broken(RULE, "The certificate does not count again like this.", **faults)
