"""What events at a site say in a scorecard (domain specification, section 5)."""

from collections.abc import Iterable

from pydantic import BaseModel, ConfigDict

from domain.event_triage import TriageOutcome
from domain.scorecard import Tally
from domain.site_event import EventSeverity, EventType

_SERIOUS = (EventSeverity.CRITICAL, EventSeverity.MAJOR)


class SeenEvent(BaseModel):
    """An event that was received in a period."""

    model_config = ConfigDict(frozen=True)

    case_id: str
    type: EventType
    severity: EventSeverity
    outcomes: frozenset[str] | None = None
    """What its triage has come to; `None` before."""

    @property
    def is_dismissed(self) -> bool:
        """Whether the triage found nothing in it."""
        return self.outcomes is not None and set(self.outcomes) == {TriageOutcome.NO_ACTION.value}

    @property
    def words(self) -> str:
        """As a review names it."""
        return f"{self.case_id}: {self.type.words}, {self.severity}"


class EventCounts(BaseModel):
    """Tallies of a period, per batch."""

    model_config = ConfigDict(frozen=True)

    confirmed_oos: Tally
    serious_deviations: Tally
    complaints: Tally


def counts_of(events: Iterable[SeenEvent], batches: int) -> EventCounts:
    """Count the events of a period. What a triage has dismissed does not count against the site.

    An OOS result counts as confirmed unless its triage has dismissed it: no process tells more of it.
    """
    seen = [event for event in events if not event.is_dismissed]
    serious = [event for event in seen if event.type is EventType.DEVIATION and event.severity in _SERIOUS]
    return EventCounts(
        confirmed_oos=_of_type(seen, EventType.OOS, batches),
        serious_deviations=Tally(numerator=len(serious), denominator=batches),
        complaints=_of_type(seen, EventType.COMPLAINT, batches),
    )


def _of_type(events: Iterable[SeenEvent], type_: EventType, batches: int) -> Tally:
    return Tally(numerator=sum(1 for event in events if event.type is type_), denominator=batches)
