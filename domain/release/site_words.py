"""How gates tell a site, and how it stands."""

from domain.batch.gate.site_facts import ScopeFacts, StatusFacts
from domain.release.evidence import Member
from domain.release.gate_words import words


def place(scope: ScopeFacts) -> str:
    """A scope with its site, as it is told."""
    return f"{scope.scope_id} at {scope.site} ({scope.site_id})" if scope.site_id else scope.scope_id


def place_of(member: Member, scope_id: str) -> str:
    """A scope of a member with its site; its number alone if it is none of them."""
    return next((place(each) for each in member.scopes if each.scope_id == scope_id), scope_id)


def status_now(scope: ScopeFacts) -> StatusFacts:
    """How a scope stands on the list today."""
    return StatusFacts(status=scope.now, reach=scope.reach_now)


def stood(facts: StatusFacts) -> str:
    """A status in words, with the reach of a suspension."""
    reach = f" {words(facts.reach)}" if facts.reach is not None else ""
    return f"{words(facts.status)}{reach}" if facts.status is not None else "not on the list"
