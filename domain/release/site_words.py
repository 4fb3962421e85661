"""How gates tell a site, and how it stands."""

from domain.batch.gate.site_facts import ScopeFacts, StatusFacts
from domain.release.evidence import Member
from domain.release.gate_words import words


def place(scope: ScopeFacts) -> str:
    """What is done where, as it is told: people know no number of a scope."""
    if not scope.site_id:
        return scope.scope_id
    done = f"{words(scope.activity)} at " if scope.activity is not None else ""
    return f"{done}{scope.site} ({scope.site_id})"


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
