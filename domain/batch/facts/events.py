"""What reaches a batch from elsewhere: from events, from lots and batches that it shares something with."""

from pydantic import AwareDatetime

from domain.batch.facts.batch_fact import BatchInDoubt, LearnedOfBatch
from domain.batch.holds.holds import HoldType
from domain.core.facts import Fact, StandingFact
from domain.core.names import name_key
from domain.event.site_event import EventType


class OriginRecalled(LearnedOfBatch):
    """A batch that it comes from is recalled, and who plans that says that it is concerned as well."""


class FoundAfterRelease(LearnedOfBatch):
    """Something was found of a batch after its release: in stability, by a complaint, at a retest, by an event.

    What comes from the batch may be concerned, and what it comes from.
    """


class MadeUnderChange(LearnedOfBatch):
    """A batch was made under a change that was never notified, is not approved, or waits for an authority (G10)."""


class ImportCorrected(LearnedOfBatch):
    """What was entered of an import of a batch was wrong, or never was: a release may rest on it (section 18)."""


class ImporterInDoubt(BatchInDoubt):
    """What a batch was imported under does not stand: stopped by its authority, or it does not cover import."""

    hold = HoldType.CERT
    consignments: tuple[str, ...]
    """The numbers of what has arrived under it."""
    reason: str

    @property
    def why(self) -> str:
        return f"It was imported with {', '.join(self.consignments)}. {self.reason}"[:4000]


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


class NamedByEvent(BatchInDoubt, StandingFact):
    """An event names a batch."""

    number: str
    event: str
    """The number of the event."""

    @property
    def identity(self) -> str:
        return f"{self.batch_id}:{self.case_id}"


class BatchRecalled(NamedByEvent):
    """A recall of a batch is reported from outside: by its site, by an authority, by the sponsor."""

    never_ends = "It was reported. Whether the release is recalled is answered in its review."
    hold = HoldType.EVENT
    travels_up = True

    @property
    def why(self) -> str:
        return f"A recall of {self.number} is reported ({self.event}): is its release to be recalled?"


class BatchFalsified(NamedByEvent):
    """An alert of falsification or of serialisation names a batch. It ends when the alert is triaged."""

    hold = HoldType.EVENT
    what: str
    """What kind of alert it is."""

    @property
    def why(self) -> str:
        return f"{self.what} {self.event} names {self.number}: is what was distributed called back?"


class ComplaintOfBatch(NamedByEvent):
    """A grave complaint names a batch (EU GMP 8.10). It ends when the event is triaged."""

    hold = HoldType.COMPLAINT

    @property
    def why(self) -> str:
        return f"A grave complaint about {self.number} is reported ({self.event})"


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
