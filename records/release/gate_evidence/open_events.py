"""G7: what is open at the sites of the family, whether or not it is tied to a batch."""

from collections.abc import Sequence

from domain.batch.gate.facts import OpenEventFacts
from domain.event.site_event import EventSeverity, EventType
from domain.release.decision_gates import ALERTS
from records.release.gate_evidence.context import GateContext, Relative
from records.release.site_events import SeenEvent


def open_events_of(context: GateContext, events: Sequence[SeenEvent]) -> dict[str, tuple[OpenEventFacts, ...]]:
    """By batch: events at its sites and scopes, known by the end of its manufacture, that are open.

    What the family has reported of itself stands in its deviations and results; recalls and alerts close gate G14.
    """
    own = {f"urn:vetted:{batch_id}" for batch_id in context.batch_ids}
    found = [each for each in events if each.row.type not in ALERTS and each.row.source not in own]
    return {each.batch_id: _of(context, each, found) for each in context.family}


def _of(context: GateContext, member: Relative, events: Sequence[SeenEvent]) -> tuple[OpenEventFacts, ...]:
    end = member.ended_at or context.at
    if member.batch.started_at is None:
        return ()
    return tuple(
        OpenEventFacts(
            event_id=event.case_id,
            type=EventType(event.type),
            severity=EventSeverity(event.severity),
            site_id=event.site_id,
            site=context.sites[event.site_id].name,
            detected_on=member.calendar.local_day(event.detected_at),
            is_decided=is_decided,
            followed_by=followed_by,
        )
        for event, is_decided, followed_by in events
        if event.site_id in member.sites and event.detected_at <= end and member.touched_by(event.scope_ids)
    )
