"""The manufacturer's certificate of a batch, as its maker issues it for an import (MRA format; section 18).

It is evidence that is imported and checked; who certifies the batch for a market signs a certificate of their own.
"""

from collections.abc import Sequence
from datetime import date
from typing import Annotated

from pydantic import Field

from domain.core.countries import Country
from domain.core.document import DocumentReference
from domain.core.forms import Action, Decision, Form, Forms, Meaning, Value
from domain.core.people import Actor, Role
from domain.core.record_kinds import RecordKind
from domain.core.refusals import Code, Refused
from domain.core.text import AsPrinted, Determined, Identifier, ShortText, Text
from domain.policy.mutual_recognition import ProductKind
from domain.policy.reliance import SignedAs
from domain.site.site import Activity

RULE = "section 18, manufacturer's certificate"
_REVIEWERS = frozenset({Role.SUPPLIER_QUALITY, Role.QA_APPROVER, Role.HEAD_QA, Role.QP})

BatchCertificateNumber = Annotated[str, Field(pattern=r"^MBC-[A-Z0-9][A-Z0-9-]{0,40}$")]
"""Number of the record, chosen by who enters it; unique for ever."""


class CertifiedSite(Value):
    """A site that has made or tested the batch, as the certificate names it."""

    site_id: Identifier = Field(examples=["VM-02"])
    """The registered site."""
    activity: Activity = Field(examples=[Activity.DRUG_PRODUCT])
    """What it has done."""
    authorisation: ShortText = Field(examples=["506789-102"])
    """Number of its manufacturing authorisation or licence."""
    gmp_certificate: ShortText | None = Field(default=None, examples=["GMP-CH-1004211"])
    """Number of its GMP certificate, if it is printed."""


class CertifiedResult(Value):
    """A result beside its limit, as they are printed."""

    test: Determined = Field(examples=["Assay"])
    """Name of the test."""
    limit: AsPrinted = Field(examples=["95.0 to 105.0 %"])
    """What is demanded."""
    result: AsPrinted = Field(examples=["99.2 %"])
    """What was found."""


class ManufacturerCertificate(Form):
    """Enter the certificate of a batch that its maker has issued in the exporting country, as it is printed."""

    action = Action(
        None,
        "enter",
        "Enter a manufacturer's certificate of a batch",
        _REVIEWERS | {Role.SUPPLY_CHAIN, Role.CDMO_QA, Role.CDMO_QU_HEAD},
        meaning=Meaning.AUTHORED,
    )

    batch_id: Identifier = Field(examples=["BAT-1"])
    """The batch that it is of."""
    product: ShortText = Field(examples=["Arlivan 10 mg"])
    """Name of the product."""
    product_kind: ProductKind = Field(examples=[ProductKind.CHEMICAL])
    """What kind of product it is: some agreements leave kinds out."""
    importing_country: Country = Field(examples=["DE"])
    """The country that it was issued for."""
    authorisation_number: ShortText = Field(examples=["EU/1/24/1811/001"])
    """Number of the marketing authorisation or of the trial, in the importing country."""
    strength: ShortText = Field(examples=["10 mg"])
    """Strength or potency."""
    dosage_form: ShortText = Field(examples=["tablet"])
    """Pharmaceutical form."""
    pack: ShortText = Field(examples=["Blister of 10 tablets, 3 blisters"])
    """Size and type of the pack; of bulk the container."""
    batch_number: ShortText = Field(examples=["T-0051"])
    """Number of the batch, as it is printed."""
    manufactured_on: date = Field(examples=["2025-01-13"])
    """Day of manufacture."""
    expires_on: date = Field(examples=["2028-01-31"])
    """Last day of use."""
    sites: Annotated[tuple[CertifiedSite, ...], Field(min_length=1, max_length=50)]
    """All sites that made or tested it."""
    results: Annotated[tuple[CertifiedResult, ...], Field(min_length=1, max_length=500)]
    """All results, each with its limit."""
    comments: Text | None = None
    """What it remarks."""
    statement: Text = Field(examples=["The batch was made, packed and controlled in accordance with GMP."])
    """What its signer states, as it is printed."""
    signed_by: ShortText = Field(examples=["Dr. Ruth Amsler"])
    """Name and position of who has signed it."""
    signed_as: SignedAs = Field(default=SignedAs.MAKER, examples=[SignedAs.MAKER])
    """As what they have signed it. The row of a market says which are the first step of who only checks."""
    signed_under: ShortText | None = None
    """Number of the manufacturing authorisation that names who certifies; required exactly of such. It is that of a
    site in the country of issue which made the batch, or at which it was imported, for IMPORTER."""
    issued_in: Country = Field(examples=["CH"])
    """The country in which it was issued."""
    issued_on: date = Field(examples=["2025-01-20"])
    """Day of its signature."""
    document: DocumentReference
    """The certificate."""


class ManufacturerCertificateReview(Decision):
    """Review it against the original: what was entered is what is printed, and it is of this batch."""

    no_protects = True
    action = Action(
        None,
        "review",
        "Review a manufacturer's certificate of a batch",
        _REVIEWERS,
        meaning=Meaning.REVIEWED,
        sent_to="review",
    )

    accept: bool = Field(examples=[True])
    """Whether it counts."""
    finding: Text = Field(examples=["Compared line by line with the original; it names all sites of the batch."])
    """What was compared, or why it does not count."""

    def approves(self) -> bool:
        return self.accept


BATCH_CERTIFICATE = RecordKind(
    noun="batch_certificate",
    called="A manufacturer's certificate",
    prefix="MBC-",
    example="MBC-2025-014",
    forms=Forms(ManufacturerCertificate, ManufacturerCertificateReview),
)


def refuse_own_review(
    form: ManufacturerCertificateReview, actor: Actor, entered_by: str, *, accepted: bool | None
) -> None:
    """Raise `Refused` if it is reviewed already, or accepted by who has entered it. Turning it down is open to all."""
    if accepted is False or (accepted and form.accept):
        raise Refused(Code.ALREADY_ANSWERED, "It was reviewed already.")
    if form.accept and entered_by in actor.persons:
        raise Refused(Code.SEGREGATION_OF_DUTIES, "Another person reviews what you have entered.", rule=RULE)


def laboratories_of(sites: Sequence[CertifiedSite]) -> frozenset[str]:
    """The sites that have tested, as a certificate names them; who made it, if it names none."""
    testing = frozenset(each.site_id for each in sites if each.activity is Activity.TESTING)
    return testing or frozenset(each.site_id for each in sites)
