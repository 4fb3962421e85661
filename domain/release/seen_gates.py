"""The gates as they are shown to who decides, and as they stand when the decision is signed (section 19)."""

from collections.abc import Sequence

from domain.batch.gate.results import GateResult, hash_of, in_words
from domain.core.refusals import Code, Refused


def as_shown(results: Sequence[GateResult]) -> str:
    """The gates in words, with the hash of all that they have looked at."""
    return f"{in_words(results)}\nGates shown: SHA-256 {hash_of(results)}"


def refuse_unless_current(seen: str | None, results: Sequence[GateResult]) -> None:
    """Raise `Refused` unless the gates are those that were shown to who signs, in every word.

    `results` are the gates now, without any judgement. A decision that says of no gates that they were seen rests on
    what its transaction looks at.
    """
    if seen is not None and seen.split() != as_shown(results).split():
        fields = {"gates_seen": "is not what the gates say now: read the task again, it shows them as they are"}
        raise Refused(Code.VERSION_STALE, "The gates are not those that were shown.", fields=fields, rule="section 19")
