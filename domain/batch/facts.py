"""What becomes true of a batch and calls it into question (domain specification, sections 8 and 16).

Those that say no more than the hold or the review that follows from them are not journaled beside it: a gate that is
closed, a stop by hand, values and results that do not fit, what was learned, what an event concerns. When they come
again they hold again.
"""

from abc import abstractmethod
from datetime import date
from typing import ClassVar

from pydantic import AwareDatetime

from domain.batch.gate.gate import Gate
from domain.batch.holds.holds import HoldType
from domain.batch.market_refusal import Refusal, RefusedAs
from domain.batch.results.analysis_forms import Source
from domain.batch.results.oos import OosKind
from domain.core.facts import Fact, StandingFact
from domain.core.names import name_key
from domain.event.site_event import EventType


class BatchFact(Fact):
    """A fact about one batch. Whoever establishes it holds the lock of the batch."""

    batch_id: str

    @property
    def stream(self) -> str:
        """Where it is journaled, if it stands."""
        return self.batch_id

    @property
    def about(self) -> tuple[str, ...]:
        """What it is about, if it stands."""
        return (self.batch_id,)


class BatchInDoubt(BatchFact):
    """Something is known of a batch that stops it, and what comes from it, until people have judged it."""

    hold: ClassVar[HoldType]
    """The type of the hold that it is stopped by."""
    travels_up: ClassVar[bool] = False
    """Whether the batches that it comes from are looked at as well. Down to what comes from it everything travels."""
    case_id: str
    """The case in which it came to be known."""
    market: str | None = None
    """The market in which it is stopped; none if in all."""
    received_at: AwareDatetime | None = None
    """When anybody of the sponsor or its agents received the information; `None` if as it was written."""

    @property
    def about(self) -> tuple[str, ...]:
        """The batch, and the case in which it came to be known."""
        return (self.batch_id,) if self.case_id == self.batch_id else (self.batch_id, self.case_id)

    @property
    @abstractmethod
    def why(self) -> str:
        """The reason that people read."""

    @property
    def hold_type(self) -> HoldType:
        """The type of the hold that it is stopped by."""
        return self.hold

    @property
    def identity(self) -> str:
        return f"{self.batch_id}:{self.case_id}:{self.market}:{self.why}"


class GraveDeviationReported(BatchInDoubt, StandingFact):
    """A deviation is MAJOR or CRITICAL: as it was reported, or as it was reclassified. Of each class it is another.

    It ends when its assessment is accepted or its class is raised; what an event says when that is triaged.
    """

    hold = HoldType.DEVIATION
    travels_up = True
    deviation_id: str
    deviation_class: str

    @property
    def identity(self) -> str:
        return f"{self.batch_id}:{self.deviation_id}:{self.deviation_class}"

    @property
    def why(self) -> str:
        return f"Deviation {self.deviation_id} ({self.deviation_class})"


class ResultOutsideReported(BatchInDoubt, StandingFact):
    """A result lies outside specification or trend. It ends when it is invalidated, or counts no more.

    What an event says ends when that is triaged.
    """

    hold = HoldType.OOS
    travels_up = True
    kind: OosKind
    oos_id: str
    result: str
    """Test, value and unit."""

    @property
    def identity(self) -> str:
        return f"{self.batch_id}:{self.oos_id}"

    @property
    def why(self) -> str:
        return f"{self.kind} {self.oos_id}: {self.result}"


class OosConfirmed(BatchInDoubt, StandingFact):
    """A result outside its specification is confirmed: the failure is real, whenever that is concluded."""

    never_ends = "A failure that is confirmed stays one. What becomes of the batch is decided on the batch."

    hold = HoldType.OOS
    travels_up = True
    oos_id: str
    result: str
    """Test, value and unit."""

    @property
    def why(self) -> str:
        return f"OOS {self.oos_id} is confirmed: {self.result}"

    @property
    def identity(self) -> str:
        return f"{self.batch_id}:{self.oos_id}"


class ParametersBeyondRange(BatchInDoubt):
    """Actual values lay outside their proven acceptable ranges (G6)."""

    hold = HoldType.PROCESS
    parameters: tuple[str, ...]

    @property
    def why(self) -> str:
        return f"Outside the proven acceptable range: {', '.join(self.parameters)}"


class SpecificationNotMet(BatchInDoubt):
    """Results do not meet the specification, or do not bear out the certificate (G9)."""

    hold = HoldType.COA
    finding: str

    @property
    def why(self) -> str:
        return self.finding


class BatchRejected(BatchFact, StandingFact):
    """A batch was rejected, by both sides or for its last market. It ends when two people have corrected that."""

    number: str

    @property
    def why(self) -> str:
        """The reason that people read."""
        return f"{self.number} is rejected"

    @property
    def identity(self) -> str:
        return self.batch_id


class StoppedByHand(BatchInDoubt):
    """A person stops a batch."""

    type: HoldType
    reason: str

    @property
    def hold_type(self) -> HoldType:
        return self.type

    @property
    def why(self) -> str:
        return self.reason


class GateFailedInReview(BatchInDoubt):
    """A reviewer finds that a gate has failed."""

    type: HoldType
    gate: Gate
    reason: str

    @property
    def hold_type(self) -> HoldType:
        return self.type

    @property
    def why(self) -> str:
        return f"{self.gate} failed in review: {self.reason}"[:4000]


class GateClosed(BatchInDoubt):
    """A gate has failed for a market when certification began."""

    type: HoldType
    reason: str

    @property
    def hold_type(self) -> HoldType:
        return self.type

    @property
    def why(self) -> str:
        return self.reason


class OriginCorrected(BatchInDoubt):
    """The dates of a batch that this one was split, blended or packed from were corrected to earlier ones than its."""

    hold = HoldType.SUPPLY
    origin: str
    """Number of the other batch."""
    day: date

    @property
    def why(self) -> str:
        return f"Its last day is later than {self.day}, that of {self.origin} that it comes from, as corrected"


class ShelfLifeEnded(BatchFact, StandingFact):
    """The last day of use of a batch has passed where the goods lie. It ends when the day is corrected."""

    number: str
    ended_at: AwareDatetime
    """The midnight after that day."""
    words: str

    @property
    def why(self) -> str:
        """The reason that people read of what was made from it afterwards."""
        return f"{self.number} was used after its end: {self.words}"

    @property
    def identity(self) -> str:
        return f"{self.batch_id}:{self.ended_at:%Y-%m-%d}"


class RetestDue(BatchFact, StandingFact):
    """The day of retest of a batch has passed; it is no expiry. It ends with a passing retest, or a corrected day."""

    retest_on: date
    zone: str

    @property
    def why(self) -> str:
        """The reason that people read."""
        return f"retest was due on {self.retest_on} ({self.zone})"

    @property
    def identity(self) -> str:
        return f"{self.batch_id}:{self.retest_on}"


class LearnedOfBatch(BatchFact):
    """Something was learned of a batch that bears on a release of it."""

    case_id: str
    """The case in which it was learned."""
    why: str
    received_at: AwareDatetime | None = None
    """When anybody of the sponsor or its agents received the information; `None` if as it was written."""

    @property
    def identity(self) -> str:
        return f"{self.batch_id}:{self.case_id}:{self.why}"


class OriginRecalled(LearnedOfBatch):
    """A batch that it comes from is recalled, and who plans that says that it is concerned as well."""


class MadeWhereStopped(LearnedOfBatch, StandingFact):
    """An event stops all that a site makes, and a release rests on what was made there. It ends with its triage."""

    event: str
    """The number of the event."""
    told: EventType
    site: str
    """Name of the site."""

    @property
    def about(self) -> tuple[str, ...]:
        """The batch, and the event."""
        return (self.batch_id, self.case_id)

    @property
    def identity(self) -> str:
        return f"{self.batch_id}:{self.case_id}"


class ReleaseTakenBack(BatchFact, StandingFact):
    """The release of a batch was withdrawn or recalled for some markets."""

    never_ends = "A release that was taken back is not given again; the goods need a record of their own."

    number: str
    markets: tuple[str, ...]
    """Those on grounds that are about the goods; what is suspended or of one market alone is `RefusedInMarket`."""

    @property
    def why(self) -> str:
        """The reason that people read."""
        return f"The release of {self.number} is taken back for {', '.join(sorted(self.markets))}"

    @property
    def identity(self) -> str:
        return f"{self.batch_id}:{','.join(sorted(self.markets))}"


class BatchAssociated(BatchInDoubt, StandingFact):
    """A batch may be concerned by what happened to another one. It ends when that is concluded."""

    case_id: str
    """The other batch."""
    number: str
    """Number of its deviation or result."""
    type: HoldType
    reason: str

    @property
    def hold_type(self) -> HoldType:
        return self.type

    @property
    def why(self) -> str:
        return f"It may be concerned by {self.number} of {self.case_id}: {self.reason}"[:4000]

    @property
    def identity(self) -> str:
        return f"{self.batch_id}:{self.case_id}:{self.number}"


class BatchRecalled(BatchInDoubt, StandingFact):
    """A recall of a batch is reported from outside: by its site, by an authority, by the sponsor."""

    never_ends = "It was reported. Whether the release is recalled is answered in its review."

    hold = HoldType.EVENT
    travels_up = True
    number: str
    event: str
    """The number of the event."""

    @property
    def why(self) -> str:
        return f"A recall of {self.number} is reported ({self.event}): is its release to be recalled?"

    @property
    def identity(self) -> str:
        return f"{self.batch_id}:{self.case_id}"


class BatchFalsified(BatchInDoubt, StandingFact):
    """An alert of falsification or of serialisation names a batch. It ends when the alert is triaged."""

    hold = HoldType.EVENT
    number: str
    event: str
    """The number of the alert."""
    what: str
    """What kind of alert it is."""

    @property
    def why(self) -> str:
        return f"{self.what} {self.event} names {self.number}: is what was distributed called back?"

    @property
    def identity(self) -> str:
        return f"{self.batch_id}:{self.case_id}"


class ComplaintOfBatch(BatchInDoubt, StandingFact):
    """A grave complaint names a batch (EU GMP 8.10). It ends when the event is triaged."""

    hold = HoldType.COMPLAINT
    number: str
    event: str
    """The number of the event."""

    @property
    def why(self) -> str:
        return f"A grave complaint about {self.number} is reported ({self.event})"

    @property
    def identity(self) -> str:
        return f"{self.batch_id}:{self.case_id}"


class MaterialInDoubt(BatchInDoubt, StandingFact):
    """An event calls a lot into question that a batch was made with. It ends when the event is triaged."""

    hold = HoldType.SUPPLY
    lot: str
    """Material and number, as the manufacture has reported it."""
    told: EventType
    event: str
    """The number of the event."""

    @property
    def why(self) -> str:
        return f"It was made with {self.lot}; {self.told.words} of it is reported ({self.event})"

    @property
    def identity(self) -> str:
        return f"{self.batch_id}:{self.case_id}:{name_key(self.lot)}"


class MadeWithLotInDoubt(BatchInDoubt):
    """A batch is begun with a lot that an event had called into question, which is closed and has not cleared it."""

    hold = HoldType.SUPPLY
    lot: str
    """Material and number, as the manufacture has reported it."""
    told: EventType
    event: str
    """The number of the event."""

    @property
    def why(self) -> str:
        return f"It was begun with {self.lot}, which {self.told.words} {self.event} had named before"


class BatchesConcerned(Fact):
    """An event at a site concerns batches of a scope, all or those with these numbers."""

    case_id: str
    """The event."""
    scope_id: str
    why: str
    numbers: tuple[str, ...] | None = None
    received_at: AwareDatetime | None = None
    """When the event was known at the site, an agent of the sponsor, or became public."""

    @property
    def identity(self) -> str:
        return f"{self.case_id}:{self.scope_id}"


class FailingResultFound(BatchFact):
    """A result fails its registered specification, on whatever paper it stands and whoever has found it."""

    case_id: str
    """The case in which it came to be known."""
    found_in: Source
    report: str
    """Number of the certificate or report."""
    test: str
    result: str
    """As it is written; several individual results of the test behind each other."""
    unit: str
    limit: str
    market: str | None = None
    """The only market whose registered specification it fails; all if there is none."""
    came_at: AwareDatetime | None = None
    """When the certificate or report came, if that was before."""

    @property
    def identity(self) -> str:
        return f"{self.batch_id}:{self.found_in}:{self.report}:{self.test}:{self.market}"


class RefusedInMarket(BatchFact, StandingFact):
    """One market has rejected a batch, has taken its release back, or the grounds for that were raised.

    It ends when two people have corrected the rejection.
    """

    refusal: Refusal
    suspends: bool
    """Whether it stops every market (policy limit `suspending_grounds`)."""
    beside: frozenset[str] = frozenset()
    """The markets of the batch that are refused by the same act."""
    in_review: bool = False
    """Whether it is decided in the review of the release, which decides on every released market of the batch."""

    @property
    def has_others_reviewed(self) -> bool:
        """Whether what is made of the batch is reviewed where other markets have released it.

        A release for further processing, or a confirmation, was taken back on grounds that are about the goods.
        """
        return self.refusal.how is RefusedAs.WITHDRAWN and not self.refusal.is_of_the_market

    def was_just_reviewed(self, batch_id: str) -> bool:
        """Whether the releases of a batch have just been looked at in the light of it."""
        return self.in_review and batch_id == self.batch_id

    @property
    def why(self) -> str:
        """The reason that people read."""
        return self.refusal.words()[:4000]

    @property
    def identity(self) -> str:
        return f"{self.batch_id}:{self.refusal.market}:{','.join(sorted(self.refusal.grounds))}"
