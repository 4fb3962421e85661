"""What each fact reaches: the one place that says it of every fact, or why it reaches no batch (section 16, law 1).

The program does not start while a fact has no row here. What the rows say is tried on families of batches, one that is
open, one that is released and one that was supplied under an exception and never certified, for each fact there is.
Released is, in what follows, what is released for a market or went there under an exception.
"""

from collections.abc import Iterable, Mapping
from enum import Flag, auto
from types import MappingProxyType
from typing import NamedTuple

from domain.agreement.facts import AgreementLapsed
from domain.appointment.facts import SignedUnderNone
from domain.asl.facts import ScopeSuspended, StatusInDoubt, StatusLeftToPeople, StatusStated
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
    FailingResultFound,
    GraveDeviationReported,
    OosConfirmed,
    ParametersBeyondRange,
    ResultOutsideReported,
    SpecificationNotMet,
)
from domain.batch.facts.shelf_life import OriginCorrected, RetestDue, ShelfLifeEnded
from domain.change.facts import ChangeStands
from domain.core.facts import DecisionProposedByEscalation, Fact
from domain.delivery.facts import GoodsInDoubt, TransportBeyondConditions
from domain.event.facts import Concluded, LotsNamed, SiteStopped
from domain.inspection.facts import AuthorityActed, OutcomeConcerns
from domain.site.facts import CertificateStopped, CertificateVoid, DeclarationWithdrawn


class On(Flag):
    """Which batches a fact reaches. It is about a batch, or about what scopes of a site make."""

    NONE = 0
    OPEN = auto()
    """What is not decided of the batch itself is held."""
    RELEASED = auto()
    """A release of the batch itself is reviewed, or what went of it under an exception."""
    OPEN_BELOW = auto()
    """What comes from it, over all steps, and is not decided, is held."""
    RELEASED_BELOW = auto()
    """What is released of all that comes from it is reviewed."""
    RELEASED_ABOVE = auto()
    """What is released of all that it comes from is reviewed."""


ITSELF = On.OPEN | On.RELEASED
DOWN = ITSELF | On.OPEN_BELOW | On.RELEASED_BELOW
FAMILY = DOWN | On.RELEASED_ABOVE


class Reach(NamedTuple):
    """What a fact reaches, and why no more."""

    on: On
    why: str = ""
    """Why it does not reach the whole family, whoever asks."""


_ELSEWHERE = "What it comes from was made elsewhere, before, and by others."
_OF_MARKET = "What is decided for a market says nothing of the goods that it comes from."
_OF_PRODUCT = "It is the product that is not authorised any more, not what it comes from."
_ONE_LOT = "The lot is not in what it comes from."
_HERE = "What it comes from was sound as it left."
_BY_HAND = "Who stops it says what is stopped; what it comes from is stopped by itself."
_SEEN = "It is looked at by who reviews the release; what is graver is another fact."

REACH: Mapping[type[Fact], Reach] = MappingProxyType(
    {
        # ---------------------------------------------------------- of a site, a scope, a paper
        ScopeSuspended: Reach(DOWN, _ELSEWHERE),
        FindingCritical: Reach(DOWN, _ELSEWHERE),
        CapaCritical: Reach(DOWN, _ELSEWHERE),
        AuditUnacceptable: Reach(DOWN, _ELSEWHERE),
        BatchesConcerned: Reach(DOWN, _ELSEWHERE),
        OutcomeConcerns: Reach(DOWN, _ELSEWHERE),
        SiteStopped: Reach(
            On.RELEASED | On.RELEASED_BELOW, f"What is not decided waits for the triage (gate G14). {_ELSEWHERE}"
        ),
        CertificateVoid: Reach(
            On.OPEN | On.OPEN_BELOW, f"What was released was made and certified while it counted. {_ELSEWHERE}"
        ),
        CertificateStopped: Reach(DOWN, _ELSEWHERE),
        DeclarationWithdrawn: Reach(
            On.RELEASED | On.RELEASED_BELOW,
            f"Who certifies what is not decided judges, or another one declares (gate G3). {_ELSEWHERE}",
        ),
        SignedUnderNone: Reach(
            On.RELEASED | On.RELEASED_BELOW,
            "What is not decided is decided by somebody else; the goods are as they were. What it comes from was signed"
            " by others.",
        ),
        AuthorisationStopped: Reach(DOWN, _OF_PRODUCT),
        AuthorisationEnded: Reach(DOWN, _OF_PRODUCT),
        AgreementLapsed: Reach(
            On.OPEN | On.OPEN_BELOW, f"What was released was made while it was in force. {_ELSEWHERE}"
        ),
        ChangeStands: Reach(On.NONE, "What it says of each batch made with it is a fact of its own: MadeUnderChange."),
        StatusStated: Reach(On.NONE, "A status that stops something is a fact of its own: ScopeSuspended."),
        StatusInDoubt: Reach(On.NONE, "People decide; what has put it in doubt reaches batches by itself."),
        StatusLeftToPeople: Reach(On.NONE, "It opens the case that leads out of a status that is stated."),
        DecisionProposedByEscalation: Reach(On.NONE, "Nobody has answered in time, and a decision is proposed."),
        AuthorityActed: Reach(On.NONE, "What it says of batches are facts of their own: SiteStopped, LotsNamed."),
        # ---------------------------------------------------------- of a batch by its number
        LotsNamed: Reach(On.NONE, "What it says of each batch is a fact of its own, by the kind of the event."),
        Concluded: Reach(On.NONE, "It ends what was said of batches; their holds are lifted by people."),
        MadeWhereStopped: Reach(On.RELEASED, "SiteStopped establishes one for each release that it reaches."),
        BatchRecalled: Reach(FAMILY),
        BatchFalsified: Reach(DOWN, _HERE),
        ComplaintOfBatch: Reach(DOWN, _HERE),
        ConfirmationWithdrawn: Reach(DOWN, _HERE),
        FirstStepGone: Reach(DOWN, _OF_MARKET),
        MaterialInDoubt: Reach(DOWN, _ONE_LOT),
        MadeWithLotInDoubt: Reach(DOWN, _ONE_LOT),
        LearnedOfBatch: Reach(On.RELEASED, _SEEN),
        FoundAfterRelease: Reach(On.RELEASED | On.RELEASED_BELOW | On.RELEASED_ABOVE, "It is told of a release."),
        OriginRecalled: Reach(On.RELEASED, "Who plans the recall says so of each batch that comes from the origin."),
        ImportCorrected: Reach(
            On.RELEASED | On.RELEASED_BELOW,
            f"What is not decided is looked at by the gates as it is now (gates G9, G13). {_ELSEWHERE}",
        ),
        ImporterInDoubt: Reach(DOWN, f"It concerns what was imported, and what was made of that since. {_ELSEWHERE}"),
        MadeUnderChange: Reach(
            On.RELEASED | On.RELEASED_BELOW,
            "What is not decided is refused or judged by gate G10. What it comes from was made before, without it.",
        ),
        BatchAssociated: Reach(DOWN, "The investigation of the other batch answers each candidate."),
        # ---------------------------------------------------------- what is found of a batch
        GraveDeviationReported: Reach(FAMILY),
        ResultOutsideReported: Reach(FAMILY),
        OosConfirmed: Reach(FAMILY),
        FailingResultFound: Reach(On.NONE, "It opens an investigation; that is another fact: ResultOutsideReported."),
        ParametersBeyondRange: Reach(DOWN, _HERE),
        SpecificationNotMet: Reach(DOWN, "It opens an investigation; that is another fact, and goes up."),
        GateFailedInReview: Reach(DOWN, _BY_HAND),
        GateClosed: Reach(DOWN, _BY_HAND),
        StoppedByHand: Reach(DOWN, _BY_HAND),
        OriginCorrected: Reach(DOWN, "The correction is of what it comes from."),
        GoodsInDoubt: Reach(DOWN, _HERE),
        TransportBeyondConditions: Reach(DOWN, _HERE),
        # ---------------------------------------------------------- what is decided on a batch
        BatchRejected: Reach(On.OPEN_BELOW | On.RELEASED_BELOW, f"It is decided itself. {_HERE}"),
        ReleaseTakenBack: Reach(
            On.OPEN | On.OPEN_BELOW | On.RELEASED_BELOW, "It is reviewed as it is taken back, with what it comes from."
        ),
        RefusedInMarket: Reach(DOWN, f"On grounds that suspend; else what takes it for that market. {_OF_MARKET}"),
        ShelfLifeEnded: Reach(
            On.OPEN_BELOW | On.RELEASED_BELOW, "What was made from it since. Its own goods are blocked by the end."
        ),
        RetestDue: Reach(On.OPEN, "It is no expiry: what was made from it before is not called into question."),
    }
)
"""By fact. A review of a release is answered as `domain.release.review_answers.BEARING` says."""
_WORDS = {
    On.OPEN: "held while it is open",
    On.RELEASED: "reviewed once it is released",
    On.OPEN_BELOW: "what comes from it is held while that is open",
    On.RELEASED_BELOW: "what is released of what comes from it is reviewed",
    On.RELEASED_ABOVE: "what is released of what it comes from is reviewed",
}


def in_words(fact: type[Fact]) -> str:
    """What a fact reaches, and why no more, for people."""
    reach = REACH[fact]
    told = "; ".join(words for on, words in _WORDS.items() if on in reach.on)
    return f"{told or 'no batch'}. {reach.why}".strip()


def unanswered(facts: Iterable[type[Fact]]) -> list[str]:
    """The facts of which nobody says what they reach, and those that stop short without a reason."""
    missing = [each.__name__ for each in facts if each not in REACH]
    return sorted(missing + [each.__name__ for each, it in REACH.items() if it.on is not FAMILY and not it.why])
