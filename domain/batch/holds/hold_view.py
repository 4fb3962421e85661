"""How a hold is shown in its batch. Built from the records, never stored."""

from pydantic import AwareDatetime

from domain.batch.holds.holds import HoldType
from domain.core.facts import FactName
from domain.core.view import View


class HoldView(View):
    """A hold on a batch."""

    hold_id: str
    batch_id: str
    batch_number: str
    """The number that the site gave it."""
    site_id: str
    scope_id: str
    type: str
    """`domain.batch.holds.holds.HoldType`."""
    reason: str
    market: str | None = None
    """The only market that it stops; all if there is none."""
    placed_by: str
    """Person id of who acted as it was placed, or SYSTEM."""
    by_hand: bool = False
    """Whether that person has placed it; otherwise a rule did."""
    placed_in: str
    """The case that led to it."""
    placed_at: AwareDatetime
    inherited_from: str | None = None
    """The hold on a batch that this one comes from."""
    fact: FactName | None = None
    """The fact that has led to it; null where it follows from no fact that stands."""
    reviewed_at: AwareDatetime | None = None
    lift_proposed_by: str | None = None
    lift_proposed_at: AwareDatetime | None = None
    lifted_at: AwareDatetime | None
    lifted_by: str | None


class HoldList(View):
    """A page of holds."""

    items: tuple[HoldView, ...]
    next: str | None = None


class BatchHoldView(View):
    """A hold that stands on a batch. A site sees that it is there, and why only as far as it is told anyway (S6)."""

    hold_id: str
    type: HoldType | None
    """Kind of cause; to a site null where the kind itself is the sponsor's own."""
    market: str | None
    """The only market that it stops; all if there is none."""
    placed_at: AwareDatetime
    reason: str | None
    """For the sponsor's people only, as all that follows."""
    placed_by: str | None
    placed_in: str | None
    """The case that led to it."""
    inherited_from: str | None
    """The hold on a batch that this one comes from."""
    fact: FactName | None = None
    """The fact that has led to it; null where it follows from no fact that stands."""
    lift_proposed_by: str | None
    """Who proposes to lift it; a second person is waited for."""
