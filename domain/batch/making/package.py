"""The package of a batch: what the sponsor needs for its own decision, and whether it is complete (section 8)."""

from collections.abc import Collection, Iterable
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from domain.batch.batch import Relation
from domain.batch.relations import WORKED_AGAIN
from domain.core.document import DocumentReference
from domain.core.forms import Action, Audience, Decision, Form, Meaning, Process, Value
from domain.core.names import name_key
from domain.core.people import Role
from domain.core.refusals import broken
from domain.core.text import Names, OnRecord, ShortText, Text


class PackageItem(StrEnum):
    """Documents of a release package."""

    BATCH_RECORD = "BATCH_RECORD"
    """Executed batch production record."""
    CERTIFICATE_OF_ANALYSIS = "CERTIFICATE_OF_ANALYSIS"
    CERTIFICATE_OF_COMPLIANCE = "CERTIFICATE_OF_COMPLIANCE"
    ENVIRONMENT_STATEMENT = "ENVIRONMENT_STATEMENT"
    """Environmental monitoring and utilities."""
    DEVIATION_REPORTS = "DEVIATION_REPORTS"
    OOS_REPORTS = "OOS_REPORTS"
    REPROCESSING_RECORD = "REPROCESSING_RECORD"
    CHANGE_LIST = "CHANGE_LIST"
    OTHER = "OTHER"


ALWAYS = (
    PackageItem.BATCH_RECORD,
    PackageItem.CERTIFICATE_OF_ANALYSIS,
    PackageItem.CERTIFICATE_OF_COMPLIANCE,
    PackageItem.ENVIRONMENT_STATEMENT,
)
"""What every package holds [V1]."""


class PackagedDocument(Value):
    """One document of the package."""

    item: PackageItem = Field(examples=[PackageItem.BATCH_RECORD])
    """What it is."""
    document: DocumentReference
    """The document."""


class BatchPackage(Form):
    """Send the package for the sponsor's review, with a declaration that it is complete."""

    action = Action(
        Process.BATCH,
        "package",
        "Send the batch package",
        frozenset({Role.CDMO_QA}),
        clock="batch.package",
        meaning=Meaning.AUTHORED,
        audience=Audience.SHARED,
    )

    documents: tuple[PackagedDocument, ...] = Field(
        min_length=1,
        max_length=200,
        examples=[[{"item": item.value, "document": {"document_id": "DOC-1", "sha256": "0" * 64}} for item in ALWAYS]],
    )
    """Every document, with its hash."""
    open_investigations: Annotated[tuple[OnRecord, ...], Field(max_length=200)] = ()
    """Numbers of the deviations and results whose investigation is still open; all of them."""
    declaration: Text = Field(examples=["The package is complete and the copies are true to the originals."])
    """Declaration of completeness."""


class Completeness(Decision):
    """Confirm that the package is complete, which starts the review, or return it for correction."""

    action = Action(
        Process.BATCH,
        "completeness",
        "Check the package for completeness",
        frozenset({Role.SUPPLIER_QUALITY}),
        clock="batch.completeness",
        audience=Audience.SHARED,
    )

    complete: bool = Field(examples=[True])
    """Whether the review can begin."""
    missing: Names = ()
    """What is missing or wrong; required if it is not complete. The program suggests what it misses itself."""
    comment: Text | None = None
    """Remarks for the site."""

    def approves(self) -> bool:
        return self.complete


class RecordRequest(Form):
    """Ask the site for the full batch record, or for raw data behind a result."""

    action = Action(
        Process.BATCH,
        "request-record",
        "Ask for the full record or raw data",
        frozenset({Role.QA_APPROVER, Role.QC_REVIEWER, Role.QP, Role.CMC_LEAD, Role.SUPPLIER_QUALITY}),
        audience=Audience.SHARED,
        unchecked="what is needed for a review is decided by those who review",
    )

    wanted: Text = Field(examples=["Chromatograms and audit trail of all injections of sample S-17."])
    """What is asked for."""


class RecordProvision(Form):
    """Provide what was asked for."""

    action = Action(
        Process.BATCH,
        "provide-record",
        "Provide the record or raw data",
        frozenset({Role.CDMO_QA}),
        clock="batch.record",
        audience=Audience.SHARED,
        unchecked="the documents are kept; whether they are what was asked for is seen by who asked",
    )

    documents: tuple[DocumentReference, ...] = Field(
        min_length=1, max_length=100, examples=[[{"document_id": "DOC-1", "sha256": "0" * 64}]]
    )
    """The documents."""
    comment: ShortText | None = None
    """A remark."""


def missing_from(
    package: BatchPackage,
    *,
    relations: Collection[Relation],
    deviations: Collection[str],
    results: Collection[str],
    changes: Collection[str],
    still_open: Iterable[str],
    has_certificate: bool,
) -> tuple[str, ...]:
    """What a package lacks, in words; empty if the program misses nothing.

    `deviations`, `results` and `changes` are the numbers on record for the batch, `still_open` those whose
    investigation is not closed, `has_certificate` whether the results were submitted as data.
    """
    wanted = list(ALWAYS)
    if deviations:
        wanted.append(PackageItem.DEVIATION_REPORTS)
    if results:
        wanted.append(PackageItem.OOS_REPORTS)
    if changes:
        wanted.append(PackageItem.CHANGE_LIST)
    if WORKED_AGAIN & set(relations):
        wanted.append(PackageItem.REPROCESSING_RECORD)
    given = {each.item for each in package.documents}
    missing = [item.value for item in wanted if item not in given]
    if not has_certificate:
        missing.append("results of the certificate of analysis")
    listed = set(map(name_key, package.open_investigations))
    unlisted = sorted(number for number in set(still_open) if name_key(number) not in listed)
    return (*missing, *(f"open investigation {number} in the list" for number in unlisted))


def refuse_unless_checked(form: Completeness, missing: Collection[str]) -> None:
    """Raise `Refused` when a package passes that lacks something, or is returned without a word."""
    if form.complete and missing:
        raise broken("section 8, completeness", "The package is not complete.", complete=f"lacks {', '.join(missing)}")
    if form.complete == bool(form.missing):
        fault = "is given exactly if the package is not complete"
        raise broken("section 8, completeness", "Say what is missing.", missing=fault)
