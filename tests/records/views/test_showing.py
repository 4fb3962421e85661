import pytest

from domain.core.events import Event
from domain.core.people import Org
from records.core.queries.event_view import event_view
from records.core.writing import event_row
from tests.records.seeded import START, Seeded


@pytest.mark.parametrize(
    ("user", "org", "seen"), [("ines", Org.SPONSOR, {"form", "order", "effect"}), ("vito", Org.CDMO, {"form"})]
)
async def test_a_site_reads_neither_how_grave_the_sponsor_takes_it_nor_what_the_records_have_found(
    seeded: Seeded, user: str, org: Org, seen: set[str]
) -> None:
    actor = await seeded.actor(user)
    event = Event(
        stream="AUD-1",
        number=1,
        type="audit.request",
        command_id="request",
        actor=await seeded.actor("ines"),
        occurred_at=START,
        recorded_at=START,
        payload={"form": {}, "order": {"risk_tier": "HIGH"}, "effect": {"gates": [{"gate": "G4"}]}},
    )
    assert actor.org is org
    assert event_view(event_row(event, event.body(), ""), actor).payload.keys() == seen
