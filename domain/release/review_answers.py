"""What the facts that stand about a batch leave to the review of its release (domain specification, section 19).

One table for all facts: which answers a fact leaves for the markets that it concerns, whether the question of a recall
is asked because of it, and whether it may have to be reported to an authority.
"""

from collections.abc import Collection, Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict

from domain.agreement.facts import AgreementLapsed
from domain.appointment.facts import SignedUnderNone
from domain.asl.facts import ScopeSuspended
from domain.audit.facts import AuditUnacceptable, CapaCritical, FindingCritical
from domain.authorisation.facts import AuthorisationEnded, AuthorisationStopped
from domain.batch.facts.batch_fact import LearnedOfBatch
from domain.batch.facts.by_hand import GateClosed, GateFailedInReview, StoppedByHand
from domain.batch.facts.decisions import (
    BatchRejected,
    ConfirmationWithdrawn,
    FirstStepGone,
    RefusedInMarket,
    ReleaseTakenBack,
)
from domain.batch.facts.events import (
    BatchAssociated,
    BatchesConcerned,
    BatchFalsified,
    BatchRecalled,
    ComplaintOfBatch,
    FoundAfterRelease,
    ImportCorrected,
    ImporterInDoubt,
    MadeUnderChange,
    MadeWhereStopped,
    MadeWithLotInDoubt,
    MaterialInDoubt,
    OriginRecalled,
)
from domain.batch.facts.quality import (
    GraveDeviationReported,
    OosConfirmed,
    ParametersBeyondRange,
    ResultOutsideReported,
    SpecificationNotMet,
)
from domain.batch.facts.shelf_life import OriginCorrected, ShelfLifeEnded
from domain.core.facts import Fact
from domain.core.refusals import broken
from domain.delivery.facts import GoodsInDoubt, TransportBeyondConditions
from domain.inspection.facts import OutcomeConcerns
from domain.release.release_review import ReleaseOutcome, ReleaseReview
from domain.site.facts import CertificateStopped, CertificateVoid, DeclarationWithdrawn


class Leaves(StrEnum):
    """What a fact leaves to the review, for a market that it concerns. Taking back is always left."""

    ANYTHING = "ANYTHING"
    """The reviewer decides."""
    NOT_YET = "NOT_YET"
    """The release is not confirmed before people have concluded on the fact."""
    TAKING_BACK = "TAKING_BACK"
    """The release is not confirmed: nothing that anybody could say makes the goods what was certified."""


class Bears(NamedTuple):
    """How a kind of fact bears on the review of a release."""

    leaves: Leaves
    asks_recall: bool
    """Whether it is asked of what was distributed if it is called back."""
    reportable: bool
    """Whether it may have to be reported to authorities."""


_NOTED = Bears(Leaves.ANYTHING, asks_recall=False, reportable=False)
_LEARNED = Bears(Leaves.ANYTHING, asks_recall=False, reportable=True)
_INVESTIGATED = Bears(Leaves.NOT_YET, asks_recall=False, reportable=True)
_GRAVE = Bears(Leaves.NOT_YET, asks_recall=True, reportable=True)
_ALARM = Bears(Leaves.ANYTHING, asks_recall=True, reportable=True)
_FINAL = Bears(Leaves.TAKING_BACK, asks_recall=True, reportable=True)

BEARING: Mapping[type[Fact], Bears] = MappingProxyType(
    {
        OosConfirmed: _FINAL,  # in markets whose registered limit it misses (EU GMP Annex 16, section 3)
        BatchRejected: _FINAL,  # of a batch that it comes from
        ReleaseTakenBack: _FINAL,  # of a batch that it comes from, in the same market
        ShelfLifeEnded: _FINAL,  # of a batch that it was made from after that
        ResultOutsideReported: _INVESTIGATED,
        GraveDeviationReported: _GRAVE,
        BatchFalsified: _GRAVE,
        ComplaintOfBatch: _GRAVE,
        MaterialInDoubt: _GRAVE,
        MadeWhereStopped: _GRAVE,
        RefusedInMarket: _GRAVE,  # on grounds that concern every market; on its own ones of a batch it comes from
        BatchRecalled: _ALARM,
        OriginRecalled: _ALARM,
        BatchAssociated: Bears(Leaves.NOT_YET, asks_recall=False, reportable=False),  # the other batch is reported
        LearnedOfBatch: _LEARNED,
        FoundAfterRelease: _LEARNED,  # each of the family answers for itself
        BatchesConcerned: _LEARNED,
        OutcomeConcerns: _LEARNED,
        MadeUnderChange: _LEARNED,
        SpecificationNotMet: _LEARNED,
        ParametersBeyondRange: _LEARNED,
        MadeWithLotInDoubt: _LEARNED,
        OriginCorrected: _LEARNED,
        ConfirmationWithdrawn: _LEARNED,  # another one is given, or nobody answers for it and it is taken back
        FirstStepGone: _GRAVE,  # until another one carries it, or it is taken back
        GoodsInDoubt: _LEARNED,  # of one delivery, like the next
        TransportBeyondConditions: _LEARNED,
        SignedUnderNone: _LEARNED,  # somebody who is appointed says again that the release stands, or takes it back
        GateFailedInReview: _NOTED,
        GateClosed: _NOTED,
        StoppedByHand: _NOTED,
        ScopeSuspended: _NOTED,  # the case of the suspension asks for its batches together, like the next ones
        FindingCritical: _NOTED,
        CapaCritical: _NOTED,
        AuditUnacceptable: _NOTED,
        CertificateVoid: _NOTED,
        CertificateStopped: _NOTED,
        DeclarationWithdrawn: _NOTED,
        AuthorisationStopped: Bears(Leaves.ANYTHING, asks_recall=True, reportable=False),  # the authority has said it
        AuthorisationEnded: Bears(Leaves.ANYTHING, asks_recall=True, reportable=False),  # the authority knows it
        ImportCorrected: _NOTED,
        ImporterInDoubt: _LEARNED,
        AgreementLapsed: _NOTED,
    }
)
"""Every fact by which a review is demanded. What is in force of the sites is judged by who reviews."""
_BY_NAME = {kind.__name__: bears for kind, bears in BEARING.items()}


def bearing_of(kind: str) -> Bears:
    """How a fact bears on a review, by the name of its kind."""
    return _BY_NAME[kind]


class Standing(BaseModel):
    """Something that stands about a batch under review, and what it leaves for the markets that it concerns."""

    model_config = ConfigDict(frozen=True)

    what: str
    """What it is called by."""
    why: str
    """What it is, for a sentence that begins with `what`."""
    leaves: Leaves
    markets: frozenset[str]

    def fault(self) -> str:
        """What is wrong with a confirmation in spite of it."""
        if self.leaves is Leaves.NOT_YET:
            return f"waits for {self.what}, {self.why}"
        return f"cannot be given: {self.what} {self.why}; the release is withdrawn or recalled"

    def in_words(self) -> str:
        """The fact with the answers that it leaves, for who reviews."""
        answers = {
            Leaves.ANYTHING: "the release may be confirmed, withdrawn or recalled",
            Leaves.NOT_YET: "the release is not confirmed before that is concluded; it may be withdrawn or recalled",
            Leaves.TAKING_BACK: "the release is withdrawn or recalled",
        }
        return f"{self.what} {self.why} ({', '.join(sorted(self.markets))}): {answers[self.leaves]}"


class RecallQuestion(BaseModel):
    """Goods of a batch were distributed to a market, and something is known for which they may be called back."""

    model_config = ConfigDict(frozen=True)

    market: str
    because: tuple[str, ...]

    def in_words(self) -> str:
        """The question, for who reviews."""
        return f"Goods were distributed to {self.market}: are they called back? {'; '.join(self.because)}"


def refuse_unless_left(form: ReleaseReview, standing: Iterable[Standing]) -> None:
    """Raise `Refused` when a release is confirmed for a market in spite of what stands there."""
    faults: dict[str, str] = {}
    for index, each in enumerate(form.outcomes):
        against = [fact for fact in standing if each.market in fact.markets and fact.leaves is not Leaves.ANYTHING]
        if each.outcome is ReleaseOutcome.CONFIRM and against:
            faults[f"outcomes.{index}.outcome"] = "; ".join(dict.fromkeys(fact.fault() for fact in against))
    if faults:
        raise broken("batch.post_release", "The release is not confirmed in spite of what is known.", **faults)


def refuse_unless_recall_is_answered(form: ReleaseReview, questions: Collection[RecallQuestion]) -> None:
    """Raise `Refused` unless it is said why what was distributed is not called back, exactly where that is asked."""
    asked = {each.market: each for each in questions}
    faults: dict[str, str] = {}
    for index, each in enumerate(form.outcomes):
        is_asked = each.market in asked and each.outcome is not ReleaseOutcome.RECALL
        if is_asked != (each.no_recall_because is not None):
            faults[f"outcomes.{index}.no_recall_because"] = (
                f"is required: {'; '.join(asked[each.market].because)}"
                if is_asked
                else "is given exactly where a recall is asked about, and there is none"
            )
    if faults:
        raise broken("batch.post_release", "The question of a recall is answered for each market.", **faults)
