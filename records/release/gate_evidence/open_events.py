"""G7: what is known at the sites of the family and not decided on, whether or not it is tied to a batch."""

from collections.abc import Collection

from domain.batch.gate.facts import OpenEventFacts
from domain.release.decision_gates import ALERTS
from records.event.tables import SiteEventRow
from records.release.gate_evidence.context import GateContext, Relative
from records.release.gate_evidence.standing_against import Events


def open_events_of(context: GateContext, events: Events) -> dict[str, tuple[OpenEventFacts, ...]]:
    """By batch: events at its sites and scopes, known by the end of its manufacture, whose triage is not over.

    What the family has reported of itself stands in its deviations and results; recalls and alerts close gate G14.
    """
    own = {f"urn:vetted:{batch_id}" for batch_id in context.batch_ids}
    found = [
        event
        for event, case in events
        if case.closed_at is None and event.type not in ALERTS and event.source not in own
    ]
    return {each.batch_id: _of(context, each, found) for each in context.family}


def _of(context: GateContext, member: Relative, events: Collection[SiteEventRow]) -> tuple[OpenEventFacts, ...]:
    end = member.ended_at or context.at
    if member.batch.started_at is None:
        return ()
    return tuple(
        OpenEventFacts(
            event_id=event.case_id,
            type=event.type,
            severity=event.severity,
            site_id=event.site_id,
            detected_on=member.calendar.local_day(event.detected_at),
        )
        for event in events
        if event.site_id in member.sites and event.detected_at <= end and member.touched_by(event.scope_ids)
    )
