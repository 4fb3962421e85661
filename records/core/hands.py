"""Whose hands the first signatures of a status case were, for those that follow (S1, S2, S11)."""

from domain.core.forms import Form
from domain.core.signatures import refuse_hands
from records.core.lookups import Lookups
from records.core.queries.events import event_of


async def hands_of(lookups: Lookups, *forms: type[Form]) -> frozenset[str]:
    """Whose hands the newest version of each form counts as: the person's and the delegator's."""
    hands: frozenset[str] = frozenset()
    for form in forms:
        for record in (await lookups.rows(form))[:1]:
            hands |= (await event_of(lookups.session, record.case_id, record.number)).actor.persons
    return hands


async def refuse_unless_other_hands(lookups: Lookups, *forms: type[Form]) -> frozenset[str]:
    """Raise `Refused` when the actor has given one of these signatures (S1). Returns whose they are."""
    hands = await hands_of(lookups, *forms)
    refuse_hands(lookups.writing.actor.persons, hands)
    return hands
