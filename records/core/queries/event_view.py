"""An event as a reader may see it (S6)."""

from domain.core.events import Event
from domain.core.people import Actor, Org
from domain.core.view import EventView
from records.core.tables.journal import EventRow

_INSIDE = {"offers", "barred", "order", "effect"}
"""What a shared event says of the sponsor's own actions, people and judgement: an order holds the risk tier, an effect
what the records have found, also of other sites. What follows for the site it reads in its tasks and records."""


def event_view(row: EventRow, actor: Actor) -> EventView:
    """An event as the actor may read it (S6)."""
    event = Event.model_validate_json(row.body)
    hidden = _INSIDE if actor.org is Org.CDMO else set()
    return EventView(
        number=event.number,
        type=event.type,
        audience=event.audience,
        by_person=event.actor.person,
        by_name=event.actor.name,
        on_behalf_of=event.actor.on_behalf_of,
        occurred_at=event.occurred_at,
        recorded_at=event.recorded_at,
        payload={name: value for name, value in event.payload.items() if name not in hidden},
        signature=event.signature,
        hash=row.hash,
    )
