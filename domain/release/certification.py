"""The decision on a batch for one market: certificate of a qualified person, or approval by the quality unit.

EU GMP Annex 16; Directive 2001/83/EC, Article 51; 21 CFR 211.22(a); domain specification, section 8.
"""

from typing import Annotated

from pydantic import Field, JsonValue

from domain.batch.batch import MarketDecision
from domain.batch.gate.gate import Gate
from domain.batch.trial import Trial
from domain.core.attestations import Known
from domain.core.countries import Country
from domain.core.document import DocumentReference, Documents
from domain.core.forms import Action, Decision, Meaning, Process, Value
from domain.core.people import DECIDERS, QUALITY_UNIT, Role
from domain.core.repeats import ONCE
from domain.core.text import Identifier, OnRecord, ShortText, Text, WholeText
from domain.exchange.parameters import Number
from domain.policy.rejection_grounds import Grounds

CLOCK = "batch.certify"
_STATEMENT = (
    "I certify that this batch was manufactured and checked in accordance with good manufacturing practice and with"
    " the requirements of its marketing authorisation."
)
_APPROVAL = "The records of this batch were reviewed and it is approved for release (21 CFR 211.22(a))."


class Ground(Value):
    """A further record that a judgement rests on: each site, batch or suspension in doubt has one of its own."""

    deviation_id: OnRecord | None = Field(default=None, examples=["DEV-2025-015"])
    """The closed deviation of a further batch."""
    site_statement: DocumentReference | None = None
    """What the quality unit of a further site states."""
    reinstatement: Identifier | None = Field(default=None, examples=["STA-2"])
    """The case in which a further suspension was lifted."""


class Judgement(Value):
    """Why a batch may be certified although a gate is in doubt. A gate that has failed is not judged."""

    gate: Gate = Field(examples=[Gate.G3])
    """The gate that is left to judgement."""
    rationale: Text = Field(examples=["The authority has extended the certificate until 2026-12-31 by public notice."])
    """Why."""
    deviation_id: OnRecord | None = Field(default=None, examples=["DEV-2025-014"])
    """The closed deviation under which it is dealt with, of the batch in doubt or of this one."""
    evidence: Documents = ()
    """Documents that it rests on."""
    site_statement: DocumentReference | None = None
    """What the quality unit of the site in doubt states, uploaded by that unit."""
    qp_declaration: DocumentReference | None = None
    """As a document, in judgements of earlier versions of the program; refused in new ones: see `qp_declarations`."""
    qp_declarations: Annotated[tuple[Identifier, ...], Field(max_length=50), ONCE] = Field(
        default=(), examples=[["QPD-2025-014"]]
    )
    """Of gate G3: the numbers of the declarations of a qualified person that covered each maker of an intermediate or
    active substance without a certificate (Directive 2001/83/EC, Article 46(f))."""
    reinstatement: Identifier | None = Field(default=None, examples=["STA-1"])
    """The case in which the suspension was lifted, on whose evidence it rests."""
    events: Annotated[tuple[Identifier, ...], Field(max_length=200), ONCE] = ()
    """Of gates G7 and G12: every event that does not concern the batch, by its id: open at the site, or of a lot."""
    further: Annotated[tuple[Ground, ...], Field(max_length=50)] = ()
    """Records of the further sites, batches and suspensions that the gate asks about."""

    def records(self) -> tuple[str, ...]:
        """Ids of the records and documents that it stands on."""
        grounds: tuple[Judgement | Ground, ...] = (self, *self.further)
        documents = (*self.evidence, *(each.site_statement for each in grounds), self.qp_declaration)
        cases = (case for each in grounds for case in (each.deviation_id, each.reinstatement))
        named = (*cases, *self.qp_declarations, *(each.document_id for each in documents if each is not None))
        return tuple(each for each in named if each is not None)


class Location(Value):
    """Where the signer is while deciding: where the row of the market says, also for who signs remotely."""

    country: Country = Field(examples=["DE"])
    """Country, ISO 3166-1, or XI for Northern Ireland."""
    shown_by: ShortText = Field(examples=["Signed in from the office network at the Mainz site"])
    """How that is shown technically."""


class DecisionForMarket(Decision):
    """What every decision for a market says. Nothing is released under conditions; a rejection is final.

    Rejecting protects: who has reviewed the batch may reject it (section 16, law 4), and does not release it (S5).
    """

    no_protects = True
    market: Country = Field(examples=["EU"])
    """The market that is decided for."""
    decision: MarketDecision = Field(examples=[MarketDecision.RELEASE])
    """RELEASE or REJECT."""
    quantity: Number | None = Field(default=None, gt=0, examples=["118.4"])
    """Quantity released, in the unit of the batch, at most what was made; given exactly for RELEASE."""
    reason: Text | None = None
    """Why the batch is rejected; given exactly for REJECT."""
    grounds: Grounds = ()
    """On what grounds it is rejected, at least one; given exactly for REJECT. Every other market sees them."""
    statement: Annotated[Text, Known("the words of the market's row of the policy")] = Field(examples=[_APPROVAL])
    """What is certified or approved, in the words of the certificate: those of the market, to the letter."""

    def approves(self) -> bool:
        return self.decision is MarketDecision.RELEASE


class CertificationDecision(DecisionForMarket):
    """A decision of the sponsor's, by the gates."""

    gates_seen: Annotated[WholeText | None, Known("what the gates say")] = None
    """The gates as the task shows them, and the gate report for a further part; required for RELEASE. They are looked
    at again at the signature: what has changed since is read first."""
    judgements: Annotated[tuple[Judgement, ...], Field(max_length=14)] = ()
    """A rationale for each gate that is left to judgement, and for no other."""
    audits_known: bool = Field(examples=[True])
    """Whether you know what the last audits of the sites recommend; nothing is released without that (gate G4)."""


class ProductDecision(CertificationDecision):
    """A decision on what reaches patients."""

    trial: Trial | None = None
    """Of clinical supply the trial that it is certified for; given exactly for its RELEASE. It is supplied to a site of
    that trial once the sponsor has given the green light."""


class QpCertification(ProductDecision):
    """Certify the batch for a market of the Union as its qualified person, or reject it. Only you can, personally.

    The certificate is given in person, never under a delegation (EU GMP Annex 16, 1.6). A rejection needs no qualified
    person: any member of the quality unit may reject.
    """

    action = Action(
        Process.BATCH,
        "certify",
        "Certify the batch",
        frozenset({Role.QP}),
        clock=CLOCK,
        meaning=Meaning.CERTIFIED,
        in_person=True,
        protected_by=QUALITY_UNIT,
    )

    authorisation: ShortText | None = Field(examples=["DE_RP_01_MIA_2023_0042"])
    """Number of the manufacturing or import authorisation under which you act (Directive 2001/83/EC, Article 46(f));
    required for RELEASE."""
    location: Location | None
    """Where you are as you certify; required for RELEASE."""
    statement: Annotated[Text, Known("the words of the market's row of the policy")] = Field(examples=[_STATEMENT])
    """What is certified, in the words of the certificate: those of the market, to the letter."""


class QcuApproval(ProductDecision):
    """Approve the batch for a market for the quality unit, or reject it, although another company has made it.

    The approval is given in person as a certificate is: nobody releases in another one's name.
    """

    action = Action(
        Process.BATCH,
        "approve",
        "Approve the batch",
        QUALITY_UNIT,
        clock=CLOCK,
        meaning=Meaning.APPROVED,
        in_person=True,
    )


class MarketRelease(ProductDecision):
    """Release the batch to a market as the person whom the row of the market names, or reject it.

    Who only checks a certification needs it on record first, given by another person (section 18). The release is given
    in person. A rejection needs nobody of the market: any member of the quality unit may reject.
    """

    action = Action(
        Process.BATCH,
        "release-to-market",
        "Release the batch to the market",
        DECIDERS,
        clock=CLOCK,
        meaning=Meaning.APPROVED,
        in_person=True,
        or_by_row=True,
        protected_by=QUALITY_UNIT,
    )

    authorisation: ShortText | None = Field(default=None, examples=["Swissmedic 512345-102635612"])
    """Number of the licence under which you act; required for RELEASE."""
    location: Location | None = None
    """Where you are as you decide; required for RELEASE where the market asks for a place."""
    first_release: Documents = ()
    """As documents, in releases of earlier versions of the program; refused in new ones: see `first_step`."""
    first_step: Annotated[tuple[Identifier, ...], Field(max_length=10), ONCE] = Field(
        default=(), examples=[["MBC-2025-014"]]
    )
    """The numbers of the maker's certificates of this batch that you have checked, where the market takes them."""


LICENSED = (QpCertification, MarketRelease)
"""The decisions that are given under a licence, from a place."""


def suggested_decision(market: str, most: str | None, gates: str, wording: str | None) -> dict[str, JsonValue]:
    """Prefill of a decision: the market, all that may be released, the gates and the statement in words.

    What is decided is left open.
    """
    known: dict[str, JsonValue] = {"market": market, "gates_seen": gates, "quantity": most, "statement": wording}
    return {name: value for name, value in known.items() if value is not None}
