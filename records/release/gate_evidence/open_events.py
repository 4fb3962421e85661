"""G7: what is open at the sites of the family, whether or not it is tied to a batch."""

from collections.abc import Sequence

from domain.batch.gate.batch_facts import OpenEventFacts
from domain.event.site_event import AuthorityOutcome, EventSeverity, is_critical
from records.batch.site_events import SeenEvent
from records.release.gate_evidence.context import GateContext, Relative
from records.release.gate_evidence.named_lots import Users, names
from records.release.gate_evidence.standing_against import is_alert_about


def open_events_of(
    context: GateContext, events: Sequence[SeenEvent], users: Users
) -> dict[str, tuple[OpenEventFacts, ...]]:
    """By batch: open events that name it or a lot it was made with, or that were known at its sites and scopes by the
    end of its manufacture; critical ones whenever they came.

    What the family has reported of itself stands in its deviations and results. What closes gate G14 stands there.
    """
    own = {f"urn:vetted:{batch_id}" for batch_id in context.batch_ids}
    found = [each for each in events if each.is_open and each.row.source not in own]
    return {each.batch_id: _of(context, each, found, users) for each in context.family}


def _of(
    context: GateContext, member: Relative, events: Sequence[SeenEvent], users: Users
) -> tuple[OpenEventFacts, ...]:
    if member.batch.started_at is None:
        return ()
    return tuple(
        OpenEventFacts(
            event_id=seen.row.case_id,
            type=seen.type,
            severity=EventSeverity(seen.row.severity),
            site_id=seen.row.site_id,
            site=seen.site,
            detected_on=member.calendar.local_day(seen.row.detected_at),
            is_decided=seen.is_decided,
            followed_by=seen.followed_by,
        )
        for seen in events
        if _concerns(context, member, seen, users) and not is_alert_about(member, seen, users)
    )


def _concerns(context: GateContext, member: Relative, seen: SeenEvent, users: Users) -> bool:
    if names(member, seen, users):
        return True
    end = member.ended_at or context.at
    here = seen.row.site_id in member.sites and member.touched_by(seen.row.scope_ids)
    return here and (seen.row.detected_at <= end or _is_critical(seen))


def _is_critical(seen: SeenEvent) -> bool:
    told = seen.row.authority_outcome
    outcome = AuthorityOutcome(told) if told is not None else None
    return is_critical(seen.type, EventSeverity(seen.row.severity), outcome)
