"""What events at a site, and what is recorded of its batches, say in a scorecard (domain specification, section 5)."""

from collections.abc import Collection, Iterable

from pydantic import BaseModel, ConfigDict

from domain.core.names import name_key
from domain.event.site_event import EventSeverity, EventType, TriageOutcome
from domain.oversight.scorecard import Tally

_SERIOUS = (EventSeverity.CRITICAL, EventSeverity.MAJOR)


class SeenEvent(BaseModel):
    """An event that was received in a period."""

    model_config = ConfigDict(frozen=True)

    case_id: str
    type: EventType
    severity: EventSeverity
    outcomes: frozenset[str] | None = None
    """What its triage has come to; `None` before."""
    number: str = ""
    """Number under which the site deals with it."""

    @property
    def is_dismissed(self) -> bool:
        """Whether the triage found nothing in it."""
        return self.outcomes is not None and set(self.outcomes) == {TriageOutcome.NO_ACTION.value}

    @property
    def words(self) -> str:
        """As a review names it."""
        return f"{self.case_id}: {self.type.words}, {self.severity}"


class OfBatches(BaseModel):
    """What is recorded of batches themselves, by the site's own numbers. A number counts once, on however many batches.

    Known is every number that any batch of the scope has; of those some count in the period.
    """

    model_config = ConfigDict(frozen=True)

    known_deviations: frozenset[str] = frozenset()
    serious_deviations: frozenset[str] = frozenset()
    """Critical and major ones that were reported in the period."""
    known_oos: frozenset[str] = frozenset()
    confirmed_oos: frozenset[str] = frozenset()
    """Those that were confirmed in the period."""


class EventCounts(BaseModel):
    """Tallies of a period, per batch."""

    model_config = ConfigDict(frozen=True)

    confirmed_oos: Tally
    serious_deviations: Tally
    complaints: Tally


NOTHING = OfBatches()


def counts_of(events: Iterable[SeenEvent], batches: int, recorded: OfBatches = NOTHING) -> EventCounts:
    """Count the events of a period. What a triage has dismissed does not count against the site.

    A deviation or an OOS result that is recorded on a batch counts as it stands there, and its event does not: the
    record says how it ended, and nothing counts twice. An OOS result without such a record counts as confirmed unless
    its triage has dismissed it: no process tells more of it.
    """
    seen = [event for event in events if not event.is_dismissed]
    serious = [event for event in _of_type(seen, EventType.DEVIATION, recorded.known_deviations) if _is_serious(event)]
    oos = _of_type(seen, EventType.OOS, recorded.known_oos)
    complaints = _of_type(seen, EventType.COMPLAINT, ())
    return EventCounts(
        confirmed_oos=Tally(numerator=len(oos) + len(recorded.confirmed_oos), denominator=batches),
        serious_deviations=Tally(numerator=len(serious) + len(recorded.serious_deviations), denominator=batches),
        complaints=Tally(numerator=len(complaints), denominator=batches),
    )


def _is_serious(event: SeenEvent) -> bool:
    return event.severity in _SERIOUS


def _of_type(events: Iterable[SeenEvent], type_: EventType, elsewhere: Collection[str]) -> list[SeenEvent]:
    return [event for event in events if event.type is type_ and name_key(event.number) not in elsewhere]
