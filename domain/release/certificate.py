"""A certificate, an approval or a release as an entry of its register: what it says, fixed at the signature.

EU GMP Annex 16, appendix II; Regulation (EU) No 536/2014, Article 62; domain specification, section 18.
"""

from datetime import date
from enum import StrEnum
from typing import Any

from pydantic import AwareDatetime, model_validator

from domain.authorisation.registered import AuthorisationReference
from domain.batch.gate.results import GateResult
from domain.batch.making.pack import Pack
from domain.batch.market_refusal import RefusedAs
from domain.batch.processing_purpose import ProcessingPurpose
from domain.batch.supply_stage import SupplyStage
from domain.batch.trial import Phase
from domain.core.events import Signature
from domain.core.people import Role
from domain.core.view import View
from domain.policy.market_rule import DecisionRule
from domain.release.gate_report import PlaceView

CONTENT_VERSION = 3
"""Of the fields of a certificate that is signed now."""


class CertificateTemplate(StrEnum):
    """What is said on it, and in which order."""

    PRODUCT = "PRODUCT"
    """Certificate or approval of a product for a market."""
    CLINICAL_SUPPLY = "CLINICAL_SUPPLY"
    """The same of clinical supply: trial, product specification file."""
    PROCESSING = "PROCESSING"
    """Release for further processing."""
    CONFIRMATION = "CONFIRMATION"
    """Confirmation of partial manufacture."""


class CertificateState(StrEnum):
    """Whether a certificate stands."""

    STANDS = "STANDS"
    WITHDRAWN = "WITHDRAWN"
    RECALLED = "RECALLED"


def template_of(rule: DecisionRule, *, clinical: bool) -> CertificateTemplate:
    """The template of what is decided under a rule."""
    if rule is DecisionRule.PROCESSING:
        return CertificateTemplate.PROCESSING
    if rule is DecisionRule.CONFIRMATION:
        return CertificateTemplate.CONFIRMATION
    return CertificateTemplate.CLINICAL_SUPPLY if clinical else CertificateTemplate.PRODUCT


def state_of(withdrawn_at: object, refused_as: str | None) -> CertificateState:
    """Whether a certificate stands, by what its market has done since."""
    if withdrawn_at is None:
        return CertificateState.STANDS
    return CertificateState.RECALLED if refused_as == RefusedAs.RECALLED else CertificateState.WITHDRAWN


class CertificateLine(View):
    """One line of a certificate."""

    label: str
    text: str


class CertificateNote(View):
    """What was corrected or taken back after the signature."""

    at: AwareDatetime
    text: str
    by_name: str | None


class CertificationSummary(View):
    """An entry of the register of a market."""

    certificate_number: str
    register_name: str
    register_number: int
    """Number in the register, without gaps."""
    market: str
    batch_id: str
    batch_number: str
    product: str
    trial: str | None = None
    """Of clinical supply the trial that it is for."""
    product_authorisation: AuthorisationReference | None = None
    """The authorisation of the product, or of the trial, that it stands on; none of an older version."""
    quantity: str
    unit: str | None
    decided_by: str
    """Person id."""
    decided_at: AwareDatetime
    withdrawn_at: AwareDatetime | None
    state: CertificateState = CertificateState.STANDS
    """Whether it stands. What is withdrawn or recalled stays in the register, under its number."""
    url: str


class CertificationList(View):
    """A page of the register."""

    items: tuple[CertificationSummary, ...]
    next: str | None = None


class LocationView(View):
    """Where the qualified person was."""

    country: str
    shown_by: str


class Declaration(View):
    """What a certificate says, as it was known at the instant of the signature (EU GMP Annex 16, appendix II).

    It is read from the entry of the register, which nothing changes: what is learned later stands beside it.
    """

    template: CertificateTemplate
    content_version: int = 1
    """Which fields a certificate had as it was signed; 2 has those from `dosage_form` to `signed_as`, 3 also
    `product_authorisation`."""
    market: str
    batch_number: str
    sponsor_number: str | None
    product: str
    strength: str | None
    supply_stage: SupplyStage | None = None
    """What the batch is in the supply chain; none where that was not stated."""
    dosage_form: str | None = None
    pack: Pack | None = None
    """The pack, as on it; none where that was not stated."""
    destinations: tuple[str, ...] = ()
    """All that counts as the market: ISO 3166-1, or EU for the Union; none of an older version."""
    made_before: tuple[PlaceView, ...] = ()
    """The sites that have made a part of what the batch comes from."""
    signed_as: Role | None = None
    """The role under which it was signed."""
    quantity: str
    unit: str | None
    started_on: date | None
    made_on: date | None
    expiry_on: date | None
    retest_on: date | None
    mbr_version: str | None
    parameter_set: str | None
    made_at: tuple[PlaceView, ...]
    statement: str
    authorisation: str | None
    """The authorisation under which the qualified person acts; none for an approval by the quality unit."""
    product_authorisation: AuthorisationReference | None = None
    """The authorisation of the product, or of the trial, that the decision stands on; none of what is no product yet,
    or of an older version."""
    location: LocationView | None
    relies_on: tuple[str, ...] = ()
    """Certificates of the batch for other markets that a release by who only checks stands on."""
    first_release: tuple[str, ...] = ()
    """Documents of the first step, by id: the technical release of the maker or a foreign release."""
    for_sites: tuple[str, ...] = ()
    """Sites that may use it, of a release for further processing; if there are none, any that its purpose allows."""
    purposes: tuple[ProcessingPurpose, ...] = ()
    """What it is released for, of a release for further processing."""
    purpose: str | None = None
    """The same in more words."""
    part: str | None = None
    """The stages of manufacture that are confirmed, of a confirmation."""
    agreement: str | None = None
    """The agreement that a confirmation rests on."""
    trial: str | None = None
    """Of clinical supply the number of the trial that it is for."""
    phase: Phase | None = None
    specification_file: str | None = None
    """The product specification file that clinical supply is certified against."""
    made_under: str | None = None
    """The rules that clinical supply for the US is made under, by the phase of its trial."""
    appointments: tuple[str, ...] = ()
    """The appointments that the signature stands on, in words; none where the quality unit decided, or before people
    were recorded on licences."""
    certified_by: str
    """Person id."""
    certified_by_name: str
    on_behalf_of: str | None
    certified_at: AwareDatetime
    exceptions: tuple[str, ...]
    judged: tuple[str, ...]
    """Gates that were left to judgement."""

    @model_validator(mode="before")
    @classmethod
    def _of_older_entries(cls, entry: Any) -> Any:
        """Entries of the first version name no template; what they are of says it."""
        if isinstance(entry, dict) and "template" not in entry:
            return {**entry, "template": template_of(DecisionRule(entry["rule"]), clinical=bool(entry.get("trial")))}
        return entry


class CertificationRecord(CertificationSummary):
    """A certificate: what it declares, its signature, and the gates that it relies on (Annex 16, 1.7)."""

    declaration: Declaration
    signature: Signature | None
    sha256: str
    """Hash of the signed form."""
    gates: tuple[GateResult, ...]
    printed: tuple[CertificateLine, ...] = ()
    """What the certificate says, line by line, as its template orders it."""
    since: tuple[CertificateNote, ...] = ()
    """What was corrected or taken back after the signature, the oldest first. The certificate itself stays as it is."""
