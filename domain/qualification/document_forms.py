"""Sending the required documents of a site, and judging them (domain specification, section 4, row Documents)."""

from collections.abc import Iterable
from datetime import date
from enum import StrEnum

from pydantic import Field, JsonValue

from domain.core.document import DocumentReference
from domain.core.forms import Action, Audience, Form, Process, Value
from domain.core.people import Role
from domain.core.refusals import broken
from domain.core.text import Text
from domain.policy.required_documents import DocumentKey, RequiredDocument
from domain.qualification.case_documents import CaseDocument, DocumentStatus, Held
from domain.site.certificate import CertificateData, certificate_faults, is_valid_on, register_faults


class SubmittedDocument(Value):
    """One required document, or why there is none."""

    key: DocumentKey = Field(examples=["smf"])
    """Which of the required documents it is; the case lists them."""
    document: DocumentReference | None = None
    """The document itself, uploaded beforehand."""
    certificate: CertificateData | None = None
    """What is printed on it. Required for a certificate, and for nothing else."""
    not_available: Text | None = None
    """Why the site has no such document. Takes the place of the document."""
    comment: Text | None = None
    """A remark for the reviewer."""


class DocumentSubmission(Form):
    """Send the documents that are asked for. A document sent again takes the place of the one before."""

    action = Action(
        Process.QUALIFICATION,
        "submit-documents",
        "Send the required documents",
        frozenset({Role.CDMO_QA}),
        clock="doc.response",
        audience=Audience.SHARED,
    )

    documents: tuple[SubmittedDocument, ...] = Field(min_length=1, max_length=100)
    """The documents, each once."""


class DocumentVerdict(StrEnum):
    """Whether a document is accepted or the site has to send another one."""

    ACCEPT = "ACCEPT"
    REJECT = "REJECT"


class ReviewedDocument(Value):
    """The judgement on one document."""

    key: DocumentKey = Field(examples=["smf"])
    """Which of the required documents it is."""
    verdict: DocumentVerdict = Field(examples=[DocumentVerdict.ACCEPT])
    """Accept it, or ask for another one."""
    reason: Text | None = None
    """Required for REJECT: what is wrong with it. The site reads it."""
    register_checked_on: date | None = None
    """Day on which the certificate was checked in the register of its issuer. Required to accept a certificate."""
    scope_confirmed: bool = False
    """Whether you confirm, in your own name, that the scope text of the certificate names the activity of the case.
    Required to accept a certificate: one whose scope lacks the activity does not count."""


class DocumentReview(Form):
    """Judge every document that the site has sent."""

    action = Action(
        Process.QUALIFICATION,
        "review-documents",
        "Review the documents",
        frozenset({Role.SUPPLIER_QUALITY}),
        clock="doc.review",
    )

    verdicts: tuple[ReviewedDocument, ...] = Field(min_length=1, max_length=100)
    """One for each document that awaits judgement."""


def refuse_unless_submittable(
    form: DocumentSubmission, required: Iterable[RequiredDocument], *, latest_day: date
) -> None:
    """Raise `Refused` with every fault of a submission: keys, documents and certificates (section 4)."""
    known = {document.key: document for document in required}
    faults: dict[str, str] = {}
    seen: set[str] = set()
    for index, sent in enumerate(form.documents):
        path = f"documents.{index}"
        if sent.key not in known:
            faults[f"{path}.key"] = "is not asked for in this case"
        elif sent.key in seen:
            faults[f"{path}.key"] = "is sent twice"
        else:
            found = _submission_faults(sent, known[sent.key], latest_day)
            faults |= {f"{path}.{field}": fault for field, fault in found.items()}
        seen.add(sent.key)
    if faults:
        raise broken("section 4, documents", "The documents are not complete.", **faults)


def _submission_faults(sent: SubmittedDocument, required: RequiredDocument, latest_day: date) -> dict[str, str]:
    if (sent.document is None) == (sent.not_available is None):
        return {"document": "send the document, or say in not_available why there is none"}
    if sent.certificate is None:
        missing = required.certificate is not None and sent.not_available is None
        return {"certificate": f"is required: what is printed on the {required.title}"} if missing else {}
    if required.certificate is None or sent.not_available is not None:
        return {"certificate": "must be left out: there is no certificate here"}
    found = certificate_faults(sent.certificate, required.certificate, latest_day=latest_day)
    return {f"certificate.{field}": fault for field, fault in found.items()}


def awaiting(held: Held) -> dict[str, CaseDocument]:
    """The documents that were received and are not judged yet, by key."""
    return {key: document for key, document in held.items() if document.status is DocumentStatus.RECEIVED}


def refuse_unless_reviewed(
    form: DocumentReview, held: Held, *, mandatory: Iterable[str], today: date, latest_day: date, earliest: date
) -> None:
    """Raise `Refused` unless every document that awaits judgement has exactly one verdict that it can have.

    A register was looked into between `earliest` (policy limit `screening_check_age_max`) and `latest_day`; `today` is
    the site's day.
    """
    left, duties = awaiting(held), frozenset(mandatory)
    faults: dict[str, str] = {}
    for index, verdict in enumerate(form.verdicts):
        path = f"verdicts.{index}"
        document = left.pop(verdict.key, None)
        if document is None:
            faults[f"{path}.key"] = "does not await judgement, or is judged twice"
        elif verdict.verdict is DocumentVerdict.ACCEPT:
            looked_up = register_faults(verdict.register_checked_on, earliest=earliest, latest_day=latest_day)
            found = _acceptance_faults(verdict, document, today, looked_up, mandatory=verdict.key in duties)
            faults |= {f"{path}.{field}": fault for field, fault in found.items()}
        elif verdict.reason is None:
            faults[f"{path}.reason"] = "say what is wrong with it"
    if left:
        faults["verdicts"] = f"has no verdict on {', '.join(sorted(left))}"
    if faults:
        raise broken("doc.review", "The review is not complete.", **faults)


def _acceptance_faults(
    verdict: ReviewedDocument, document: CaseDocument, today: date, looked_up: dict[str, str], *, mandatory: bool
) -> dict[str, str]:
    if document.not_available is not None:
        return {"verdict": "a mandatory document must be there"} if mandatory else {}
    faults: dict[str, str] = {}
    if not is_valid_on(document.ends_on, today):
        faults["verdict"] = f"its validity ended on {document.ends_on}"
    if document.certificate_id is None:
        return faults
    faults |= looked_up
    if not verdict.scope_confirmed:
        faults["scope_confirmed"] = "a certificate whose scope text lacks the activity does not count"
    return faults


def judged(held: Held, form: DocumentReview) -> dict[str, CaseDocument]:
    """The documents as they stand after a review."""
    status = {DocumentVerdict.ACCEPT: DocumentStatus.ACCEPTED, DocumentVerdict.REJECT: DocumentStatus.REJECTED}
    changed = {
        verdict.key: held[verdict.key].model_copy(update={"status": status[verdict.verdict]})
        for verdict in form.verdicts
    }
    return {**held, **changed}


def suggested_submission(documents: Iterable[RequiredDocument]) -> dict[str, JsonValue]:
    """Prefill of a submission: an entry for each document that is wanted, a certificate with its type."""
    entries: list[JsonValue] = [
        {
            "key": each.key,
            "document": {},
            "certificate": {"type": each.certificate.value} if each.certificate else None,
        }
        for each in documents
    ]
    return {"documents": entries} if entries else {}


def suggested_document_review(held: Held) -> dict[str, JsonValue]:
    """Prefill of a review: the documents that await judgement. What is said of each is left open."""
    verdicts: list[JsonValue] = [{"key": key} for key in awaiting(held)]
    return {"verdicts": verdicts} if verdicts else {}
