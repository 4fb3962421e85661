"""On which days something was registered, and what is wrong with what was made then (gate G10)."""

from collections.abc import Iterable, Sequence

from domain.authorisation.authorisation import Period
from domain.release.evidence import Member

Fault = tuple[str, str, str, bool]
"""In words, what it is of, which, and whether it is registered by now, only later than it was done."""


def fault_of(member: Member, found: Sequence[Period]) -> tuple[str, bool] | None:
    """What is wrong with what a batch was made by; the second says that it is registered today, from a later day on.

    What is authorised after a batch was made may be judged: batches are made before a variation is granted.
    """
    first = member.first_day or member.today
    last = member.last_day or first
    if any(each.holds_on(first) and each.holds_on(last) for each in found):
        return None
    later = next((each for each in found if each.valid_from > first and each.holds_on(member.today)), None)
    if later is not None:
        return f" before {later.valid_from}, and it was used from {first} on", True
    return f"{until(found)}", False


def until(found: Iterable[Period]) -> str:
    """When it was, if it ever was."""
    said = [f"from {each.valid_from} to {each.valid_to or '-'}" for each in found]
    return f" but {', '.join(said)}" if said else ""
